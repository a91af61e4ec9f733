"""How many proposals move from night to night although nothing about them has changed; prints JSON lines.

    python benchmarks/steady.py                     3,000 citizens, four nights
    python benchmarks/steady.py --citizens 547

Each night another hundredth of the citizens can travel a quarter of an hour more or less. It is planned as the night
does it, near to the plan before where the gap stays open, and from nothing; both are compared with the night before.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

import numpy as np

from fixtures import REFERENCE_DATE, Municipality, municipality
from matcher.domain.citizen import Citizen
from matcher.weights import HAND_SET
from service.use_cases.matching import Stored
from service.use_cases.planning import PLANNING_S, plan_stored

STEP_MINUTES, SHORTEST_MINUTES, USUAL_MINUTES = 15, 15, 45


@dataclass(frozen=True)
class Compared:
    """Citizens by what became of their proposal: another place, none any more, a new one."""

    moved: int
    gone: int
    new: int


def compared(before: dict[str, str], after: dict[str, str]) -> Compared:
    """Two nights' proposals, slot by citizen."""
    both = before.keys() & after.keys()
    moved = sum(before[one] != after[one] for one in both)
    return Compared(moved, len(before) - len(both), len(after) - len(both))


def another_way(citizen: Citizen, draw: np.random.Generator) -> Citizen:
    """The citizen with a longest travel time that is a step longer or shorter."""
    minutes = (citizen.longest_travel_minutes or USUAL_MINUTES) + int(draw.choice([-STEP_MINUTES, STEP_MINUTES]))
    return replace(citizen, longest_travel_minutes=max(SHORTEST_MINUTES, minutes))


def stored_of(town: Municipality, citizens: list[Citizen]) -> Stored:
    """What a plan of the municipality is made from, with these citizens."""
    return Stored(tuple(citizens), town.companies, town.agreements, town.consultants, town.placements)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citizens", type=int, default=3000)
    parser.add_argument("--nights", type=int, default=4)
    parser.add_argument("--time-limit", type=float, default=PLANNING_S)
    options = parser.parse_args()
    town, draw = municipality(citizens=options.citizens), np.random.default_rng(3)
    citizens = list(town.citizens)
    before: dict[str, str] | None = None
    for night in range(options.nights + 1):
        stored, on = stored_of(town, citizens), REFERENCE_DATE + timedelta(days=night)
        for name, near in {"from nothing": None, "near": before}.items() if before else [("from nothing", None)]:
            processor = time.process_time()
            planned = plan_stored(stored, HAND_SET, on=on, time_limit_s=options.time_limit, before=near)
            figures = {
                "night": night,
                "planned": name,
                "citizens": len(citizens),
                "value": round(planned.plan.objective, 3),
                "gap": round(planned.plan.gap, 5),
                "stopped_by": planned.plan.stopped_by,
                "processor_s": round(time.process_time() - processor, 1),
            }
            changes = {} if before is None else asdict(compared(before, planned.proposed))
            print(json.dumps({"benchmark": "steady", **figures, **changes}), flush=True)
        before = planned.proposed
        for row in draw.choice(len(citizens), max(1, len(citizens) // 100), replace=False):
            citizens[row] = another_way(citizens[row], draw)


if __name__ == "__main__":
    main()
