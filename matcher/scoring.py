r"""Rules and weighted terms → eligible pairs with a value, the best K a citizen; never an n x m array in memory.

For citizen i of profile p and slot j that every rule lets through, over the terms t that apply to i and are known:

    value[i, j] = sum_t w[p, t] s_t[i, j] / sum_t w[p, t]                      in (0, 1]
    confidence[i, j] = sum_t w[p, t] known_t[i, j] / sum_{t applies} w[p, t]   in [0, 1]

Values are rounded to 1e-9, so that equal pairs tie; ties go to the lower slot row. The floor of a value is 1e-9: an
eligible pair is never worth nothing.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.kernels import add_known, best_of_each
from matcher.rules import eligible_pairs, rules_of
from matcher.terms import TERMS
from matcher.weights import HAND_SET, Weights

_Number = TypeVar("_Number", bound=np.generic)
DECIMALS: Final = 9
LEAST_VALUE: Final = 1e-9
PAIRS_A_BLOCK: Final = 200_000
"""Pairs of citizens and slots that a thread looks at together: they stay in the processor's cache."""
MOST_THREADS: Final = 4


@dataclass(frozen=True, eq=False)
class ScoredPairs:
    """Eligible pairs, sorted by citizen then slot.

    Attributes
    ----------
    citizen, slot : int32 (E,), rows of the match input
    value : float64 (E,), in (0, 1]
    eligible_count : int32 (n,), slots that every rule lets through, before the best K are chosen
    weights_id : version of the weights
    """

    citizen: Codes
    slot: Codes
    value: Floats
    eligible_count: Codes
    weights_id: str


