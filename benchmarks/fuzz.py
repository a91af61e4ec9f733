"""Made-up requests to every operation of the API, on both databases: how many, what was answered, what was wrong.

``python benchmarks/fuzz.py`` sends 100 requests to each operation and ends with 1 where an answer is not as described.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.access_world import plan_world, world_of
from tests.databases import KINDS, VARIABLE, close, dispose_connected
from tests.fuzzing import fuzz


def main() -> int:
    """Print a line for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100, help="requests to each operation")
    parser.add_argument("--database", choices=KINDS, action="append", help="this one only")
    wanted = parser.parse_args()
    structlog.configure(processors=[_drop])
    wrong = 0
    for kind in wanted.database or KINDS:
        os.environ[VARIABLE] = kind
        with TemporaryDirectory() as folder:
            started = time.perf_counter()
            world = world_of(plan_world(Path(folder) / "planned.db"), Path(folder))
            found = fuzz(world, examples=wanted.examples)
            dispose_connected()
        by_status: dict[int, int] = {}
        for counts in found.answers.values():
            for status, count in counts.items():
                by_status[status] = by_status.get(status, 0) + count
        figures = {
            "benchmark": "fuzz",
            "database": kind,
            "operations": len(found.answers),
            "requests": sum(by_status.values()),
            "by_status": dict(sorted(by_status.items())),
            "not_as_described": len(found.wrong),
            "seconds": round(time.perf_counter() - started, 1),
        }
        print(json.dumps(figures))
        for line in sorted(found.wrong):
            print(json.dumps({"wrong": line}))
        wrong += len(found.wrong)
    close()
    return int(wrong > 0)


def _drop(*_: object) -> dict[str, object]:
    raise structlog.DropEvent


if __name__ == "__main__":
    sys.exit(main())
