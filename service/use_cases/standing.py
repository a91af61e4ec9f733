"""How things stand for everybody who waits: what runs, and what places and shared limits cost in the latest plan.

It is made once for the arrays of a day and a run; a list asks it about one citizen, the demand about every pair.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np

from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.budgets import Running, running_on
from matcher.domain.placement import Placement
from matcher.domain.staff import JobConsultant
from matcher.market import Market, Prices, market, resource_prices
from service.db.records import MatchRun
from service.use_cases.night_counts import takes_a_place


@dataclass(frozen=True, eq=False)
class Standing:
    """What every list of a day asks for.

    Attributes
    ----------
    running, consultants : placements that take places on the day; consultants by id
    placement_of : the placement of each citizen who has one on the day
    slot_price : float64 (m,), price of a place of each slot; resource_price : of the shared limits. All 0 without a run
    """

    running: Running
    consultants: Mapping[str, JobConsultant]
    placement_of: Mapping[str, Placement]
    slot_price: Floats
    resource_price: Prices

    def for_citizen(self, match_input: MatchInput, row: int) -> tuple[Floats, Market]:
        """float64 (m,): what a place of each slot costs a citizen; and the market of the citizen and every slot.

        The citizen's own placement counts as ended: the list says what could come instead. Where a place is not free,
        its price is that of the place alone.
        """
        slots = np.arange(len(match_input.slots), dtype=np.int32)
        rows = np.full_like(slots, row)
        found = market(match_input, rows, slots, consultants=self.consultants, running=self.running.without(row))
        prices = found.prices(self.slot_price, self.resource_price)
        return np.where(found.free, prices, self.slot_price), found

    def for_slot(self, match_input: MatchInput, rows: Codes, slot_row: int) -> Market:
        """The market of some citizens and one slot."""
        slots = np.full_like(rows, slot_row)
        return market(match_input, rows, slots, consultants=self.consultants, running=self.running)

    def for_pairs(self, match_input: MatchInput, citizen: Codes, slot: Codes) -> tuple[Floats, Flags]:
        """float64 (E,) and bool (E,): what each pair costs, and whether the plan could choose it."""
        found: Market = market(match_input, citizen, slot, consultants=self.consultants, running=self.running)
        return found.prices(self.slot_price, self.resource_price), found.free

    def same_for_others(self, other: "Standing") -> bool:
        """Whether the same runs at the same prices; rows and consultants are the same too."""
        columns = ("slot", "citizen", "hours_per_week", "counted")
        return (
            all(np.array_equal(getattr(self.running, name), getattr(other.running, name)) for name in columns)
            and np.array_equal(self.slot_price, other.slot_price)
            and self.resource_price.keys() == other.resource_price.keys()
            and all(np.array_equal(price, other.resource_price[kind]) for kind, price in self.resource_price.items())
            and self.consultants == other.consultants
        )


class WithPlacements(Protocol):
    """What is stored, or the part of it that says how things stand."""

    @property
    def placements(self) -> Iterable[Placement]: ...
    @property
    def consultants(self) -> Iterable[JobConsultant]: ...


_KNOWN: WeakKeyDictionary[MatchInput, tuple[WithPlacements, str | None, Standing]] = WeakKeyDictionary()
"""By the arrays that it belongs to."""


def standing_of(
    match_input: MatchInput, stored: WithPlacements, run: MatchRun | None, slot_prices: Mapping[str, float]
) -> Standing:
    """How things stand by what is stored and the prices of a run."""
    known, run_id = _KNOWN.get(match_input), run.id if run else None
    if known is None or known[0] is not stored or known[1] != run_id:
        consultants = {one.id: one for one in stored.consultants}
        of_resource = {(one["kind"], one["owner_id"]): float(one["price"]) for one in run.resources} if run else {}
        placement_of: dict[str, Placement] = {}
        for one in stored.placements:
            if takes_a_place(one, match_input.on):
                placement_of.setdefault(one.citizen_id, one)
        standing = Standing(
            running=running_on(match_input, stored.placements),
            consultants=consultants,
            placement_of=placement_of,
            slot_price=np.array([slot_prices.get(id_, 0.0) for id_ in match_input.slots.ids], dtype=np.float64),
            resource_price=resource_prices(match_input, consultants, of_resource),
        )
        known = _KNOWN[match_input] = stored, run_id, standing
    return known[2]
