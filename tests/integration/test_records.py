"""Who saw which list: written down for API and pages, read by readers of the municipality, and never left out."""

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.app import create_app
from service.db import session as database
from service.db.purpose import Purpose
from service.db.record_repositories import ShownLists, Snapshots
from service.db.repositories import MatchRuns
from service.db.session import create_database_engine, read_only, sessions_of
from service.problems import NotRecorded
from service.use_cases.nightly import plan_night
from service.use_cases.records import Recorder, show_list
from tests.builders import MUNICIPALITY
from tests.databases import address_of, held
from tests.nights import finished
from tests.replaying import KAREN, Recorded
from tests.serving import CONSULTANT, CONSULTANT_ELSEWHERE, OPERATIONS, SYSTEM, Client, settings_for


@dataclass(frozen=True)
class Running:
    """A planned municipality behind an application."""

    place: Recorded
    run_id: str

    def client(self, token: str | None) -> Client:
        """A client with a token."""
        settings = settings_for(self.place.path, today=self.place.values.on)
        return Client(create_app(settings, self.place.sessions), token=token)


@pytest.fixture
def running(tmp_path: Path) -> Running:
    place = Recorded.create(tmp_path / "records.db", seed=21, citizens=30)
    return Running(place, place.plan())


def _paths(running: Running, list_id: str) -> tuple[str, ...]:
    return (f"/api/v1/runs/{running.run_id}/record", "/api/v1/lists", f"/api/v1/lists/{list_id}")


def test_nobody_reads_records_without_signing_in(running: Running) -> None:
    anonymous = running.client(None)
    for path in _paths(running, running.place.show(0)):
        assert anonymous.get(path).status_code == 401


def test_another_municipality_finds_no_record(running: Running) -> None:
    list_id = running.place.show(0)
    elsewhere = running.client(CONSULTANT_ELSEWHERE)
    run, lists, one = (elsewhere.get(path) for path in _paths(running, list_id))
    assert (run.status_code, one.status_code) == (404, 404)
    assert lists.json() == {"items": [], "next": None}
    assert elsewhere.get("/api/v1/lists", params={"after": list_id}).status_code == 404


def test_operations_may_not_see_which_citizens_lists_were_shown(running: Running) -> None:
    operations = running.client(OPERATIONS)
    assert operations.get("/api/v1/lists").status_code == 403


def test_each_kind_of_list_is_written_down_with_who_saw_it(running: Running) -> None:
    citizen, slot = running.place.values.citizens[0].id, running.place.values.agreements[0].slots[0].id
    consultant, system = running.client(CONSULTANT), running.client(SYSTEM)
    answers = (
        consultant.get(f"/api/v1/citizens/{citizen}/suggestions", params={"places": 3, "language": "en"}),
        system.get(f"/api/v1/citizens/{citizen}/suggestions/{slot}"),
        consultant.get(f"/api/v1/slots/{slot}/candidates", params={"places": 2}),
        consultant.get(f"/api/v1/citizens/{citizen}/openings", headers={"X-Case": "2026-17"}),
        consultant.get("/api/v1/needs", params={"most": 4}),
        system.get("/api/v1/outreach"),
    )
    records = [consultant.get(f"/api/v1/lists/{answer.headers['X-List-Id']}").json() for answer in answers]
    assert [one["purpose"] for one in records] == list(Purpose)
    assert [one["shown_to"]["id"] for one in records] == ["karen", "fagsystem", "karen", "karen", "karen", "fagsystem"]
    assert {one["shown_to"]["channel"] for one in records} == {"api"}
    assert {one["run_id"] for one in records} == {running.run_id}
    told = {"depth": "card", "needs": True}
    assert records[0]["parameters"] == {"citizen_id": citizen, "places": 3, "language": "en"} | told
    shown = [place["explanation"] for place in answers[0].json()["places"]]
    ranked = records[0]["result"]["places"]
    assert [(one["slot_id"], one["value"], one["price"]) for one in ranked] == [
        (one["slot_id"], one["value"], one["price"]) for one in shown
    ]
    openings, needs, calls = records[3:]
    assert openings["parameters"] == {
        "citizen_id": citizen,
        "places": 5,
        "language": "da",
        "needs": True,
        "case": "2026-17",
    }
    assert [one["gain"] for one in openings["result"]["openings"]] == [
        one["gain"] for one in answers[3].json()["openings"]
    ]
    assert needs["parameters"] == {"places": 4, "language": "da", "needs": True}
    assert (needs["citizen_ids"], len(needs["result"]["needs"])) == ([], 4)
    assert calls["parameters"]["on"] == running.place.values.on.isoformat()
    called = [
        (call["company_id"], person["citizen_id"]) for call in answers[5].json()["calls"] for person in call["people"]
    ]
    assert called
    assert [(one["company_id"], one["citizen_id"]) for one in calls["result"]["calls"]] == called
    assert calls["citizen_ids"] == sorted({citizen_id for _, citizen_id in called})
    assert {"matcher", "program", "rules", "weights", "taxonomy", "numpy", "ortools"} <= records[0]["versions"].keys()
    assert all(len(one[name]) == 64 for one in records for name in ("snapshot", "plan", "weights", "result_digest"))


