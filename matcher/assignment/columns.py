r"""Plan a neighbourhood of blocks anew, with everybody else placed as they are.

A *column* is a plan of one block. For the blocks of a neighbourhood and the citizens who are unplaced or placed there,
columns are made as the whole problem's are: the blocks choose at prices, citizens chosen twice become dearer, and so on
for a number of rounds, which start at noisy prices to see different plans. The best mix is the set-packing problem

    max Σ_c value_c z_c   s.t.   one column a block, one place a citizen, what is left of the spanning resources,

solved by HiGHS through scipy under a limit on nodes, which keeps it deterministic.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matcher.assignment.blocks import Blocks
from matcher.assignment.clock import LEAST_S, Clock
from matcher.assignment.dual import Dual
from matcher.assignment.outside import answer_of
from matcher.assignment.problem import Bool, Int64
from matcher.assignment.silence import without_debug_line
from matcher.assignment.state import State, put, put_all

_ROUNDS = 40
_FRESH_START = 4
_NOISE = 0.6
_NODES = 20_000


def replan(
    state: State,
    dual: Dual,
    blocks: Blocks,
    members: Int64,
    position: Int64,
    random: np.random.Generator,
    nodes: int,
    clock: Clock,
) -> float:
    """Place the citizens of some blocks, and the unplaced, anew.

    Parameters
    ----------
    state : changed in place if the new plan is worth more
    blocks : those of ``dual``, with the values that plans are compared by
    members : blocks to plan again, ascending
    position : position in ``dual.blocks.pair`` of each remaining pair
    nodes, clock : limits for HiGHS

    Returns
    -------
    float, >= 0
        value gained.
    """
    chosen = state.pair_of[state.pair_of >= 0]
    block = np.searchsorted(blocks.pair_start, position[chosen], side="right") - 1
    here = np.isin(block, members)
    before = chosen[here]
    available = np.ones(len(state.pair_of), dtype=bool)
    available[state.citizen[chosen[~here]]] = False
    for e in before:
        put(state, e, -1)
    columns = _columns(dual, blocks, members, available, float(state.value[before].sum()), random)
    columns.update(_by_block(blocks, members, np.sort(position[before])))
    rows = np.array(list(columns.values()))
    after = answer_of("HiGHS", lambda: _best_mix(state, blocks, list(columns), rows, nodes, clock))
    gained = 0.0 if after is None else float(state.value[after].sum() - state.value[before].sum())
    if after is None or gained <= 1e-12 or not put_all(state, after):
        gained = 0.0
        put_all(state, before)
    return gained


def _columns(
    dual: Dual, blocks: Blocks, members: Int64, available: Bool, value: float, random: np.random.Generator
) -> dict[tuple[int, ...], int]:
    """Columns of the members by falling bound; values are positions in ``members``."""
    columns: dict[tuple[int, ...], int] = {}
    inside = np.zeros(len(available), dtype=bool)
    for b in members:
        inside[blocks.citizen[blocks.pair_start[b] : blocks.pair_start[b + 1]]] = True
    inside &= available
    price = np.empty(0)
    for turn in range(_ROUNDS):
        if turn % _FRESH_START == 0:
            noise = _NOISE * random.uniform(-1.0, 1.0, len(available)) if turn else 0.0
            price = np.where(available, dual.price * (1.0 + noise), np.inf)
        solved = dual.solve(members, price, dual.span_price, 8, _NODES, blocks)
        if solved is None:
            break
        chosen, bounds = solved
        columns.update(_by_block(blocks, members, np.sort(chosen)))
        slack = 1.0 - np.bincount(blocks.citizen[chosen], minlength=len(available))
        slack[~inside | ((price <= 0.0) & (slack > 0.0))] = 0.0
        norm = float(slack @ slack)
        if norm == 0.0:
            break
        excess = float(price[inside].sum()) + bounds - value
        price = np.maximum(0.0, price - max(0.0, 0.5 * excess) / norm * slack)
    return columns


def _by_block(blocks: Blocks, members: Int64, positions: Int64) -> dict[tuple[int, ...], int]:
    """Columns of one plan, given as ascending positions."""
    start, end = blocks.pair_start[members], blocks.pair_start[members + 1]
    first, last = np.searchsorted(positions, start), np.searchsorted(positions, end)
    return {tuple(positions[a:z].tolist()): row for row, (a, z) in enumerate(zip(first, last, strict=True)) if z > a}


def _best_mix(
    state: State, blocks: Blocks, columns: list[tuple[int, ...]], row_of: Int64, nodes: int, clock: Clock
) -> Int64 | None:
    """Pairs of the best mix of columns; None when HiGHS found none."""
    if not columns:
        return None
    flat = np.array([k for column in columns for k in column], dtype=np.int64)
    of = np.repeat(np.arange(len(columns)), [len(column) for column in columns])
    citizens, row_of_citizen = np.unique(blocks.citizen[flat], return_inverse=True)
    spans = np.diff(blocks.span_at)[flat]
    where = np.repeat(blocks.span_at[flat + 1] - np.cumsum(spans), spans) + np.arange(spans.sum())
    n_rows = int(row_of.max()) + 1
    data = np.concatenate([np.ones(len(columns) + len(flat)), blocks.span_share[where]])
    row = np.concatenate([row_of, n_rows + row_of_citizen, n_rows + len(citizens) + blocks.span[where]])
    column_of = np.concatenate([np.arange(len(columns)), of, np.repeat(of, spans)])
    left = np.maximum(0.0, state.left[blocks.spanning] / blocks.spanning_limit)
    limit = np.concatenate([np.ones(n_rows + len(citizens)), left])
    worth = np.zeros(len(columns))
    np.add.at(worth, of, blocks.value[flat])
    rows = sparse.csr_array((data, (row, column_of)), shape=(len(limit), len(columns)))
    with without_debug_line(), clock.lent(LEAST_S) as seconds:
        answer = milp(
            -worth,
            integrality=np.ones(len(columns), dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(rows, -np.inf, limit),
            options={"node_limit": nodes, "time_limit": seconds, "mip_rel_gap": 1e-6},
        )
    if answer.x is None:
        return None
    pairs: Int64 = blocks.pair[flat[answer.x[of] > 0.5]]
    return pairs
