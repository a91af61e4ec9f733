"""A program killed (`kill -9`) at random points of an import, a night, a decision and an import over HTTP, on both
databases.

    python benchmarks/crash.py                10 points of each, 40 in all, on each database
    python benchmarks/crash.py --points 5

One JSON line an action and database: how many points, how many of them left nothing and how many left all, how many
left whole batches of an import over HTTP, which is taken in parts, how many left something else (must be 0), how many
could not be ended well afterwards (must be 0). Half of the points are moments (before or after a statement or a commit,
or where a phase begins), half are times on the clock. Exit code 1 where a point is bad. A point is bad too where doing
it again comes to another result than an undisturbed run, in any table, or where the server had answered what is not
stored.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from fixtures import municipality
from tests.crash_databases import ACTIONS, Databases, databases_of
from tests.crash_state import State, lies_between, state_of
from tests.killing import KILLED, STREAM, Done, Job, Killer, killer, points
from tests.postgres import postgres_server

BAD = ("left_half", "not_ended_well")


def measure(databases: Databases, program: Killer, action: str, wanted: int, seed: int) -> dict[str, Any]:
    """The figures of one action."""
    undisturbed = databases.job(action)
    before = state_of(undisturbed.url)
    started = time.perf_counter()
    done = program.do(undisturbed)
    seconds = time.perf_counter() - started
    after = state_of(undisturbed.url)
    clock = random.Random(seed)
    jobs = [databases.job(action, moment) for moment in points(done.moments, wanted - wanted // 2, seed)]
    jobs += [databases.job(action, after_s=clock.uniform(0.001, seconds)) for _ in range(wanted // 2)]
    found = Counter[str]()
    for job in jobs:
        found.update(_judge(program, job, done, before, after))
    return {
        "benchmark": "crash",
        "action": action,
        "points": len(jobs),
        "moments": done.moments,
        "seconds_undisturbed": round(seconds, 2),
        **{name: found[name] for name in ("killed", "left_nothing", "left_all", "left_batches", *BAD)},
    }


def _judge(program: Killer, job: Job, undisturbed: Done, before: State, after: State) -> list[str]:
    cut = program.do(job)
    said = ["killed"] if cut.exit == KILLED else []
    left = state_of(job.url)
    if left in (before, after):
        said.append("left_all" if left == after else "left_nothing")
    else:
        batches = job.action == STREAM and lies_between(left, before, after)
        said.append("left_batches" if batches else "left_half")
    again = program.do(replace(job, moment=0, after_s=0.0))
    answered = [line["result"] for line in again.told[: len(cut.told)] if "result" in line]
    lost = set(answered) - {"unchanged"} if cut.exit == KILLED else set()
    if again.exit != 0 or state_of(job.url) != after or lost or len(again.told) != len(undisturbed.told):
        said.append("not_ended_well")
    return said


def main() -> None:
    """Print a line an action and database."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--points", type=int, default=10, help="points of each action on each database")
    parser.add_argument("--citizens", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    invented = municipality(seed=7, citizens=wanted.citizens)
    bad = 0
    with tempfile.TemporaryDirectory() as folder, killer() as program, postgres_server() as server:
        for kind, postgres in (("sqlite", None), ("postgresql", server)):
            own = Path(folder) / kind
            own.mkdir()
            databases = databases_of(own, invented, program, postgres)
            for action in ACTIONS:
                figures = measure(databases, program, action, wanted.points, wanted.seed)
                bad += sum(figures[name] for name in BAD)
                print(json.dumps(figures | {"database": kind}), flush=True)
    raise SystemExit(bad > 0)


if __name__ == "__main__":
    main()
