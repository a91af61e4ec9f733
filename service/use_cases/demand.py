"""Who wants which place in the latest plan, from the prices that it gave places and shared limits.

It is made of what a list is made of, so that a replay comes to the same.
"""

from weakref import WeakKeyDictionary

import numpy as np

from matcher.arrays import MatchInput
from matcher.demand import Demand
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from service.db.records import MatchRun
from service.use_cases.desk import Desk
from service.use_cases.prices import pair_prices, resource_prices

_KNOWN: WeakKeyDictionary[MatchInput, tuple[tuple[str, str], Demand]] = WeakKeyDictionary()
"""Demand by the arrays that it belongs to: every list of a day asks for the same."""


def demand_of(desk: Desk) -> Demand | None:
    """Bids of everybody who waits for a place; None where no plan has priced anything.

    Computed once for the arrays of a day and a run.
    """
    if desk.run is None:
        return None
    key = (desk.run.id, desk.weights.id)
    known = _KNOWN.get(desk.match_input)
    if known is None or known[0] != key:
        known = key, _computed(desk, desk.run)
        _KNOWN[desk.match_input] = known
    return known[1]


def _computed(desk: Desk, run: MatchRun) -> Demand:
    night = plan_problem(
        desk.match_input,
        score_pairs(desk.match_input, weights=desk.weights),
        consultants=desk.stored.consultants,
        running=desk.placements,
        weights=desk.weights,
    )
    problem = night.problem
    slot_price = np.array([desk.slot_prices.get(id_, 0.0) for id_ in desk.match_input.slots.ids])
    price = pair_prices(problem, slot_price, resource_prices(night.resources, run))
    return Demand.priced(problem.citizen, problem.slot, problem.value, price, slot_price, problem.n_citizens)
