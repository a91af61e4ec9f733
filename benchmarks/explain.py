"""Time of explanations: one pair, and every proposal and refusal of the night of the synthetic municipality.

Prints JSON lines. One pair is explained with alternatives, in each language; the night is every chosen pair and every
citizen without a place, from a plan that is made before the clock starts. On a busy machine compare processor times.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.assignment import solve
from matcher.demand import Demand
from matcher.explain import explain
from matcher.language import Language
from matcher.letter import letter
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from matcher.unplaced import PlanUse, explain_unplaced

PAIRS = 100
ALTERNATIVES = 3


def milliseconds(what: Callable[[int], object]) -> dict[str, float]:
    """Median and largest wall time, and mean processor time, of a call over PAIRS citizens, after one to warm up."""
    what(0)
    times, processor = [], time.process_time()
    for row in range(PAIRS):
        started = time.perf_counter()
        what(row)
        times.append(1000 * (time.perf_counter() - started))
    processor = 1000 * (time.process_time() - processor) / PAIRS
    figures = {"median_ms": statistics.median(times), "most_ms": max(times), "processor_ms": processor}
    return {name: round(figure, 2) for name, figure in figures.items()}


def main() -> None:
    """Measure and print."""
    place = municipality()
    match_input = vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE)
    night = plan_problem(match_input, score_pairs(match_input), consultants=place.consultants, running=place.placements)
    problem, m = night.problem, len(match_input.slots)
    plan = solve(problem, time_limit_s=20)
    prices = plan.slot_price
    for language in Language:
        figure = milliseconds(
            lambda row, language=language: explain(  # type: ignore[misc]
                match_input, row, row % m, prices=prices, alternatives=ALTERNATIVES, language=language
            )
        )
        print(json.dumps({"benchmark": "one pair", "language": language.value, "slots": m, **figure}))
    record = explain(match_input, 0, 0, prices=prices, alternatives=ALTERNATIVES)
    figure = milliseconds(lambda _: (record.as_record(), letter(record)))
    print(json.dumps({"benchmark": "record and letter of one pair", **figure}))

    started, processor = time.perf_counter(), time.process_time()
    demand = Demand.of(problem.citizen, problem.slot, problem.value, plan.citizen_price)
    chosen = night.chosen(plan.slot_of_citizen)
    for pair in chosen:
        row, slot_row = int(problem.citizen[pair]), int(problem.slot[pair])
        wanted = demand.others(row, slot_row, float(problem.value[pair]))
        explain(match_input, row, slot_row, prices=prices, wanted=wanted, alternatives=ALTERNATIVES)
    proposals_s = time.perf_counter() - started
    use = PlanUse.of(night, plan)
    waiting = sorted(set(np.flatnonzero(plan.slot_of_citizen < 0).tolist()) - set(night.placed))
    for row in waiting:
        explain_unplaced(match_input, row, use)
    total_s, processor_s = time.perf_counter() - started, time.process_time() - processor
    print(
        json.dumps(
            {
                "benchmark": "a night",
                "citizens": len(match_input.citizens),
                "proposals": len(chosen),
                "without_place": len(waiting),
                "proposals_s": round(proposals_s, 2),
                "total_s": round(total_s, 2),
                "processor_s": round(processor_s, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