@dataclass(frozen=True, eq=False)
class CitizenScores:
    """One citizen against all m slots, eligible or not. Rules and terms in the order of `rules_of` and TERMS.

    Attributes
    ----------
    passes, to_confirm : bool (rules, m); `to_confirm` marks pairs that pass only because something is not known
    applies : bool (terms,), whether the term concerns the citizen
    terms : float64 (terms, m), share, NaN where not known or not applicable
    known : float64 (terms, m), share of the facts behind the term that are known
    weight : float64 (terms,), of the citizen's profile, sum 1
    contribution : float64 (terms, m), w s / (sum of known w); sums to the value
    value, confidence : float64 (m,); the value of an ineligible pair is what it would be worth, were it eligible
    weights_id : version of the weights
    """

    passes: Flags
    to_confirm: Flags
    applies: Flags
    terms: Floats
    known: Floats
    weight: Floats
    contribution: Floats
    value: Floats
    confidence: Floats
    weights_id: str

    @property
    def eligible(self) -> Flags:
        """bool (m,), True where every rule passes."""
        return np.asarray(self.passes.all(axis=0))


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums over terms for pairs: weight x score and weight, of the terms that are known."""

    score: Floats
    weight: Floats

    def add(self, rows: Codes, weight: Floats, score: Floats) -> None:
        """One more term: weight[rows[e]] x score[e], unless NaN. The weight is 0 where a term does not apply."""
        add_known(rows, np.require(score, np.float64, ("C", "W")), weight, self.score, self.weight)

    def value(self) -> Floats:
        """The weighted mean, rounded, at least LEAST_VALUE."""
        mean = np.divide(self.score, self.weight, out=np.zeros_like(self.score), where=self.weight > 0)
        value: Floats = np.asarray(np.clip(np.round(mean, DECIMALS), LEAST_VALUE, 1.0))
        return value


def _weights_of(match_input: MatchInput, weights: Weights) -> Floats:
    """float64 (terms, n): weight of each term for each citizen, 0 where it does not apply."""
    everybody = np.arange(len(match_input.citizens), dtype=np.int32)
    applies = np.array([term.applies(match_input, everybody) for term in TERMS])
    return np.ascontiguousarray(np.where(applies, weights.matrix()[match_input.citizens.profile].T, 0.0))


def _values(match_input: MatchInput, weight: Floats, rows: Codes, cols: Codes) -> Floats:
    """Value of each pair; `weight` is (terms, n)."""
    sums = _Sums(np.zeros(len(rows)), np.zeros(len(rows)))
    for t, term in enumerate(TERMS):
        sums.add(rows, weight[t], term.score(match_input, rows, cols))
    return sums.value()


def pair_values(match_input: MatchInput, rows: Codes, cols: Codes, weights: Weights = HAND_SET) -> Floats:
    """Value of each pair (rows[e], cols[e]), float64 (E,); whether the rules let a pair through is not asked."""
    return _values(match_input, _weights_of(match_input, weights), rows, cols)


def _blocks(match_input: MatchInput) -> Iterator[tuple[Codes, Codes]]:
    """Blocks of citizens with the slots that may be near enough, at most PAIRS_A_BLOCK pairs or one citizen each."""
    n, m = len(match_input.citizens), len(match_input.slots)
    whole = np.arange(n, dtype=np.int32), np.arange(m, dtype=np.int32)
    near = match_input.travel.neighbourhoods(match_input.citizens.longest_travel_minutes)
    for rows, cols in near if n * m > PAIRS_A_BLOCK else (whole,):
        step = max(1, PAIRS_A_BLOCK // max(len(cols), 1))
        for first in range(0, len(rows), step):
            yield rows[first : first + step], cols


@dataclass(frozen=True, eq=False)
class _BlockScorer:
    """Scores one block at a time; called from several threads."""

    match_input: MatchInput
    weight: Floats
    top_k: int | None

    def __call__(self, block: tuple[Codes, Codes]) -> tuple[Codes, Codes, Codes, Codes, Floats]:
        """(citizens of the block, eligible slots of each; citizen, slot and value of the best pairs)."""
        members, cols = block
        rows, cols = eligible_pairs(self.match_input, members, cols)
        count = np.diff(np.append(np.searchsorted(rows, members), len(rows))).astype(np.int32)
        value = _values(self.match_input, self.weight, rows, cols)
        if self.top_k is not None:
            kept = np.flatnonzero(best_of_each(rows, value, self.top_k))
            rows, cols, value = rows[kept], cols[kept], value[kept]
        return members, count, rows, cols, value


def score_pairs(match_input: MatchInput, *, top_k: int | None = 40, weights: Weights | None = None) -> ScoredPairs:
    """Eligible pairs of all citizens, the best `top_k` of each (None: all).

    Works in blocks of neighbours, on up to MOST_THREADS processors; neither changes a number. ValueError where `top_k`
    is below 1.
    """
    if top_k is not None and top_k < 1:
        raise ValueError("top_k: must be at least 1")
    weights = weights or HAND_SET
    score = _BlockScorer(match_input, _weights_of(match_input, weights), top_k)
    blocks = list(_blocks(match_input))
    threads = min(len(blocks), MOST_THREADS, os.cpu_count() or 1)
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(score, blocks))
    else:
        found = [score(block) for block in blocks]
    eligible_count = np.zeros(len(match_input.citizens), dtype=np.int32)
    for members, count, *_ in found:
        eligible_count[members] = count
    empty = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))
    citizen, slot, value = (np.concatenate(parts) for parts in zip(empty, *(one[2:] for one in found), strict=True))
    order = np.argsort(citizen, kind="stable")
    return ScoredPairs(citizen[order], slot[order], value[order], eligible_count, weights.id)


def score_again(
    match_input: MatchInput,
    known: ScoredPairs,
    row_before: Codes,
    *,
    top_k: int | None = 40,
    weights: Weights | None = None,
) -> ScoredPairs:
    """What `score_pairs` gives, where most citizens were scored before against the same slots, rules and answers.

    Parameters
    ----------
    known : what `score_pairs` gave then, with the same `top_k` and weights
    row_before : int32 (n,), the row that each citizen had then, -1 for those who are to be scored anew
    """
    weights = weights or HAND_SET
    score = _BlockScorer(match_input, _weights_of(match_input, weights), top_k)
    anew = np.flatnonzero(row_before < 0).astype(np.int32)
    cols, step = (
        np.arange(len(match_input.slots), dtype=np.int32),
        max(1, PAIRS_A_BLOCK // max(len(match_input.slots), 1)),
    )
    found = [score((anew[first : first + step], cols)) for first in range(0, len(anew), step)]
    row_now = np.full(len(known.eligible_count), -1, dtype=np.int32)
    stays = np.flatnonzero(row_before >= 0).astype(np.int32)
    row_now[row_before[stays]] = stays
    kept = np.flatnonzero(row_now[known.citizen] >= 0)
    old = (row_now[known.citizen[kept]], known.slot[kept], known.value[kept])
    citizen, slot, value = (np.concatenate(parts) for parts in zip(old, *(one[2:] for one in found), strict=True))
    eligible_count = np.zeros(len(row_before), dtype=np.int32)
    eligible_count[stays] = known.eligible_count[row_before[stays]]
    for members, count, *_ in found:
        eligible_count[members] = count
    order = np.argsort(citizen, kind="stable")
    return ScoredPairs(citizen[order], slot[order], value[order], eligible_count, weights.id)


def score_citizen(
    match_input: MatchInput, citizen_row: int, *, weights: Weights | None = None, only: Codes | None = None
) -> CitizenScores:
    """One citizen against all slots, with all that explains the values; the numbers are those of `score_pairs`.

    `only`: int32, the slots that are looked at, each once; no rule lets the others through. None: all.
    """
    weights = weights or HAND_SET
    row = np.array([citizen_row], dtype=np.int32)
    cols = np.arange(len(match_input.slots), dtype=np.int32) if only is None else only
    m, rows = len(cols), np.full(len(cols), citizen_row, dtype=np.int32)
    weight = weights.matrix()[match_input.citizens.profile[citizen_row]]
    terms, known = np.empty((len(TERMS), m)), np.empty((len(TERMS), m))
    applies = np.array([bool(term.applies(match_input, row)[0]) for term in TERMS])
    sums, nobody_else, confident = _Sums(np.zeros(m), np.zeros(m)), np.zeros(m, dtype=np.int32), np.zeros(m)
    for t, term in enumerate(TERMS):
        terms[t] = term.score(match_input, rows, cols) if applies[t] else np.nan
        known[t] = term.known_share(match_input, rows, cols, terms[t])
        sums.add(nobody_else, weight[t : t + 1], terms[t])
        confident += weight[t] * known[t]
    weighted = np.where(np.isnan(terms), 0.0, terms) * weight[:, None]
    possible = float(weight[applies].sum())
    columns, asked = row[:, None], cols[None, :]
    scores = CitizenScores(
        passes=np.array([rule.lets_through(match_input, columns, asked)[0] for rule in rules_of(match_input)]),
        to_confirm=np.array([rule.to_confirm(match_input, row, cols)[0] for rule in rules_of(match_input)]),
        applies=applies,
        terms=terms,
        known=known,
        weight=weight,
        contribution=np.divide(weighted, sums.weight, out=np.zeros_like(weighted), where=sums.weight > 0),
        value=sums.value(),
        confidence=np.minimum(confident / possible, 1.0) if possible > 0 else np.zeros(m),
        weights_id=weights.id,
    )
    return scores if only is None else _spread(scores, only, len(match_input.slots))


def _spread(scores: CitizenScores, only: Codes, m: int) -> CitizenScores:
    """Scores of some slots at their places among all."""

    def among_all(values: NDArray[_Number], empty: float) -> NDArray[_Number]:
        whole: NDArray[_Number] = np.full((*values.shape[:-1], m), empty, dtype=values.dtype)
        whole[..., only] = values
        return whole

    return replace(
        scores,
        passes=among_all(scores.passes, False),
        to_confirm=among_all(scores.to_confirm, False),
        terms=among_all(scores.terms, np.nan),
        known=among_all(scores.known, 0.0),
        contribution=among_all(scores.contribution, 0.0),
        value=among_all(scores.value, 0.0),
        confidence=among_all(scores.confidence, 0.0),
    )
