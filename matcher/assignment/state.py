"""A plan under construction: what is chosen and what is left of every limit, for compiled code.

`State` holds plain arrays, so that compiled functions can change them in place. All of them keep constraints (1)–(4):
a pair is added only if it fits, and taking pairs away never breaks a limit.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from matcher.assignment.compiled import entry
from matcher.assignment.pins import Reduced
from matcher.assignment.problem import Bool, Float, Int32, Int64


class State(NamedTuple):
    """Remaining pairs by citizen, with the running account of every limit.

    Attributes
    ----------
    citizen, slot, site, group : int32 of shape (n_remaining,); ``group``: row in ``apart``, -1 = kept apart from nobody
    value : float64 of shape (n_remaining,)
    start : int64 of shape (n_citizens + 1,); pairs of citizen i are by_citizen[start[i]:start[i + 1]]
    by_citizen : int64 of shape (n_remaining,)
    use_start, use_of, use : resources of pair e are use_of[use_start[e]:use_start[e + 1]], amounts alongside
    apart : bool of shape (n_groups, n_groups)
    places, left : what is left of capacities (int64) and limits (float64)
    present : int32 of shape (n_sites, n_groups): placed citizens by site and group
    pair_of : int64 of shape (n_citizens,), chosen pair, -1 = unplaced
    """

    citizen: Int32
    slot: Int32
    site: Int32
    group: Int32
    value: Float
    start: Int64
    by_citizen: Int64
    use_start: Int64
    use_of: Int32
    use: Float
    apart: Bool
    places: Int64
    left: Float
    present: Int32
    pair_of: Int64


def groups_of(reduced: Reduced) -> tuple[Int32, Bool]:
    """Citizens' rows in a table of the classes that are kept apart (-1: none), and that table, symmetric."""
    classes = sorted({k for pair in reduced.apart for k in pair})
    table = np.zeros((len(classes), len(classes)), dtype=bool)
    group = np.full(reduced.n_citizens, -1, dtype=np.int32)
    for index, k in enumerate(classes):
        group[reduced.class_of_citizen == k] = index
    for first, second in reduced.apart:
        table[classes.index(first), classes.index(second)] = True
        table[classes.index(second), classes.index(first)] = True
    return group, table


def empty_state(reduced: Reduced) -> State:
    """Nothing chosen yet."""
    order = np.argsort(reduced.citizen, kind="stable")
    by_pair = sparse.csr_array(reduced.use.T)
    group, apart = groups_of(reduced)
    sites, site = np.unique(reduced.site_of_slot, return_inverse=True)
    return State(
        citizen=reduced.citizen,
        slot=reduced.slot,
        site=site.astype(np.int32)[reduced.slot],
        group=group[reduced.citizen],
        value=reduced.value,
        start=np.searchsorted(reduced.citizen[order], np.arange(reduced.n_citizens + 1)),
        by_citizen=order,
        use_start=by_pair.indptr.astype(np.int64),
        use_of=by_pair.indices.astype(np.int32),
        use=by_pair.data,
        apart=apart,
        places=reduced.capacity.copy(),
        left=reduced.limit.copy(),
        present=np.zeros((len(sites) if len(apart) else 0, len(apart)), dtype=np.int32),
        pair_of=np.full(reduced.n_citizens, -1, dtype=np.int64),
    )


def chosen_pairs(state: State) -> Int64:
    """Chosen remaining pairs, ascending."""
    return np.sort(state.pair_of[state.pair_of >= 0])


@entry
def fits(s: State, e: int) -> bool:
    """Whether pair e keeps (2)–(4) beside what is chosen; its citizen is taken as unplaced."""
    if s.places[s.slot[e]] <= 0:
        return False
    for x in range(s.use_start[e], s.use_start[e + 1]):
        if s.use[x] > s.left[s.use_of[x]]:
            return False
    g = s.group[e]
    if g >= 0:
        for h in range(s.apart.shape[0]):
            if s.apart[g, h] and s.present[s.site[e], h] > 0:
                return False
    return True


@entry
def put(s: State, e: int, sign: int) -> None:
    """Choose pair e (sign 1) or take it away (sign -1)."""
    s.places[s.slot[e]] -= sign
    for x in range(s.use_start[e], s.use_start[e + 1]):
        s.left[s.use_of[x]] -= sign * s.use[x]
    if s.group[e] >= 0:
        s.present[s.site[e], s.group[e]] += sign
    s.pair_of[s.citizen[e]] = e if sign > 0 else -1


@entry
def clear(s: State) -> None:
    """Take every pair away."""
    for e in s.pair_of:
        if e >= 0:
            put(s, e, -1)


def total_of(state: State) -> float:
    """Value of the chosen pairs."""
    return float(state.value[state.pair_of[state.pair_of >= 0]].sum())


@entry
def fill(s: State, order: Int64) -> None:
    """Go through the pairs in the given order and choose each that fits an unplaced citizen."""
    for x in range(len(order)):
        e = order[x]
        if s.pair_of[s.citizen[e]] < 0 and fits(s, e):
            put(s, e, 1)


@entry
def put_all(s: State, pairs: Int64) -> bool:
    """Choose all pairs; if one does not fit or its citizen is placed, choose none and say so."""
    for count in range(len(pairs)):
        e = pairs[count]
        if s.pair_of[s.citizen[e]] >= 0 or not fits(s, e):
            for x in range(count):
                put(s, pairs[x], -1)
            return False
        put(s, e, 1)
    return True
