"""What purpose records cost: lists of each kind with and without their record, a snapshot, a replay, and bytes on disk.

Prints one JSON line a figure, for the synthetic municipality of 547 citizens in SQLite. CPU milliseconds of this
process stand beside those of the clock, since a busy machine stretches only the latter.
"""

import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from fixtures import municipality
from service.db.migrate import migrate
from service.db.purpose import OPERATIONS
from service.db.session import create_database_engine, read_only, sessions_of
from service.use_cases.demo import take_in
from service.use_cases.desk import desk_of
from service.use_cases.list_kinds import CALLS, NEEDS, OPENINGS, Asked, ListKind
from service.use_cases.matching import MatchInputs, load
from service.use_cases.nightly import plan_night
from service.use_cases.records import Recorder, Shown, show_calls, show_list, show_needs, show_openings
from service.use_cases.replay import Replayer
from service.use_cases.snapshots import snapshot_of
from service.use_cases.suggest import list_for_citizen

CODE = "0760"
LISTS, OTHERS = 40, 5


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the clock and of the processor."""
    clock, cpu = time.perf_counter(), time.process_time()
    what()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - cpu)


def report(name: str, times: list[tuple[float, float]], **more: float) -> None:
    """Print the medians."""
    clock, cpu = (round(statistics.median(one), 1) for one in zip(*times, strict=True))
    print(json.dumps({"benchmark": f"records_{name}", "median_ms": clock, "median_cpu_ms": cpu, **more}))


def bytes_of(path: Path) -> int:
    """Size of the database once nothing of it stands in the log beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return path.stat().st_size


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path, place, inputs = Path(folder) / "records.db", municipality(), MatchInputs()
        migrate(f"sqlite:///{path}")
        sessions = sessions_of(create_database_engine(f"sqlite:///{path}"))
        take_in(sessions, CODE, place)
        night = plan_night(sessions, CODE, on=place.on)
        recorder = Recorder(sessions, CODE, inputs, OPERATIONS)
        ids: list[str] = []

        def plain(citizen_id: str) -> None:
            with read_only(sessions) as session:
                list_for_citizen(session, CODE, inputs, citizen_id, today=place.on)

        def recorded(citizen_id: str) -> None:
            with read_only(sessions) as session:
                ids.append(show_list(session, recorder, citizen_id, today=place.on).list_id)

        def made(kind: ListKind[Any], asked: Asked) -> None:
            with read_only(sessions) as session:
                kind.make(desk_of(session, CODE, inputs, place.on), asked)

        def shown(show: Callable[..., Shown[Any]]) -> None:
            with read_only(sessions) as session:
                ids.append(show(session, recorder, today=place.on).list_id)

        citizens = [one.id for one in place.citizens[: LISTS + 1]]
        plain(citizens[0])
        recorded(citizens[0])
        size = bytes_of(path)
        pairs = [(timed(partial(plain, one)), timed(partial(recorded, one))) for one in citizens[1:]]
        grown = bytes_of(path) - size
        report("list_alone", [without for without, _ in pairs])
        report("list_recorded", [with_ for _, with_ in pairs], database_growth_kb_a_list=round(grown / LISTS / 1000, 1))
        report("overhead", [(with_[0] - without[0], with_[1] - without[1]) for without, with_ in pairs])
        for kind, show, asked in (
            (OPENINGS, partial(show_openings, citizen_id=citizens[0]), Asked(citizen_id=citizens[0], places=5)),
            (NEEDS, show_needs, Asked(places=20)),
            (CALLS, show_calls, Asked(on=place.on)),
        ):
            times = [(timed(partial(made, kind, asked)), timed(partial(shown, show))) for _ in range(OTHERS)]
            report(f"{kind.purpose}_alone", [without for without, _ in times])
            report(f"{kind.purpose}_recorded", [with_ for _, with_ in times])
        with read_only(sessions) as session:
            stored = load(session, CODE)
        report("snapshot", [timed(partial(snapshot_of, stored)) for _ in range(5)])
        replayer = Replayer(sessions, CODE)
        report("replay_run", [timed(partial(replayer.replay, night.run.id))])
        report("replay_list", [timed(partial(replayer.replay, one)) for one in ids])
        print(json.dumps({"benchmark": "records_night", "seconds": dict(night.run.seconds)}))


if __name__ == "__main__":
    main()
