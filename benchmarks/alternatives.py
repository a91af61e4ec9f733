"""What one would use instead of the plan engine: a row for each, on the same problem as the engine's.

Greedy, CP-SAT and HiGHS on the whole problem, scipy's and lapx' assignment and the stable matching of `matching`.
"""

import resource
import sys
import time
from collections.abc import Iterator
from typing import Any, TypeAlias

import lap
import numpy as np
from matching.games import HospitalResident  # type: ignore[import-untyped]  # the package ships no types
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matcher.assignment import AssignmentProblem
from matcher.assignment.pins import reduce
from matcher.assignment.state import chosen_pairs, empty_state, fill

Row: TypeAlias = dict[str, Any]


def peak_gib() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def row(name: str, method: str, seconds: float, value: float | None, bound: float | None = None) -> Row:
    """One line of the report."""
    gap = None if value is None or bound is None or bound <= 0 else round(1 - value / bound, 6)
    shown = None if value is None else round(value, 4)
    return {
        "instance": name,
        "method": method,
        "seconds": round(seconds, 2),
        "value": shown,
        "gap": gap,
        "peak_gib": round(peak_gib(), 2),
    }


def greedy(name: str, problem: AssignmentProblem) -> Row:
    """Pairs by falling value, each if it fits."""
    begun = time.perf_counter()
    reduced = reduce(problem)
    state = empty_state(reduced)
    fill(state, np.argsort(-reduced.value, kind="stable"))
    value = float(reduced.value[chosen_pairs(state)].sum())
    return row(name, "greedy", time.perf_counter() - begun, value)


def whole_cp_sat(name: str, problem: AssignmentProblem, time_limit_s: float) -> Row:
    """CP-SAT on the whole problem, resources in thousandths."""
    begun = time.perf_counter()
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(problem.n_pairs)]
    for group, limit in (
        (problem.citizen, np.ones(problem.n_citizens, dtype=np.int64)),
        (problem.slot, problem.capacity),
    ):
        order = np.argsort(group, kind="stable")
        parts = np.split(order, np.searchsorted(group[order], np.arange(1, len(limit))))
        for members, most in zip(parts, limit.tolist(), strict=True):
            model.add(sum(x[e] for e in members) <= most)
    assert problem.resources is not None
    use = problem.resources.use
    for r, limit_r in enumerate(problem.resources.limit):
        entries = slice(use.indptr[r], use.indptr[r + 1])
        amounts = np.ceil(use.data[entries] * 1000 - 1e-6).astype(np.int64).tolist()
        terms = [x[e] for e in use.indices[entries]]
        model.add(cp_model.LinearExpr.weighted_sum(terms, amounts) <= int(limit_r * 1000 + len(terms)))
    for first, second in meetings(problem):
        present = model.new_bool_var("")
        for e in first:
            model.add_implication(x[e], present)
        for e in second:
            model.add_implication(x[e], present.negated())
    worth = np.rint(problem.value * 1e6).astype(np.int64).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(x, worth))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = time_limit_s, 2
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    seconds = time.perf_counter() - begun
    value = solver.objective_value / 1e6 if found else None
    return row(name, "CP-SAT, whole", seconds, value, solver.best_objective_bound / 1e6)


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


def whole_highs(name: str, problem: AssignmentProblem, time_limit_s: float) -> Row:
    """HiGHS' integer programming on the whole problem, through scipy."""
    begun = time.perf_counter()
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
    value = None if answer.x is None else float(problem.value @ np.rint(answer.x[:n]))
    bound = None if answer.mip_dual_bound is None else -float(answer.mip_dual_bound)
    return row(name, "HiGHS MIP, whole", time.perf_counter() - begun, value, bound)


def bipartite(name: str, problem: AssignmentProblem) -> Row:
    """scipy's sparse matching, for places only: every place a column, and a column each to stay unplaced."""
    begun = time.perf_counter()
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
    value = float(everything[who, where].sum()) - n
    return row(name, "scipy min_weight_full_bipartite_matching", time.perf_counter() - begun, value)


def dense(problem: AssignmentProblem) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Values, a row a citizen and a column a place; 0 where not eligible, which means unplaced."""
    first_place = np.concatenate([[0], np.cumsum(problem.capacity)])
    copies = problem.capacity[problem.slot]
    offset = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    table = np.zeros((problem.n_citizens, int(first_place[-1])))
    columns = np.repeat(first_place[problem.slot], copies) + offset
    table[np.repeat(problem.citizen, copies), columns] = np.repeat(problem.value, copies)
    return table


def dense_scipy(name: str, problem: AssignmentProblem) -> Row:
    """scipy's dense assignment, for places only."""
    begun = time.perf_counter()
    table = dense(problem)
    who, where = linear_sum_assignment(table, maximize=True)
    return row(name, "scipy linear_sum_assignment", time.perf_counter() - begun, float(table[who, where].sum()))


def dense_lapx(name: str, problem: AssignmentProblem) -> Row:
    """lapx' dense assignment, for places only."""
    begun = time.perf_counter()
    table = dense(problem)
    _, where, _ = lap.lapjv(table.max() - table, extend_cost=True)
    placed = np.flatnonzero(where >= 0)
    value = float(table[placed, where[placed]].sum())
    return row(name, "lapx lapjv", time.perf_counter() - begun, value)


def stable(name: str, problem: AssignmentProblem) -> Row:
    """The stable matching of `matching`, both sides ranking by value; it knows places, but no sum of values."""
    begun = time.perf_counter()
    falling = np.argsort(-problem.value, kind="stable").tolist()
    residents: dict[str, list[str]] = {}
    hospitals: dict[str, list[str]] = {}
    worth = {}
    for e in falling:
        citizen, slot = f"c{problem.citizen[e]}", f"s{problem.slot[e]}"
        residents.setdefault(citizen, []).append(slot)
        hospitals.setdefault(slot, []).append(citizen)
        worth[citizen, slot] = float(problem.value[e])
    places = {slot: int(problem.capacity[int(slot[1:])]) for slot in hospitals}
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # the package copies all players by following their lists
    found = HospitalResident.create_from_dictionaries(residents, hospitals, places).solve()
    sys.setrecursionlimit(usual)
    value = sum(worth[citizen.name, slot.name] for slot, citizens in found.items() for citizen in citizens)
    return row(name, "matching, hospital-resident", time.perf_counter() - begun, value)
