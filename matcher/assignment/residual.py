"""What is left open as an integer program, for CP-SAT: the whole of a small problem, or a neighbourhood of a plan."""

import numpy as np
from ortools.sat.python import cp_model

from matcher.assignment.clock import LEAST_S, Clock
from matcher.assignment.outside import answer_of
from matcher.assignment.problem import Float, Int64
from matcher.assignment.state import State, fits, put, put_all

_LARGEST = 2**40
_UNIT_ROUNDOFF = float(np.finfo(np.float64).eps)
_DENOMINATORS = (1, 2, 4, 5, 10, 12, 37, 60, 74, 100, 148, 185, 370, 1000, 3700)


def improve(state: State, citizens: Int64, work: float, seed: int, clock: Clock) -> float:
    """Place the given citizens anew, all others as they are, and keep the result if it is worth more.

    Parameters
    ----------
    state : changed in place when a better placing is found
    citizens : int64 array of citizens whose pairs are decided again
    work : deterministic work limit of CP-SAT, unit: its deterministic seconds
    seed : for CP-SAT's search
    clock : ends the search in any case

    Returns
    -------
    float, >= 0
        value gained.
    """
    before = state.pair_of[citizens]
    for e in before[before >= 0]:
        put(state, e, -1)
    open_pairs = [
        int(e) for i in citizens for e in state.by_citizen[state.start[i] : state.start[i + 1]] if fits(state, e)
    ]
    pairs, hint = np.array(open_pairs, dtype=np.int64), set(before.tolist())
    after = answer_of("CP-SAT", lambda: _solve(state, pairs, hint, work, seed, clock))
    gained = 0.0 if after is None else float(state.value[after].sum() - state.value[before[before >= 0]].sum())
    if after is None or gained <= 0.0 or not put_all(state, after):
        put_all(state, before[before >= 0])
        return 0.0
    return gained


def _solve(state: State, pairs: Int64, hint: set[int], work: float, seed: int, clock: Clock) -> Int64:
    if len(pairs) == 0:
        return pairs
    model = cp_model.CpModel()
    x = {int(e): model.new_bool_var("") for e in pairs}
    _limit_each(model, state, x)
    _limit_resources(model, state, x)
    _keep_apart(model, state, x)
    scale = 2.0 ** np.floor(np.log2(_LARGEST / max(float(state.value[pairs].sum()), 1e-300)))
    worth = np.rint(state.value[pairs] * scale).astype(np.int64)
    model.maximize(cp_model.LinearExpr.weighted_sum(list(x.values()), worth.tolist()))
    for e, literal in x.items():
        model.add_hint(literal, e in hint)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    solver.parameters.relative_gap_limit = 1e-9
    solver.parameters.catch_sigint_signal = False
    with clock.lent(LEAST_S) as seconds:
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return np.array(sorted(e for e in hint if e >= 0), dtype=np.int64)
    return np.array([e for e, literal in x.items() if solver.boolean_value(literal)], dtype=np.int64)


def _limit_each(model: cp_model.CpModel, state: State, x: dict[int, cp_model.IntVar]) -> None:
    """(1) and (2)."""
    of_citizen: dict[int, list[cp_model.IntVar]] = {}
    of_slot: dict[int, list[cp_model.IntVar]] = {}
    for e, literal in x.items():
        of_citizen.setdefault(int(state.citizen[e]), []).append(literal)
        of_slot.setdefault(int(state.slot[e]), []).append(literal)
    for literals in of_citizen.values():
        model.add_at_most_one(literals)
    for j, literals in of_slot.items():
        if len(literals) > state.places[j]:
            model.add(sum(literals) <= int(state.places[j]))


def _limit_resources(model: cp_model.CpModel, state: State, x: dict[int, cp_model.IntVar]) -> None:
    """(3), in whole numbers that never allow more than the limit."""
    rows: dict[int, tuple[list[cp_model.IntVar], list[float]]] = {}
    for e, literal in x.items():
        for k in range(state.use_start[e], state.use_start[e + 1]):
            literals, amounts = rows.setdefault(int(state.use_of[k]), ([], []))
            literals.append(literal)
            amounts.append(float(state.use[k]))
    for r, (literals, amounts) in rows.items():
        limit = float(state.left[r])
        if sum(amounts) > limit:
            whole, whole_limit = whole_numbers(np.array(amounts), limit)
            model.add(cp_model.LinearExpr.weighted_sum(literals, whole.tolist()) <= whole_limit)


def whole_numbers(amounts: Float, limit: float) -> tuple[Int64, int]:
    """Integer amounts and limit: the same constraint if the amounts are multiples of some 1/d, else a narrower one."""
    same = same_in_whole_numbers(amounts, limit)
    if same is not None:
        return same
    fine = _LARGEST / max(limit, float(amounts.max()), 1e-300) / max(1, len(amounts))
    return np.ceil(amounts * fine).astype(np.int64), int(np.floor(limit * fine))


def same_in_whole_numbers(amounts: Float, limit: float) -> tuple[Int64, int] | None:
    """Integer amounts and limit that admit the same sets of pairs; None if no multiples of a 1/d do.

    Amounts m_e / d + δ_e and the limit L lead to m_e and W = ⌊dL⌋. A set within W then keeps L, and one that keeps L is
    within W, if dL is further than d Σ|δ_e| from W and from W + 1.
    """
    for d in _DENOMINATORS:
        scaled, whole = amounts * d, np.rint(amounts * d)
        if scaled.sum() > _LARGEST or limit * d > _LARGEST:
            return None
        off = float((np.abs(scaled - whole) + _UNIT_ROUNDOFF * scaled).sum())
        below = int(np.floor(limit * d))
        rounded = _UNIT_ROUNDOFF * limit * d
        if off + rounded <= limit * d - below and off + rounded < below + 1 - limit * d:
            return whole.astype(np.int64), below
    return None


def _keep_apart(model: cp_model.CpModel, state: State, x: dict[int, cp_model.IntVar]) -> None:
    """(4): a literal for each cell where somebody is; foes are not both there."""
    members: dict[int, list[cp_model.IntVar]] = {}
    for e, literal in x.items():
        if state.cell[e] >= 0:
            members.setdefault(int(state.cell[e]), []).append(literal)
    present = {cell: model.new_bool_var("") for cell in members}
    for cell, literals in members.items():
        for literal in literals:
            model.add_implication(literal, present[cell])
        for other in state.foe[state.foe_start[cell] : state.foe_start[cell + 1]].tolist():
            if other == cell:
                model.add_at_most_one(literals)
            elif other > cell and other in present:
                model.add_at_most_one([present[cell], present[other]])
