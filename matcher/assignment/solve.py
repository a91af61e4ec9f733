"""Solve an assignment problem: parts that share nothing apart, each with a proven gap, and their plans together."""

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from numbers import Integral, Real
from typing import TypeVar

from matcher.assignment.bounds import best_of_each
from matcher.assignment.clock import Clock
from matcher.assignment.components import components, merge
from matcher.assignment.connected import Before, Planning
from matcher.assignment.dual import Crew
from matcher.assignment.plan import Plan, Progress, StoppedBy
from matcher.assignment.problem import AssignmentProblem
from matcher.assignment.ties import in_order, lower_number_first

_T = TypeVar("_T")

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
    time_limit_s : seconds after which the best plan so far is returned; so it is after an interrupt from the keyboard
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
        for a time limit, gap or seed below 0 or not a number.
    """
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
    The plan depends neither on the number of ``workers`` nor on the order of the pairs.
    """
    _refuse_options(time_limit_s, gap, seed)
    problem = in_order(problem)
    clock, crew = Clock(time_limit_s), Crew(workers)
    before = None if previous is None else Before.of(previous, bonus)
    told = None if progress is None else _Sum(progress, clock)

    def begin() -> _Parts:
        return _Parts(problem, clock, crew, gap, seed, told, before)

    try:
        parts = _despite_interrupt(clock, begin)
        _take_turns(clock, [part.steps() for part in parts.plannings])
    finally:
        crew.close()
    plan = _despite_interrupt(clock, parts.plan)
    if told is not None:
        with suppress(KeyboardInterrupt):
            told.done(plan)
    return replace(plan, stopped_by=_ended(clock, plan.gap <= gap))


def _ended(clock: Clock, reached: bool) -> StoppedBy:
    """What ended the whole: see `Plan`."""
    if clock.interrupted:
        return "interrupted"
    return "time" if clock.decided else "gap" if reached else "search"


def _take_turns(clock: Clock, parts: list[Iterator[None]]) -> None:
    """One piece of work of each part after the other, until all have ended; time that one leaves goes to the others.

    What a part makes does not depend on the others. An interrupt ends the part at work; time is then up for all.
    """
    while parts:
        at_work = parts.pop(0)
        try:
            next(at_work)
            parts.append(at_work)
        except StopIteration:
            continue
        except KeyboardInterrupt:
            clock.interrupt()


def _despite_interrupt(clock: Clock, ask: Callable[[], _T]) -> _T:
    """What is asked for, from the start again after a first interrupt; time is then up."""
    try:
        return ask()
    except KeyboardInterrupt:
        clock.interrupt()
        return ask()


class _Parts:
    """A problem taken apart, and the plans of its parts in the making."""

    def __init__(
        self,
        problem: AssignmentProblem,
        clock: Clock,
        crew: Crew,
        gap: float,
        seed: int,
        told: "_Sum | None",
        before: Before | None,
    ) -> None:
        self._problem = problem
        # the flow is exact on the whole, and faster than taking the problem apart would be
        as_one = problem.resources is None and problem.separations is None
        self._parts = () if as_one else components(problem, MOST_PARTS)
        problems = [problem] if as_one else [part.problem for part in self._parts]
        befores = [before] if as_one else [before and before.within(part) for part in self._parts]
        self.plannings = [
            Planning(
                of_part,
                clock=clock,
                crew=crew,
                gap=gap,
                seed=seed,
                progress=None if told is None else told.part(of_part),
                before=its,
            )
            for of_part, its in zip(problems, befores, strict=True)
        ]
        self._ties = before is None

    def plan(self) -> Plan:
        """The best plan so far; between equal ones by the rule on ties, unless a former plan is to be kept."""
        plans = [planning.plan() for planning in self.plannings]
        if plans and not self._parts:
            return plans[0]
        plan = merge(self._problem, self._parts, plans)
        if not self._ties:
            return plan
        return replace(plan, slot_of_citizen=lower_number_first(self._problem, plan.slot_of_citizen))


def _refuse_options(time_limit_s: object, gap: object, seed: object) -> None:
    for name, kind, number in (("time_limit_s", "seconds", time_limit_s), ("gap", "a share", gap)):
        if isinstance(number, bool) or not isinstance(number, Real) or not float(number) >= 0.0:
            raise ValueError(f"{name}: expected {kind} >= 0, found {number!r}")
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed: expected a whole number >= 0, found {seed!r}")


class _Sum:
    """Progress of the whole from that of its parts; silent after an interrupt."""

    def __init__(self, progress: Progress, clock: Clock) -> None:
        self._progress, self._clock = progress, clock
        self._values: list[float] = []
        self._bounds: list[float] = []

    def part(self, problem: AssignmentProblem) -> Progress:
        """Reports of one more part; until the first it counts for what needs no proof."""
        index = len(self._values)
        self._values.append(0.0)
        self._bounds.append(best_of_each(problem.n_citizens, problem.citizen, problem.value))

        def told(phase: str, value: float, bound: float) -> None:
            self._values[index], self._bounds[index] = value, bound
            if not self._clock.interrupted:
                self._progress(phase, math.fsum(self._values), math.fsum(self._bounds))

        return told

    def done(self, plan: Plan) -> None:
        """The last report."""
        if not self._clock.interrupted:
            self._progress("done", plan.objective, plan.upper_bound)
