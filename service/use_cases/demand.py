"""Who wants which place in the latest plan, from the prices that it gave places and shared limits.

It is made of what a list is made of, so that a replay comes to the same.
"""

from weakref import WeakKeyDictionary

from matcher.arrays import MatchInput
from matcher.demand import Demand
from service.db.records import MatchRun
from service.use_cases.desk import Desk
from service.use_cases.priced import priced
from service.use_cases.scored import scored_of
from service.use_cases.standing import standing_of

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
    match_input, pairs = desk.match_input, scored_of(desk.match_input, desk.weights)
    standing = standing_of(match_input, desk.stored, run, desk.slot_prices)
    found = priced(match_input, standing, pairs)
    price, free = found.price, found.free
    return Demand.priced(
        pairs.citizen[free],
        pairs.slot[free],
        pairs.value[free],
        price[free],
        standing.slot_price,
        len(match_input.citizens),
    )
