"""Intervals, comparisons with chance and suppression of small groups: what a fairness report is computed with."""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]

SMALLEST_GROUP: Final = 5
"""People below which nothing is said about a group."""
CONFIDENCE: Final = 0.95


def wilson(successes: int, count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    r"""Interval of a rate, share in [0, 1].

        (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n),  p = successes/n, z the normal quantile

    Source: Wilson (1927), Probable inference, JASA 22.

    Raises
    ------
    ValueError
        unless 0 <= successes <= count and count >= 1.
    """
    if not 0 <= successes <= count or count < 1:
        raise ValueError(f"successes: expected 0..count with count >= 1, found {successes} of {count}")
    z = float(stats.norm.ppf((1 + confidence) / 2))
    rate, weight = successes / count, z * z / count
    centre = (rate + weight / 2) / (1 + weight)
    half = z * math.sqrt(rate * (1 - rate) / count + weight / (4 * count)) / (1 + weight)
    return max(0.0, centre - half), min(1.0, centre + half)


def mean_interval(values: Floats, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Student's interval of a mean, in the unit of the values: mean ± t(n - 1) s / √n.

    Raises
    ------
    ValueError
        for fewer than two values, or one that is not finite.
    """
    if len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"values: expected at least two finite numbers, found {len(values)}")
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    half = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1)) * spread / math.sqrt(len(values))
    return mean - half, mean + half


def group_statistics(centred: Floats, known: Flags, member: Flags) -> Floats:
    r"""How far each group's mean rank lies from everybody's, in standard deviations of chance.

        z[g, k] = mean_{i in g} r[i, k] / √(S²_k (1/n_gk - 1/N_k))

    The variance is that of a group of the same size drawn at random without replacement. 0 where a group or all the
    others are fewer than SMALLEST_GROUP, or where all ranks are the same.

    Parameters
    ----------
    centred : float64 (n, K), ranks minus their mean, 0 where not known (`centred_ranks`)
    known : bool (n, K)
    member : bool (G, n), who is in which group

    Returns
    -------
    float64 (G, K)

    Source: Wilcoxon (1945), Individual comparisons by ranking methods; variance with ties as in Lehmann (1975).
    """
    total = known.sum(axis=0)
    spread = np.divide((centred**2).sum(axis=0), total - 1, out=np.zeros(known.shape[1]), where=total > 1)
    count = member.astype(np.float64) @ known
    mean = np.divide(member.astype(np.float64) @ centred, count, out=np.zeros_like(count), where=count > 0)
    enough = (count >= SMALLEST_GROUP) & (total - count >= SMALLEST_GROUP) & (spread > 0)
    variance = spread * np.divide(total - count, count * total, out=np.ones_like(count), where=enough)
    z: Floats = np.divide(mean, np.sqrt(variance), out=np.zeros_like(mean), where=enough)
    return z


def centred_ranks(values: Floats) -> Floats:
    """Mid-ranks of each column among its known values, minus their mean; 0 where NaN. float64 (n, K) both."""
    centred = np.zeros_like(values)
    for column, found in zip(values.T, centred.T, strict=True):
        known = ~np.isnan(column)
        if known.any():
            ranks = stats.rankdata(column[known])
            found[known] = ranks - ranks.mean()
    return centred


def two_sided(z: float) -> float:
    """Probability that chance alone lies as far out as a standard normal z."""
    return float(2 * stats.norm.sf(abs(z)))


def fisher(placed: int, count: int, placed_others: int, count_others: int) -> float:
    """Fisher's exact two-sided probability that two rates as different as these come from one and the same rate."""
    table = np.array([[placed, count - placed], [placed_others, count_others - placed_others]])
    return float(stats.fisher_exact(table).pvalue)


def holm(p_values: Sequence[float], level: float = 1 - CONFIDENCE) -> list[bool]:
    """Which of many comparisons exceed chance, so that with no real difference any does in at most `level` of cases.

    The k-th smallest of m probabilities must be at most level / (m - k + 1), and so must all before it.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6.
    """
    exceeds = [False] * len(p_values)
    for done, index in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        if p_values[index] > level / (len(p_values) - done):
            break
        exceeds[index] = True
    return exceeds


def hidden_cells(sizes: Counts, already: Flags | None = None) -> Flags:
    """Which cells of a column to hide, so that none below SMALLEST_GROUP is seen or follows from the total.

    A cell that is too small is hidden. If any is, the smallest of the others follow until at least two cells with
    together SMALLEST_GROUP people are hidden (complementary suppression), or nothing is left to show.

    Parameters
    ----------
    sizes : int64 (G,), people in each cell, >= 0
    already : bool (G,), cells hidden for another reason
    """
    hidden: Flags = sizes < SMALLEST_GROUP
    if already is not None:
        hidden = hidden | already
    while hidden.any() and not hidden.all() and (hidden.sum() < 2 or sizes[hidden].sum() < SMALLEST_GROUP):
        hidden[int(np.argmin(np.where(hidden, np.iinfo(np.int64).max, sizes)))] = True
    return hidden
