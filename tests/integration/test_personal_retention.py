"""Erasure: everything about a citizen goes or nothing does, numbers stay, and the log knows the person no more."""

import json
import zlib
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from matcher.domain.placement import Outcome, PlacementStatus
from service.db.dump import rows_of, tables
from service.db.personal import Category
from service.db.purpose import Channel, Viewer
from service.db.repositories import Citizens, Placements
from service.db.retention_repositories import Retention
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.identity.access import API
from service.problems import InvalidInput, NotErasable
from service.settings import Role
from service.use_cases.retention import DISCLOSED_FROM, Erased, erase_citizen, erase_inactive, kept_statistics
from tests.access_world import PlannedWorld, World, token_of, world_of
from tests.builders import MUNICIPALITY, a_citizen, a_placement
from tests.databases import address_of
from tests.stores import Store, agreement_row, all_kinds, citizen_row, company_row, consultant_row, lines

BY = Viewer("drift", Role.OPERATIONS, Channel.COMMAND_LINE)
LONG_AGO, LATER = date(2015, 3, 1), date(2030, 1, 1)
NAME, NEED, GOAL, REASON = "Kanariefugl Testesen", "tåler ikke zebrastriber", "passe kanariefugle", "Kanarie siger ja"
MAY_NAME = {"audit_entries", "outbox_events"}
"""Tables in which the id of somebody erased stays: that it was done must be shown, and told to the case system."""


def _dump(sessions: SessionFactory) -> dict[str, list[str]]:
    """Every row as text, by table; what is compressed is opened."""
    with read_only(sessions) as session:
        connection = session.connection()
        found = {table.name: [repr(row) for row in rows_of(connection, table)] for table in tables()}
        shown = session.scalars(text("SELECT shown FROM shown_lists")).all()
    found["shown_lists"] += [zlib.decompress(bytes(one)).decode() for one in shown if one]
    return found


