"""The plan engine measured beside what one would use instead; prints JSON lines.

    python benchmarks/assignment.py                 550 and 3,000 citizens, flow, replanning, published problems
    python benchmarks/assignment.py --large         also 10,000 and 100,000 citizens
    python benchmarks/assignment.py --only PART …   some of family, places, growth, again, published
    python benchmarks/assignment.py --write         also puts its rows into docs/benchmarks.md

The family of problems is that of `instances.cloud`; published problems are those of `reference`.
"""

import argparse
import dataclasses
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import lap
import numpy as np
from matching.games import HospitalResident  # type: ignore[import-untyped]  # the package ships no types
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.instances import cloud
from benchmarks.reference import DATA, Generalised, generalised_names, linear, projects
from matcher.assignment import AssignmentProblem, check, replan, solve
from matcher.assignment.pins import reduce
from matcher.assignment.state import chosen_pairs, empty_state, fill

Row: TypeAlias = dict[str, Any]
DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PUBLISHED_GAP = 2e-6  # below one unit of the shifted objective, above the margin of the engine's bound
NOTES = ("bound", "published", "off", "kept_share", "share_of_first", "microseconds_a_pair")
HEAD = f"""# Benchmarks of the plan engine

Written by `python benchmarks/assignment.py --write` on {os.cpu_count()} cores; with `--only` a run renews its own rows.
The family of problems is described in `benchmarks/instances.py`. Gap is (bound - value) / bound by the method's own
bound; peak memory is that of the whole process so far. Generalised assignment: off is the distance from the best
published answer.

| instance | method | seconds | value | gap | peak GiB | |
|---|---|--:|--:|--:|--:|---|""".splitlines()


def peak_gib() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def engine(name: str, problem: AssignmentProblem, time_limit_s: float, gap: float = 1e-4) -> Row:
    """The plan engine."""
    begun = time.perf_counter()
    plan = solve(problem, time_limit_s=time_limit_s, gap=gap)
    seconds = time.perf_counter() - begun
    assert check(problem, plan) == [], name
    return row(name, "matcher", seconds, plan.objective, plan.upper_bound)


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


def family(large: bool) -> Iterator[Row]:
    """The family with all constraints, and the alternatives."""
    sizes = [("550", (550, 120, 40), 0.0, 10.0), ("3,000", (3_000, 1_000, 40), 2.0, 60.0)]
    if large:
        sizes += [("10,000", (10_000, 3_000, 30), 2.0, 120.0), ("100,000", (100_000, 50_000, 20), 2.0, 600.0)]
    for name, size, places, time_limit_s in sizes:
        problem = cloud(*size, seed=1, places_mean=places)
        yield engine(name, problem, time_limit_s)
        yield greedy(name, problem)
        if size[0] <= 10_000:
            yield whole_cp_sat(name, problem, time_limit_s)
            yield whole_highs(name, problem, time_limit_s)


