"""Lists: the best places for one citizen, the citizens whom one place fits, and places that a rule only just closes.

Ranked by value − price: the price of a place is what it is worth to others in the latest plan, so that lists do not
send everybody to the same places. Ties go to the higher value, then the lower row.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matcher.arrays import YES, Codes, Flags, Floats, MatchInput
from matcher.demand import Demand
from matcher.explain import Explanation, explain
from matcher.language import Language
from matcher.rules import eligible_pairs
from matcher.scoring import CitizenScores, pair_values, score_citizen
from matcher.weights import HAND_SET, Weights

MOST_RULES_MISSED: Final = 3
"""A place that more rules exclude is not a near miss. Assumption: nobody opens a place with four changes."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One place for a citizen, or one citizen for a place. `worth` = value − price, the number that ranks."""

    rank: int
    citizen_row: int
    slot_row: int
    value: float
    price: float
    worth: float
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A place that few rules exclude, with all and only those rules and what is missing."""

    slot_row: int
    value: float
    failed_rules: tuple[str, ...]
    missing: tuple[str, ...]
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class SuggestionList:
    """A citizen's list. `eligible_count` is the number of places that every rule lets through."""

    citizen_id: str
    eligible_count: int
    suggestions: tuple[Suggestion, ...]
    near_misses: tuple[NearMiss, ...]
    weights_id: str


@dataclass(frozen=True, slots=True)
class CandidateList:
    """A slot's list. `eligible_count` is the number of citizens whom every rule lets through."""

    slot_id: str
    eligible_count: int
    candidates: tuple[Suggestion, ...]
    weights_id: str


def suggest(
    match_input: MatchInput,
    citizen_row: int,
    *,
    prices: Floats | None = None,
    weights: Weights | None = None,
    k: int = 10,
    near_misses: int = 5,
    free: Flags | None = None,
    demand: Demand | None = None,
    language: Language = Language.DANISH,
) -> SuggestionList:
    """The best places for a citizen and the nearest that a rule excludes.

    Parameters
    ----------
    prices : float64 (m,), price of a place of each slot in the latest plan; None: all free
    k, near_misses : at most so many of each
    free : bool (m,), whether a slot has a place that no running placement takes; others are in neither list
    demand : of the latest plan, to count the others who want a place (see `matcher.demand`); None: they are not counted
    """
    scores = score_citizen(match_input, citizen_row, weights=weights)
    price = np.zeros(len(match_input.slots)) if prices is None else prices
    shown = np.ones(len(match_input.slots), dtype=np.bool_) if free is None else free
    eligible = np.flatnonzero(scores.eligible & shown).astype(np.int32)
    best = _ranked(eligible, scores.value[eligible], price[eligible])[:k]
    suggestions = tuple(
        Suggestion(
            rank=rank,
            citizen_row=citizen_row,
            slot_row=int(j),
            value=float(scores.value[j]),
            price=float(price[j]),
            worth=float(scores.value[j] - price[j]),
            explanation=explain(
                match_input,
                citizen_row,
                int(j),
                scores=scores,
                prices=prices,
                wanted=None if demand is None else demand.others(citizen_row, int(j), float(scores.value[j])),
                language=language,
            ),
        )
        for rank, j in enumerate(best, start=1)
    )
    return SuggestionList(
        citizen_id=match_input.citizens.ids[citizen_row],
        eligible_count=int(scores.eligible.sum()),
        suggestions=suggestions,
        near_misses=_near_misses(match_input, citizen_row, scores, prices, shown, near_misses, language),
        weights_id=scores.weights_id,
    )


def candidates(
    match_input: MatchInput,
    slot_row: int,
    *,
    citizen_prices: Floats | None = None,
    weights: Weights | None = None,
    k: int = 10,
    free: Flags | None = None,
    language: Language = Language.DANISH,
) -> CandidateList:
    """The citizens whom a place fits best.

    Parameters
    ----------
    citizen_prices : float64 (n,), what placing each citizen is worth in the latest plan: who has other good chances
        stands lower; None: all 0
    free : bool (n,), whether a citizen is without a running placement; others are not in the list
    """
    weights = weights or HAND_SET
    eligible = _eligible_citizens(match_input, slot_row)
    price = np.zeros(len(match_input.citizens)) if citizen_prices is None else citizen_prices
    shown = eligible if free is None else eligible[free[eligible]]
    value = pair_values(match_input, shown, np.full(len(shown), slot_row, dtype=np.int32), weights)
    value_of = dict(zip(shown.tolist(), value.tolist(), strict=True))
    found = tuple(
        Suggestion(
            rank=rank,
            citizen_row=int(i),
            slot_row=slot_row,
            value=value_of[int(i)],
            price=float(price[i]),
            worth=float(value_of[int(i)] - price[i]),
            explanation=explain(match_input, int(i), slot_row, weights=weights, language=language),
        )
        for rank, i in enumerate(_ranked(shown, value, price[shown])[:k], start=1)
    )
    return CandidateList(match_input.slots.ids[slot_row], len(eligible), found, weights.id)


def _ranked(rows: Codes, value: Floats, price: Floats) -> Codes:
    order = np.lexsort((rows, -value, -(value - price)))
    return rows[order].astype(np.int32)


def _near_misses(
    match_input: MatchInput,
    citizen_row: int,
    scores: CitizenScores,
    prices: Floats | None,
    shown: Flags,
    most: int,
    language: Language,
) -> tuple[NearMiss, ...]:
    """Excluded by the fewest rules first, then the fewest binding needs, the best value, the lower row."""
    failed = (~scores.passes).sum(axis=0)
    near = np.flatnonzero((failed > 0) & (failed <= MOST_RULES_MISSED) & shown)
    unmet = _unmet_needs(match_input, citizen_row)[near]
    order = near[np.lexsort((near, -scores.value[near], unmet, failed[near]))][:most]
    misses = []
    for j in order:
        explanation = explain(match_input, citizen_row, int(j), scores=scores, prices=prices, language=language)
        missing = tuple(text for rule in explanation.rules if not rule.passed for text in rule.texts)
        misses.append(NearMiss(int(j), float(scores.value[j]), explanation.failed_rules, missing, explanation))
    return tuple(misses)


def _unmet_needs(match_input: MatchInput, citizen_row: int) -> Codes:
    """int32 (m,): binding needs of the citizen that each slot does not meet or has not stated."""
    table, needs = match_input.needs, match_input.citizens.needs[citizen_row]
    closing = (table.state[needs] != YES) & table.binding[needs][:, None]
    unmet: Codes = closing.sum(axis=0).astype(np.int32)
    return unmet


def _eligible_citizens(match_input: MatchInput, slot_row: int) -> Codes:
    """Rows of the citizens whom every rule lets through."""
    everybody = np.arange(len(match_input.citizens), dtype=np.int32)
    return eligible_pairs(match_input, everybody, np.array([slot_row], dtype=np.int32))[0]
