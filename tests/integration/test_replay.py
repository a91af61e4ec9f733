"""Fifty runs and five hundred lists are made again, in another process and after a migration, and are identical."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import structlog
from alembic import command
from sqlalchemy import create_engine, text

from matcher.assignment import AssignmentProblem, Plan, solve
from service.db.metadata import Base
from service.db.migrate import alembic_config, migrate
from service.db.record_repositories import RunRecords, ShownLists
from service.db.repositories import Citizens, MatchRuns, Placements
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.problems import ErasedSince, NotFound, SnapshotUnreadable
from service.use_cases.nightly import plan_night
from service.use_cases.records import show_list
from service.use_cases.replay import Replayer, Verdict, first_difference
from tests.builders import MUNICIPALITY
from tests.replaying import Recorded

ROOT = Path(__file__).parents[2]
RUNS_EACH, LISTS_EACH = 10, 100


def _record_all(path: Path, seed: int, citizens: int) -> None:
    """Ten nights, each after a change, and ten lists after each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    place = Recorded.create(path, seed=seed, citizens=citizens)
    for night in range(RUNS_EACH):
        place.change(night + seed)
        place.plan(seed=night, days=night)
        for number in range(LISTS_EACH // RUNS_EACH):
            place.show(night * LISTS_EACH // RUNS_EACH + number)


def _as_after_a_migration(path: Path) -> None:
    """Take back the last revision and take it again, and give tables columns that they do not have today."""
    engine = create_database_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0005")
        command.upgrade(alembic_config(connection), "head")
        for table in ("citizens", "match_runs", "snapshot_documents", "shown_lists"):
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN added_later TEXT DEFAULT 'x' NOT NULL"))
    engine.dispose()


def _copied(source: Path, target: Path) -> None:
    """Every row into a new database, table by table."""
    migrate(f"sqlite:///{target}")
    with create_engine(f"sqlite:///{source}").connect() as old, create_engine(f"sqlite:///{target}").begin() as new:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row._mapping) for row in old.execute(table.select())]
            if rows:
                new.execute(table.insert(), rows)


def _replayed(path: Path) -> list[dict[str, Any]]:
    """Everything of a database, replayed by a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.replaying", str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.slow
def test_fifty_runs_and_five_hundred_lists_are_identical_in_another_process_and_after_a_migration(
    tmp_path: Path,
) -> None:
    sizes = {1: 40, 2: 25, 3: 20, 4: 20, 5: 20}
    paths = {seed: tmp_path / f"{seed}.db" for seed in sizes}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_record_all, paths.values(), sizes, sizes.values()))
        for seed, path in tuple(paths.items()):
            if seed % 2:
                _as_after_a_migration(path)
            else:
                _copied(path, tmp_path / f"{seed}-copy.db")
                paths[seed] = tmp_path / f"{seed}-copy.db"
        found = [one for lines in pool.map(_replayed, paths.values()) for one in lines]
    assert [one for one in found if one["verdict"] != "identical"] == []
    assert Counter(one["kind"] for one in found) == {"run": 50, "list": 500}
    assert [one["versions"] for one in found if one["versions"]] == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorded, str, str]:
    """A municipality, a run and a list; read it, and write into copies."""
    place = Recorded.create(tmp_path_factory.mktemp("small") / "small.db", seed=11, citizens=30)
    return place, place.plan(), place.show(0)


def _replayer(path: Path) -> Replayer:
    return Replayer(sessions_of(create_database_engine(f"sqlite:///{path}")), MUNICIPALITY)


def _with(path: Path, tmp_path: Path, statement: str, **values: Any) -> Path:
    """A copy of a database with something changed behind the program's back."""
    copy = tmp_path / f"{uuid4()}.db"
    with create_engine(f"sqlite:///{path}").begin() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    shutil.copy(path, copy)
    with create_engine(f"sqlite:///{copy}").begin() as connection:
        assert connection.execute(text(statement), values).rowcount == 1
    return copy


