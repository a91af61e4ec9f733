"""Exchanges between optimal plans of places alone, in compiled code; `ties` says what for.

Citizens move along tight pairs only. A path of moves may end at a free place or at a citizen who gives the place up; a
circle of moves leaves every slot as full as before, where a free place may move as people do.
"""

from typing import NamedTuple

import numpy as np

from matcher.assignment.compiled import entry, inner
from matcher.assignment.problem import Bool, Int32, Int64

_NONE = -2


class _Seats(NamedTuple):
    """A plan that changes, and a search in it.

    Attributes
    ----------
    begin, owner, to : tight pairs of citizen i are begin[i] … begin[i + 1] - 1, by slot; of each its citizen and slot
    left : int64, free places by slot
    place : int64, tight pair by citizen, -1 = unplaced
    first, after, before : citizens in a slot that may still move, linked both ways; -1 = end
    circle : int32, only slots of one label are searched together
    seen : int64, by slot: for whom it was last reached; n_citizens: it leads nowhere for anybody
    by : int64, the pair by which a slot was reached; -1: a free place moves there
    queue : int64, slots reached, in order
    looks : int64 of shape (1,), pairs looked at
    """

    begin: Int64
    owner: Int32
    to: Int32
    left: Int64
    place: Int64
    first: Int64
    after: Int64
    before: Int64
    circle: Int32
    seen: Int64
    by: Int64
    queue: Int64
    looks: Int64


@inner
def _enter(s: _Seats, i: int, j: int) -> None:
    s.after[i], s.before[i] = s.first[j], -1
    if s.first[j] >= 0:
        s.before[s.first[j]] = i
    s.first[j] = i


@inner
def _leave(s: _Seats, i: int, j: int) -> None:
    if s.before[i] >= 0:
        s.after[s.before[i]] = s.after[i]
    else:
        s.first[j] = s.after[i]
    if s.after[i] >= 0:
        s.before[s.after[i]] = s.before[i]


@inner
def _seats(begin: Int64, owner: Int32, to: Int32, left: Int64, place: Int64, circle: Int32) -> _Seats:
    n, m = len(place), len(left)
    s = _Seats(
        begin,
        owner,
        to,
        left,
        place,
        np.full(m, -1, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        circle,
        np.full(m, -1, np.int64),
        np.empty(m, np.int64),
        np.empty(m, np.int64),
        np.zeros(1, np.int64),
    )
    for i in range(n):
        if place[i] >= 0:
            _enter(s, i, to[place[i]])
    return s


@inner
def _spread(s: _Seats, k: int, i: int, label: int, tail: int) -> int:
    """Reach the slots that citizen k could have, on behalf of citizen i; returns the length of the queue."""
    for e in range(s.begin[k], s.begin[k + 1]):
        j = s.to[e]
        s.looks[0] += 1
        if s.seen[j] != i and s.seen[j] != len(s.place) and s.circle[j] == label:
            s.seen[j], s.by[j], s.queue[tail] = i, e, j
            tail += 1
    return tail


@inner
def _way_in(s: _Seats, i: int, settled: Bool) -> tuple[int, int]:
    """Slot where a path that places citizen i ends, and who gives the place up there (-1: it is free)."""
    head, tail = 0, _spread(s, i, i, 0, 0)
    while head < tail:
        j = s.queue[head]
        head += 1
        if s.left[j] > 0:
            return j, -1
        k = s.first[j]
        while k >= 0:
            if not settled[k]:
                return j, k
            tail = _spread(s, k, i, 0, tail)
            k = s.after[k]
    for x in range(tail):
        s.seen[s.queue[x]] = len(s.place)
    return _NONE, -1


@entry
def settle_who(begin: Int64, owner: Int32, to: Int32, left: Int64, place: Int64, needed: Bool, most: int) -> int:
    """Place citizens by number where an optimal plan can, beside those ``needed``; returns how many pairs it looked at.

    ``left`` and ``place`` change; nobody new is begun with after ``most`` pairs.
    """
    s = _seats(begin, owner, to, left, place, np.zeros(len(left), np.int32))
    settled = needed.copy()
    for i in range(len(place)):
        if settled[i] or begin[i] == begin[i + 1] or s.looks[0] > most:
            continue
        if place[i] < 0:
            j, gone = _way_in(s, i, settled)
            if j == _NONE:
                continue
            if gone >= 0:
                _leave(s, gone, j)
                place[gone] = -1
            else:
                left[j] -= 1
            while j >= 0:
                e = s.by[j]
                k = owner[e]
                j = to[place[k]] if place[k] >= 0 else -1
                if j >= 0:
                    _leave(s, k, j)
                _enter(s, k, to[e])
                place[k] = e
        settled[i] = True
    return int(s.looks[0])


@inner
def _way_round(s: _Seats, i: int, a: int, wish: int, cheap: Bool, without_price: Int64) -> int:
    """Whether citizen i can go from slot a by pair ``wish`` and a circle comes back to a.

    Returns the slot whose free place may move on the way, -1: none, _NONE: there is no circle.
    """
    label = s.circle[a]
    giver = -1
    j = int(s.to[wish])
    s.seen[j], s.by[j], s.queue[0] = i, wish, j
    head, tail = 0, 1
    while head < tail:
        j = s.queue[head]
        head += 1
        if s.left[j] > 0 and giver < 0:
            giver = int(j)
            if cheap[a]:
                s.by[a] = -1
                return giver
            for b in without_price:
                s.looks[0] += 1
                if s.seen[b] != i and s.circle[b] == label:
                    s.seen[b], s.by[b], s.queue[tail] = i, -1, b
                    tail += 1
        k = s.first[j]
        while k >= 0:
            tail = _spread(s, k, i, label, tail)
            if s.seen[a] == i:
                return giver
            k = s.after[k]
    return _NONE


@inner
def _go_round(s: _Seats, i: int, a: int, giver: int) -> None:
    """Make the moves that `_way_round` found, from the last to the first."""
    j = a
    while True:
        e = s.by[j]
        if e < 0:
            s.left[j] += 1
            s.left[giver] -= 1
            j = giver
            continue
        k = s.owner[e]
        if k == i:
            s.place[i] = e
            return
        old = s.to[s.place[k]]
        _leave(s, k, old)
        _enter(s, k, j)
        s.place[k] = e
        j = old


@entry
def settle_where(
    begin: Int64, owner: Int32, to: Int32, left: Int64, place: Int64, cheap: Bool, circle: Int32, most: int
) -> int:
    """Give citizens, by number, the lowest slot that an optimal plan for the same citizens can; returns the looks.

    ``left`` and ``place`` change; ``cheap``: slots that need not be full.
    """
    s = _seats(begin, owner, to, left, place, circle)
    without_price = np.flatnonzero(cheap)
    for i in range(len(place)):
        if place[i] < 0 or s.looks[0] > most:
            continue
        a = to[place[i]]
        _leave(s, i, a)  # who is settled does not move
        for wish in range(begin[i], begin[i + 1]):
            if to[wish] >= a:
                break
            if circle[to[wish]] == circle[a] and s.seen[to[wish]] != i:
                giver = _way_round(s, i, a, wish, cheap, without_price)
                if giver != _NONE:
                    _go_round(s, i, a, giver)
                    break
    return int(s.looks[0])
