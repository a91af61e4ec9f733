"""How good an order is: discounted gain against the best order, and the rank of the first right answer."""

from collections.abc import Collection, Sequence

import numpy as np

from matcher.arrays import Floats


def ndcg(score: Floats, worth: Floats, *, k: int = 10) -> float:
    r"""Normalised discounted cumulative gain of the k first by score: share in [0, 1], 1 = no better order exists.

    NDCG@k = DCG(by score) / DCG(by worth),   DCG = sum_{r=1..k} worth[r] / log2(r + 1)

    Parameters
    ----------
    score, worth : float64 (m,), worth >= 0; equal scores stay in their order

    ValueError where nothing is worth anything. Source: Järvelin and Kekäläinen (2002), with linear gain.
    """
    best = _gain(np.sort(worth)[::-1], k)
    if best <= 0:
        raise ValueError("worth: must be above 0 somewhere")
    return _gain(worth[np.argsort(-score, kind="stable")], k) / best


def _gain(worth: Floats, k: int) -> float:
    first = worth[:k]
    return float(first @ (1 / np.log2(np.arange(2, len(first) + 2))))


def reciprocal_rank(found: Sequence[str], right: Collection[str]) -> float:
    """1 / rank of the first right answer, 0 where none is found: share in [0, 1]."""
    return next((1 / rank for rank, one in enumerate(found, start=1) if one in right), 0.0)
