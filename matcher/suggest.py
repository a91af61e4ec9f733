"""Lists: the best places for one citizen, the citizens whom one place fits, and places that a rule only just closes.

Ranked by value − price: the price of a place is what it is worth to others in the latest plan, so that lists do not
send everybody to the same places. Ties go to the higher value, then the lower row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from matcher.arrays import YES, Codes, Flags, Floats, MatchInput
from matcher.demand import Demand
from matcher.depth import Depth
from matcher.explain import Explanation, explain
from matcher.language import Language
from matcher.market import Market
from matcher.pair import Pairs
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
    """A place that few rules and limits exclude, with all and only those and what is missing."""

    slot_row: int
    value: float
    failed_rules: tuple[str, ...]
    missing: tuple[str, ...]
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class SuggestionList:
    """A citizen's list.

    `eligible_count` is the number of places that every rule lets through, `not_free_count` how many of those a shared
    limit closes: they are taken, or too little is left of what they need.
    """

    citizen_id: str
    eligible_count: int
    not_free_count: int
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
    market: Market | None = None,
    could_open: Flags | None = None,
    demand: Demand | None = None,
    language: Language = Language.DANISH,
    depth: Depth = Depth.CARD,
) -> SuggestionList:
    """The best places for a citizen and the nearest that a rule excludes.

    Parameters
    ----------
    prices : float64 (m,), price of a place of each slot in the latest plan; None: all free
    k, near_misses : at most so many of each
    market : of the citizen and every slot: what is left of places and shared limits. A place that a limit closes is no
        suggestion; it may be a near miss, unless it is taken or does not go with those at the worksite. None: limits
        are not asked
    could_open : bool (m,), places that may be near misses; None: those that the market leaves, or all
    demand : of the latest plan, to count the others who want a place (see `matcher.demand`); None: they are not counted
    depth : how much is told of each place
    """
    scores = score_citizen(match_input, citizen_row, weights=weights)
    if could_open is None:
        could_open = _could_open(match_input, market)
    price = np.zeros(len(match_input.slots)) if prices is None else prices
    free = np.ones(len(match_input.slots), dtype=np.bool_) if market is None else market.free
    eligible = np.flatnonzero(scores.eligible & free).astype(np.int32)
    best = _ranked(eligible, scores.value[eligible], price[eligible])[:k]
    pairs = _pairs_of(match_input, citizen_row, best)
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
                met=None if market is None else market.met(int(j), depth),
                language=language,
                depth=depth,
                pair=pairs.pair(rank - 1),
            ),
        )
        for rank, j in enumerate(best, start=1)
    )
    return SuggestionList(
        citizen_id=match_input.citizens.ids[citizen_row],
        eligible_count=int(scores.eligible.sum()),
        not_free_count=int((scores.eligible & ~free).sum()),
        suggestions=suggestions,
        near_misses=_near_misses(
            match_input, citizen_row, scores, prices, market, could_open, near_misses, language, depth
        ),
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
    market_of: Callable[[Codes], Market] | None = None,
    language: Language = Language.DANISH,
    depth: Depth = Depth.CARD,
) -> CandidateList:
    """The citizens whom a place fits best.

    Parameters
    ----------
    citizen_prices : float64 (n,), what placing each citizen is worth in the latest plan: who has other good chances
        stands lower; None: all 0
    free : bool (n,), whether a citizen is without a running placement; others are not in the list
    market_of : the market of some citizens and the slot: whom a shared limit excludes comes after all others, with the
        reason. None: limits are not asked
    depth : how much is told of each citizen
    """
    weights = weights or HAND_SET
    eligible = _eligible_citizens(match_input, slot_row)
    price = np.zeros(len(match_input.citizens)) if citizen_prices is None else citizen_prices
    shown = eligible if free is None else eligible[free[eligible]]
    market = None if market_of is None else market_of(shown)
    value = pair_values(match_input, shown, np.full(len(shown), slot_row, dtype=np.int32), weights)
    closed = np.zeros(len(shown), dtype=np.bool_) if market is None else ~market.free
    order = np.lexsort((shown, -value, -(value - price[shown]), closed))[:k].tolist()
    place = np.array([slot_row], dtype=np.int32)
    found = tuple(
        Suggestion(
            rank=rank,
            citizen_row=int(shown[e]),
            slot_row=slot_row,
            value=float(value[e]),
            price=float(price[shown[e]]),
            worth=float(value[e] - price[shown[e]]),
            explanation=explain(
                match_input,
                int(shown[e]),
                slot_row,
                scores=score_citizen(match_input, int(shown[e]), weights=weights, only=place),
                met=None if market is None else market.met(e, depth),
                language=language,
                depth=depth,
            ),
        )
        for rank, e in enumerate(order, start=1)
    )
    return CandidateList(match_input.slots.ids[slot_row], len(eligible), found, weights.id)


def _ranked(rows: Codes, value: Floats, price: Floats) -> Codes:
    order = np.lexsort((rows, -value, -(value - price)))
    return rows[order].astype(np.int32)


def _could_open(match_input: MatchInput, market: Market | None) -> Flags:
    """bool (m,): all but places that are taken, or do not go with whoever is at the worksite: nobody opens those."""
    if market is None:
        return np.ones(len(match_input.slots), dtype=np.bool_)
    could: Flags = (match_input.slots.capacity > market.taken) & ~market.apart
    return could


def _near_misses(
    match_input: MatchInput,
    citizen_row: int,
    scores: CitizenScores,
    prices: Floats | None,
    market: Market | None,
    could_open: Flags,
    most: int,
    language: Language,
    depth: Depth,
) -> tuple[NearMiss, ...]:
    """Excluded by the fewest rules and limits first, then the fewest binding needs, the best value, the lower row."""
    failed: Codes = np.subtract(len(scores.passes), scores.passes.view(np.int8).sum(axis=0, dtype=np.int32))
    if market is not None:
        failed = failed + market.lacking
    near: Codes = np.flatnonzero((failed > 0) & (failed <= MOST_RULES_MISSED) & could_open).astype(np.int32)
    if len(near) > most > 0:
        near = near[failed[near] <= np.partition(failed[near], most - 1)[most - 1]]
    unmet = _unmet_needs(match_input, citizen_row, near)
    order = near[np.lexsort((near, -scores.value[near], unmet, failed[near]))][:most]
    misses, pairs = [], _pairs_of(match_input, citizen_row, order)
    for e, j in enumerate(order.tolist()):
        met, pair = None if market is None else market.met(j, depth), pairs.pair(e)
        explanation = explain(
            match_input,
            citizen_row,
            j,
            scores=scores,
            prices=prices,
            met=met,
            language=language,
            depth=depth,
            pair=pair,
        )
        missing = tuple(text for rule in explanation.rules if not rule.passed for text in rule.texts)
        misses.append(NearMiss(j, float(scores.value[j]), explanation.failed_rules, missing, explanation))
    return tuple(misses)


def _pairs_of(match_input: MatchInput, citizen_row: int, slots: Codes) -> Pairs:
    return Pairs(match_input, np.full(len(slots), citizen_row, dtype=np.int32), slots)


def _unmet_needs(match_input: MatchInput, citizen_row: int, slots: Codes) -> Codes:
    """int32, one a slot: binding needs of the citizen that it does not meet or has not stated."""
    table, needs = match_input.needs, match_input.citizens.needs[citizen_row]
    closing = table.state[needs[table.binding[needs]]][:, slots] != YES
    unmet: Codes = closing.sum(axis=0).astype(np.int32)
    return unmet


def _eligible_citizens(match_input: MatchInput, slot_row: int) -> Codes:
    """Rows of the citizens whom every rule lets through."""
    everybody = np.arange(len(match_input.citizens), dtype=np.int32)
    return eligible_pairs(match_input, everybody, np.array([slot_row], dtype=np.int32))[0]
