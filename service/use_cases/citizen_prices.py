r"""What placing each citizen is worth in a plan, from the prices that the plan gave places and shared limits.

    u[i] = max(0, max over the pairs e of citizen i of value[e] − price[e])

which in a plan that is proven best is the citizen's own price (see docs/assignment.md); price[e] as in `pair_prices`.
It is made of what a list is made of, so that a replay comes to the same.
"""

from weakref import WeakKeyDictionary

import numpy as np

from matcher.arrays import Floats, MatchInput
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from service.db.records import MatchRun
from service.use_cases.desk import Desk
from service.use_cases.prices import pair_prices, resource_prices

_KNOWN: WeakKeyDictionary[MatchInput, tuple[tuple[str, str], Floats]] = WeakKeyDictionary()
"""Prices by the arrays that they belong to: every list of a day asks for the same."""


def citizen_prices(desk: Desk) -> Floats | None:
    """float64 (n,), >= 0; NaN for those who have a placement and wait for none. None where no plan has priced anything.

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


def _computed(desk: Desk, run: MatchRun) -> Floats:
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
    worth = np.zeros(problem.n_citizens)
    np.maximum.at(worth, problem.citizen, problem.value - price)
    worth[list(night.placed)] = np.nan
    return worth
