"""Why a citizen has no place, as a letter needs it: every rule and limit that closes places, with source and date.

A place counts under each rule that closes it. Limits are asked of the places that every rule lets through, beside what
runs and is agreed: the plan itself is told by `matcher.unplaced`, in the words that the run wrote down.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.arrays import Flags, MatchInput
from matcher.dated_rules import versions_of
from matcher.domain.statute import PLACES
from matcher.facts import Fact, facts_of_citizen
from matcher.language import Language
from matcher.limit_reasons import WITH_OTHERS_ID, with_others
from matcher.market import Market
from matcher.pair import Pair
from matcher.reasons import RuleReason, reason_of
from matcher.rules import rules_of
from matcher.wording.counts import count_text


@dataclass(frozen=True, slots=True)
class ClosedPlaces:
    """A rule or limit that closes places for a citizen, and how many."""

    rule: RuleReason
    places: int


@dataclass(frozen=True, slots=True)
class WithoutPlace:
    """Why there is no place for a citizen.

    Attributes
    ----------
    places : how many were examined
    open_places : how many every rule and limit lets through beside what runs; the plan gave them to others
    closed : every rule and limit that closes places, the one that closes most first
    facts : of the citizen, as rules read them
    rules_id : version of the rule book
    """

    citizen_id: str
    language: Language
    planned_on: date
    places: int
    open_places: int
    closed: tuple[ClosedPlaces, ...]
    facts: tuple[Fact, ...]
    rules_id: str


def without_place(match_input: MatchInput, citizen_row: int, market: Market, language: Language) -> WithoutPlace:
    """Why, by the rules and by the market of the citizen and every slot (`Market.of` all slots, in their order)."""
    row = np.array([citizen_row], dtype=np.int32)
    failing = {rule.id: ~rule.passes(match_input, row)[0] for rule in rules_of(match_input)}
    eligible = ~np.logical_or.reduce(list(failing.values()))
    limits = _limits(match_input, market)
    closing = failing | {rule_id: lacking & eligible for rule_id, lacking in limits.items()}
    counts = {rule_id: int(closed.sum()) for rule_id, closed in closing.items()}
    order = sorted((rule_id for rule_id in counts if counts[rule_id]), key=lambda rule_id: -counts[rule_id])
    found = ((_reason(match_input, rule_id, counts[rule_id], language), counts[rule_id]) for rule_id in order)
    return WithoutPlace(
        citizen_id=match_input.citizens.ids[citizen_row],
        language=language,
        planned_on=match_input.on,
        places=len(match_input.slots),
        open_places=int((eligible & market.free).sum()),
        closed=tuple(ClosedPlaces(reason, places) for reason, places in found if reason is not None),
        facts=facts_of_citizen(Pair(match_input, citizen_row, 0), language),
        rules_id=match_input.rules_id,
    )


def _limits(match_input: MatchInput, market: Market) -> dict[str, Flags]:
    """bool (m,) by rule: whether a limit leaves too little at each slot."""
    taken = match_input.slots.capacity <= market.taken
    return {PLACES: taken, **market.lacking_by_rule, WITH_OTHERS_ID: market.apart}


def _reason(match_input: MatchInput, rule_id: str, places: int, language: Language) -> RuleReason | None:
    """The rule as it reads on the first day that a version of it holds; the count is why it fails."""
    text = (count_text(rule_id, places).in_(language),)
    if rule_id == WITH_OTHERS_ID:
        return with_others(language, failed=text)
    version = next(iter(versions_of(match_input, rule_id)), None)
    return None if version is None else reason_of(version, language, failed=text)
