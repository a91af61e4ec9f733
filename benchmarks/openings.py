"""Openings and needs of the synthetic municipality: seconds for one citizen, for all who wait, for one confirmation.

The alternative for one citizen is to read everything anew for each change (``vectorise``), as a first version would.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from features.taxonomy import Taxonomy
from features.variants import vary
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.needs.changes import needs_from_changes
from matcher.needs.limits import needs_from_limits
from matcher.needs.night import Need, night_of
from matcher.needs.places import needs_for_places
from matcher.openings.market import market_of
from matcher.openings.ranking import best_openings
from matcher.openings.search import minimal_sets
from matcher.scoring import score_citizen
from matcher.weights import HAND_SET
from service.use_cases.matching import Stored
from service.use_cases.planning import plan_stored

CITIZENS_ASKED = 20


def main() -> None:
    """Print one JSON line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citizens", type=int, default=547, help="size of the municipality")
    place, taxonomy = municipality(citizens=parser.parse_args().citizens), Taxonomy.builtin()
    stored = Stored(place.citizens, place.companies, place.agreements, place.consultants, place.placements)
    started = time.perf_counter()
    planned = plan_stored(stored, HAND_SET, on=REFERENCE_DATE, taxonomy=taxonomy)
    seconds = {"plan": time.perf_counter() - started}
    match_input, plan = planned.match_input, planned.plan
    prices = zip(planned.night.resources, plan.resource_price.tolist(), strict=True)
    night = night_of(
        match_input,
        planned.pairs,
        HAND_SET,
        placed=[match_input.citizens.ids[row] for row in np.flatnonzero(plan.slot_of_citizen >= 0).tolist()],
        consultants=stored.consultants,
        running=stored.placements,
        slot_price=plan.slot_price,
        resource_price={(row.kind, row.owner_id): price for row, price in prices},
    )
    asked = night.waiting[:: max(1, len(night.waiting) // CITIZENS_ASKED)].tolist()
    started = time.perf_counter()
    for row in asked:
        scores = score_citizen(match_input, row)
        market = market_of(match_input, row, scores, consultants=stored.consultants, running=stored.placements)
        best_openings(match_input, row, scores, vary, market)
    seconds["one_citizen"] = (time.perf_counter() - started) / len(asked)
    started = time.perf_counter()
    sets = minimal_sets(match_input, [(asked[0], col) for col in range(len(match_input.slots))], vary)
    seconds["all_places_of_one_citizen"] = time.perf_counter() - started
    started = time.perf_counter()
    vectorise(stored.citizens, stored.companies, stored.agreements, on=REFERENCE_DATE, taxonomy=taxonomy)
    alternative = (time.perf_counter() - started) * len(sets)

    def arrays(
        people: Sequence[Citizen], companies: Sequence[Company], agreements: Sequence[SlotAgreement], on: date
    ) -> MatchInput:
        return vectorise(people, companies, agreements, on=on, taxonomy=taxonomy)

    finders: dict[str, Callable[[], list[Need]]] = {
        "changes": lambda: needs_from_changes(night, vary),
        "limits": lambda: needs_from_limits(night),
        "new_places": lambda: needs_for_places(night, arrays),
    }
    for name, find in finders.items():
        started = time.perf_counter()
        count = len(find())
        seconds[f"needs_from_{name}"] = time.perf_counter() - started
        print(json.dumps({"figure": f"needs_from_{name}", "needs": count, "waiting": len(night.waiting)}))
    for figure, value in seconds.items():
        print(json.dumps({"figure": figure, "seconds": round(value, 3)}))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"figure": "peak_memory", "mebibytes": peak}))
    ratio = alternative / seconds["all_places_of_one_citizen"]
    print(json.dumps({"figure": "read_anew_for_each_set", "sets": len(sets), "times_slower": round(ratio, 1)}))


if __name__ == "__main__":
    main()
