"""Seconds of a whole night, from an empty database to stored proposals, phase by phase; and of one citizen's list.

    python benchmarks/night.py                       a municipality of 547 citizens
    python benchmarks/night.py --citizens 547 10000  others too, with agreements in proportion

One JSON line a size. The data is `fixtures.municipality(seed=760, citizens=n)`, on an SQLite file in a temporary
folder; the solver's compiled code is loaded before the clock starts.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from fixtures import municipality
from service.db.migrate import migrate
from service.db.session import create_database_engine, read_only, sessions_of
from service.logs import configure_logging
from service.use_cases.demo import take_in
from service.use_cases.matching import MatchInputs
from service.use_cases.nightly import plan_night
from service.use_cases.planning import ENOUGH_GAP
from service.use_cases.suggest import list_for_citizen

CODE = "0760"
LISTS = 25


def measure(citizens: int, time_limit_s: float, gap: float) -> dict[str, Any]:
    """Figures of one size."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'night.db'}"
        migrate(url)
        engine = create_database_engine(url)
        sessions = sessions_of(engine)
        invented = municipality(citizens=citizens)
        started = time.perf_counter()
        take_in(sessions, CODE, invented)
        imported = time.perf_counter() - started
        night = plan_night(sessions, CODE, on=invented.on, time_limit_s=time_limit_s, gap=gap)
        inputs, milliseconds = MatchInputs(), []
        with read_only(sessions) as session:
            for citizen in [invented.citizens[0], *invented.citizens[:LISTS]]:
                started = time.perf_counter()
                list_for_citizen(session, CODE, inputs, citizen.id, today=invented.on)
                milliseconds.append(1000 * (time.perf_counter() - started))
        engine.dispose()
    seconds = dict(night.run.seconds)
    return {
        "benchmark": "night",
        "citizens": citizens,
        "slots": sum(len(agreement.slots) for agreement in invented.agreements),
        "import_seconds": round(imported, 2),
        "seconds": seconds,
        "night_seconds": round(sum(seconds.values()), 2),
        "value": round(night.run.value, 6),
        "upper_bound": round(night.run.upper_bound, 6),
        "gap": round(night.run.gap, 6),
        "placed": night.counts.placed,
        "unplaced": night.counts.unplaced,
        "in_placement": night.counts.in_placement,
        "list_first_milliseconds": round(milliseconds[0], 1),
        "list_warm_milliseconds": round(statistics.median(milliseconds[1:]), 1),
    }


def main() -> None:
    """Print a line a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--citizens", type=int, nargs="+", default=[547])
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds the planning may take")
    parser.add_argument("--gap", type=float, default=ENOUGH_GAP, help="stop once this gap is proven, share")
    wanted = parser.parse_args()
    configure_logging("warning")
    measure(40, 5.0, ENOUGH_GAP)  # loads compiled code and taxonomy
    for citizens in wanted.citizens:
        print(json.dumps(measure(citizens, wanted.time_limit, wanted.gap)), flush=True)


if __name__ == "__main__":
    main()
