"""Fifty runs and five hundred lists are made again, in another process and after a migration, and are identical."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import pytest
from alembic import command
from sqlalchemy import create_engine, text

from matcher.assignment import AssignmentProblem, Plan, solve
from service.db.dump import rows_of, tables, write_rows
from service.db.migrate import alembic_config
from service.db.record_repositories import RunRecords, ShownLists
from service.db.records import MatchRun
from service.db.repositories import Citizens, MatchRuns, Placements
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.problems import ErasedSince, NotFound, SnapshotUnreadable
from service.use_cases import nightly
from service.use_cases.matching import Stored
from service.use_cases.night_counts import NightCounts
from service.use_cases.night_result import NightResult, comparable_result, result_of
from service.use_cases.nightly import plan_night
from service.use_cases.planning import Planned
from service.use_cases.records import show_list
from service.use_cases.replay import Replayer, Verdict, first_difference
from tests.builders import MUNICIPALITY
from tests.databases import Kind, address_of, copied, kind_in_use, migrated
from tests.replaying import Recorded, record_another_numpy

ROOT = Path(__file__).parents[2]
RUNS_EACH, LISTS_EACH = 10, 100
CITIZENS: Final = {1: 20, 2: 12, 3: 8, 4: 8, 5: 8}
"""Citizens of the municipality of each seed."""
SEEDS: Final[dict[Kind, tuple[int, ...]]] = {"sqlite": (1, 2, 3, 4, 5), "postgresql": (1, 2)}
"""Fifty runs and five hundred lists on SQLite; on PostgreSQL two municipalities of the five, one for each way on."""


def _record_all(url: str, path: Path, seed: int, citizens: int) -> None:
    """Ten nights, each after a change, and ten lists after each."""
    place = Recorded.create_at(url, path, seed=seed, citizens=citizens)
    for night in range(RUNS_EACH):
        place.change(night + seed)
        place.plan(seed=night, days=night)
        for number in range(LISTS_EACH // RUNS_EACH):
            place.show(night * LISTS_EACH // RUNS_EACH + number)


def _as_after_a_migration(url: str) -> None:
    """Take revisions back and take them again, and give tables columns that they do not have today.

    What the revisions add to what was there already is put back: a database that comes from them never had it.
    """
    engine = create_database_engine(url)
    with engine.begin() as connection:
        english = connection.execute(text("SELECT run_id, citizen_id, text_english FROM unplaced")).mappings().all()
        command.downgrade(alembic_config(connection), "0005")
        command.upgrade(alembic_config(connection), "head")
        of_row = "run_id = :run_id AND citizen_id = :citizen_id"
        put_back = text(f"UPDATE unplaced SET text_english = :text_english WHERE {of_row}")
        connection.execute(put_back, [dict(row) for row in english])
        for table in ("citizens", "match_runs", "snapshot_documents", "shown_lists"):
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN added_later TEXT DEFAULT 'x' NOT NULL"))
    engine.dispose()


def _moved_by_rows(source: str, target: str) -> None:
    """Every row into a new database, table by table, and each behind those that it refers to."""
    with create_engine(source).connect() as old, create_engine(target).begin() as new:
        for table in tables():
            write_rows(new, table, rows_of(old, table))


def _replayed(urls: Sequence[str]) -> list[dict[str, Any]]:
    """Everything of some databases, replayed by a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.replaying", *urls],
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
    sizes = {seed: CITIZENS[seed] for seed in SEEDS[kind_in_use()]}
    paths = {seed: tmp_path / f"{seed}.db" for seed in sizes}
    urls = {seed: migrated(path) for seed, path in paths.items()}
    for seed, url in tuple(urls.items()):
        _record_all(url, paths[seed], seed, sizes[seed])
        if seed % 2:
            _as_after_a_migration(url)
        else:
            urls[seed] = migrated(tmp_path / f"{seed}-copy.db")
            _moved_by_rows(url, urls[seed])
    found = _replayed(list(urls.values()))
    assert [one for one in found if one["verdict"] != "identical"] == []
    assert Counter(one["kind"] for one in found) == {"run": RUNS_EACH * len(sizes), "list": LISTS_EACH * len(sizes)}
    assert [one["versions"] for one in found if one["versions"]] == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorded, str, str]:
    """A municipality, a run and a list; read it, and write into copies."""
    place = Recorded.create(tmp_path_factory.mktemp("small") / "small.db", seed=11, citizens=30)
    return place, place.plan(), place.show(0)


