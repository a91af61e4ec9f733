"""Solve an assignment problem: exact by flow where it can be, with a proven gap everywhere."""

import time

import numpy as np

from matcher.assignment.blocks import Blocks, find_blocks
from matcher.assignment.dual import Dual
from matcher.assignment.exchange import bench_for, exchange
from matcher.assignment.flow import flow_plan
from matcher.assignment.pins import Reduced, conflict, reduce, release
from matcher.assignment.plan import Plan, Progress, gap_of, make_plan, total_value
from matcher.assignment.prices import bound_by_prices
from matcher.assignment.problem import AssignmentProblem, Float, Int64
from matcher.assignment.state import chosen_pairs, clear, empty_state, fill, groups_of, total_of

_MOST_ROUNDS = 2_000
_ROUNDS_A_PLAN = 10
_LEAST_REACH = 2e-6
_PRICED_SHARES = (0.0, 0.5, 0.9, 1.0)


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
        resource_price, block_bound = np.zeros(problem.n_resources), np.inf
    else:
        chosen, slot_price, resource_price, block_bound = _with_side_constraints(reduced, deadline, gap, seed, progress)
    bound, citizen_price = bound_by_prices(reduced, slot_price, resource_price)
    chosen = np.sort(np.concatenate([reduced.fixed, reduced.pair[chosen]]))
    bound = min(bound, block_bound) + total_value(problem, reduced.fixed)
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
) -> tuple[Int64, Float, Float, float]:
    """Chosen remaining pairs, slot and resource prices, and an upper bound."""
    blocks = find_blocks(reduced, *groups_of(reduced))
    dual = Dual(reduced, blocks, workers=2)
    try:
        search = _Search(reduced, blocks, dual, seed)
        for turn in range(_MOST_ROUNDS):
            chosen = dual.round(8 if turn else 30, 20_000)
            if turn % _ROUNDS_A_PLAN == 0:
                search.improve(blocks.pair[chosen])
                if progress is not None:
                    progress("prices", search.value, dual.bound)
            if gap_of(search.value, dual.bound) <= gap or time.monotonic() > deadline or dual.reach < _LEAST_REACH:
                break
        dual.tighten(30, 1_000_000)
    finally:
        dual.close()
    return search.best, *dual.limit_prices(reduced), dual.bound


class _Search:
    """The best plan so far, and the next attempt at a better one."""

    def __init__(self, reduced: Reduced, blocks: Blocks, dual: Dual, seed: int) -> None:
        self._reduced, self._blocks, self._dual = reduced, blocks, dual
        self._state = empty_state(reduced)
        self._bench = bench_for(blocks, dual.mult, reduced.n_citizens)
        self._random = np.random.default_rng(seed)
        self.best, self.value = chosen_pairs(self._state), 0.0

    def improve(self, chosen: Int64) -> None:
        """Start from what the blocks choose at today's prices, settle who was chosen twice, and exchange."""
        reduced, blocks, dual = self._reduced, self._blocks, self._dual
        clear(self._state)
        fill(self._state, chosen)
        fill(self._state, np.lexsort((-reduced.value, dual.price[reduced.citizen] - reduced.value)))
        for theta in _PRICED_SHARES:
            order = self._random.permutation(blocks.n_blocks)
            exchange(self._state, blocks, order, dual.price, dual.span_price, theta, 8, 5000, self._bench)
        value = total_of(self._state)
        if value > self.value:
            self.best, self.value = chosen_pairs(self._state), value
