"""The plan engine measured beside what one would use instead; prints JSON lines.

    python benchmarks/assignment.py                 550 and 3,000 citizens, flow, replanning, published problems
    python benchmarks/assignment.py --large         also 10,000 and 100,000 citizens
    python benchmarks/assignment.py --only PART …   some of family, places, growth, again, published
    python benchmarks/assignment.py --sizes N …     the family in these sizes only, of 550, 3000, 10000 and 100000
    python benchmarks/assignment.py --seeds S …     all but published problems drawn with these seeds; default 1
    python benchmarks/assignment.py --alone         the engine without the alternatives
    python benchmarks/assignment.py --write         also puts its rows into docs/benchmarks.md

The family of problems is that of `instances.cloud`; published problems are those of `reference`. Every row is made in a
process of its own, and every plan is checked, see `measuring`. Alternatives are run with seed 1 only.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.alternatives import bipartite, dense_lapx, dense_scipy, greedy, stable, whole_cp_sat, whole_highs
from benchmarks.instances import cloud
from benchmarks.measuring import Found, Job, Row, measured
from benchmarks.reference import DATA, Generalised, generalised_names, linear, projects
from matcher.assignment import AssignmentProblem, Plan, replan, solve

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PUBLISHED_GAP = 2e-6  # below one unit of the shifted objective, above the margin of the engine's bound
UNDER = 0.985
"""Share of the seconds allowed that a limit is set to: what the engine does last comes after its clock."""
BONUS = 0.02
NOTES = (
    "bound",
    "published",
    "off",
    "kept_share",
    "share_of_first",
    "share_of_same_gap",
    "lost",
    "microseconds_a_pair",
    "breaks",
    "ended",
    "load",
)
FAMILY = {  # citizens: (citizens, slots, candidates), places of a slot on average, seconds allowed
    550: ((550, 120, 40), 0.0, 10.0),
    3_000: ((3_000, 1_000, 40), 2.0, 60.0),
    10_000: ((10_000, 3_000, 30), 2.0, 120.0),
    100_000: ((100_000, 50_000, 20), 2.0, 600.0),
}
HEAD = f"""# Benchmarks of the plan engine

Written by `python benchmarks/assignment.py --write` on {os.cpu_count()} cores; with `--only` a run renews its own rows.
The family of problems is described in `benchmarks/instances.py`. Every row is made in a process of its own, which
builds the problem, runs the method once and ends: peak memory is that of this process, libraries and problem included.
Every plan is recounted by `check`; one that breaks a limit says so. Gap is (bound - value) / bound by the method's own
bound. Limits are {1 - UNDER:.1%} below the seconds allowed. Generalised assignment: off is the distance from the best
published answer. Prices: their value is a bound on every plan, off is its distance from the plan's value.

| instance | method | seconds | value | gap | peak GiB | |
|---|---|--:|--:|--:|--:|---|""".splitlines()

LOST = 0.003
"""Share of the value that planning again may stay behind the gap of the first plan, for the sake of time."""

Recipe = Callable[[], AssignmentProblem]


def warm() -> None:
    """Load the engine's compiled code."""
    solve(cloud(30, 9, 4), time_limit_s=120.0, gap=1e-3)
    solve(cloud(30, 9, 4, places_only=True), time_limit_s=1.0)


def found_by_engine(problem: AssignmentProblem, plan: Plan, **notes: object) -> Found:
    """A plan of the engine's as a method's answer."""
    pairs = np.flatnonzero(plan.slot_of_citizen[problem.citizen] == problem.slot)
    return Found(pairs, plan.upper_bound, plan, notes)


def planned(problem: AssignmentProblem, time_limit_s: float, gap: float = 1e-4) -> Found:
    """The plan engine; for places only with the value of its prices as ``dual``."""
    plan = solve(problem, time_limit_s=time_limit_s, gap=gap)
    if problem.resources is not None or problem.separations is not None:
        return found_by_engine(problem, plan)
    dual = float(plan.citizen_price.sum() + problem.capacity @ plan.slot_price)
    return found_by_engine(problem, plan, dual=dual, off=f"{dual / max(plan.objective, 1e-300) - 1:.6%}")


def engine(name: str, recipe: Recipe, allowed_s: float, gap: float = 1e-4, method: str = "matcher") -> Row:
    """A row of the plan engine."""
    return measured(Job(name, method, recipe, partial(planned, gap=gap), UNDER * allowed_s, warm))


def named(name: str, seed: int) -> str:
    """The name of an instance that is drawn with a seed."""
    return name if seed == 1 else f"{name}, seed {seed}"


