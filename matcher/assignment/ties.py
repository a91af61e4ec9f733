r"""Plans of equal value: which of them is the answer, by a rule that does not depend on the order of the pairs.

Pairs are read by citizen, then slot, in whatever order they are given (`in_order`).

Places only (`first_of_equals`): of all plans of the greatest value the answer is the one that places most citizens; of
those, the one where citizen 0 is placed rather than not, then citizen 1, and so on; of those, the one where citizen 0
has the slot of the lowest number, then citizen 1, and so on. Given optimal prices p and u, plans of the greatest value
are those that use tight pairs only, V_e = u_i + p_j, place everybody with u_i > 0 and fill every slot with p_j > 0, so
the rule is kept by exchanges along tight pairs.

Otherwise (`lower_number_first`): nobody is left out for somebody of a higher number who is alike in all that counts,
which is value, use of every resource and class, at the same slot.
"""

import heapq
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matcher.assignment.account import limit_of
from matcher.assignment.binding import can_bind
from matcher.assignment.problem import AssignmentProblem, Int32, Int64, Resources
from matcher.assignment.seats import settle_where, settle_who

_LOOKS_A_PAIR = 100
_LEAST_LOOKS = 1_000_000
"""Pairs looked at, for each tight pair and at least: what is still open then stays as the flow left it."""


def in_order(problem: AssignmentProblem) -> AssignmentProblem:
    """The same problem with its pairs by citizen, then slot; pins keep their order."""
    key = problem.citizen.astype(np.int64) * max(1, problem.n_slots) + problem.slot
    if np.all(np.diff(key) > 0):
        return problem
    order = np.argsort(key, kind="stable")
    rank = np.empty(problem.n_pairs, dtype=np.int32)
    rank[order] = np.arange(problem.n_pairs, dtype=np.int32)
    resources = problem.resources
    if resources is not None:
        use = sparse.csr_array(
            (resources.use.data.copy(), rank[resources.use.indices], resources.use.indptr.copy()),
            shape=resources.use.shape,
        )
        use.sum_duplicates()
        resources = Resources(use, resources.limit)
    return replace(
        problem,
        citizen=problem.citizen[order],
        slot=problem.slot[order],
        value=problem.value[order],
        resources=resources,
        pinned=None if problem.pinned is None else rank[problem.pinned],
    )


def first_of_equals(
    start: Int64, slot: Int32, whole: Int64, capacity: Int64, assigned: Int64, price: Int64, looks: int | None = None
) -> Int64:
    """The first by the rule of the optimal plans under (1) and (2).

    Parameters
    ----------
    start : int64 of shape (n_citizens + 1,); pairs of citizen i are start[i] … start[i + 1] - 1, by slot
    slot, whole : of shape (n_pairs,), slots and values as whole numbers
    capacity : int64 of shape (n_slots,)
    assigned : int64 of shape (n_citizens,), the pair of each citizen in an optimal plan, -1 = unplaced
    price : int64 of shape (n_slots,), optimal dual prices
    looks : most pairs to look at

    Returns
    -------
    int64 of shape (n_citizens,), as ``assigned``
    """
    citizen = np.repeat(np.arange(len(assigned), dtype=np.int32), np.diff(start))
    net = whole - price[slot]
    worth = np.zeros(len(assigned), dtype=np.int64)
    np.maximum.at(worth, citizen, net)
    tight = np.flatnonzero(net == worth[citizen])
    if len(tight) == np.count_nonzero(assigned >= 0):
        return assigned
    begin = np.searchsorted(citizen[tight], np.arange(len(assigned) + 1))
    place = np.full(len(assigned), -1, dtype=np.int64)
    placed = np.flatnonzero(assigned >= 0)
    place[placed] = np.searchsorted(tight, assigned[placed])
    left = capacity - np.bincount(slot[assigned[placed]], minlength=len(capacity))
    most = max(_LEAST_LOOKS, _LOOKS_A_PAIR * len(tight)) if looks is None else looks
    owner, to = citizen[tight], slot[tight]
    most -= settle_who(begin, owner, to, left, place, worth > 0, most)
    settle_where(begin, owner, to, left, place, price == 0, _circles(owner, to, left, place, price), most)
    found = np.full(len(assigned), -1, dtype=np.int64)
    found[place >= 0] = tight[place[place >= 0]]
    return found


