"""What one would use instead of the plan engine: the pairs that each method chooses, on the same problem.

Greedy, CP-SAT and HiGHS on the whole problem, scipy's and lapx' assignment and the stable matching of `matching`. None
is given more or less room than the engine: CP-SAT's rows are in whole numbers that admit the same sets of pairs.
"""

import sys
from collections.abc import Iterator
from typing import Any

import lap
import numpy as np
from matching.games import HospitalResident  # type: ignore[import-untyped]  # the package ships no types
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from benchmarks.measuring import Found
from matcher.assignment import AssignmentProblem
from matcher.assignment.pins import reduce
from matcher.assignment.problem import Float, Int64
from matcher.assignment.state import chosen_pairs, empty_state, fill

_DENOMINATORS = (1, 37, 60, 74, 120, 3700)
_SAME = 1e-7
"""Less than this beside a whole number is rounding: the family's amounts are hours and 37ths of a week."""
_WORTH_UNIT = 1e-6
_HALF = 0.5


def greedy(problem: AssignmentProblem, _: float) -> Found:
    """Pairs by falling value, each if it fits."""
    reduced = reduce(problem)
    state = empty_state(reduced)
    fill(state, np.argsort(-reduced.value, kind="stable"))
    return Found(reduced.pair[chosen_pairs(state)])


def in_whole_numbers(amounts: Float, limit: float) -> tuple[Int64, int]:
    """Amounts and limit in the smallest unit that makes every amount whole.

    Raises
    ------
    ValueError
        where there is none: rounding would admit other sets of pairs.
    """
    for d in _DENOMINATORS:
        whole = np.rint(amounts * d)
        if np.abs(amounts * d - whole).max(initial=0.0) < _SAME:
            return whole.astype(np.int64), int(np.floor(limit * d + _SAME * d))
    raise ValueError("amounts: expected multiples of an hour, a minute or a 37th, or CP-SAT would plan something else")


def whole_cp_sat(problem: AssignmentProblem, time_limit_s: float) -> Found:
    """CP-SAT on the whole problem; values in millionths."""
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(problem.n_pairs)]
    for group, most_of in (
        (problem.citizen, np.ones(problem.n_citizens, dtype=np.int64)),
        (problem.slot, problem.capacity),
    ):
        order = np.argsort(group, kind="stable")
        parts = np.split(order, np.searchsorted(group[order], np.arange(1, len(most_of))))
        for members, most in zip(parts, most_of.tolist(), strict=True):
            model.add(sum(x[e] for e in members) <= most)
    assert problem.resources is not None
    use = problem.resources.use
    for r, limit in enumerate(problem.resources.limit.tolist()):
        entries = slice(use.indptr[r], use.indptr[r + 1])
        amounts, most = in_whole_numbers(use.data[entries], limit)
        terms = [x[e] for e in use.indices[entries]]
        model.add(cp_model.LinearExpr.weighted_sum(terms, amounts.tolist()) <= most)
    for first, second in meetings(problem):
        present = model.new_bool_var("")
        for e in first:
            model.add_implication(x[e], present)
        for e in second:
            model.add_implication(x[e], present.negated())
    worth = np.rint(problem.value / _WORTH_UNIT).astype(np.int64).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(x, worth))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = time_limit_s, 2
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    pairs = np.array([e for e, one in enumerate(x) if found and solver.boolean_value(one)], dtype=np.int64)
    bound = (solver.best_objective_bound + _HALF * problem.n_citizens) * _WORTH_UNIT  # a value is off by half a unit
    return Found(pairs if found else None, bound)


def meetings(problem: AssignmentProblem) -> Iterator[tuple[list[int], list[int]]]:
    """By worksite: pairs of the two classes of the family, which may not both be chosen there."""
    separations = problem.separations
    assert separations is not None
    kind = separations.class_of_citizen[problem.citizen]
    site = separations.site_of_slot[problem.slot]
    order = np.argsort(site, kind="stable")
    parts = np.split(order, np.searchsorted(site[order], np.arange(1, int(site.max()) + 1)))
    for members in parts:
        one, other = members[kind[members] == 1].tolist(), members[kind[members] == 2].tolist()
        if one and other:
            yield one, other