def _erase(store: Store, **options: object) -> Erased:
    values: dict[str, object] = {"on": LATER, "by": BY, "reason": "Fristen er nået."}
    return erase_inactive(store.sessions, MUNICIPALITY, **(values | options))  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Six citizens for whom nothing has happened since 2015; one of them has a placement that ended then."""
    store = Store.create(tmp_path)
    people = [citizen_row(id=f"citizen-{n}", name=f"Nummer {n}", waiting_since="2015-01-01") for n in range(1, 7)]
    assert not store.bring(lines(consultant_row(), company_row(), *people, agreement_row())).errors
    ended = a_placement(
        starts_on=date(2015, 1, 5), ends_on=LONG_AGO, status=PlacementStatus.ENDED, outcome=Outcome.ORDINARY_JOB
    )
    with unit_of_work(store.sessions) as session:
        Placements(session, MUNICIPALITY).put(ended)
        session.execute(text("UPDATE citizens SET updated_at = :at"), {"at": "2015-02-01 00:00:00"})
    return store


def test_whoever_is_still_in_a_placement_is_kept(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    assert not store.bring(all_kinds()).errors
    before = store.dump()
    erased = _erase(store, on=date(2050, 1, 1))
    assert (erased.citizen_ids, erased.kept) == ((), ("citizen-1",))
    with pytest.raises(NotErasable):
        erase_citizen(store.sessions, MUNICIPALITY, "citizen-1", by=BY, reason="Borgeren beder om det.")
    assert store.dump() == before


def test_those_for_whom_nothing_has_happened_go_and_a_second_time_finds_nobody(store: Store) -> None:
    assert len(_erase(store).citizen_ids) == 6
    assert _erase(store).citizen_ids == ()
    with read_only(store.sessions) as session:
        assert (Citizens(session, MUNICIPALITY).count(), Placements(session, MUNICIPALITY).count()) == (0, 0)
        assert [one.counts for one in Retention(session, MUNICIPALITY).erasures()] == [{"citizens": 6, "placements": 1}]


def test_a_dry_run_says_the_same_and_changes_nothing(store: Store) -> None:
    before = store.dump()
    told = _erase(store, dry_run=True)
    assert store.dump() == before
    done = _erase(store)
    assert replace(told, dry_run=False) == done


@pytest.mark.parametrize(
    ("happened", "statement"),
    [
        ("the profile", "UPDATE citizens SET updated_at = '2026-06-01 00:00:00' WHERE id = 'citizen-1'"),
        ("the wait", "UPDATE citizens SET waiting_since = '2026-06-01' WHERE id = 'citizen-1'"),
        ("a placement", "UPDATE placements SET ends_on = '2026-06-01'"),
    ],
)
def test_whatever_happened_last_counts(store: Store, happened: str, statement: str) -> None:
    with unit_of_work(store.sessions) as session:
        session.execute(text(statement))
    assert "citizen-1" not in _erase(store, on=date(2031, 6, 1), dry_run=True).citizen_ids, happened
    assert "citizen-1" in _erase(store, on=date(2031, 6, 2), dry_run=True).citizen_ids, happened


def test_one_failure_and_everything_is_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before, delete = store.dump(), Citizens.delete

    def fails_at_the_third(self: Citizens, id_: str, expected_version: int | None = None) -> None:
        if id_ == "citizen-3":
            raise RuntimeError("the lights go out")
        delete(self, id_, expected_version)

    monkeypatch.setattr(Citizens, "delete", fails_at_the_third)
    with pytest.raises(RuntimeError, match="lights"):
        _erase(store)
    assert store.dump() == before


def test_numbers_outlive_the_people_and_small_ones_are_not_shown(store: Store) -> None:
    citizens = [a_citizen(id=f"citizen-{n}", waiting_since=date(2015, 1, 1)) for n in range(1, 7)]
    expected = Counter(Category(one.waiting_since.year, "citizens", one.target_group) for one in citizens)
    expected += Counter(
        {Category(2015, "placements", "work_placement"): 1, Category(2015, "outcomes", "ordinary_job"): 1}
    )
    erase_citizen(store.sessions, MUNICIPALITY, "citizen-1", by=BY, reason="Borgeren beder om det.")
    _erase(store)
    with read_only(store.sessions) as session:
        assert Retention(session, MUNICIPALITY).kept() == expected
        shown = kept_statistics(session, MUNICIPALITY)
    assert shown == {one: count if count >= DISCLOSED_FROM else None for one, count in expected.items()}
    assert set(shown.values()) == {6, None}


@pytest.mark.parametrize("reason", ["", "  ", "010190-0004 har bedt om det", "Ring til 0101900004."])
def test_a_reason_is_needed_and_names_no_number_of_a_person(store: Store, reason: str) -> None:
    before = store.dump()
    with pytest.raises(InvalidInput, match="reason"):
        _erase(store, reason=reason)
    assert store.dump() == before


def test_erasing_in_one_municipality_leaves_the_same_id_elsewhere(store: Store) -> None:
    assert erase_citizen(store.sessions, "0671", "citizen-2", by=BY, reason="Fejl.").citizen_ids == ()
    with read_only(store.sessions) as session:
        assert Citizens(session, MUNICIPALITY).known(["citizen-2"]) == {"citizen-2"}


def _lived(world: World) -> str:
    """A citizen with a plan, lists, a decision, a number and reads behind them, and words to look for afterwards."""
    id_ = world.ids["citizen_id"]
    system, lead = world.caller(token_of(Role.CASE_SYSTEM)), world.caller(token_of(Role.TEAM_LEAD))
    path = f"{API}/citizens/{id_}"
    read = system.get(path, headers={"X-Case": "SAG-4711"})
    need = {"condition": "noise", "limit": 2, "strength": "should", "note": NEED}
    changed = read.json() | {"name": NAME, "goals": [{"text": GOAL}], "accommodations": [need]}
    assert system.put(path, changed, headers={"If-Match": read.headers["ETag"]}).status_code == 200
    assert system.put(f"{path}/cpr", {"cpr": "010190-0004"}).status_code == 204
    assert lead.get(f"{path}/suggestions", headers={"X-Case": "SAG-4712"}).status_code == 200
    assert lead.get(f"{API}/slots/{world.ids['slot_id']}/candidates").status_code == 200
    decision = {"verdict": "held", "reason": REASON}
    assert lead.post(f"{API}/proposals/{world.ids['proposal_id']}/decision", json=decision).status_code == 201
    return id_


def test_nothing_is_left_of_somebody_who_was_planned_for_listed_and_decided_about(
    planned_world: PlannedWorld, tmp_path: Path
) -> None:
    world = world_of(planned_world, tmp_path)
    id_ = _lived(world)
    sessions = sessions_of(create_database_engine(address_of(world.database)))
    before = _dump(sessions)
    everything = json.dumps(before, ensure_ascii=False)
    assert all(word in everything for word in (NAME, NEED, GOAL, REASON, "SAG-4711", "SAG-4712"))
    reads = sum(len(before[table]) for table in ("citizen_read_citizens", "shown_list_citizens"))
    erased = erase_citizen(sessions, MUNICIPALITY, id_, by=BY, reason="Borgeren er flyttet.")
    assert erased.citizen_ids == (id_,)
    assert erased.rows["proposals"] == 1
    after = _dump(sessions)
    words = (NAME, NEED, GOAL, REASON, "SAG-4711", "SAG-4712")
    assert [(name, word) for name, rows in after.items() for word in words if any(word in row for row in rows)] == []
    still = {name for name, rows in after.items() if any(f"'{id_}'" in row or f'"{id_}"' in row for row in rows)}
    assert still <= MAY_NAME
    assert sum(len(after[table]) for table in ("citizen_read_citizens", "shown_list_citizens")) == reads
    assert any("'erased-" in row for row in after["citizen_read_citizens"])
    assert any("'erased-" in row for row in after["shown_list_citizens"])
    assert after["cpr_numbers"] == []
    assert any("citizen.erased" in row and id_ in row for row in after["audit_entries"])
