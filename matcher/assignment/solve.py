"""Solve an assignment problem: exact by flow where it can be, with a proven gap everywhere."""

import time

import numpy as np

from matcher.assignment.flow import flow_plan
from matcher.assignment.pins import Reduced, conflict, reduce, release
from matcher.assignment.plan import Plan, Progress, gap_of, make_plan, total_value
from matcher.assignment.prices import bound_by_prices, net_value
from matcher.assignment.problem import AssignmentProblem, Float, Int64
from matcher.assignment.relaxation import relaxed_prices
from matcher.assignment.residual import improve
from matcher.assignment.state import chosen_pairs, empty_state, fill


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
    deadline = time.monotonic() + time_limit_s
    contradiction = conflict(problem)
    released = release(problem) if contradiction else ()
    reduced = reduce(problem, released)
    if reduced.n_pairs == 0 or (len(reduced.limit) == 0 and not reduced.apart):
        chosen, slot_price = flow_plan(reduced)
        resource_price = np.zeros(problem.n_resources)
    else:
        chosen, slot_price, resource_price = _with_side_constraints(reduced, deadline, gap, seed, progress)
    bound, citizen_price = bound_by_prices(reduced, slot_price, resource_price)
    chosen = np.sort(np.concatenate([reduced.fixed, reduced.pair[chosen]]))
    bound += total_value(problem, reduced.fixed)
    plan = make_plan(
        problem,
        chosen,
        bound,
        (citizen_price, slot_price, resource_price),
        conflict=contradiction,
        released=released,
    )
    if progress is not None:
        progress("done", plan.objective, plan.upper_bound)
    return plan


def _with_side_constraints(
    reduced: Reduced, deadline: float, gap: float, seed: int, progress: Progress | None
) -> tuple[Int64, Float, Float]:
    slot_price, resource_price = relaxed_prices(reduced, max(0.1, deadline - time.monotonic()))
    bound, citizen_price = bound_by_prices(reduced, slot_price, resource_price)
    net = net_value(reduced, slot_price, resource_price) - citizen_price[reduced.citizen]
    state = empty_state(reduced)
    fill(state, np.lexsort((-reduced.value, -net)))
    value = float(reduced.value[chosen_pairs(state)].sum())
    if progress is not None:
        progress("greedy", value, bound)
    if gap_of(value, bound) > gap and time.monotonic() < deadline:
        work = min(5.0, max(0.1, deadline - time.monotonic()))
        value += improve(state, np.unique(reduced.citizen).astype(np.int64), work, seed)
    fill(state, np.argsort(-reduced.value, kind="stable"))
    return chosen_pairs(state), slot_price, resource_price
