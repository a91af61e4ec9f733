r"""Improve a plan by whole blocks: let one block choose again, with citizens placed elsewhere, and repair the others.

A move on block B: solve B with citizens priced at θ u_i, plus (1 - θ) times what i is worth where placed now; take the
chosen citizens from their blocks; let each block that lost somebody choose again among its own and the unplaced; place
those left over where they fit. The move stays if the plan is worth more, else it is undone. Compiled; deterministic.
"""

from typing import NamedTuple

import numpy as np

from matcher.assignment.blocks import Blocks
from matcher.assignment.compiled import entry, inner
from matcher.assignment.kernel import price_blocks
from matcher.assignment.knapsack import Scratch, scratch_for
from matcher.assignment.problem import Float, Int64
from matcher.assignment.state import State, fits, put


class Bench(NamedTuple):
    """Work space of `exchange`."""

    block_of: Int64  # by remaining pair
    price: Float  # by citizen, for one block
    bound: Float
    value: Float
    out: Int64
    size: Int64
    mult: Float
    one: Int64  # the block to solve
    touched: Int64
    log: Int64  # what the move did: e put, -1 - e taken away
    counts: Int64  # entries of log, of touched
    scratch: Scratch


def bench_for(blocks: Blocks, mult: Float, n_citizens: int) -> Bench:
    """Work space; ``mult`` is where the multipliers start."""
    block_of = np.empty(len(blocks.pair), dtype=np.int64)
    block_of[blocks.pair] = np.repeat(np.arange(blocks.n_blocks), np.diff(blocks.pair_start))
    room = n_citizens + len(blocks.pair) + 1
    return Bench(
        block_of=block_of,
        price=np.zeros(n_citizens),
        bound=np.zeros(blocks.n_blocks),
        value=np.zeros(blocks.n_blocks),
        out=np.zeros(blocks.out_start[-1], dtype=np.int64),
        size=np.zeros(blocks.n_blocks, dtype=np.int64),
        mult=mult.copy(),
        one=np.zeros(1, dtype=np.int64),
        touched=np.zeros(room, dtype=np.int64),
        log=np.zeros(4 * room, dtype=np.int64),
        counts=np.zeros(2, dtype=np.int64),
        scratch=scratch_for(blocks),
    )


@inner
def _choose_again(
    s: State, blocks: Blocks, b: int, u: Float, span_price: Float, theta: float, steps: int, most_nodes: int, t: Bench
) -> None:
    """Solve block b at prices for its citizens; theta < 0: only its own and the unplaced, free of charge."""
    for k in range(blocks.pair_start[b], blocks.pair_start[b + 1]):
        i = blocks.citizen[k]
        now = s.pair_of[i]
        if now < 0 or t.block_of[now] == b:
            t.price[i] = max(0.0, theta) * u[i]
        elif theta >= 0.0:
            t.price[i] = theta * u[i] + (1.0 - theta) * s.value[now]
        else:
            t.price[i] = np.inf
    t.size[b] = 0
    t.one[0] = b
    price_blocks(
        blocks, t.one, t.price, span_price, t.mult, steps, most_nodes, t.bound, t.value, t.out, t.size, t.scratch
    )


@inner
def _change(s: State, e: int, sign: int, t: Bench) -> float:
    """Put pair e or take it away, note it in the log, and return the change in value."""
    put(s, e, sign)
    t.log[t.counts[0]] = e if sign > 0 else -1 - e
    t.counts[0] += 1
    change: float = sign * s.value[e]
    return change


@inner
def _install(s: State, blocks: Blocks, b: int, t: Bench) -> float:
    """Make block b's latest choice the plan's and note the blocks that lose somebody; returns the change in value."""
    change = 0.0
    for k in range(blocks.pair_start[b], blocks.pair_start[b + 1]):
        e = s.pair_of[blocks.citizen[k]]
        if e >= 0 and t.block_of[e] == b:
            change += _change(s, e, -1, t)
    for x in range(blocks.out_start[b], blocks.out_start[b] + t.size[b]):
        e = blocks.pair[t.out[x]]
        now = s.pair_of[s.citizen[e]]
        if now >= 0:
            change += _change(s, now, -1, t)
        if fits(s, e):
            change += _change(s, e, 1, t)
            if now >= 0:
                t.touched[t.counts[1]] = t.block_of[now]
                t.counts[1] += 1
        elif now >= 0:
            change += _change(s, now, 1, t)
    return change


@entry
def exchange(
    s: State,
    blocks: Blocks,
    order: Int64,
    u: Float,
    span_price: Float,
    theta: float,
    floor: Float,
    steps: int,
    most_nodes: int,
    t: Bench,
) -> float:
    """One move on each block of ``order``; returns the value gained, >= 0."""
    gained = 0.0
    for turn in range(len(order)):
        b = order[turn]
        t.counts[:] = 0
        _choose_again(s, blocks, b, u, span_price, theta, steps, most_nodes, t)
        change = _install(s, blocks, b, t)
        stolen_from = t.counts[1]
        for x in range(stolen_from):
            _choose_again(s, blocks, t.touched[x], u, span_price, -1.0, steps, most_nodes, t)
            change += _install(s, blocks, t.touched[x], t)
        for x in range(t.counts[0]):
            if t.log[x] >= 0:
                continue
            i = s.citizen[-1 - t.log[x]]
            if s.pair_of[i] < 0:
                change += _place_best(s, i, t)
        if change > floor[turn]:
            gained += change
        else:
            for x in range(t.counts[0] - 1, -1, -1):
                if t.log[x] >= 0:
                    put(s, t.log[x], -1)
                else:
                    put(s, -1 - t.log[x], 1)
    return gained


@inner
def _place_best(s: State, i: int, t: Bench) -> float:
    """Place unplaced citizen i where it is worth most, if anywhere; returns the value gained."""
    best, who = 0.0, -1
    for y in range(s.start[i], s.start[i + 1]):
        e = s.by_citizen[y]
        if s.value[e] > best and fits(s, e):
            best, who = s.value[e], e
    return _change(s, who, 1, t) if who >= 0 else 0.0
