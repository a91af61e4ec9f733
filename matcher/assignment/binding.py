"""Which resources can bind at all: those that citizens would exceed, were each placed where it uses most."""

import numpy as np
from scipy import sparse

from matcher.assignment.compiled import entry
from matcher.assignment.problem import Bool, Float, Int32, Int64


def can_bind(use: sparse.csr_array, limit: Float, citizen: Int32, n_citizens: int) -> Bool:
    """By resource: Σ_i max_{e: i_e = i} a_re > b_r. By (1) no plan can exceed the others.

    Parameters
    ----------
    use : csr_array of shape (n_resources, n_pairs), >= 0, without duplicates: a_re
    limit : float64 of shape (n_resources,), in the unit of the row of ``use``: b_r
    citizen : int32 of shape (n_pairs,), < n_citizens: i_e

    Returns
    -------
    bool array of shape (n_resources,)
    """
    amounts = use.data.astype(np.float64)
    most = _most_used(use.indptr.astype(np.int64), use.indices.astype(np.int64), amounts, citizen, n_citizens)
    binds: Bool = most > limit
    return binds


@entry
def _most_used(start: Int64, pair: Int64, amount: Float, citizen: Int32, n_citizens: int) -> Float:
    most = np.zeros(len(start) - 1)
    best = np.zeros(n_citizens)  # of the row at hand, by citizen
    for r in range(len(most)):
        for x in range(start[r], start[r + 1]):
            i = citizen[pair[x]]
            if amount[x] > best[i]:
                most[r] += amount[x] - best[i]
                best[i] = amount[x]
        for x in range(start[r], start[r + 1]):
            best[citizen[pair[x]]] = 0.0
    return most
