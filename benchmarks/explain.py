"""Time of explanations: one pair, and every proposal and refusal of the night of the synthetic municipality.

Prints JSON lines. One pair is explained with alternatives and the limits that placements share, in each language, as a
caller asks for it: the market of the citizen is made each time. The night is every chosen pair and every
citizen without a place in both languages, from a plan that is made before the clock starts. On a busy machine compare
processor times.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.assignment import solve
from matcher.budgets import running_on
from matcher.demand import Demand
from matcher.explain import Explanation, explain
from matcher.language import Language
from matcher.letter import letter
from matcher.market import market
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
    prices, slots = plan.slot_price, np.arange(m, dtype=np.int32)
    consultants, running = {one.id: one for one in place.consultants}, running_on(match_input, place.placements)

    def one_pair(row: int, language: Language) -> Explanation:
        rows, others = np.full_like(slots, row), running.without(row)
        beside = market(match_input, rows, slots, consultants=consultants, running=others)
        met = beside.met(row % m)
        return explain(match_input, row, row % m, prices=prices, alternatives=ALTERNATIVES, met=met, language=language)

    for language in Language:
        figure = milliseconds(lambda row, language=language: one_pair(row, language))  # type: ignore[misc]
        print(json.dumps({"benchmark": "one pair", "language": language.value, "slots": m, **figure}))
    record = one_pair(0, Language.DANISH)
    figure = milliseconds(lambda _: (record.as_record(), letter(record)))
    print(json.dumps({"benchmark": "record and letter of one pair", **figure}))

    started, processor = time.perf_counter(), time.process_time()
    demand = Demand.of(problem.citizen, problem.slot, problem.value, plan.citizen_price)
    chosen = night.chosen(plan.slot_of_citizen)
    beside = market(match_input, problem.citizen, problem.slot, consultants=consultants, running=running)
    for pair in chosen:
        row, slot_row = int(problem.citizen[pair]), int(problem.slot[pair])
        wanted = demand.others(row, slot_row, float(problem.value[pair]))
        met = beside.met(int(pair))
        explain(match_input, row, slot_row, prices=prices, wanted=wanted, alternatives=ALTERNATIVES, met=met)
    proposals_s = time.perf_counter() - started
    use = PlanUse.of(night, plan)
    waiting = sorted(set(np.flatnonzero(plan.slot_of_citizen < 0).tolist()) - set(night.placed))
    for row in waiting:
        for language in Language:
            explain_unplaced(match_input, row, use, language)
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
