"""Inner loops over pairs, compiled: what a numpy expression would do in many passes over memory, done in one.

A pair e is citizen i = ``rows[e]`` and slot j = ``cols[e]``, int32 (E,). Every kernel takes one pair at a time, always
adding in the same order, so that a pair's number does not depend, to the last bit, on the pairs that it is asked with.
Lists of different length are padded at their end with the index of the last row or entry of what they index.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from matcher.arrays import Codes, Flags, Floats
from matcher.compiled import entry


def each_pair(kernel: Callable[..., Any], rows: Codes, cols: Codes, *arrays: Any) -> Any:
    """What a kernel says of each pair of two index arrays that broadcast, in their common shape."""
    shape = np.broadcast_shapes(rows.shape, cols.shape)
    flat = [np.array(np.broadcast_to(index, shape), dtype=np.int32).ravel() for index in (rows, cols)]
    return kernel(*flat, *arrays).reshape(shape)


@entry
def sum_of_entries(rows: Codes, cols: Codes, lists: Codes, table: Floats) -> Floats:
    """Sum over k of table[lists[i, k], j]."""
    total = np.zeros(len(rows))
    padding = len(table) - 1
    for e in range(len(rows)):
        for k in range(lists.shape[1]):
            entry_row = lists[rows[e], k]
            if entry_row == padding:
                break
            total[e] += table[entry_row, cols[e]]
    return total


@entry
def any_of_entries(rows: Codes, cols: Codes, lists: Codes, table: Flags) -> Flags:
    """Whether table[lists[i, k], j] holds for any k."""
    found = np.zeros(len(rows), dtype=np.bool_)
    padding = len(table) - 1
    for e in range(len(rows)):
        for k in range(lists.shape[1]):
            entry_row = lists[rows[e], k]
            if entry_row == padding or found[e]:
                break
            found[e] = table[entry_row, cols[e]]
    return found


@entry
def weighted_overlap(rows: Codes, cols: Codes, lists: Codes, weight: Floats, share: Floats) -> Floats:
    """Sum over k of weight[f] share[i, f] with f = lists[j, k]."""
    total = np.zeros(len(rows))
    padding = len(weight) - 1
    for e in range(len(rows)):
        for k in range(lists.shape[1]):
            f = lists[cols[e], k]
            if f == padding:
                break
            total[e] += weight[f] * share[rows[e], f]
    return total


@entry
def lacks_any(rows: Codes, cols: Codes, held: Flags, asked: Flags) -> Flags:
    """Whether the slot asks for anything, asked[j, c], that the citizen does not hold, held[i, c]."""
    lacking = np.zeros(len(rows), dtype=np.bool_)
    for e in range(len(rows)):
        for c in range(held.shape[1]):
            if asked[cols[e], c] and not held[rows[e], c]:
                lacking[e] = True
                break
    return lacking


@entry
def distance(rows: Codes, cols: Codes, home: Floats, worksite: Floats) -> Floats:
    """Square root of s_i + s_j + |p_i - p_j|²; `home` (n, 4) and `worksite` (m, 4) hold point p, then s; NaN stays."""
    length = np.empty(len(rows))
    for e in range(len(rows)):
        i, j = rows[e], cols[e]
        squared = home[i, 3] + worksite[j, 3]
        for axis in range(3):
            difference = home[i, axis] - worksite[j, axis]
            squared += difference * difference
        length[e] = np.sqrt(squared)
    return length


@entry
def least_line(rows: Codes, x: Floats, constant: Floats, slope: Floats) -> Floats:
    """Least over t of constant[i, t] + slope[t] x[e]; NaN where x is."""
    least = np.full(len(rows), np.inf)
    for e in range(len(rows)):
        if np.isnan(x[e]):
            least[e] = np.nan
            continue
        for t in range(len(slope)):
            least[e] = min(least[e], constant[rows[e], t] + slope[t] * x[e])
    return least


@entry
def add_known(rows: Codes, score: Floats, weight: Floats, weighted: Floats, known: Floats) -> None:
    """Add weight[i] score[e] to `weighted` and weight[i] to `known`, where the score is not NaN."""
    for e in range(len(rows)):
        if not np.isnan(score[e]):
            weighted[e] += weight[rows[e]] * score[e]
            known[e] += weight[rows[e]]