def _replayer(path: Path) -> Replayer:
    return Replayer(sessions_of(create_database_engine(address_of(path))), MUNICIPALITY)


def _with(path: Path, tmp_path: Path, statement: str, **values: Any) -> Path:
    """A copy of a database with something changed behind the program's back."""
    copy = tmp_path / f"{uuid4()}.db"
    with create_engine(copied(path, copy)).begin() as connection:
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
        (
            "UPDATE unplaced SET text_english = 'x' WHERE citizen_id = (SELECT min(citizen_id) FROM unplaced)",
            "unplaced.",
        ),
        (
            "UPDATE unplaced SET text_english = NULL WHERE citizen_id = (SELECT min(citizen_id) FROM unplaced)",
            "result_digest",
        ),
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
    with create_engine(address_of(place.path)).connect() as connection:
        text_of = "SELECT digest, CAST(document AS TEXT) FROM snapshot_documents"
        query = f"{text_of} WHERE kind = :kind ORDER BY digest LIMIT 1"
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


def test_a_run_from_before_refusals_were_written_in_english_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Recorded.create(tmp_path / "old.db", seed=11, citizens=30)

    def danish_alone(run_id: str, stored: Stored, planned: Planned) -> NightResult:
        made = result_of(run_id, stored, planned)
        return replace(made, unplaced=tuple(replace(one, text_english=None) for one in made.unplaced))

    with monkeypatch.context() as patch:
        patch.setattr(nightly, "result_of", danish_alone)
        run_id = place.plan()
    with create_database_engine(address_of(place.path)).begin() as connection:
        command.downgrade(alembic_config(connection), "0012")
        command.upgrade(alembic_config(connection), "head")
        assert connection.execute(text("SELECT count(text_english), count(*) > 0 FROM unplaced")).one() == (0, True)
    assert _replayer(place.path).replay(run_id).verdict is Verdict.IDENTICAL


def test_a_run_from_before_plans_said_how_good_they_are_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Recorded.create(tmp_path / "old.db", seed=11, citizens=30)

    def without(made: NightResult) -> dict[str, Any]:
        return {name: one for name, one in made.counts.model_dump(mode="json").items() if name != "quality"}

    def as_before(run: MatchRun, made: NightResult) -> dict[str, Any]:
        return comparable_result(run, made) | {"counts": without(made)}

    with monkeypatch.context() as patch:
        patch.setattr(nightly, "comparable_result", as_before)
        run_id = place.plan()
    with create_database_engine(address_of(place.path)).begin() as connection:
        stored = json.loads(connection.scalar(text("SELECT CAST(counts AS TEXT) FROM match_runs")))
        assert stored.pop("quality")["ranks"]
        connection.execute(text("UPDATE match_runs SET counts = :counts"), {"counts": json.dumps(stored)})
    assert _replayer(place.path).replay(run_id).verdict is Verdict.IDENTICAL
    with read_only(place.sessions) as session:
        counts = NightCounts.model_validate(MatchRuns(session, MUNICIPALITY).get(run_id).counts)
    assert counts.quality is None


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
    copy = tmp_path / "copy.db"
    record_another_numpy(create_database_engine(copied(place.path, copy)))
    found = _replayer(copy).replay(run_id)
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
    with create_engine(address_of(place.path)).connect() as connection:
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
    with create_engine(address_of(place.path)).begin() as connection:
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