def family(sizes: list[int], seeds: list[int], alone: bool) -> Iterator[Row]:
    """The family with all constraints, and unless `alone` the alternatives up to 10,000 citizens with seed 1."""
    for n in sizes:
        size, places, allowed_s = FAMILY[n]
        for seed in seeds:
            recipe = partial(cloud, *size, seed=seed, places_mean=places)
            name = named(f"{n:,}", seed)
            yield engine(name, recipe, allowed_s)
            if seed == 1 and not alone:
                yield measured(Job(name, "greedy", recipe, greedy, allowed_s, warm))
            if seed == 1 and not alone and n <= 10_000:
                yield measured(Job(name, "CP-SAT, whole", recipe, whole_cp_sat, UNDER * allowed_s))
                yield measured(Job(name, "HiGHS MIP, whole", recipe, whole_highs, UNDER * allowed_s))


FLOW_RIVALS = {
    "greedy": (greedy, 100_000),
    "scipy min_weight_full_bipartite_matching": (bipartite, 5_000),
    "scipy linear_sum_assignment": (dense_scipy, 1_000),
    "lapx lapjv": (dense_lapx, 1_000),
    "matching, hospital-resident": (stable, 1_000),
}
"""Methods for places only, and the most citizens they are run with."""


def places_only(large: bool, seeds: list[int], alone: bool) -> Iterator[Row]:
    """Transport problems: plan, what its prices prove, and the alternatives with seed 1."""
    for n in (1_000, 5_000, 100_000) if large else (1_000, 5_000):
        for seed in seeds:
            recipe = partial(cloud, n, n // 2, 50, seed=seed, places_only=True)
            name = named(f"{n:,}, places only", seed)
            yield from with_prices(engine(name, recipe, 60.0))
            for method_name, (method, most) in FLOW_RIVALS.items():
                if seed == 1 and n <= most and not alone:
                    yield measured(Job(name, method_name, recipe, method, 60.0, warm if method is greedy else None))


def with_prices(found: Row) -> Iterator[Row]:
    """The row of a plan, and that of what its prices add up to, Σ u_i + Σ q_j p_j: a bound on every plan."""
    told = {name: found.pop(name, None) for name in ("dual", "off")}
    yield found
    if told["dual"] is not None:
        value = round(told["dual"], 4)
        yield found | {"method": "matcher, its prices", "value": value, "gap": None, "off": told["off"]}


def growth(large: bool, seeds: list[int]) -> Iterator[Row]:
    """Time for each eligible pair, at ten times the size: places only, and all constraints to a gap of 4 %."""
    for kind, candidates, gap in (("places only", 50, 1e-4), ("to 4 %", 20, 0.04)):
        for n in (10_000, 100_000) if large else (1_000, 10_000):
            for seed in seeds:
                recipe = partial(cloud, n, n // 2, candidates, seed=seed, places_only=kind == "places only")
                found = engine(named(f"{n:,} x {candidates}, {kind}, growth", seed), recipe, 600.0, gap)
                for name in ("dual", "off"):
                    found.pop(name, None)
                yield found | {"microseconds_a_pair": round(1e6 * found["seconds"] / (n * candidates), 2)}


def changed(size: tuple[int, int, int], seed: int) -> AssignmentProblem:
    """A problem of the family in which all pairs of 1 % of the citizens are worth something else."""
    problem, random = cloud(*size, seed=seed), np.random.default_rng(1)
    who = (random.random(problem.n_citizens) < 0.01)[problem.citizen]
    value = np.where(who, problem.value * random.uniform(0.5, 1.0, problem.n_pairs), problem.value)
    return dataclasses.replace(problem, value=value)


def replanned(problem: AssignmentProblem, time_limit_s: float, size: tuple[int, int, int], seed: int) -> Found:
    """The changed problem from the plan of the one before; seconds are those of planning again."""
    begun = time.perf_counter()
    first = solve(cloud(*size, seed=seed), time_limit_s=time_limit_s)
    first_s = time.perf_counter() - begun
    begun = time.perf_counter()
    result = replan(problem, first, BONUS, time_limit_s=time_limit_s, gap=first.gap + LOST)
    seconds = time.perf_counter() - begun
    return found_by_engine(
        problem,
        result.plan,
        seconds=round(seconds, 2),
        kept_share=round(result.kept_share, 4),
        share_of_first=round(seconds / first_s, 3),
    )


def again(large: bool, seeds: list[int]) -> Iterator[Row]:
    """Replanning after a change of 1 %, beside plans of the changed problem from nothing: to the same gap, and further.

    The first plan may use all its seconds to come nearer to the optimum than anybody asked, so the fair ratio is that
    to a plan from nothing with the gap that planning again ended with.
    """
    size = FAMILY[10_000][0] if large else (3_000, 1_000, 30)
    for seed in seeds:
        name, recipe = named(f"{size[0]:,}, again after 1 %", seed), partial(changed, size, seed)
        job = Job(name, "matcher", recipe, partial(replanned, size=size, seed=seed), UNDER * 60.0, warm)
        found = measured(job)
        if found["value"] is None:
            yield found
            continue
        same = engine(name, recipe, 60.0, found["gap"], "matcher, from nothing to the same gap")
        fresh = engine(name, recipe, 60.0, method="matcher, from nothing")
        yield found | {
            "share_of_same_gap": round(found["seconds"] / same["seconds"], 3),
            "lost": f"{1 - found['value'] / fresh['value']:.3%}",
        }
        yield same
        yield fresh


def problem_of(name: str) -> AssignmentProblem:
    """A published linear assignment problem."""
    return linear(name)[0]


def generalised(name: str) -> AssignmentProblem:
    """A published generalised assignment problem."""
    return Generalised(name).problem


def best_of_generalised(problem: AssignmentProblem, time_limit_s: float, name: str) -> Found:
    """The engine on a published generalised assignment problem, in its own unit."""
    instance, (low, high) = Generalised(name), generalised_names()[name]
    plan = solve(problem, time_limit_s=time_limit_s, gap=PUBLISHED_GAP)
    best = high if instance.sign < 0 else low
    value = instance.profit_or_cost(plan)
    notes = {
        "bound": round(instance.bound(plan), 2),
        "published": [low, high],
        "off": round(abs(value - best) / best, 5),
    }
    if plan.n_placed < instance.jobs:
        notes["breaks"] = f"{instance.jobs - plan.n_placed} jobs are not placed"
    return found_by_engine(problem, plan, value=value, gap=None, **notes)


def published(allowed_s: float) -> Iterator[Row]:
    """Problems with known answers, if the reference data is there."""
    if not DATA.is_dir():
        print(f"reference data not found at {DATA}", file=sys.stderr)
        return
    for name in ("assign100", "assign500"):
        found = engine(name, partial(problem_of, name), 60.0)
        yield found | {"value": linear(name)[1] - found["value"]}
    yield engine("WPI, students", projects, 60.0)
    yield engine("WPI, both sides", partial(projects, both_sides=True), 60.0)
    for name in generalised_names():
        method = partial(best_of_generalised, name=name)
        yield measured(Job(name, "matcher", partial(generalised, name), method, UNDER * allowed_s, warm))


def write(rows: list[Row]) -> None:
    """Put the rows of this run into docs/benchmarks.md; rows of other instances and methods stay as they are."""
    table = {}
    if DOCUMENT.exists():
        for line in DOCUMENT.read_text().split("\n## ")[0].splitlines():
            if line.startswith("| ") and not line.startswith("| instance"):
                cells = line.split(" | ")
                table[cells[0].lstrip("| "), cells[1]] = line
    for found in rows:
        told = [(k, found[k]) for k in found if k in NOTES and found[k] is not None]
        note = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in told)
        gap = "" if found["gap"] is None else f"{found['gap']:.3%}"
        value = "no plan" if found["value"] is None else found["value"]
        peak = "" if found["peak_gib"] is None else found["peak_gib"]
        cells = [found["instance"], found["method"], found["seconds"], value, gap, peak, note]
        table[found["instance"], found["method"]] = "| " + " | ".join(str(cell) for cell in cells) + " |"
    text = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    after = text[text.index("\n## ") :] if "\n## " in text else ""
    DOCUMENT.write_text("\n".join([*HEAD, *table.values()]) + "\n" + after)


def rows_of(arguments: argparse.Namespace) -> Iterator[Row]:
    """The rows that are asked for, as they are made."""
    large, seeds, alone = arguments.large, arguments.seeds, arguments.alone
    sizes = arguments.sizes or (list(FAMILY) if large else [550, 3_000])
    parts = {
        "family": lambda: family(sizes, seeds, alone),
        "places": lambda: places_only(large, seeds, alone),
        "growth": lambda: growth(large, seeds),
        "again": lambda: again(large, seeds),
        "published": lambda: published(arguments.published_seconds),
    }
    for name in arguments.only:
        yield from parts[name]()


def main() -> None:
    """Run all and print a JSON line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--write", action="store_true")
    every = ["family", "places", "growth", "again", "published"]
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    parser.add_argument("--sizes", nargs="+", type=int, choices=list(FAMILY))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--alone", action="store_true", help="the engine without the alternatives")
    parser.add_argument(
        "--published-seconds", type=float, default=60.0, help="for each generalised assignment instance"
    )
    rows = []
    for found in rows_of(arguments := parser.parse_args()):
        print(json.dumps(found), flush=True)
        rows.append(found)
        if arguments.write:
            write(rows)


if __name__ == "__main__":
    main()
