"""Placements over HTTP: who may agree what, what stands in the way, how they go on, and in what order they are read."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from matcher.domain.citizen import EarlierPlacement
from service.db.repositories import Agreements, Citizens, Placements
from service.db.session import unit_of_work
from tests.builders import MUNICIPALITY, ON, a_citizen, a_placement, a_slot, an_agreement
from tests.deciding import API, CROWD_NEEDS, Crowd, crowd_on
from tests.serving import AUDITOR, CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE, SYSTEM, Client

PLACEMENTS = f"{API}/placements"
WANTED = {"citizen_id": "citizen-0", "slot_id": "slot-1", "reason": "Borgeren ønsker selv stedet."}


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    """Three citizens and a slot with two places."""
    return crowd_on(migrated_url, people=3, places=2)


@pytest.fixture
def karen(crowd: Crowd) -> Client:
    return Client(crowd.app, token=CONSULTANT)


@pytest.fixture
def system(crowd: Crowd) -> Client:
    return Client(crowd.app, token=SYSTEM)


def agreed(client: Client, **changes: Any) -> httpx.Response:
    return client.post(PLACEMENTS, json=WANTED | changes)


def changed(client: Client, placement: dict[str, Any], version: int = 1, **changes: Any) -> httpx.Response:
    body = {"reason": "Aftalt på mødet."} | changes
    return client.request("PATCH", f"{PLACEMENTS}/{placement['id']}", json=body, headers={"If-Match": f'"{version}"'})


def test_anonymous_callers_agree_and_read_nothing(crowd: Crowd) -> None:
    assert agreed(Client(crowd.app)).status_code == 401
    assert Client(crowd.app).get(PLACEMENTS).status_code == 401


def test_another_municipality_finds_neither_citizen_nor_placement(crowd: Crowd, karen: Client) -> None:
    elsewhere = Client(crowd.app, token=CONSULTANT_ELSEWHERE)
    assert agreed(elsewhere).status_code == 404
    placement = agreed(karen).json()
    assert elsewhere.get(f"{PLACEMENTS}/{placement['id']}").status_code == 404
    assert changed(elsewhere, placement, ends_on="2026-11-01").status_code == 404
    assert elsewhere.get(PLACEMENTS).json()["items"] == []


def test_who_does_not_decide_agrees_nothing(crowd: Crowd) -> None:
    assert agreed(Client(crowd.app, token=CASEWORKER)).status_code == 403
    assert agreed(Client(crowd.app, token=AUDITOR)).status_code == 403


def test_a_person_chooses_a_place_that_nobody_proposed(karen: Client) -> None:
    answer = agreed(karen, starts_on="2026-10-12", ends_on="2026-11-06", hours_per_week=5)
    assert answer.status_code == 201
    placement = karen.get(f"{PLACEMENTS}/{answer.json()['id']}").json()
    assert (placement["starts_on"], placement["ends_on"]) == ("2026-10-12", "2026-11-06")
    assert placement["decided_by"] == "karen"
    assert placement["history"][0]["details"]["source"] == "chosen"
    assert placement["history"][0]["proposal_id"] is None


@pytest.mark.parametrize(
    ("changes", "reason", "text"),
    [
        ({"starts_on": "2026-09-30"}, "dates", "Forløbet kan tidligst begynde den 1. oktober 2026."),
        ({"ends_on": "2026-12-31"}, "placement_length", "Forløbet kan højst vare til den 30. december 2026."),
        ({"ends_on": "2027-03-01"}, "placement_length", "Forløbet kan højst vare til den 30. december 2026."),
        ({"hours_per_week": 12}, "hours_per_week", "Pladsen kan begynde med 5 timer om ugen."),
        ({"slot_id": "slot-9"}, "gone", "Pladsen findes ikke længere."),
    ],
)
def test_terms_that_are_not_possible_are_refused_with_the_reason(
    karen: Client, changes: dict[str, Any], reason: str, text: str
) -> None:
    problem = agreed(karen, **changes)
    assert problem.status_code == 409
    assert problem.json()["type"] == "/problems/not-possible-now"
    assert [one["id"] for one in problem.json()["reasons"]] == [reason]
    assert problem.json()["reasons"][0]["danish"].startswith(text)


def test_a_placement_may_last_until_the_last_day_of_its_length(karen: Client) -> None:
    assert agreed(karen, ends_on="2026-12-30").json()["ends_on"] == "2026-12-30"


def former_employee(crowd: Crowd) -> None:
    earlier = EarlierPlacement("company-1", "dish_washing", date(2020, 1, 1), date(2021, 1, 1), True, True)
    with unit_of_work(crowd.sessions) as session:
        citizen = a_citizen(id="citizen-0", earlier_placements=(earlier,), **CROWD_NEEDS)
        Citizens(session, MUNICIPALITY).put(citizen)


def test_a_rule_that_may_be_set_aside_takes_a_reason_and_the_role(crowd: Crowd, karen: Client, system: Client) -> None:
    former_employee(crowd)
    missing = agreed(karen)
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["field"] == "overrides.former_employer"
    overrides = {"former_employer": "Borgeren er tryg ved stedet."}
    assert agreed(system, decided_by="karen").status_code == 409
    assert agreed(system, decided_by="karen", overrides=overrides).status_code == 403
    made = agreed(karen, overrides=overrides)
    assert made.status_code == 201
    history = karen.get(f"{PLACEMENTS}/{made.json()['id']}").json()["history"]
    assert history[0]["details"]["overrides"] == overrides


def test_other_rules_are_set_aside_by_nobody(crowd: Crowd, karen: Client) -> None:
    with unit_of_work(crowd.sessions) as session:
        citizen = a_citizen(id="citizen-0", wishes_against=("company-1",), **CROWD_NEEDS)
        Citizens(session, MUNICIPALITY).put(citizen)
    answer = agreed(karen, overrides={"wishes_against": "Det går nok."})
    assert (answer.status_code, answer.json()["reasons"][0]["id"]) == (409, "wishes_against")


def test_a_rule_that_is_not_in_the_way_is_not_set_aside(karen: Client) -> None:
    assert agreed(karen, overrides={"former_employer": "For en sikkerheds skyld."}).status_code == 422


def test_a_rejected_place_is_agreed_only_with_a_reason(karen: Client) -> None:
    rejected = {"verdict": "rejected", "reason": "Borgeren vil hellere ud."}
    assert karen.post(f"{API}/proposals/first-0/decision", json=rejected).status_code == 201
    assert agreed(karen).json()["errors"][0]["field"] == "overrides.decided_proposal"
    assert agreed(karen, overrides={"decided_proposal": "Borgeren har skiftet mening."}).status_code == 201


def test_the_case_system_names_who_decided_and_changes_only_its_own(karen: Client, system: Client) -> None:
    assert agreed(system).json()["errors"][0]["field"] == "decided_by"
    own = agreed(system, decided_by="karen").json()
    assert own["decided_by"] == "karen"
    assert changed(system, own, ends_on="2026-11-01").status_code == 200
    others = agreed(karen, citizen_id="citizen-1").json()
    assert changed(system, others, ends_on="2026-11-01").status_code == 403


def test_a_placement_goes_on_step_by_step(karen: Client) -> None:
    placement = agreed(karen).json()
    unconfirmed = changed(karen, placement, status="running")
    assert (unconfirmed.status_code, unconfirmed.json()["type"]) == (409, "/problems/wrong-step")
    running = changed(karen, placement, status="running", statement_confirmed_on=ON.isoformat())
    assert (running.status_code, running.headers["ETag"]) == (200, '"2"')
    assert changed(karen, placement, 2, status="planned").status_code == 409
    assert changed(karen, placement, 2, status="ended").status_code == 422
    ended = changed(karen, placement, 2, status="ended", outcome="ordinary_job", ends_on="2026-10-20")
    assert ended.json()["outcome"] == "ordinary_job"
    assert changed(karen, placement, 3, status="running").status_code == 409
    history = karen.get(f"{PLACEMENTS}/{placement['id']}").json()["history"]
    assert [one["change"] for one in history] == ["made", "changed", "changed"]
    assert history[2]["details"]["fields"] == ["ends_on", "outcome", "status"]


def test_a_placement_does_not_begin_before_its_first_day(karen: Client) -> None:
    placement = agreed(karen, starts_on="2026-10-12").json()
    begun = changed(karen, placement, status="running", statement_confirmed_on=ON.isoformat())
    assert begun.status_code == 409


def begun(crowd: Crowd, **changes: Any) -> dict[str, Any]:
    """A placement of 13 weeks that began four weeks ago and runs."""
    own = {"id": "begun", "citizen_id": "citizen-0", "starts_on": date(2026, 9, 3), "ends_on": date(2026, 12, 2)}
    with unit_of_work(crowd.sessions) as session:
        Placements(session, MUNICIPALITY).put(a_placement(**(own | changes)))
    return {"id": "begun"}


@pytest.mark.parametrize(("ends_on", "status"), [("2026-12-30", 200), ("2026-12-31", 409)])
def test_a_placement_that_runs_is_extended_by_the_weeks_at_a_time_from_the_decision(
    crowd: Crowd, karen: Client, ends_on: str, status: int
) -> None:
    answer = changed(karen, begun(crowd), ends_on=ends_on)
    assert answer.status_code == status
    if status == 409:
        assert [one["id"] for one in answer.json()["reasons"]] == ["placement_length"]
        assert answer.json()["reasons"][0]["danish"].startswith("Forløbet kan højst vare til den 30. december 2026.")


@pytest.mark.parametrize(("ends_on", "status"), [("2026-09-30", 200), ("2026-10-01", 409)])
def test_a_short_placement_is_not_extended(crowd: Crowd, karen: Client, ends_on: str, status: int) -> None:
    with unit_of_work(crowd.sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-0", target_group="job_ready", **CROWD_NEEDS))
    made = begun(crowd, ends_on=date(2026, 9, 20))
    assert changed(karen, made, ends_on=ends_on).status_code == status


@pytest.mark.parametrize(
    ("confirmed_on", "status"), [("2026-09-30", 200), ("2026-10-01", 200), ("2026-10-02", 422), ("2027-01-01", 422)]
)
def test_the_written_statement_is_confirmed_on_the_first_day_at_the_latest(
    karen: Client, confirmed_on: str, status: int
) -> None:
    placement = agreed(karen).json()
    assert placement["starts_on"] == ON.isoformat() == "2026-10-01"
    answer = changed(karen, placement, status="running", statement_confirmed_on=confirmed_on)
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["field"] == "statement_confirmed_on"


def test_a_statement_is_not_confirmed_on_a_day_that_has_not_come(karen: Client) -> None:
    placement = agreed(karen, starts_on="2026-10-12").json()
    answer = changed(karen, placement, statement_confirmed_on="2026-10-02")
    assert answer.json()["errors"][0]["problem"] == "lies in the future"
    assert changed(karen, placement, statement_confirmed_on="2026-10-01").status_code == 200


def test_a_change_names_the_version_that_it_changes(karen: Client) -> None:
    placement = agreed(karen).json()
    address, body = f"{PLACEMENTS}/{placement['id']}", {"reason": "Kortere.", "ends_on": "2026-11-01"}
    assert karen.request("PATCH", address, json=body).status_code == 428
    assert changed(karen, placement, 7, ends_on="2026-11-01").status_code == 412
    assert changed(karen, placement, 1, ends_on="2026-11-01").status_code == 200
    assert changed(karen, placement, 1, ends_on="2026-11-02").status_code == 412


@pytest.mark.parametrize("changes", [{}, {"ends_on": None}, {"colour": "red"}, {"ends_on": "2026-01-01"}])
def test_changes_that_say_nothing_or_too_much_are_refused(karen: Client, changes: dict[str, Any]) -> None:
    assert changed(karen, agreed(karen).json(), **changes).status_code == 422


def test_longer_or_more_hours_are_held_against_the_limits(karen: Client) -> None:
    placement = agreed(karen).json()
    assert changed(karen, placement, ends_on="2027-06-01").json()["reasons"][0]["id"] == "placement_length"
    assert changed(karen, placement, hours_per_week=30).json()["reasons"][0]["id"] == "hours_per_week"
    assert changed(karen, placement, hours_per_week=5).status_code == 200


def test_the_work_agreement_is_read_field_by_field(karen: Client) -> None:
    placement = agreed(karen).json()
    agreement = {
        "functions": ["dish_washing"],
        "sub_goals": [{"function": "dish_washing", "measure": "Klarer en vagt alene", "due_on": "2026-11-01"}],
        "hours": [{"from_on": "2026-10-01", "hours_per_week": 5}],
        "call_on_absence": "Køkkenchefen",
    }
    assert changed(karen, placement, work_agreement=agreement | {"hours": []}).status_code == 422
    assert changed(karen, placement, work_agreement=agreement).status_code == 200
    assert karen.get(f"{PLACEMENTS}/{placement['id']}").json()["work_agreement"]["call_on_absence"] == "Køkkenchefen"


def test_placements_are_read_page_by_page_and_by_citizen_slot_and_status(crowd: Crowd, karen: Client) -> None:
    with unit_of_work(crowd.sessions) as session:
        Agreements(session, MUNICIPALITY).put(an_agreement(slots=(a_slot(), a_slot(id="slot-2", capacity=9))))
        later = ON + timedelta(weeks=4)
        Placements(session, MUNICIPALITY).put_many(
            [a_placement(id=f"x-{n}", citizen_id=f"citizen-{n}", slot_id="slot-2", ends_on=later) for n in range(3)]
        )
    first = karen.get(f"{PLACEMENTS}?limit=2").json()
    second = karen.get(f"{PLACEMENTS}?limit=2&after={first['next']}").json()
    assert [one["id"] for one in first["items"] + second["items"]] == ["x-0", "x-1", "x-2"]
    assert second["next"] is None
    for query, count in (
        ("citizen_id=citizen-1", 1),
        ("slot_id=slot-2", 3),
        ("slot_id=slot-1", 0),
        ("status=running", 3),
        ("status=ended", 0),
    ):
        assert len(karen.get(f"{PLACEMENTS}?{query}").json()["items"]) == count, query


def test_agreeing_again_with_the_same_key_is_done_once(karen: Client) -> None:
    key = {"Idempotency-Key": "en-plads"}
    first = karen.post(PLACEMENTS, json=WANTED, headers=key)
    again = karen.post(PLACEMENTS, json=WANTED, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again.headers["ETag"]) == (first.json(), first.headers["ETag"])
    assert len(karen.get(PLACEMENTS).json()["items"]) == 1