FIRST_PRICE = "SELECT min(slot_id) FROM slot_prices"
FIRST_CITIZEN = "SELECT min(citizen_id) FROM run_alternatives"


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        (f"UPDATE slot_prices SET price = price + 0.001 WHERE slot_id = ({FIRST_PRICE})", "slot_prices."),
        ("UPDATE proposals SET value = value + 0.001 WHERE id = (SELECT min(id) FROM proposals)", "proposals."),
        ("UPDATE unplaced SET text = 'x' WHERE citizen_id = (SELECT min(citizen_id) FROM unplaced)", "unplaced."),
        ("UPDATE match_runs SET value = value + 1", "figures.value"),
        ("UPDATE run_records SET result_digest = 'x'", "result_digest"),
        (f"UPDATE run_alternatives SET eligible = 99 WHERE citizen_id = ({FIRST_CITIZEN})", "alternatives."),
    ],
)
def test_what_was_changed_in_a_stored_run_is_named(
    small: tuple[Recorded, str, str], tmp_path: Path, statement: str, path: str
) -> None:
    place, run_id, list_id = small
    replayer = _replayer(_with(place.path, tmp_path, statement))
    found = replayer.replay(run_id)
    assert found.verdict is Verdict.DIFFERENT
    assert found.difference is not None
    assert found.difference.path.startswith(path)
    assert found.difference.stored != found.difference.now
    assert replayer.replay(list_id).verdict is Verdict.IDENTICAL


def _weight_of_wishes(document: dict[str, Any]) -> None:
    weights = document["by_profile"]["job"]
    weights["wish"], weights["travel"] = weights["travel"], weights["wish"]


def _hours(document: dict[str, Any]) -> None:
    document["hours_now"] = document["hours_now"] + 0.5


def _price(document: dict[str, Any]) -> None:
    document["slot_prices"] = {slot: price + 0.001 for slot, price in document["slot_prices"].items()}


@pytest.mark.parametrize(
    ("kind", "change", "in_run", "in_list"),
    [
        ("weights", _weight_of_wishes, True, True),
        ("citizens", _hours, True, True),
        ("plan", _price, False, True),
    ],
)
def test_a_changed_document_is_found(
    small: tuple[Recorded, str, str],
    tmp_path: Path,
    kind: str,
    change: Callable[[dict[str, Any]], None],
    in_run: bool,
    in_list: bool,
) -> None:
    place, run_id, list_id = small
    with create_engine(f"sqlite:///{place.path}").connect() as connection:
        query = "SELECT digest, document FROM snapshot_documents WHERE kind = :kind ORDER BY digest LIMIT 1"
        digest, document = connection.execute(text(query), {"kind": kind}).one()
    changed = json.loads(document)
    change(changed)
    statement = "UPDATE snapshot_documents SET document = :document WHERE kind = :kind AND digest = :digest"
    copy = _with(place.path, tmp_path, statement, document=json.dumps(changed), kind=kind, digest=digest)
    replayer = _replayer(copy)
    for id_, expected in ((run_id, in_run), (list_id, in_list)):
        found = replayer.replay(id_)
        assert (found.verdict is Verdict.DIFFERENT) == expected
        assert (found.difference is not None) == expected


def test_what_was_changed_in_a_shown_list_is_named(small: tuple[Recorded, str, str], tmp_path: Path) -> None:
    import zlib

    place, _, list_id = small
    with read_only(place.sessions) as session:
        shown = json.loads(zlib.decompress(ShownLists(session, MUNICIPALITY).get(list_id).shown))
    shown["view"]["places"][0]["explanation"]["value"] = 0.125
    statement = "UPDATE shown_lists SET shown = :shown WHERE id = :id"
    copy = _with(place.path, tmp_path, statement, shown=zlib.compress(json.dumps(shown).encode()), id=list_id)
    found = _replayer(copy).replay(list_id)
    assert found.difference is not None
    assert found.difference.path == "places[0].explanation.value"
    assert found.difference.stored == 0.125
    assert found.as_record()["difference"]["now"] == found.difference.now != 0.125


def test_a_document_that_is_missing_or_of_another_program_is_said(
    small: tuple[Recorded, str, str], tmp_path: Path
) -> None:
    place, run_id, _ = small
    one = "(SELECT min(digest) FROM snapshot_documents WHERE kind = 'citizens')"
    gone = _with(place.path, tmp_path, f"DELETE FROM snapshot_documents WHERE digest = {one}")
    with pytest.raises(SnapshotUnreadable, match="missing"):
        _replayer(gone).replay(run_id)
    strange = _with(
        place.path, tmp_path, f'UPDATE snapshot_documents SET document = \'{{"id": "B1"}}\' WHERE digest = {one}'
    )
    with pytest.raises(SnapshotUnreadable, match="citizens"):
        _replayer(strange).replay(run_id)
    with pytest.raises(NotFound):
        _replayer(place.path).replay("unknown")


def test_other_versions_are_named_beside_an_identical_result(small: tuple[Recorded, str, str], tmp_path: Path) -> None:
    place, run_id, _ = small
    statement = "UPDATE run_records SET versions = json_set(versions, '$.numpy', '1.0.0')"
    found = _replayer(_with(place.path, tmp_path, statement)).replay(run_id)
    assert found.verdict is Verdict.IDENTICAL
    assert [(name, then) for name, then, _ in found.versions] == [("numpy", "1.0.0")]


