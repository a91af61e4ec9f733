"""A plan under construction: what is chosen and what is left of every limit, for compiled code.

`State` holds plain arrays, so that compiled functions can change them in place. All of them keep constraints (1)–(4):
a pair is added only if it fits, and taking pairs away never breaks a limit.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from matcher.assignment.compiled import entry
from matcher.assignment.pins import Reduced, cells_of
from matcher.assignment.problem import Float, Int32, Int64


class State(NamedTuple):
    """Remaining pairs by citizen, with the running account of every limit.

    Attributes
    ----------
    citizen, slot : int32 of shape (n_remaining,)
    value : float64 of shape (n_remaining,)
    start : int64 of shape (n_citizens + 1,); pairs of citizen i are by_citizen[start[i]:start[i + 1]]
    by_citizen : int64 of shape (n_remaining,)
    use_start, use_of, use : resources of pair e are use_of[use_start[e]:use_start[e + 1]], amounts alongside
    cell : int64 of shape (n_remaining,), worksite and group of the pair, see `apart`; -1 = kept apart from nobody
    foe_start, foe : foes of cell c are foe[foe_start[c]:foe_start[c + 1]]
    places, left : what is left of capacities (int64) and limits (float64)
    present : int64, placed citizens by cell
    pair_of : int64 of shape (n_citizens,), chosen pair, -1 = unplaced
    """

    citizen: Int32
    slot: Int32
    value: Float
    start: Int64
    by_citizen: Int64
    use_start: Int64
    use_of: Int32
    use: Float
    cell: Int64
    foe_start: Int64
    foe: Int64
    places: Int64
    left: Float
    present: Int64
    pair_of: Int64


def empty_state(reduced: Reduced) -> State:
    """Nothing chosen yet."""
    order = np.argsort(reduced.citizen, kind="stable")
    by_pair = sparse.csr_array(reduced.use.T)
    cells = cells_of(reduced)
    return State(
        citizen=reduced.citizen,
        slot=reduced.slot,
        value=reduced.value,
        start=np.searchsorted(reduced.citizen[order], np.arange(reduced.n_citizens + 1)),
        by_citizen=order,
        use_start=by_pair.indptr.astype(np.int64),
        use_of=by_pair.indices.astype(np.int32),
        use=by_pair.data,
        cell=cells.of_pair,
        foe_start=cells.foes.start,
        foe=cells.foes.foe,
        places=reduced.capacity.copy(),
        left=reduced.limit.copy(),
        present=np.zeros(cells.foes.size, dtype=np.int64),
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
    if s.cell[e] >= 0:
        for x in range(s.foe_start[s.cell[e]], s.foe_start[s.cell[e] + 1]):
            if s.present[s.foe[x]] > 0:
                return False
    return True


@entry
def put(s: State, e: int, sign: int) -> None:
    """Choose pair e (sign 1) or take it away (sign -1)."""
    s.places[s.slot[e]] -= sign
    for x in range(s.use_start[e], s.use_start[e + 1]):
        s.left[s.use_of[x]] -= sign * s.use[x]
    if s.cell[e] >= 0:
        s.present[s.cell[e]] += sign
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
