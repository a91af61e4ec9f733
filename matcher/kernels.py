"""Inner loops over pairs, compiled: what a numpy expression would do in many passes over memory, done in one.

A pair e is citizen i = ``rows[e]`` and slot j = ``cols[e]``, int32 (E,). Every kernel takes one pair at a time, always
adding in one order, so that a pair's number does not depend, to the last bit, on the pairs that it is asked with.
Lists of different length are padded at their end with the index of the last row or entry of what they index.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from matcher.arrays import Codes, Flags, Floats
from matcher.compiled import entry

_PLAIN: Final = ("C", "W")
"""One layout for all index arrays, so that each kernel is compiled once."""


def each_pair(kernel: Callable[..., Any], rows: Codes, cols: Codes, *arrays: Any) -> Any:
    """What a kernel says of each pair of two index arrays that broadcast, in their common shape."""
    if rows.ndim == 1 and rows.shape == cols.shape:
        return kernel(np.require(rows, np.int32, _PLAIN), np.require(cols, np.int32, _PLAIN), *arrays)
    shape = np.broadcast_shapes(rows.shape, cols.shape)
    flat = [np.array(np.broadcast_to(index, shape), dtype=np.int32).ravel() for index in (rows, cols)]
    return kernel(*flat, *arrays).reshape(shape)


def each_pair_of_block(kernel: Callable[..., Any], rows: Codes, cols: Codes, *arrays: Any) -> Any:
    """What a kernel for blocks says of index arrays of shapes (b, 1) and (1, m), in the shape (b, m)."""
    return kernel(np.require(rows[:, 0], np.int32, _PLAIN), np.require(cols[0], np.int32, _PLAIN), *arrays)


@entry
def sum_of_entries(rows: Codes, cols: Codes, lists: Codes, table: Floats) -> Floats:
    """Sum over k of table[lists[i, k], j]."""
    total = np.empty(len(rows))
    padding = len(table) - 1
    for e in range(len(rows)):
        so_far = 0.0
        for k in range(lists.shape[1]):
            entry_row = lists[rows[e], k]
            if entry_row == padding:
                break
            so_far += table[entry_row, cols[e]]
        total[e] = so_far
    return total


@entry
def any_of_entries(rows: Codes, cols: Codes, lists: Codes, table: Flags) -> Flags:
    """Whether table[lists[i, k], j] holds for any k."""
    found = np.zeros(len(rows), dtype=np.bool_)
    padding = len(table) - 1
    for e in range(len(rows)):
        for k in range(lists.shape[1]):
            entry_row = lists[rows[e], k]
            if entry_row == padding:
                break
            if table[entry_row, cols[e]]:
                found[e] = True
                break
    return found


@entry
def any_of_entries_in_block(rows: Codes, cols: Codes, lists: Codes, table: Flags) -> Flags:
    """`any_of_entries` of every citizen of `rows` (b,) with every slot of `cols` (m,): (b, m), a row at a time."""
    found = np.zeros((len(rows), len(cols)), dtype=np.bool_)
    padding = len(table) - 1
    for local in range(len(rows)):
        for k in range(lists.shape[1]):
            entry_row = lists[rows[local], k]
            if entry_row == padding:
                break
            for c in range(len(cols)):
                found[local, c] |= table[entry_row, cols[c]]
    return found


@entry
def on_list(rows: Codes, cols: Codes, lists: Codes, code: Codes) -> Flags:
    """Whether code[j] stands on the list of i, lists[i, k], padded with -1."""
    found = np.zeros(len(rows), dtype=np.bool_)
    for e in range(len(rows)):
        for k in range(lists.shape[1]):
            listed = lists[rows[e], k]
            if listed < 0:
                break
            if listed == code[cols[e]]:
                found[e] = True
                break
    return found


@entry
def best_entry(rows: Codes, cols: Codes, lists: Codes, table: Floats, column: Codes, factor: Floats) -> Floats:
    """Greatest over k of factor[k] table[lists[i, k], column[j]], the last factor for all later k; NaN if below 0."""
    best = np.empty(len(rows))
    padding = len(table) - 1
    for e in range(len(rows)):
        so_far = -1.0
        for k in range(lists.shape[1]):
            entry_row = lists[rows[e], k]
            if entry_row == padding:
                break
            so_far = max(so_far, factor[min(k, len(factor) - 1)] * table[entry_row, column[cols[e]]])
        best[e] = so_far if so_far >= 0 else np.nan
    return best


@entry
def weighted_overlap(rows: Codes, cols: Codes, lists: Codes, weight: Floats, share: Floats) -> Floats:
    """Sum over k of weight[f] share[i, f] with f = lists[j, k]."""
    total = np.empty(len(rows))
    padding = len(weight) - 1
    for e in range(len(rows)):
        so_far = 0.0
        for k in range(lists.shape[1]):
            f = lists[cols[e], k]
            if f == padding:
                break
            so_far += weight[f] * share[rows[e], f]
        total[e] = so_far
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


@entry
def best_of_each(rows: Codes, value: Floats, top_k: int) -> Flags:
    """Whether a pair is among the `top_k` of its citizen with the highest value; ties go to the earlier pair.

    The pairs of a citizen stand together.
    """
    kept = np.ones(len(rows), dtype=np.bool_)
    best = np.empty(top_k)  # of one citizen so far, the least of them first
    first = 0
    while first < len(rows):
        last = first
        while last < len(rows) and rows[last] == rows[first]:
            last += 1
        if last - first > top_k:
            best[:] = -np.inf
            for e in range(first, last):
                at = -1
                while at + 1 < top_k and value[e] > best[at + 1]:
                    at += 1
                    best[at - 1 if at else 0] = best[at]
                if at >= 0:
                    best[at] = value[e]
            least = best[0]
            ties = top_k
            for e in range(first, last):
                ties -= value[e] > least
            for e in range(first, last):
                kept[e] = value[e] > least
                if value[e] == least and ties > 0:
                    kept[e] = True
                    ties -= 1
        first = last
    return kept