def whole_highs(problem: AssignmentProblem, time_limit_s: float) -> Found:
    """HiGHS' integer programming on the whole problem, through scipy."""
    n, one, pairs = problem.n_pairs, np.ones(problem.n_pairs), np.arange(problem.n_pairs)
    assert problem.resources is not None
    rows = [
        sparse.csr_array((one, (problem.citizen, pairs)), shape=(problem.n_citizens, n)),
        sparse.csr_array((one, (problem.slot, pairs)), shape=(problem.n_slots, n)),
        problem.resources.use.astype(np.float64),
    ]
    limit = [np.ones(problem.n_citizens), problem.capacity.astype(np.float64), problem.resources.limit]
    sites = list(meetings(problem))
    # x_e ≤ z_w for one class, x_e ≤ 1 - z_w for the other
    count = sum(len(first) + len(second) for first, second in sites)
    at, columns, signs, right = 0, [], [], []
    for w, (first, second) in enumerate(sites):
        for members, sign in ((first, -1.0), (second, 1.0)):
            for e in members:
                columns += [(at, e), (at, n + w)]
                signs += [1.0, sign]
                right.append(0.0 if sign < 0 else 1.0)
                at += 1
    where = np.array(columns, dtype=np.int64).reshape(-1, 2)
    apart = sparse.csr_array((signs, (where[:, 0], where[:, 1])), shape=(count, n + len(sites)))
    known = sparse.vstack(rows)
    padded = sparse.hstack([known, sparse.csr_array((known.shape[0], len(sites)))])
    answer = milp(
        -np.concatenate([problem.value, np.zeros(len(sites))]),
        integrality=np.ones(n + len(sites), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            sparse.csr_array(sparse.vstack([padded, apart])), -np.inf, np.concatenate([*limit, np.array(right)])
        ),
        options={"time_limit": time_limit_s},
    )
    chosen = None if answer.x is None else np.flatnonzero(answer.x[:n] > _HALF)
    return Found(chosen, None if answer.mip_dual_bound is None else -float(answer.mip_dual_bound))


def bipartite(problem: AssignmentProblem, _: float) -> Found:
    """scipy's sparse matching, for places only: every place a column, and a column each to stay unplaced."""
    first_place = np.concatenate([[0], np.cumsum(problem.capacity)])
    copies = problem.capacity[problem.slot]
    rows = np.repeat(problem.citizen, copies)
    offset = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    columns = np.repeat(first_place[problem.slot], copies) + offset
    worth = np.repeat(problem.value, copies) + 1.0
    n, places = problem.n_citizens, int(first_place[-1])
    everything = sparse.csr_array(
        (
            np.concatenate([worth, np.ones(n)]),
            (np.concatenate([rows, np.arange(n)]), np.concatenate([columns, places + np.arange(n)])),
        ),
        shape=(n, places + n),
    )
    who, where = min_weight_full_bipartite_matching(everything, maximize=True)
    return Found(_pairs_of_places(problem, who[where < places], where[where < places]))


def _pairs_of_places(problem: AssignmentProblem, who: NDArray[Any], place: NDArray[Any]) -> Int64:
    """Pairs of citizens and the slots whose places they have; a place that is none of theirs means unplaced."""
    slot_of_citizen = np.full(problem.n_citizens, -1, dtype=np.int64)
    slot_of_citizen[who] = np.searchsorted(np.cumsum(problem.capacity), place, side="right")
    return np.flatnonzero(slot_of_citizen[problem.citizen] == problem.slot)


def dense(problem: AssignmentProblem) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Values, a row a citizen and a column a place; 0 where not eligible, which means unplaced."""
    first_place = np.concatenate([[0], np.cumsum(problem.capacity)])
    copies = problem.capacity[problem.slot]
    offset = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    table = np.zeros((problem.n_citizens, int(first_place[-1])))
    columns = np.repeat(first_place[problem.slot], copies) + offset
    table[np.repeat(problem.citizen, copies), columns] = np.repeat(problem.value, copies)
    return table


def dense_scipy(problem: AssignmentProblem, _: float) -> Found:
    """scipy's dense assignment, for places only."""
    who, where = linear_sum_assignment(dense(problem), maximize=True)
    return Found(_pairs_of_places(problem, who, where))


def dense_lapx(problem: AssignmentProblem, _: float) -> Found:
    """lapx' dense assignment, for places only."""
    table = dense(problem)
    where = lap.lapjv(table.max() - table, extend_cost=True)[1]
    placed = np.flatnonzero(where >= 0)
    return Found(_pairs_of_places(problem, placed, where[placed]))


def stable(problem: AssignmentProblem, _: float) -> Found:
    """The stable matching of `matching`, both sides ranking by value; it knows places, but no sum of values."""
    falling = np.argsort(-problem.value, kind="stable").tolist()
    residents: dict[str, list[str]] = {}
    hospitals: dict[str, list[str]] = {}
    number = {}
    for e in falling:
        citizen, slot = f"c{problem.citizen[e]}", f"s{problem.slot[e]}"
        residents.setdefault(citizen, []).append(slot)
        hospitals.setdefault(slot, []).append(citizen)
        number[citizen, slot] = e
    places = {slot: int(problem.capacity[int(slot[1:])]) for slot in hospitals}
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # the package copies all players by following their lists
    found = HospitalResident.create_from_dictionaries(residents, hospitals, places).solve()
    sys.setrecursionlimit(usual)
    pairs = [number[citizen.name, slot.name] for slot, citizens in found.items() for citizen in citizens]
    return Found(np.array(sorted(pairs), dtype=np.int64))
