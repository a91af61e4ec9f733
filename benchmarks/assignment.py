"""The plan engine measured beside what one would use instead; prints JSON lines.

    python benchmarks/assignment.py                 550 and 3,000 citizens, flow, replanning, published problems
    python benchmarks/assignment.py --large         also 10,000 and 100,000 citizens
    python benchmarks/assignment.py --only PART …   some of family, places, growth, again, published
    python benchmarks/assignment.py --sizes N …     the family in these sizes only, of 550, 3000, 10000 and 100000
    python benchmarks/assignment.py --seeds S …     the family drawn with other seeds than 1
    python benchmarks/assignment.py --write         also puts its rows into docs/benchmarks.md

The family of problems is that of `instances.cloud`; published problems are those of `reference`.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.alternatives import (
    Row,
    bipartite,
    dense_lapx,
    dense_scipy,
    greedy,
    row,
    stable,
    whole_cp_sat,
    whole_highs,
)
from benchmarks.instances import cloud
from benchmarks.reference import DATA, Generalised, generalised_names, linear, projects
from matcher.assignment import AssignmentProblem, check, replan, solve

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PUBLISHED_GAP = 2e-6  # below one unit of the shifted objective, above the margin of the engine's bound
NOTES = ("bound", "published", "off", "kept_share", "share_of_first", "lost", "microseconds_a_pair", "load")
FAMILY = {  # citizens: (citizens, slots, candidates), places of a slot on average, seconds
    550: ((550, 120, 40), 0.0, 10.0),
    3_000: ((3_000, 1_000, 40), 2.0, 60.0),
    10_000: ((10_000, 3_000, 30), 2.0, 120.0),
    100_000: ((100_000, 50_000, 20), 2.0, 600.0),
}
HEAD = f"""# Benchmarks of the plan engine

Written by `python benchmarks/assignment.py --write` on {os.cpu_count()} cores; with `--only` a run renews its own rows.
The family of problems is described in `benchmarks/instances.py`. Gap is (bound - value) / bound by the method's own
bound; peak memory is that of the whole process so far. Generalised assignment: off is the distance from the best
published answer.

| instance | method | seconds | value | gap | peak GiB | |
|---|---|--:|--:|--:|--:|---|""".splitlines()


def engine(name: str, problem: AssignmentProblem, time_limit_s: float, gap: float = 1e-4) -> Row:
    """The plan engine."""
    begun = time.perf_counter()
    plan = solve(problem, time_limit_s=time_limit_s, gap=gap)
    seconds = time.perf_counter() - begun
    assert check(problem, plan) == [], name
    return row(name, "matcher", seconds, plan.objective, plan.upper_bound)


def family(sizes: list[int], seeds: list[int]) -> Iterator[Row]:
    """The family with all constraints, and the alternatives up to 10,000 citizens with seed 1."""
    for n in sizes:
        size, places, time_limit_s = FAMILY[n]
        for seed in seeds:
            problem = cloud(*size, seed=seed, places_mean=places)
            name = f"{n:,}" if seed == 1 else f"{n:,}, seed {seed}"
            yield engine(name, problem, time_limit_s) | {"load": round(os.getloadavg()[0], 1)}
            if seed == 1:
                yield greedy(name, problem)
            if seed == 1 and n <= 10_000:
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
    """Replanning after other values for 1 % of the citizens, beside a plan of the changed problem from nothing."""
    size = FAMILY[10_000][0] if large else (3_000, 1_000, 30)
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
    name = f"{size[0]:,}, again after 1 %"
    found = row(name, "matcher", seconds, result.plan.objective, result.plan.upper_bound)
    fresh = engine(name, changed, 60.0)
    yield found | {
        "kept_share": round(result.kept_share, 4),
        "share_of_first": round(seconds / planned, 3),
        "lost": f"{1 - result.plan.objective / fresh['value']:.3%}",
    }
    yield fresh | {"method": "matcher, from nothing"}


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
        for line in DOCUMENT.read_text().split("\n## ")[0].splitlines():
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
    parts = {"places": places_only, "growth": growth, "again": again}
    every = ["family", *parts, "published"]
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    parser.add_argument("--sizes", nargs="+", type=int, choices=list(FAMILY))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--published-seconds", type=float, default=5.0, help="for each generalised assignment instance")
    arguments = parser.parse_args()
    solve(cloud(30, 9, 4), time_limit_s=1.0)  # compiled code is loaded
    sizes = arguments.sizes or (list(FAMILY) if arguments.large else [550, 3_000])
    rows = []
    for name in arguments.only:
        if name == "family":
            part = family(sizes, arguments.seeds)
        else:
            part = published(arguments.published_seconds) if name == "published" else parts[name](arguments.large)
        for found in part:
            print(json.dumps(found), flush=True)
            rows.append(found)
    if arguments.write:
        write(rows)


if __name__ == "__main__":
    main()
