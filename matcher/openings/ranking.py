"""What would open a place: the smallest changes that make a closed place possible, ranked by gain and effort.

    gain = value of the opened pair − its price − what the citizen can have without any change
    merit = gain − EFFORT_PRICE x effort

Every opening has been tried: the changes are made on the domain values, and every rule and every limit that running
placements leave is asked again. Numeric changes are the least that will do, and no part of a set would do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from matcher.arrays import Flags, MatchInput
from matcher.language import Language, Text
from matcher.openings.changes import Change
from matcher.openings.market import NOTHING, Market
from matcher.openings.room import with_room
from matcher.openings.search import MOST_CHANGES, Checked, Vary, minimal_sets
from matcher.pair import Pair, heading
from matcher.scoring import CitizenScores
from matcher.weights import HAND_SET, Weights
from matcher.wording.efforts import ACTORS, effort_text, gain_text
from matcher.wording.openings import change_text, opening_text

EFFORT_PRICE: Final = 0.05
"""Value that a step of effort must be worth. Assumption: an agreement, two steps, must be worth a tenth of a perfect
place."""
MOST_RULES_FAILED: Final = 3
"""A place that more rules close is not looked at."""


@dataclass(frozen=True, eq=False)
class Opening:
    """One smallest set of changes that opens a place for a citizen.

    Attributes
    ----------
    clauses : each change in words, to follow "hvis" or "if"; aligned with `changes`
    text : the whole as a sentence
    effort : sum over the changes
    value, price : of the opened pair; what a change adds costs others nothing
    gain : value − price − what the citizen can have without any change; may be negative
    failed_rules : rules that close the place now; empty where only limits of the plan do
    """

    citizen_row: int
    slot_row: int
    slot_id: str
    heading: str
    changes: tuple[Change, ...]
    clauses: tuple[Text, ...]
    text: Text
    effort: int
    value: float
    price: float
    gain: float
    failed_rules: tuple[str, ...]

    @property
    def merit(self) -> float:
        """What ranks: gain less effort."""
        return self.gain - EFFORT_PRICE * self.effort

    def as_record(self, language: Language) -> dict[str, Any]:
        """The opening, ready for JSON."""
        return {
            "slot_id": self.slot_id,
            "heading": self.heading,
            "text": self.text.in_(language),
            "changes": [
                {
                    "kind": change.kind,
                    "actor": change.actor.value,
                    "actor_name": ACTORS[change.actor].in_(language),
                    "effort": change.effort,
                    "effort_text": effort_text(change.kind, change.effort).in_(language),
                    "text": clause.in_(language),
                }
                for change, clause in zip(self.changes, self.clauses, strict=True)
            ],
            "effort": self.effort,
            "value": self.value,
            "price": self.price,
            "gain": self.gain,
            "gain_text": gain_text(self.value, self.gain).in_(language),
            "failed_rules": list(self.failed_rules),
        }


def openings(
    match_input: MatchInput,
    citizen_row: int,
    slot_rows: Sequence[int],
    vary: Vary,
    market: Market,
    *,
    weights: Weights = HAND_SET,
    most_changes: int = MOST_CHANGES,
) -> tuple[Opening, ...]:
    """All smallest sets of changes that open the slots for a citizen, best merit first.

    Parameters
    ----------
    vary : makes changed values into arrays (``features.variants.vary``)
    market : what is left of the plan's limits, and prices, as the citizen meets them

    A place that stands open already has no opening, unless others want it: then what would have to be added for the
    citizen to take nothing from them.
    """
    found = minimal_sets(
        match_input, [(citizen_row, col) for col in slot_rows], vary, weights=weights, most_changes=most_changes
    )
    found = with_room(match_input, found, market, vary, weights=weights, most_changes=most_changes)
    opened = [one for checked in found if (one := _within_limits(match_input, checked, market, most_changes))]
    return tuple(sorted(opened, key=lambda one: (-one.merit, one.effort, one.slot_row, repr(one.changes))))


def _within_limits(match_input: MatchInput, checked: Checked, market: Market, most_changes: int) -> Opening | None:
    """The opening with what the plan's limits lack; None where they cannot be raised or nothing has to change."""
    row, col, changes = checked.trial
    lacking = market.lacking(checked.pair, col, changes)
    if lacking is None:
        return None
    if not changes and not lacking:
        lacking = market.wanted(checked.pair, col)
    every = (*changes, *lacking)
    if not every or len(every) > most_changes:
        return None
    before = Pair(match_input, row, col)
    clauses = tuple(change_text(change, before, checked.pair) for change in every)
    price = market.price(col, checked.pair.hours_per_week, every)
    return Opening(
        citizen_row=row,
        slot_row=col,
        slot_id=before.context.slot.id,
        heading=heading(before.context),
        changes=every,
        clauses=clauses,
        text=opening_text(clauses),
        effort=sum(change.effort for change in every),
        value=checked.value,
        price=price,
        gain=checked.value - price - market.worth_now,
        failed_rules=checked.closed_by,
    )


def best_openings(
    match_input: MatchInput,
    citizen_row: int,
    scores: CitizenScores,
    vary: Vary,
    market: Market,
    *,
    k: int = 5,
    look_at: int = 40,
    weights: Weights = HAND_SET,
) -> tuple[Opening, ...]:
    """The best opening of each place, at most `k` places; the gain of each is worth its effort.

    The `look_at` places that would be worth most, were they open, are looked at; at most MOST_RULES_FAILED rules may
    close them.
    """
    failed = (~scores.passes).sum(axis=0)
    closed: Flags = (failed <= MOST_RULES_FAILED) & ~market.apart
    could_be = scores.value - market.slot_price
    near = np.flatnonzero(closed & (scores.value - market.worth_now > NOTHING))
    order = near[np.lexsort((near, -could_be[near]))][:look_at]
    best: dict[int, Opening] = {}
    for one in openings(match_input, citizen_row, order.tolist(), vary, market, weights=weights):
        if one.merit > 0:
            best.setdefault(one.slot_row, one)
    return tuple(best.values())[:k]
