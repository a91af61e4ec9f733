"""The parts of the exact solution of one block: dominance, multiplier bound, greedy plan and depth-first search.

What they are for, and the mathematics, is in `kernel`; items and multipliers live in a `Scratch`.
"""

from typing import NamedTuple

import numpy as np

from matcher.assignment.blocks import Blocks
from matcher.assignment.compiled import inner
from matcher.assignment.problem import Float, Int64


class Scratch(NamedTuple):
    """Work space for one thread; see `scratch_for`. Items are in ``item``, their groups in ``group_end``."""

    item: Int64
    w: Float
    r: Float
    group_start: Int64
    best_r: Float
    order: Int64
    kept: Int64
    kept_start: Int64
    group_order: Int64
    tail: Float
    choice: Int64
    used: Float
    mult: Float
    best_mult: Float
    slack: Float
    chosen: Int64
    taken: Int64
    loss: Float
    head: Int64


def scratch_for(blocks: Blocks) -> Scratch:
    """Work space large enough for any block."""
    pairs = int(np.diff(blocks.pair_start).max(initial=0)) + 2
    dims = int(np.diff(blocks.dim_start).max(initial=0)) + 1

    def whole(n: int) -> Int64:
        return np.zeros(n, dtype=np.int64)

    return Scratch(
        item=whole(pairs),
        w=np.zeros(pairs),
        r=np.zeros(pairs),
        group_start=whole(pairs + 1),
        best_r=np.zeros(pairs),
        order=whole(pairs),
        kept=whole(pairs),
        kept_start=whole(pairs + 1),
        group_order=whole(pairs),
        tail=np.zeros(pairs + 1),
        choice=whole(pairs + 1),
        used=np.zeros(dims),
        mult=np.zeros(dims),
        best_mult=np.zeros(dims),
        slack=np.zeros(dims),
        chosen=whole(pairs),
        taken=whole(pairs),
        loss=np.zeros(pairs + 1),
        head=whole(dims),
    )


@inner
def _sort_down(order: Int64, n: int, key: Float) -> None:
    """Sort order[:n] by falling key; Shell's method: short lists, and little to compile."""
    step = 1
    while step < n // 3:
        step = 3 * step + 1
    while step > 0:
        for a in range(step, n):
            x = order[a]
            c = a
            while c >= step and key[order[c - step]] < key[x]:
                order[c] = order[c - step]
                c -= step
            order[c] = x
        step //= 3


@inner
def _dominates(blocks: Blocks, a: int, b: int) -> bool:
    """Whether pair a uses no more than pair b in any dimension, and the same share of b's first."""
    x, y = blocks.at[a], blocks.at[b]
    if x == blocks.at[a + 1] or blocks.dim[x] != blocks.dim[y] or blocks.share[x] != blocks.share[y]:
        return False
    x += 1
    y += 1
    while x < blocks.at[a + 1]:
        while y < blocks.at[b + 1] and blocks.dim[y] < blocks.dim[x]:
            y += 1
        if y == blocks.at[b + 1] or blocks.dim[y] != blocks.dim[x] or blocks.share[y] < blocks.share[x]:
            return False
        x += 1
        y += 1
    return True


@inner
def drop_dominated(blocks: Blocks, n: int, n_groups: int, s: Scratch) -> tuple[int, int]:
    """Drop an item when as many citizens as could ever share its first dimension would give more and use less there.

    Such a citizen must have no other item in the block: then at least one of them is free to take the item's place.
    Returns the numbers of items and groups left.
    """
    for x in range(n):
        s.order[x] = x
        s.kept[x] = 0  # 1: the only item of its citizen, 2: dropped
        s.choice[x] = -1  # the next surviving single item with the same first dimension
    for g in range(n_groups):
        if s.group_start[g + 1] - s.group_start[g] == 1:
            s.kept[s.group_start[g]] = 1
    _sort_down(s.order, n, s.w)
    s.head[:] = -1
    for a in range(n):
        x = s.order[a]
        k = s.item[x]
        if blocks.at[k] == blocks.at[k + 1]:
            continue
        d = blocks.dim[blocks.at[k]]
        enough = int(1.0 / blocks.share[blocks.at[k]] + 1e-9)
        z = s.head[d]
        while z >= 0 and enough > 0:
            if _dominates(blocks, s.item[z], k):
                enough -= 1
            z = s.choice[z]
        if enough == 0:
            s.kept[x] = 2
        elif s.kept[x] == 1:
            s.choice[x] = s.head[d]
            s.head[d] = x
    m, groups = 0, 0
    for g in range(n_groups):
        first, last = s.group_start[g], s.group_start[g + 1]
        start = m
        for x in range(first, last):
            if s.kept[x] != 2:
                s.item[m] = s.item[x]
                s.w[m] = s.w[x]
                m += 1
        if m > start:
            s.group_start[groups] = start
            groups += 1
    s.group_start[groups] = m
    return m, groups


@inner
def relax_block(blocks: Blocks, n_dims: int, n_groups: int, s: Scratch) -> float:
    """U(λ) for λ = s.mult, its slack 1 - use in each dimension, reduced values and each group's best."""
    total = 0.0
    for d in range(n_dims):
        total += s.mult[d]
        s.slack[d] = 1.0
    for g in range(n_groups):
        best, who = 0.0, -1
        for x in range(s.group_start[g], s.group_start[g + 1]):
            k = s.item[x]
            r = s.w[x]
            for y in range(blocks.at[k], blocks.at[k + 1]):
                r -= s.mult[blocks.dim[y]] * blocks.share[y]
            s.r[x] = r
            if r > best:
                best, who = r, x
        s.best_r[g] = best
        if who >= 0:
            total += best
            k = s.item[who]
            for y in range(blocks.at[k], blocks.at[k + 1]):
                s.slack[blocks.dim[y]] -= blocks.share[y]
    return total


