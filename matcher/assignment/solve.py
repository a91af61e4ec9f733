"""Solve an assignment problem: parts that share nothing apart, each with a proven gap, and their plans together."""

from dataclasses import replace

from matcher.assignment.bounds import best_of_each
from matcher.assignment.clock import Clock
from matcher.assignment.components import Component, components, merge
from matcher.assignment.connected import Before, plan_connected
from matcher.assignment.plan import Plan, Progress
from matcher.assignment.problem import AssignmentProblem

MOST_PARTS = 64
"""Connected components that are solved apart; where there are more, the smallest are solved together."""


def solve(
    problem: AssignmentProblem,
    *,
    time_limit_s: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    progress: Progress | None = None,
) -> Plan:
    """A plan that keeps (1)–(5), with a proven upper bound and the prices behind it.

    Parameters
    ----------
    problem : the data
    time_limit_s : seconds after which the best plan so far is returned
    gap : stop when (upper_bound - objective) / upper_bound is at most this share
    seed : same problem, same seed and a gap reached in time give the same plan
    progress : called with phase, value and bound as they improve

    Returns
    -------
    Plan
        always a plan; "infeasible" only when pins contradict each other, see `Plan`.

    Raises
    ------
    ValueError
        for a time limit or gap below 0 or not a number.
    """
    if not time_limit_s >= 0.0:
        raise ValueError(f"time_limit_s: expected seconds >= 0, found {time_limit_s!r}")
    if not gap >= 0.0:
        raise ValueError(f"gap: expected a share >= 0, found {gap!r}")
    return plan_from(problem, time_limit_s=time_limit_s, gap=gap, seed=seed, progress=progress)


def plan_from(
    problem: AssignmentProblem,
    *,
    time_limit_s: float,
    gap: float,
    seed: int,
    progress: Progress | None,
    previous: Plan | None = None,
    bonus: float = 0.0,
    workers: int = 2,
) -> Plan:
    """As `solve`, from a plan of a similar problem with the same numbers of citizens, slots and resources.

    Pairs of that plan count for ``bonus`` more while plans are compared, but not in objective and bound.
    The plan does not depend on the number of ``workers``.
    """
    clock = Clock(time_limit_s)
    before = None if previous is None else Before.of(previous, bonus)
    if problem.resources is None and problem.separations is None:
        # the flow is exact on the whole, and faster than taking the problem apart would be
        plan = plan_connected(
            problem, clock=clock, gap=gap, seed=seed, progress=progress, before=before, workers=workers
        )
    else:
        parts = components(problem, MOST_PARTS)
        told = None if progress is None else _Sum(progress, parts)
        plans = []
        open_pairs = problem.n_pairs
        for part in parts:
            plan = plan_connected(
                part.problem,
                clock=clock.share(part.problem.n_pairs / open_pairs),
                gap=gap,
                seed=seed,
                progress=told,
                before=None if before is None else before.within(part),
                workers=workers,
            )
            plans.append(plan)
            open_pairs -= part.problem.n_pairs
            if told is not None:
                told.close(plan)
        plan = merge(problem, parts, plans)
    plan = replace(plan, stopped_by="time" if clock.decided else "gap" if plan.gap <= gap else "search")
    if progress is not None:
        progress("done", plan.objective, plan.upper_bound)
    return plan


class _Sum:
    """Progress of the whole from that of one part after another."""

    def __init__(self, progress: Progress, parts: tuple[Component, ...]) -> None:
        self._progress = progress
        self._safe = [best_of_each(p.problem.n_citizens, p.problem.citizen, p.problem.value) for p in parts]
        self._value, self._bound, self._closed = 0.0, 0.0, 0

    def __call__(self, phase: str, value: float, bound: float) -> None:
        later = sum(self._safe[self._closed + 1 :])
        self._progress(phase, self._value + value, self._bound + bound + later)

    def close(self, plan: Plan) -> None:
        """A part is planned; what follows concerns the next."""
        self._value += plan.objective
        self._bound += plan.upper_bound
        self._closed += 1