def test_lists_of_a_citizen_come_newest_first_a_page_at_a_time(running: Running) -> None:
    citizen, other = (one.id for one in running.place.values.citizens[:2])
    client = running.client(CONSULTANT)
    shown = [
        client.get(f"/api/v1/citizens/{id_}/suggestions", params={"places": 1}).headers["X-List-Id"]
        for id_ in (citizen, other, citizen, citizen)
    ]
    first = client.get("/api/v1/lists", params={"citizen_id": citizen, "limit": 2}).json()
    assert [one["id"] for one in first["items"]] == [shown[3], shown[2]]
    rest = client.get("/api/v1/lists", params={"citizen_id": citizen, "limit": 2, "after": first["next"]}).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([shown[0]], None)


def test_a_run_says_who_asked_for_it_and_what_else_it_could_have_proposed(running: Running) -> None:
    answer = running.client(OPERATIONS).post("/api/v1/runs", json={"seed": 3})
    run = finished(running.client(OPERATIONS), answer)
    record = running.client(CONSULTANT).get(f"/api/v1/runs/{run['id']}/record").json()
    assert record["asked_by"] == {"id": "drift", "role": "operations", "channel": "api"}
    assert record["parameters"]["seed"] == 3
    assert record["versions"] == run["versions"]
    proposed = {
        one["citizen_id"]: one["slot_id"]
        for one in running.client(CONSULTANT).get(f"/api/v1/runs/{run['id']}/proposals").json()["items"]
    }
    for one in record["alternatives"]:
        others = [place["slot_id"] for place in one["next_best"]]
        assert proposed.get(one["citizen_id"]) not in others
        assert len(others) <= one["eligible"]
    assert proposed.keys() <= {one["citizen_id"] for one in record["alternatives"]}


def test_a_change_of_one_citizen_adds_one_document_and_a_small_manifest(running: Running) -> None:
    place = running.place
    place.show(0)

    def counted() -> tuple[int, int, int]:
        with create_engine(address_of(place.path)).connect() as connection:
            one = "SELECT count(*), (SELECT count(*) FROM snapshot_documents), sum(length(manifest)) FROM snapshots"
            snapshots, documents, size = connection.execute(text(one)).one()
            return snapshots, documents, size

    before = counted()
    place.show(5)
    assert counted() == before
    place.change(0)
    place.show(0)
    after = counted()
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)
    assert after[2] - before[2] < 400
    with read_only(place.sessions) as session:
        lists = ShownLists(session, MUNICIPALITY).page()
        entries = [Snapshots(session, MUNICIPALITY).entries(one.snapshot) for one in (lists[0], lists[-1])]
    assert len(entries[0]) == len(entries[1])
    assert len(entries[0] - entries[1]) == 1


def test_a_list_waits_for_a_night_that_is_being_stored_and_then_comes(running: Running) -> None:
    place = running.place
    place.show(0)
    held_now, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with held(address_of(place.path), "shown_lists"):
            held_now.set()
            may_go.wait(0.4)

    holder = threading.Thread(target=hold)
    holder.start()
    held_now.wait()
    answer = running.client(CONSULTANT).get(f"/api/v1/citizens/{place.values.citizens[0].id}/suggestions")
    may_go.set()
    holder.join()
    assert answer.status_code == 200
    with read_only(place.sessions) as session:
        assert ShownLists(session, MUNICIPALITY).get(answer.headers["X-List-Id"]).viewer.id == "karen"


def test_a_list_that_cannot_be_written_down_is_not_shown(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    place = running.place
    sessions = sessions_of(create_database_engine(address_of(place.path)))
    citizen = place.values.citizens[0].id
    app = create_app(settings_for(place.path, today=place.values.on), sessions)
    with held(address_of(place.path), "shown_lists"):
        with read_only(sessions) as session, pytest.raises(NotRecorded):
            show_list(session, Recorder(sessions, MUNICIPALITY, place.inputs, KAREN), citizen, today=place.values.on)
        answer = Client(app, token=CONSULTANT).get(f"/api/v1/citizens/{citizen}/suggestions")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-recorded")
    assert "places" not in answer.json()
    with read_only(sessions) as session:
        assert ShownLists(session, MUNICIPALITY).page() == ()


def test_lists_come_while_a_night_is_planned(running: Running) -> None:
    place = running.place
    night = threading.Thread(target=lambda: plan_night(place.sessions, MUNICIPALITY, on=place.values.on, seed=5))
    night.start()
    shown = [place.show(number) for number in range(10)]
    night.join()
    with read_only(place.sessions) as session:
        assert {one.id for one in ShownLists(session, MUNICIPALITY).page()} == set(shown)
        assert len(MatchRuns(session, MUNICIPALITY).page()) == 2
