"""Placements that files bring are held to what is agreed here: places, limits, whose they are, order of steps."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text

from matcher.domain.conditions import Condition
from service.clock import now
from service.codec import CITIZEN, PLACEMENT
from service.db.audit_repositories import AuditEntries
from service.db.placing import PlacementEvents
from service.db.repositories import Citizens, Placements
from service.db.session import read_only, unit_of_work
from service.use_cases.import_ndjson import NdjsonFile
from service.use_cases.import_stream import ImportStream
from tests.builders import MUNICIPALITY, a_placement, must
from tests.deciding import API, CROWD_DAY, Crowd, crowd_on
from tests.serving import CONSULTANT, SYSTEM, Client
from tests.stores import lines, row

PLANNED: dict[str, Any] = {
    "status": "planned",
    "hours_per_week": 5,
    "starts_on": "2026-10-12",
    "ends_on": "2026-11-06",
}
ENDED: dict[str, Any] = {"status": "ended", "outcome": "completed", "starts_on": "2026-03-02", "ends_on": "2026-05-29"}


def placement(number: int, **changes: Any) -> dict[str, Any]:
    """A running placement of a citizen of the crowd in the crowd's slot."""
    value = PLACEMENT.encode(a_placement(id=f"placement-{number}", citizen_id=f"citizen-{number}", hours_per_week=5))
    return row("placement", value, **changes)


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    """Four citizens and a slot with two places."""
    return crowd_on(migrated_url, people=4, places=2)


def brought(crowd: Crowd, *rows: dict[str, Any], token: str = SYSTEM, query: str = "") -> list[dict[str, Any]]:
    """Lines of an import over HTTP, without the last."""
    answer = Client(crowd.app, token=token).post(f"{API}/imports{query}", content=lines(*rows))
    assert answer.status_code == 200
    found: list[dict[str, Any]] = [json.loads(line) for line in answer.content.splitlines()]
    return found[:-1]


def refused(line: dict[str, Any]) -> list[str]:
    assert line["result"] == "refused"
    return [error["field"] for error in line["errors"]]


def stored(crowd: Crowd) -> list[str]:
    with read_only(crowd.sessions) as session:
        return [one.id for one in Placements(session, MUNICIPALITY).all()]


def changes_of(crowd: Crowd, id_: str) -> list[tuple[str, str]]:
    with read_only(crowd.sessions) as session:
        found = PlacementEvents(session, MUNICIPALITY).of_placement(id_)
        return [(one.change.value, one.recorded_by) for one in found]


def test_no_more_placements_run_in_a_slot_than_it_has_places(crowd: Crowd) -> None:
    found = brought(crowd, *(placement(n) for n in range(4)))
    assert [one["result"] for one in found] == ["created", "created", "refused", "refused"]
    assert refused(found[2]) == ["slot_id"]
    assert found[2]["errors"][0]["problem"] == "har ingen ledig plads"
    assert stored(crowd) == ["placement-0", "placement-1"]


def test_a_planned_placement_is_asked_what_one_agreed_here_is_asked(crowd: Crowd) -> None:
    found = brought(
        crowd,
        placement(0, **PLANNED),
        placement(1, **(PLANNED | {"starts_on": "2026-09-30"})),
        placement(2, **(PLANNED | {"hours_per_week": 12})),
        placement(3, **(PLANNED | {"ends_on": "2027-03-01"})),
    )
    assert found[0]["result"] == "created"
    assert [refused(one) for one in found[1:]] == [["starts_on"], ["hours_per_week"], ["slot_id"]]
    assert found[1]["errors"][0]["problem"] == "Forløbet kan tidligst begynde den 1. oktober 2026."


def test_a_need_that_is_not_met_is_not_told_in_the_report(crowd: Crowd) -> None:
    with unit_of_work(crowd.sessions) as session:
        citizens = Citizens(session, MUNICIPALITY)
        citizens.put(replace(citizens.get("citizen-1"), accommodations=(must(Condition.WHEELCHAIR_ACCESS, 1),)))
    [line] = brought(crowd, placement(1, **PLANNED))
    assert refused(line) == ["slot_id"]
    assert line["errors"][0]["problem"] == "opfylder ikke alle krav om hensyn"


def test_a_citizen_has_one_placement(crowd: Crowd) -> None:
    found = brought(crowd, placement(0), placement(1, citizen_id="citizen-0"))
    assert refused(found[1]) == ["citizen_id"]
    found = brought(crowd, placement(1, citizen_id="citizen-0", **PLANNED))
    assert refused(found[0]) == ["citizen_id"]


def test_what_has_ended_is_history_and_takes_no_place(crowd: Crowd) -> None:
    found = brought(crowd, *(placement(n, **ENDED) for n in range(4)))
    assert {one["result"] for one in found} == {"created"}
    assert [one["result"] for one in brought(crowd, placement(9, citizen_id="citizen-0"))] == ["created"]
    assert changes_of(crowd, "placement-0") == []