def test_after_a_citizen_is_erased_only_what_did_not_need_the_person_can_be_made_again(tmp_path: Path) -> None:
    place = Recorded.create(tmp_path / "erased.db", seed=12, citizens=30)
    run_id = place.plan()
    placed = {one.citizen_id for one in place.values.placements}
    gone, stays = [one.id for one in place.values.citizens if one.id not in placed][:2]
    with read_only(place.sessions) as session:
        own, others = (show_list(session, place.recorder, id_, today=place.values.on).list_id for id_ in (gone, stays))
    replayer = Replayer(place.sessions, MUNICIPALITY)
    assert {replayer.replay(id_).verdict for id_ in (run_id, own, others)} == {Verdict.IDENTICAL}
    with unit_of_work(place.sessions) as session:
        Citizens(session, MUNICIPALITY).delete(gone)
    replayer = Replayer(place.sessions, MUNICIPALITY)
    for id_ in (run_id, own):
        with pytest.raises(ErasedSince, match="was erased on 20"):
            replayer.replay(id_)
    found = replayer.replay(others)
    assert (found.verdict, found.erased) == (Verdict.IDENTICAL, 1)
    with create_engine(f"sqlite:///{place.path}").connect() as connection:
        for table in ("snapshot_documents", "shown_lists", "shown_list_citizens", "run_alternatives"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert not [row for row in rows if f'"{gone}"' in repr(row) and "companies" not in row]
    with read_only(place.sessions) as session:
        kept = ShownLists(session, MUNICIPALITY).get(own)
        assert (kept.viewer.id, kept.result, kept.shown) == ("karen", {}, b"")
        assert [one.startswith("erased-") for one in kept.citizen_ids] == [True]
        assert kept.erased_on is not None


def _one_less(problem: AssignmentProblem, **options: Any) -> Plan:
    """A plan that the clock ended: valid, and not the one that comes out when there is time."""
    plan = solve(problem, **options)
    slots = plan.slot_of_citizen.copy()
    slots[np.flatnonzero(slots >= 0)[0]] = -1
    pair = np.flatnonzero((plan.slot_of_citizen[problem.citizen] == problem.slot) & (slots[problem.citizen] < 0))
    value = plan.objective - float(problem.value[pair].sum())
    gap = (plan.upper_bound - value) / plan.upper_bound
    return replace(plan, slot_of_citizen=slots, objective=value, gap=gap, status="feasible", stopped_by="time")


def test_a_run_that_the_clock_may_have_ended_is_held_to_the_limits_and_said_not_to_be_repeatable(
    tmp_path: Path,
) -> None:
    place = Recorded.create(tmp_path / "clock.db", seed=13, citizens=30)
    night = plan_night(place.sessions, MUNICIPALITY, on=place.values.on, time_limit_s=0.1, solver=_one_less)
    with read_only(place.sessions) as session:
        assert RunRecords(session, MUNICIPALITY).get(night.run.id).repeatable is False
    found = Replayer(place.sessions, MUNICIPALITY).replay(night.run.id)
    assert found.verdict is Verdict.NOT_REPEATABLE
    assert found.difference is not None
    with read_only(place.sessions) as session:
        run_slots = [one.slot_id for one in night.proposals]
        assert len(run_slots) == night.counts.placed
        assert MatchRuns(session, MUNICIPALITY).latest() is not None
        assert Placements(session, MUNICIPALITY).count() == len(place.values.placements)
    with create_engine(f"sqlite:///{place.path}").begin() as connection:
        connection.execute(text("UPDATE proposals SET slot_id = (SELECT min(slot_id) FROM proposals)"))
    found = Replayer(place.sessions, MUNICIPALITY).replay(night.run.id)
    assert found.verdict is Verdict.DIFFERENT
    assert found.difference is not None
    assert found.difference.path == "proposals"


@pytest.mark.parametrize(
    ("stored", "now", "path"),
    [
        ({"a": [1, {"b": 2.0}]}, {"a": (1, {"b": 2.0})}, None),
        ({"a": [1, {"b": 2.0}]}, {"a": [1, {"b": 2.5}]}, "a[1].b"),
        ({"a": [1]}, {"a": [1, 2]}, "a[1]"),
        ({"a": 1}, {"a": 1, "b": None}, None),
        ({"b": 1, "a": 1}, {"b": 2, "a": 2}, "a"),
        ([], {}, ""),
    ],
)
def test_the_first_difference_is_found(stored: Any, now: Any, path: str | None) -> None:
    found = first_difference(stored, now)
    assert (found.path if found else None) == path
