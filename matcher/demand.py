r"""How many other citizens want a place, by the prices of a plan.

What citizen k would gain by slot j beyond what the plan has for k anyway is the bid

    bid[k, j] = v[k, j] − c[k, j] − u[k]

where v is the pair's value, c what it uses of shared limits at their prices, and u[k] >= 0 the citizen's own price:
what placing k is worth in the plan (the dual of "one placement a citizen", see docs/assignment.md). For citizen i and
slot j, among all others k who may have the place, with m = CLEARLY:

    want   = the number of k with bid[k, j] > m:              the place is more for them than what the plan has for them
    better = the number of k with bid[k, j] > max(bid[i, j], 0) + m:              and it is more for them than for i

Placements are whole, but prices are those of shares of them: they add up to a little more than any plan is worth (2.3 %
for the 547 citizens of the fixtures, where the plan itself is proven to 0.0001 %). So a price is off by a little, and
small differences of bids mean nothing: without m, 20 of 163 proposals had others who bid higher, by 0.042 at most, and
giving the place to any of them made the plan worse or broke a limit.

Counted are the pairs that the plan could choose from. The counts say how wanted a place is in this plan, with its gap;
they say nothing of how much somebody needs it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matcher.arrays import Codes, Floats

CLEARLY: Final = 0.05
"""Bids closer than this count as equal, in value of a pair: a twentieth of a certain good outcome. Assumption, above
the differences by which prices were seen to be off (`benchmarks/demand.py`)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Numbers of other citizens who want a place, and of those among them to whom it is more than to this citizen."""

    want: int
    better: int


@dataclass(frozen=True, eq=False)
class Demand:
    """Bids of citizens for slots.

    Attributes
    ----------
    citizen, slot : int32 (E,), rows of the match input, sorted by slot: the pairs that may be placed
    value : float64 (E,), value of each pair less what it uses of shared limits at their prices
    citizen_price : float64 (n,), >= 0, what placing each citizen is worth in the plan; NaN: not waiting for a place
    """

    citizen: Codes
    slot: Codes
    value: Floats
    citizen_price: Floats

    @classmethod
    def of(cls, citizen: Codes, slot: Codes, value: Floats, citizen_price: Floats) -> "Demand":
        """Bids from pairs in any order."""
        order = np.argsort(slot, kind="stable")
        return cls(citizen[order], slot[order], value[order], citizen_price)

    @classmethod
    def priced(cls, citizen: Codes, slot: Codes, value: Floats, price: Floats, slot_price: Floats, n: int) -> "Demand":
        """Bids of n citizens from each pair's price: u[i] = max(0, max over the pairs e of i of v[e] − price[e])."""
        citizen_price = np.zeros(n)
        np.maximum.at(citizen_price, citizen, value - price)
        return cls.of(citizen, slot, value - (price - slot_price[slot]), citizen_price)

    def others(self, citizen_row: int, slot_row: int, value: float) -> Wanted:
        """Who else wants a slot; `value` is the citizen's own of it, where the pair is not among those of the plan."""
        first, end = np.searchsorted(self.slot, np.array([slot_row, slot_row + 1], dtype=self.slot.dtype))
        rows = self.citizen[first:end]
        bids = self.value[first:end] - self.citizen_price[rows]
        others = rows != citizen_row
        known = bids[~others]
        own = float(known[0]) if len(known) else value - float(np.nan_to_num(self.citizen_price[citizen_row]))
        bids = bids[others]
        want, better = (int(np.count_nonzero(bids > least + CLEARLY)) for least in (0.0, max(own, 0.0)))
        return Wanted(want, better)