def places_only(large: bool) -> Iterator[Row]:
    """Transport problems."""
    for n, methods in ((1_000, (bipartite, dense_scipy, dense_lapx, stable)), (5_000, (bipartite,)), (100_000, ())):
        if n > 5_000 and not large:
            return
        problem = cloud(n, n // 2, 50, seed=1, places_only=True)
        name = f"{n:,}, places only"
        yield engine(name, problem, 60.0)
        yield greedy(name, problem)
        for method in methods:
            yield method(name, problem)


def growth(large: bool) -> Iterator[Row]:
    """Time for each eligible pair, at ten times the size: places only, and all constraints to a gap of 4 %."""
    for kind, candidates, gap in (("places only", 50, 1e-4), ("to 4 %", 20, 0.04)):
        for n in (10_000, 100_000) if large else (1_000, 10_000):
            problem = cloud(n, n // 2, candidates, seed=1, places_only=kind == "places only")
            found = engine(f"{n:,} x {candidates}, {kind}, growth", problem, 600.0, gap)
            yield found | {"microseconds_a_pair": round(1e6 * found["seconds"] / problem.n_pairs, 2)}


def again(large: bool) -> Iterator[Row]:
    """Replanning after other values for 1 % of the citizens."""
    size = (10_000, 3_000, 30) if large else (3_000, 1_000, 30)
    problem = cloud(*size, seed=1)
    begun = time.perf_counter()
    first = solve(problem, time_limit_s=60.0)
    planned = time.perf_counter() - begun
    random = np.random.default_rng(1)
    who = (random.random(problem.n_citizens) < 0.01)[problem.citizen]
    value = np.where(who, problem.value * random.uniform(0.5, 1.0, problem.n_pairs), problem.value)
    changed = dataclasses.replace(problem, value=value)
    begun = time.perf_counter()
    result = replan(changed, first, 0.02)
    seconds = time.perf_counter() - begun
    assert check(changed, result.plan) == []
    found = row(f"{size[0]:,}, again after 1 %", "matcher", seconds, result.plan.objective, result.plan.upper_bound)
    yield found | {"kept_share": round(result.kept_share, 4), "share_of_first": round(seconds / planned, 3)}


def published(time_limit_s: float) -> Iterator[Row]:
    """Problems with known answers, if the reference data is there."""
    if not DATA.is_dir():
        print(f"reference data not found at {DATA}", file=sys.stderr)
        return
    for name in ("assign100", "assign500"):
        problem, above = linear(name)
        found = engine(name, problem, 60.0)
        yield found | {"value": above - found["value"]}
    yield engine("WPI, students", projects(), 60.0)
    yield engine("WPI, both sides", projects(both_sides=True), 60.0)
    for name, (low, high) in generalised_names().items():
        instance = Generalised(name)
        begun = time.perf_counter()
        plan = solve(instance.problem, time_limit_s=time_limit_s, gap=PUBLISHED_GAP)
        seconds = time.perf_counter() - begun
        assert check(instance.problem, plan) == [], name
        assert plan.n_placed == instance.jobs, name
        best = high if instance.sign < 0 else low
        value = instance.profit_or_cost(plan)
        yield row(name, "matcher", seconds, value) | {
            "bound": round(instance.bound(plan), 2),
            "published": [low, high],
            "off": round(abs(value - best) / best, 5),
        }


def write(rows: list[Row]) -> None:
    """Put the rows of this run into docs/benchmarks.md; rows of other instances and methods stay as they are."""
    table = {}
    if DOCUMENT.exists():
        for line in DOCUMENT.read_text().splitlines():
            if line.startswith("| ") and not line.startswith("| instance"):
                cells = line.split(" | ")
                table[cells[0].lstrip("| "), cells[1]] = line
    for found in rows:
        note = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in found.items() if k in NOTES)
        gap = "" if found["gap"] is None else f"{found['gap']:.3%}"
        value = "no plan" if found["value"] is None else found["value"]
        cells = [found["instance"], found["method"], found["seconds"], value, gap, found["peak_gib"], note]
        table[found["instance"], found["method"]] = "| " + " | ".join(str(cell) for cell in cells) + " |"
    text = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    after = text[text.index("\n## ") :] if "\n## " in text else ""
    DOCUMENT.write_text("\n".join([*HEAD, *table.values()]) + "\n" + after)


def main() -> None:
    """Run all and print a JSON line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--write", action="store_true")
    parts = {"family": family, "places": places_only, "growth": growth, "again": again}
    parser.add_argument("--only", nargs="+", choices=[*parts, "published"], default=[*parts, "published"])
    parser.add_argument("--published-seconds", type=float, default=5.0, help="for each generalised assignment instance")
    arguments = parser.parse_args()
    solve(cloud(30, 9, 4), time_limit_s=1.0)  # compiled code is loaded
    rows = []
    for name in arguments.only:
        part = published(arguments.published_seconds) if name == "published" else parts[name](arguments.large)
        for found in part:
            print(json.dumps(found), flush=True)
            rows.append(found)
    if arguments.write:
        write(rows)


if __name__ == "__main__":
    main()