def test_a_program_does_not_change_what_a_person_agreed(crowd: Crowd) -> None:
    wanted = {"citizen_id": "citizen-0", "slot_id": "slot-1", "reason": "Borgeren ønsker selv stedet."}
    agreed = Client(crowd.app, token=CONSULTANT).post(f"{API}/placements", json=wanted).json()
    with read_only(crowd.sessions) as session:
        before = Placements(session, MUNICIPALITY).get(agreed["id"])
    changed = row("placement", PLACEMENT.encode(before), status="ended", outcome="completed")
    assert refused(brought(crowd, changed)[0]) == ["id"]
    with read_only(crowd.sessions) as session:
        assert Placements(session, MUNICIPALITY).get(agreed["id"]) == before
    assert changes_of(crowd, before.id) == [("made", "karen")]
    same = brought(crowd, row("placement", PLACEMENT.encode(before)))
    assert same[0]["result"] == "unchanged", "what is stored already is no change"


def test_a_step_never_goes_back_and_nothing_moves(crowd: Crowd) -> None:
    assert brought(crowd, placement(0))[0]["result"] == "created"
    assert refused(brought(crowd, placement(0, status="planned"))[0]) == ["status"]
    assert refused(brought(crowd, placement(0, citizen_id="citizen-1"))[0]) == ["citizen_id"]
    done = {"status": "ended", "outcome": "completed"}
    assert brought(crowd, placement(0, **done))[0]["result"] == "updated"
    assert refused(brought(crowd, placement(0))[0]) == ["status"]
    assert brought(crowd, placement(0, **done))[0]["result"] == "unchanged"


def test_more_hours_are_asked_for_and_fewer_are_not(crowd: Crowd) -> None:
    assert brought(crowd, placement(0))[0]["result"] == "created"
    assert refused(brought(crowd, placement(0, hours_per_week=36))[0]) == ["hours_per_week"]
    assert brought(crowd, placement(0, hours_per_week=4))[0]["result"] == "updated"


def test_each_step_is_written_down_and_told(crowd: Crowd) -> None:
    brought(crowd, placement(0))
    brought(crowd, placement(0, status="ended", outcome="completed"))
    assert changes_of(crowd, "placement-0") == [("made", "fagsystem"), ("changed", "fagsystem")]
    assert told(crowd) == (["placement.created", "placement.changed"], ["placement.created", "placement.changed"])


def test_what_all_or_nothing_takes_back_is_not_told(crowd: Crowd) -> None:
    found = brought(crowd, placement(0), placement(1, decided_by=""), query="?all_or_nothing=true")
    assert [one["result"] for one in found] == ["created", "refused"]
    assert stored(crowd) == []
    assert (changes_of(crowd, "placement-0"), told(crowd)) == ([], ([], []))


def told(crowd: Crowd) -> tuple[list[str], list[str]]:
    """Kinds of entries in the audit chain and the outbox that are about placements, oldest first."""
    with read_only(crowd.sessions) as session:
        entries = AuditEntries(session, MUNICIPALITY).page(limit=100)
        events = session.execute(text("SELECT type FROM outbox_events ORDER BY occurred_at")).scalars().all()
    audited = [str(one.action) for one in reversed(entries) if one.object_kind == "placement"]
    return audited, [one for one in events if one.startswith("placement")]


def test_imports_and_a_person_fill_a_place_once(crowd: Crowd) -> None:
    """Six at once for two places: programs and people take turns, and no more than two get one."""
    results: list[bool] = []

    def bring(number: int) -> None:
        results.append(brought(crowd, placement(number, **PLANNED))[0]["result"] == "created")

    def agree(number: int) -> None:
        body = {"citizen_id": f"citizen-{number}", "slot_id": "slot-1", "reason": "Aftalt på mødet."}
        results.append(Client(crowd.app, token=CONSULTANT).post(f"{API}/placements", json=body).status_code == 201)

    work = [threading.Thread(target=bring, args=(n,)) for n in range(4)]
    work += [threading.Thread(target=agree, args=(n,)) for n in (2, 3)]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert (len(results), sum(results), len(stored(crowd))) == (6, 2, 2)


def test_files_with_the_same_citizens_in_any_order_do_not_block_each_other(crowd: Crowd) -> None:
    with read_only(crowd.sessions) as session:
        citizens = Citizens(session, MUNICIPALITY).all()
    last: list[bytes] = []

    def bring(turn: int) -> None:
        order = citizens if turn % 2 else citizens[::-1]
        rows = [
            row("citizen", CITIZEN.encode(one), waiting_since=(one.waiting_since - timedelta(days=turn)).isoformat())
            for one in order
        ]
        source = NdjsonFile("body", BytesIO(lines(*rows)))
        *_, end = ImportStream(crowd.sessions, MUNICIPALITY, source, on=CROWD_DAY, clock=now).lines()
        last.append(end)

    for turn in range(1, 9, 2):
        pair = [threading.Thread(target=bring, args=(turn + n,)) for n in range(2)]
        for one in pair:
            one.start()
        for one in pair:
            one.join()
    assert [b'"state":"finished"' in one for one in last] == 8 * [True]