def _circles(owner: Int32, to: Int32, left: Int64, place: Int64, price: Int64) -> Int32:
    """Label of each slot: exchanges that go round in a circle stay within one label. Free places move as people do."""
    m = len(left)
    moves = place[owner] >= 0
    free, cheap = np.flatnonzero(left > 0), np.flatnonzero(price == 0)
    tail = np.concatenate([to[place[owner[moves]]], free, np.full(len(cheap), m)])
    head = np.concatenate([to[moves], np.full(len(free), m), cheap])
    graph = sparse.coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(m + 1, m + 1))
    label: Int32 = connected_components(graph.tocsr(), directed=True, connection="strong")[1][:m].astype(np.int32)
    return label


def lower_number_first(problem: AssignmentProblem, slot_of_citizen: Int32) -> Int32:
    """The plan in which nobody is left out for somebody of a higher number who is alike; pinned citizens stay.

    Resources that no plan can exceed do not count, so the answer is the same for a component by itself.
    """
    before: Int32 = slot_of_citizen
    while True:  # who gives a place up may be alike to somebody elsewhere; numbers of those placed only fall
        after = _once(problem, before)
        if (after == before).all():
            return after
        before = after


def _once(problem: AssignmentProblem, slot_of_citizen: Int32) -> Int32:
    """The exchanges between those without a place now and those who hold one."""
    now: Int32 = slot_of_citizen.copy()
    chosen = now[problem.citizen] == problem.slot
    chosen[problem.pins] = False
    waiting = (now < 0)[problem.citizen]
    groups = _alike(problem, np.flatnonzero(chosen), np.flatnonzero(waiting))
    group_of: dict[int, list[tuple[int, int]]] = {}  # by citizen: groups, and the slot of each
    held: dict[int, list[int]] = {}  # by group: citizens who hold a place, the highest number first
    for group, pairs in enumerate(groups):
        for e in pairs:
            citizen = int(problem.citizen[e])
            group_of.setdefault(citizen, []).append((group, int(problem.slot[e])))
            if chosen[e]:
                heapq.heappush(held.setdefault(group, []), -citizen)
    queue = sorted(i for i in group_of if now[i] < 0)
    while queue:
        i = heapq.heappop(queue)
        options = [(held[group][0], slot, group) for group, slot in group_of[i] if held.get(group)]
        highest, slot, group = min(options, default=(0, -1, -1))
        if -highest <= i:
            continue
        gone = -heapq.heapreplace(held[group], -i)
        now[i], now[gone] = slot, -1
        heapq.heappush(queue, gone)
    return now


def _alike(problem: AssignmentProblem, chosen: Int64, waiting: Int64) -> list[list[int]]:
    """Pairs that are alike in slot, value, use and class, where some are chosen and others wait."""
    mixed = waiting[np.isin(_mark(problem, waiting), _mark(problem, chosen))]
    mixed = np.concatenate([mixed, chosen[np.isin(_mark(problem, chosen), _mark(problem, mixed))]])
    kind = np.zeros(problem.n_citizens, dtype=np.int32)
    if problem.separations is not None:
        kind = problem.separations.class_of_citizen
    by_pair = None
    if problem.resources is not None and len(mixed):
        use = sparse.csr_array(problem.resources.use, copy=True)
        use.sum_duplicates()
        use.eliminate_zeros()
        limit = limit_of(problem)
        by_pair = use[can_bind(use, limit, problem.citizen, problem.n_citizens)].T.tocsr()[mixed]
    found: dict[tuple[int, float, int, bytes, bytes], list[int]] = {}
    for x, e in enumerate(mixed.tolist()):
        used, amount = b"", b""
        if by_pair is not None:
            row = slice(by_pair.indptr[x], by_pair.indptr[x + 1])
            used, amount = by_pair.indices[row].tobytes(), by_pair.data[row].tobytes()
        alike = int(problem.slot[e]), float(problem.value[e]), int(kind[problem.citizen[e]]), used, amount
        found.setdefault(alike, []).append(e)
    return list(found.values())


def _mark(problem: AssignmentProblem, pairs: Int64) -> NDArray[np.uint64]:
    """A number that is the same for pairs of the same slot and value, and hardly ever for others."""
    slot = problem.slot[pairs].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mark: NDArray[np.uint64] = slot ^ (problem.value[pairs] + 0.0).view(np.uint64)
    return mark
