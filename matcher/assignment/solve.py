"""Solve an assignment problem: exact by flow where it can be, with a proven gap everywhere."""

import math
import time
from dataclasses import replace

import numpy as np

from matcher.assignment.flow import flow_plan
from matcher.assignment.outside import answer_of
from matcher.assignment.pins import Reduced, conflict, reduce, release
from matcher.assignment.plan import Plan, Progress, make_plan, total_value
from matcher.assignment.prices import bound_by_prices, rounded_up_sum
from matcher.assignment.problem import AssignmentProblem, Float
from matcher.assignment.worksites import Answer, Start, price_worksites


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
    deadline = time.monotonic() + time_limit_s
    contradiction = conflict(problem)
    released = release(problem) if contradiction else ()
    reduced = reduce(problem, released)
    start = None if previous is None else _start(reduced, previous, bonus)
    if reduced.n_pairs == 0 or (len(reduced.limit) == 0 and not reduced.apart):
        answer = answer_of("minimum-cost flow", lambda: _by_flow(reduced, start))
    else:
        answer = None
    if answer is None:
        answer = price_worksites(reduced, deadline, gap, seed, progress, start, workers)
    bound, citizen_price = bound_by_prices(reduced, answer.slot_price, answer.resource_price)
    if answer.bound < bound:
        bound, citizen_price = answer.bound, answer.citizen_price
    if len(reduced.fixed):
        bound = rounded_up_sum(np.array([bound, total_value(problem, reduced.fixed)]), 0)
    plan = make_plan(
        problem,
        np.sort(np.concatenate([reduced.fixed, reduced.pair[answer.chosen]])),
        bound,
        (citizen_price, _with_full_slots(problem, reduced, answer, citizen_price), answer.resource_price),
        conflict=contradiction,
        released=released,
    )
    if progress is not None:
        progress("done", plan.objective, plan.upper_bound)
    return plan


def _start(reduced: Reduced, previous: Plan, bonus: float) -> Start:
    chosen = np.flatnonzero(previous.slot_of_citizen[reduced.citizen] == reduced.slot)
    return Start(chosen, bonus, previous.citizen_price, previous.slot_price, previous.resource_price)


def _by_flow(reduced: Reduced, start: Start | None) -> Answer:
    """Exact; with a bonus the plan is best for the values with it, the prices for those without."""
    chosen, slot_price = flow_plan(reduced)
    if start is not None and start.bonus > 0.0:
        counted = reduced.value.copy()
        counted[start.chosen] += start.bonus
        chosen, _ = flow_plan(replace(reduced, value=counted))
    return Answer(chosen, np.zeros(reduced.n_citizens), slot_price, np.zeros(len(reduced.limit)), math.inf)


def _with_full_slots(problem: AssignmentProblem, reduced: Reduced, answer: Answer, citizen_price: Float) -> Float:
    """Slot prices, with those of slots that pins fill or that have no place: what the best pair there would bring."""
    price = answer.slot_price.copy()
    free = np.ones(problem.n_citizens, dtype=bool)
    free[problem.citizen[reduced.fixed]] = False
    pairs = np.flatnonzero((reduced.capacity[problem.slot] == 0) & free[problem.citizen])
    brings = problem.value[pairs] - citizen_price[problem.citizen[pairs]]
    if problem.resources is not None and len(pairs):
        brings = brings - problem.resources.use[:, pairs].T @ answer.resource_price
    np.maximum.at(price, problem.slot[pairs], brings)
    return price
