r"""Rules and weighted terms → eligible pairs with a value, the best K a citizen; never an n x m array in memory.

For citizen i of profile p and slot j that every rule lets through, over the terms t that apply to i and are known:

    value[i, j] = sum_t w[p, t] s_t[i, j] / sum_t w[p, t]                      in (0, 1]
    confidence[i, j] = sum_t w[p, t] known_t[i, j] / sum_{t applies} w[p, t]   in [0, 1]

Values are rounded to 1e-9, so that equal pairs tie; ties go to the lower slot row. The floor of a value is 1e-9: an
eligible pair is never worth nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.rules import RULES, passes_all
from matcher.terms import TERMS
from matcher.weights import HAND_SET, Weights

DECIMALS: Final = 9
LEAST_VALUE: Final = 1e-9
PAIRS_A_BLOCK: Final = 1_000_000
"""Pairs that are held at once: some 100 MiB with all intermediate arrays."""


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
    """One citizen against all m slots, eligible or not. Rules and terms in the order of RULES and TERMS.

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

    def add(self, weight: Floats, score: Floats) -> None:
        """One more term: NaN where it is not known or does not apply."""
        known = ~np.isnan(score)
        np.add(self.score, weight * score, out=self.score, where=known)
        np.add(self.weight, weight, out=self.weight, where=known)

    def value(self) -> Floats:
        """The weighted mean, rounded, at least LEAST_VALUE."""
        mean = np.divide(self.score, self.weight, out=np.zeros_like(self.score), where=self.weight > 0)
        value: Floats = np.asarray(np.clip(np.round(mean, DECIMALS), LEAST_VALUE, 1.0))
        return value


def _applies(match_input: MatchInput) -> Flags:
    """bool (terms, n): whether each term concerns each citizen."""
    everybody = np.arange(len(match_input.citizens), dtype=np.int32)
    return np.array([term.applies(match_input, everybody) for term in TERMS])


def _values(match_input: MatchInput, applies: Flags, weight: Floats, rows: Codes, cols: Codes) -> Floats:
    """Value of each pair; `weight` is (terms, n)."""
    sums = _Sums(np.zeros(len(rows)), np.zeros(len(rows)))
    for t, term in enumerate(TERMS):
        score = term.score(match_input, rows, cols)
        sums.add(weight[t][rows], np.where(applies[t][rows], score, np.nan))
    return sums.value()


def pair_values(match_input: MatchInput, rows: Codes, cols: Codes, weights: Weights = HAND_SET) -> Floats:
    """Value of each pair (rows[e], cols[e]), float64 (E,); whether the rules let a pair through is not asked."""
    weight = weights.matrix()[match_input.citizens.profile].T
    return _values(match_input, _applies(match_input), weight, rows, cols)


def _best(rows: Codes, value: Floats, top_k: int) -> NDArray[np.intp]:
    """Indices, in their order, of the `top_k` pairs of each row with the highest value; ties to the lower column.

    The pairs come sorted by row, then column.
    """
    start = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]]) if len(rows) else np.zeros(0, dtype=np.intp)
    kept = []
    for first, last in zip(start, np.append(start[1:], len(rows))[: len(start)], strict=True):
        if last - first <= top_k:
            kept.append(np.arange(first, last))
            continue
        own = value[first:last]
        least = np.partition(own, len(own) - top_k)[len(own) - top_k]
        above, at = np.flatnonzero(own > least), np.flatnonzero(own == least)
        kept.append(first + np.sort(np.concatenate((above, at[: top_k - len(above)]))))
    return np.concatenate(kept) if kept else np.zeros(0, dtype=np.intp)


def score_pairs(match_input: MatchInput, *, top_k: int | None = 40, weights: Weights | None = None) -> ScoredPairs:
    """Eligible pairs of all citizens, the best `top_k` of each (None: all). Works in blocks of citizens.

    ValueError where `top_k` is below 1.
    """
    if top_k is not None and top_k < 1:
        raise ValueError("top_k: must be at least 1")
    weights = weights or HAND_SET
    n, m = len(match_input.citizens), len(match_input.slots)
    eligible_count = np.zeros(n, dtype=np.int32)
    found: list[tuple[Codes, Codes, Floats]] = []
    applies, weight = _applies(match_input), weights.matrix()[match_input.citizens.profile].T
    step = max(1, PAIRS_A_BLOCK // max(m, 1))
    for first in range(0, n, step):
        block = np.arange(first, min(first + step, n), dtype=np.int32)
        eligible = passes_all(match_input, block)
        eligible_count[block] = eligible.sum(axis=1)
        local, slot = np.nonzero(eligible)
        rows, cols = block[local], slot.astype(np.int32)
        value = _values(match_input, applies, weight, rows, cols)
        if top_k is not None:
            kept = _best(rows, value, top_k)
            rows, cols, value = rows[kept], cols[kept], value[kept]
        found.append((rows, cols, value))
    empty = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))
    citizen, slot_row, pair_value = (np.concatenate(parts) for parts in zip(empty, *found, strict=True))
    return ScoredPairs(citizen, slot_row, pair_value, eligible_count, weights.id)


def score_citizen(match_input: MatchInput, citizen_row: int, *, weights: Weights | None = None) -> CitizenScores:
    """One citizen against all slots, with all that explains the values; the numbers are those of `score_pairs`."""
    weights = weights or HAND_SET
    m = len(match_input.slots)
    row = np.array([citizen_row], dtype=np.int32)
    rows, cols = np.full(m, citizen_row, dtype=np.int32), np.arange(m, dtype=np.int32)
    weight = weights.matrix()[match_input.citizens.profile[citizen_row]]
    terms, known = np.empty((len(TERMS), m)), np.empty((len(TERMS), m))
    applies = np.array([bool(term.applies(match_input, row)[0]) for term in TERMS])
    sums = _Sums(np.zeros(m), np.zeros(m))
    for t, term in enumerate(TERMS):
        terms[t] = term.score(match_input, rows, cols) if applies[t] else np.nan
        known[t] = term.known_share(match_input, rows, cols, terms[t])
        sums.add(np.full(m, weight[t]), terms[t])
    weighted = np.nan_to_num(terms) * weight[:, None]
    possible = float(weight[applies].sum())
    return CitizenScores(
        passes=np.array([rule.passes(match_input, row)[0] for rule in RULES]),
        to_confirm=np.array([rule.to_confirm(match_input, row)[0] for rule in RULES]),
        applies=applies,
        terms=terms,
        known=known,
        weight=weight,
        contribution=np.divide(weighted, sums.weight, out=np.zeros_like(weighted), where=sums.weight > 0),
        value=sums.value(),
        confidence=np.minimum(weight @ known / possible, 1.0) if possible > 0 else np.zeros(m),
        weights_id=weights.id,
    )
