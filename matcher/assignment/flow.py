r"""Places only: an exact plan by minimum-cost flow, and exact prices from its potentials.

Without (3) and (4) the problem is a transport problem. Values are scaled to whole numbers V_e by a power of two, chosen
as large as the solver's arithmetic allows, so the plan is optimal to within n_citizens / 2^k for values below 1, with k
about 32; for values that are multiples of 2^-k it is exactly optimal.

Of several such plans the answer is the first by the rule of `ties`, which places as many as can be, also in pairs that
are worth nothing or, beside the largest, too little to be told from nothing.

Prices: given an optimal plan with citizen i in slot a(i), the least p ≥ 0 with

    p_j ≥ V_ij                     i unplaced                 nobody left out would pay more
    p_j ≥ V_ij - V_{i,a(i)} + p_{a(i)}    i placed            nobody placed would rather pay for another place

are optimal dual prices. They are longest paths in the graph of exchanges, found in whole numbers, hence exact.
"""

import math

import numpy as np
from ortools.graph.python import min_cost_flow

from matcher.assignment.compiled import entry
from matcher.assignment.pins import Reduced
from matcher.assignment.problem import Bool, Float, Int32, Int64
from matcher.assignment.ties import first_of_equals

_BITS = 33


def bits_of(reduced: Reduced) -> int:
    """The power of two that turns values into whole numbers without overflow in the solver, as an exponent."""
    _, exponent = np.frexp(reduced.value.max(initial=0.0))
    room = 60 - math.ceil(math.log2(reduced.n_citizens + reduced.n_slots + 4))
    return min(_BITS, room) - int(exponent) - 1


def flow_plan(reduced: Reduced) -> tuple[Int64, Float]:
    """Chosen remaining pairs of an optimal plan under (1) and (2), and slot prices that prove it.

    Returns
    -------
    chosen : int64 indices into the remaining pairs, ascending
    slot_price : float64 array of shape (n_slots,), >= 0, in the unit of the values

    Raises
    ------
    RuntimeError
        when the solver ends without a flow, or with one that breaks a limit.
    """
    bits = bits_of(reduced)
    whole = np.rint(np.ldexp(reduced.value, bits)).astype(np.int64)
    chosen = _min_cost_flow(reduced, whole)
    used = np.bincount(reduced.slot[chosen], minlength=reduced.n_slots)
    if (used > reduced.capacity).any() or np.bincount(reduced.citizen[chosen], minlength=1).max() > 1:
        raise RuntimeError("minimum-cost flow broke a limit")
    assigned = np.full(reduced.n_citizens, -1, dtype=np.int64)
    assigned[reduced.citizen[chosen]] = chosen
    order = np.lexsort((reduced.slot, reduced.citizen))
    start = np.searchsorted(reduced.citizen[order], np.arange(reduced.n_citizens + 1))
    slot, whole, assigned = reduced.slot[order], whole[order], _rank(order)[assigned]
    price = _slot_prices(start, slot, whole, assigned, assigned < 0, used.size)
    first = first_of_equals(start, slot, whole, reduced.capacity, assigned, price)
    return np.sort(order[first[first >= 0]]), np.ldexp(price.astype(np.float64), -bits)


def _rank(order: Int64) -> Int64:
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = -1
    return rank


def _min_cost_flow(reduced: Reduced, whole: Int64) -> Int64:
    """Citizens send one unit each through a pair to a slot, or past it at cost 0, to one sink."""
    n, m = reduced.n_citizens, reduced.n_slots
    sink = n + m
    solver = min_cost_flow.SimpleMinCostFlow()
    useful = np.flatnonzero(whole > 0)
    citizens = np.unique(reduced.citizen[useful])
    slots = np.unique(reduced.slot[useful])
    pairs = solver.add_arcs_with_capacity_and_unit_cost(
        reduced.citizen[useful],
        (n + reduced.slot[useful]).astype(np.int32),
        np.ones(len(useful), dtype=np.int64),
        -whole[useful],
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        citizens,
        np.full(len(citizens), sink, dtype=np.int32),
        np.ones(len(citizens), dtype=np.int64),
        np.zeros(len(citizens), dtype=np.int64),
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        (n + slots).astype(np.int32),
        np.full(len(slots), sink, dtype=np.int32),
        np.minimum(reduced.capacity[slots], len(citizens)),
        np.zeros(len(slots), dtype=np.int64),
    )
    solver.set_nodes_supplies(
        np.append(citizens, sink).astype(np.int32),
        np.append(np.ones(len(citizens), dtype=np.int64), -len(citizens)),
    )
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"minimum-cost flow ended with {status}")
    return useful[solver.flows(pairs) > 0] if len(useful) else np.empty(0, dtype=np.int64)


@entry
def _slot_prices(start: Int64, slot: Int32, whole: Int64, assigned: Int64, unplaced: Bool, n_slots: int) -> Int64:
    """Longest paths by a queue of slots whose price rose; see the module's docstring."""
    price = np.zeros(n_slots, dtype=np.int64)
    n_citizens = len(unplaced)
    for i in range(n_citizens):
        if unplaced[i]:
            for e in range(start[i], start[i + 1]):
                price[slot[e]] = max(price[slot[e]], whole[e])
    first = np.zeros(n_slots + 1, dtype=np.int64)
    for i in range(n_citizens):
        if not unplaced[i]:
            first[slot[assigned[i]] + 1] += 1
    for j in range(n_slots):
        first[j + 1] += first[j]
    member = np.empty(first[n_slots], dtype=np.int64)
    filled = first[:-1].copy()
    for i in range(n_citizens):
        if not unplaced[i]:
            j = slot[assigned[i]]
            member[filled[j]] = i
            filled[j] += 1
    queue = np.arange(n_slots)
    waiting = np.ones(n_slots, dtype=np.bool_)
    head, length = 0, n_slots
    while length > 0:
        k = queue[head]
        head = (head + 1) % n_slots
        length -= 1
        waiting[k] = False
        for x in range(first[k], first[k + 1]):
            i = member[x]
            base = price[k] - whole[assigned[i]]
            for e in range(start[i], start[i + 1]):
                j = slot[e]
                if base + whole[e] > price[j]:
                    price[j] = base + whole[e]
                    if not waiting[j]:
                        waiting[j] = True
                        queue[(head + length) % n_slots] = j
                        length += 1
    return price
