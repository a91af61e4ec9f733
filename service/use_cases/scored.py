"""Every pair of a day with its value, computed once for the arrays of the day; after a change, only for who changed."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.domain.rulebook import RuleVersion
from matcher.scoring import ScoredPairs, score_again, score_pairs
from matcher.weights import Weights
from service.use_cases.standing import Standing

_KNOWN: WeakKeyDictionary[MatchInput, dict[str, tuple[Weights, ScoredPairs]]] = WeakKeyDictionary()
"""By the arrays that they belong to, and the weights."""


@dataclass(frozen=True, eq=False)
class PricedPairs:
    """Pairs with their price, float64 (E,), and whether the plan could choose them, bool (E,); and what that is of."""

    standing: Standing
    limits: tuple[RuleVersion, ...] | None
    apart: bool
    citizen: Codes
    price: Floats
    free: Flags


PRICED: WeakKeyDictionary[MatchInput, PricedPairs] = WeakKeyDictionary()
"""What the pairs of some arrays cost, where somebody has asked (`service/use_cases/priced.py`)."""


@dataclass(frozen=True, eq=False)
class Before:
    """What arrays go on from.

    Attributes
    ----------
    rows : int32 (n,), the row that each citizen had; -1 for who has changed
    citizens : how many there were
    priced : what their pairs cost; None where nobody had asked
    """

    rows: Codes
    citizens: int
    priced: PricedPairs | None

    @property
    def in_place(self) -> bool:
        """Whether whoever has not changed stands in the same row."""
        there = np.arange(len(self.rows))
        return len(self.rows) == self.citizens and bool(np.all((self.rows < 0) | (self.rows == there)))


_BEFORE: WeakKeyDictionary[MatchInput, Before] = WeakKeyDictionary()
"""By the arrays that go on, until somebody has asked."""


def what_was_before(match_input: MatchInput) -> Before | None:
    """What arrays go on from; told once, and forgotten then."""
    return _BEFORE.pop(match_input, None)


def scored_of(match_input: MatchInput, weights: Weights) -> ScoredPairs:
    """The best pairs of every citizen, as `score_pairs` gives them."""
    known = _KNOWN.setdefault(match_input, {})
    if weights.id not in known:
        known[weights.id] = weights, score_pairs(match_input, weights=weights)
    return known[weights.id][1]


def carry_over(before: MatchInput, after: MatchInput) -> None:
    """Score what was scored for earlier arrays also for later ones, where most citizens are the same."""
    known = _KNOWN.get(before)
    if not known or after.slots is not before.slots or after.declined != before.declined:
        return
    row_before = _rows_before(before, after)
    _BEFORE[after] = Before(row_before, len(before.citizen_values), PRICED.get(before))
    _KNOWN[after] = {
        id_: (weights, score_again(after, pairs, row_before, weights=weights))
        for id_, (weights, pairs) in known.items()
    }


def _rows_before(before: MatchInput, after: MatchInput) -> Codes:
    """int32 (n,): the row of each citizen who is the same, with the same proposals rejected; -1 for all others."""
    row_of = {id(citizen): row for row, citizen in enumerate(before.citizen_values)}
    others = {citizen_id for citizen_id, _ in before.rejected.keys() ^ after.rejected.keys()}
    rows = (-1 if one.id in others else row_of.get(id(one), -1) for one in after.citizen_values)
    return np.fromiter(rows, dtype=np.int32, count=len(after.citizen_values))
