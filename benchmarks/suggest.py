"""Milliseconds of one citizen's list, one explanation, one slot's candidates and a night of "why not", warm.

Prints one JSON line a figure. The municipality is the synthetic one: 547 citizens against all its slots; the plan
behind the prices is the engine's. Goal of a list: at most 300 ms.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.assignment import solve
from matcher.explain import explain
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from matcher.suggest import candidates, suggest
from matcher.unplaced import PlanUse, explain_unplaced

REPEATS = 100


def milliseconds(what: Callable[[int], object], rows: range) -> dict[str, float]:
    """Median and largest time of a call over some rows, after one call to warm up."""
    what(rows[0])
    times = []
    for row in rows:
        started = time.perf_counter()
        what(row)
        times.append(1000 * (time.perf_counter() - started))
    return {"median_ms": round(statistics.median(times), 1), "most_ms": round(max(times), 1), "calls": len(times)}


def main() -> None:
    """Measure and print."""
    place = municipality()
    match_input = vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE)
    pairs = score_pairs(match_input)
    started = time.perf_counter()
    night = plan_problem(match_input, pairs, consultants=place.consultants, running=place.placements)
    limits_ms = round(1000 * (time.perf_counter() - started), 1)
    plan = solve(night.problem, time_limit_s=10)
    use = PlanUse.of(night, plan)
    n, m = len(match_input.citizens), len(match_input.slots)
    unplaced = np.flatnonzero(plan.slot_of_citizen < 0)
    every_citizen, every_slot = range(0, n, max(1, n // REPEATS)), range(0, m, max(1, m // REPEATS))
    figures = {
        "plan_problem": {"median_ms": limits_ms, "calls": 1},
        "suggest": milliseconds(lambda row: suggest(match_input, row, prices=plan.slot_price), every_citizen),
        "explain": milliseconds(lambda row: explain(match_input, row, row % m), every_citizen),
        "candidates": milliseconds(lambda row: candidates(match_input, row), every_slot),
        "explain_unplaced": milliseconds(
            lambda k: explain_unplaced(match_input, int(unplaced[k]), use), range(len(unplaced))
        ),
    }
    for name, figure in figures.items():
        print(json.dumps({"benchmark": name, "citizens": n, "slots": m, **figure}))


if __name__ == "__main__":
    main()