@inner
def _room_for(blocks: Blocks, k: int, used: Float) -> bool:
    for y in range(blocks.at[k], blocks.at[k + 1]):  # noqa: SIM110  # numba compiles the loop faster than all()
        if used[blocks.dim[y]] + blocks.share[y] > 1.0 + 1e-12:
            return False
    return True


@inner
def _use(blocks: Blocks, k: int, used: Float, sign: float) -> None:
    for y in range(blocks.at[k], blocks.at[k + 1]):
        used[blocks.dim[y]] += sign * blocks.share[y]


@inner
def greedy(blocks: Blocks, n: int, n_dims: int, best: float, s: Scratch) -> tuple[float, int]:
    """Greedy plan in order of reduced value; written to s.chosen if it beats ``best``."""
    m = 0
    for x in range(n):
        if s.r[x] > 0.0 or s.w[x] > 0.0:
            s.order[m] = x
            m += 1
    order = s.order
    _sort_down(order, m, s.r)
    for d in range(n_dims):
        s.used[d] = 0.0
    value, count = 0.0, 0
    for a in range(m):
        x = order[a]
        k = s.item[x]
        free = True
        for c in range(count):
            if blocks.citizen[s.item[s.taken[c]]] == blocks.citizen[k]:
                free = False
                break
        if free and _room_for(blocks, k, s.used):
            _use(blocks, k, s.used, 1.0)
            s.taken[count] = x
            count += 1
            value += s.w[x]
    if value > best:
        for c in range(count):
            s.chosen[c] = s.item[s.taken[c]]
        return value, count
    return best, -1


@inner
def search(
    blocks: Blocks,
    n_dims: int,
    n_groups: int,
    bound: float,
    best: float,
    count: int,
    eps: float,
    most_nodes: int,
    s: Scratch,
) -> tuple[float, int, bool]:
    """Depth first over the groups with kept items; returns best value, its count, and whether it is proven."""
    groups = 0
    kept = 0
    for g in range(n_groups):
        s.kept_start[groups] = kept
        for x in range(s.group_start[g], s.group_start[g + 1]):
            if bound - s.best_r[g] + s.r[x] > best + eps:
                c = kept - 1
                while c >= s.kept_start[groups] and s.r[s.kept[c]] < s.r[x]:
                    s.kept[c + 1] = s.kept[c]
                    c -= 1
                s.kept[c + 1] = x
                kept += 1
        if kept > s.kept_start[groups]:
            s.tail[groups] = s.best_r[g]
            groups += 1
    s.kept_start[groups] = kept
    order = s.group_order
    for g in range(groups):
        order[g] = g
    _sort_down(order, groups, s.tail)
    for d in range(n_dims):
        s.used[d] = 0.0
    # choice[x]: next position to try in the group at depth x; taken[x]: item chosen there, -1 for none
    nodes = 0
    depth = 0
    s.loss[0] = 0.0
    value = 0.0
    if groups > 0:
        s.choice[0] = s.kept_start[order[0]]
    while depth >= 0:
        nodes += 1
        if nodes > most_nodes:
            return best, count, False
        if depth == groups:
            if value > best + eps:
                best = value
                count = 0
                for x in range(depth):
                    if s.taken[x] >= 0:
                        s.chosen[count] = s.item[s.taken[x]]
                        count += 1
            depth -= 1
            if depth >= 0 and s.taken[depth] >= 0:
                x = s.taken[depth]
                _use(blocks, s.item[x], s.used, -1.0)
                value -= s.w[x]
            continue
        g = order[depth]
        top = s.tail[g]
        went = False
        while s.choice[depth] < s.kept_start[g + 1]:
            x = s.kept[s.choice[depth]]
            s.choice[depth] += 1
            loss = s.loss[depth] + top - s.r[x]
            if bound - loss <= best + eps:
                s.choice[depth] = s.kept_start[g + 1]
                break
            if _room_for(blocks, s.item[x], s.used):
                _use(blocks, s.item[x], s.used, 1.0)
                hopeless = False
                for h in range(depth + 1, groups):
                    f = order[h]
                    left = s.tail[f]
                    for y in range(s.kept_start[f], s.kept_start[f + 1]):
                        r = s.r[s.kept[y]]
                        if r <= 0.0:
                            break
                        if _room_for(blocks, s.item[s.kept[y]], s.used):
                            left -= r
                            break
                    loss += left
                    if bound - loss <= best + eps:
                        hopeless = True
                        break
                if hopeless:
                    _use(blocks, s.item[x], s.used, -1.0)
                    continue
                loss = s.loss[depth] + top - s.r[x]
                value += s.w[x]
                s.taken[depth] = x
                s.loss[depth + 1] = loss
                went = True
                break
        if not went and s.choice[depth] <= s.kept_start[g + 1]:
            s.choice[depth] = s.kept_start[g + 1] + 1
            loss = s.loss[depth] + top
            if bound - loss > best + eps:
                s.taken[depth] = -1
                s.loss[depth + 1] = loss
                went = True
        if went:
            depth += 1
            if depth < groups:
                s.choice[depth] = s.kept_start[order[depth]]
        else:
            depth -= 1
            if depth >= 0 and s.taken[depth] >= 0:
                x = s.taken[depth]
                _use(blocks, s.item[x], s.used, -1.0)
                value -= s.w[x]
    return best, count, True
