r"""One block solved exactly: a multiple-choice, multidimensional knapsack, by branch and bound in compiled code.

Items e (pairs with w_e > 0) come in groups (a citizen's pairs, at most one of each), and use shares s_de of
dimensions d, each with limit 1. For multipliers λ_d ≥ 0 (in value: what the whole of a limit is worth)

    f ≤ U(λ) = Σ_d λ_d + Σ_groups max(0, max_e r_e),      r_e = w_e - Σ_d λ_d s_de.

1. Subgradient steps lower U; each tries the greedy plan in order of r. λ is kept from call to call.
2. Items go out whose choice would cost so much of U that the greedy plan cannot be reached.
3. Depth first on what is left: choosing e in group g loses max r - r_e, leaving g out loses max r; a node is cut when
   U less the losses so far cannot beat the best plan.

Classes kept apart: the block is solved once for every largest set of classes that may meet.
"""

import numpy as np

from matcher.assignment.blocks import Blocks
from matcher.assignment.compiled import entry, inner
from matcher.assignment.knapsack import Scratch, drop_dominated, greedy, relax_block, search
from matcher.assignment.problem import Float, Int64


@inner
def _gather(blocks: Blocks, b: int, price: Float, span_price: Float, allowed: int, s: Scratch) -> tuple[int, int]:
    """Items with w > 0 whose class is in ``allowed`` (bits; -1: all); returns numbers of items and groups."""
    n, g, last = 0, 0, -1
    for k in range(blocks.pair_start[b], blocks.pair_start[b + 1]):
        i = blocks.citizen[k]
        w = blocks.value[k] - price[i]
        if w <= 0.0:
            continue
        c = blocks.group[k]
        if allowed >= 0 and c >= 0 and (allowed >> c) & 1 == 0:
            continue
        for x in range(blocks.span_at[k], blocks.span_at[k + 1]):
            w -= blocks.span_share[x] * span_price[blocks.span[x]]
        if w <= 0.0:
            continue
        if i != last:
            s.group_start[g] = n
            g += 1
            last = i
        s.item[n] = k
        s.w[n] = w
        n += 1
    s.group_start[g] = n
    return n, g


@inner
def _solve_items(
    blocks: Blocks,
    n: int,
    n_groups: int,
    n_dims: int,
    mult: Float,
    best: float,
    steps: int,
    most_nodes: int,
    s: Scratch,
) -> tuple[float, float, int]:
    """Bound, value and count of chosen pairs (in s.chosen) for the items gathered in ``s``; see the docstring."""
    for d in range(n_dims):
        s.mult[d] = mult[d]
    count = -1
    bound = np.inf
    largest = 0.0
    for x in range(n):
        largest = max(largest, s.w[x])
    eps = 1e-10 * largest
    pace = 1.0
    for step in range(steps):
        u = relax_block(blocks, n_dims, n_groups, s)
        if u < bound:
            bound = u
            for d in range(n_dims):
                s.best_mult[d] = s.mult[d]
        else:
            pace *= 0.7
        if step < 4 or step % 4 == 0:
            value, c = greedy(blocks, n, n_dims, best, s)
            if c >= 0:
                best, count = value, c
        norm = 0.0
        for d in range(n_dims):
            if s.mult[d] > 0.0 or s.slack[d] < 0.0:
                norm += s.slack[d] * s.slack[d]
        if bound - best <= eps or norm < 1e-14:
            break
        length = pace * (u - best) / norm
        for d in range(n_dims):
            s.mult[d] = max(0.0, s.mult[d] - length * s.slack[d])
    for d in range(n_dims):
        s.mult[d] = s.best_mult[d]
        mult[d] = s.best_mult[d]
    if bound - best <= eps:
        return bound, best, count
    bound = relax_block(blocks, n_dims, n_groups, s)
    best, count, proven = search(blocks, n_dims, n_groups, bound, best, count, eps, most_nodes, s)
    return (min(bound, best + eps) if proven else bound), best, count


@inner
def _worth_again(
    blocks: Blocks, price: Float, span_price: Float, out: Int64, start: int, size: int
) -> tuple[float, int]:
    """Value at today's prices of the pairs chosen before; those that no longer pay are dropped."""
    value, count = 0.0, 0
    for x in range(start, start + size):
        k = out[x]
        w = blocks.value[k] - price[blocks.citizen[k]]
        for y in range(blocks.span_at[k], blocks.span_at[k + 1]):
            w -= blocks.span_share[y] * span_price[blocks.span[y]]
        if w > 0.0:
            value += w
            out[start + count] = k
            count += 1
    return value, count


@entry
def price_blocks(
    blocks: Blocks,
    which: Int64,
    price: Float,
    span_price: Float,
    mult: Float,
    steps: int,
    most_nodes: int,
    bound: Float,
    value: Float,
    out: Int64,
    size: Int64,
    s: Scratch,
) -> None:
    """Solve the blocks ``which`` at citizen prices ``price`` and prices ``span_price`` of spanning resources.

    Writes, a block: an upper bound on f_B, the value found, and the pairs chosen, as positions in ``blocks.pair``
    (``out[out_start[b]:]``, ``size[b]`` of them). ``mult`` (by ``dim_start``) is where λ starts and ends.
    """
    for b in which:
        value[b], size[b] = _worth_again(blocks, price, span_price, out, blocks.out_start[b], size[b])
        bound[b] = value[b]
        own = mult[blocks.dim_start[b] : blocks.dim_start[b + 1]]
        present = 0
        for k in range(blocks.pair_start[b], blocks.pair_start[b + 1]):
            if blocks.group[k] >= 0 and blocks.value[k] > price[blocks.citizen[k]]:
                present |= 1 << blocks.group[k]
        for c in range(max(1, len(blocks.choices))):
            allowed = -1
            if len(blocks.choices) > 0:
                allowed = blocks.choices[c] & present
                covered = False
                for h in range(len(blocks.choices)):
                    other = blocks.choices[h] & present
                    if h != c and allowed & other == allowed and (other != allowed or h < c):
                        covered = True
                if covered:
                    continue
            n, groups = _gather(blocks, b, price, span_price, allowed, s)
            if n == 0:
                continue
            n, groups = drop_dominated(blocks, n, groups, s)
            u, v, count = _solve_items(blocks, n, groups, len(own), own, value[b], steps, most_nodes, s)
            bound[b] = max(bound[b], u)
            if count >= 0:
                value[b] = v
                size[b] = count
                for x in range(count):
                    out[blocks.out_start[b] + x] = s.chosen[x]
