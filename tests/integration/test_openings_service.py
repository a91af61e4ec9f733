"""Openings and needs as a case system, a consultant and a terminal meet them."""

import html
import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from features.taxonomy import Taxonomy
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.domain.agreement import SlotAgreement
from matcher.domain.company import Company
from matcher.domain.conditions import Condition, Demand
from matcher.language import Text
from matcher.needs.night import Need, Step
from matcher.openings.citizen import MoreHours
from matcher.openings.limits import OnePlacementMore
from matcher.openings.place import CompanyAnswers, FewerStartHours
from matcher.weights import HAND_SET
from service import cli
from service.app import create_app
from service.use_cases.matching import Stored
from service.use_cases.needs import confirmed_by_planning, with_need
from service.use_cases.planning import plan_stored
from tests.builders import ON, a_citizen, a_company, a_consultant, a_slot, an_agreement
from tests.databases import address_of, copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CONSULTANT, CONSULTANT_ELSEWHERE, OPERATIONS, Client, settings_for

API = "/api/v1"
TAXONOMY = Taxonomy.builtin()


@pytest.fixture(scope="module")
def application(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    database = tmp_path_factory.mktemp("openings") / "openings.db"
    copied(planned.database, database)
    return create_app(settings_for(database))


def unplaced(planned: PlannedDemo) -> str:
    """A citizen for whom the plan has no place."""
    return planned.demo.night.unplaced[0].citizen_id


@pytest.mark.parametrize("path", ["/citizens/B0001/openings", "/needs"])
def test_anonymous_callers_are_turned_away(application: FastAPI, path: str) -> None:
    assert Client(application).get(API + path).status_code == 401


def test_another_municipality_finds_nothing(application: FastAPI, planned: PlannedDemo) -> None:
    client = Client(application, token=CONSULTANT_ELSEWHERE)
    assert client.get(f"{API}/citizens/{unplaced(planned)}/openings").status_code == 404


@pytest.mark.parametrize("path", ["/citizens/B0001/openings", "/needs"])
def test_who_sees_no_citizen_sees_no_openings(application: FastAPI, path: str) -> None:
    assert Client(application, token=OPERATIONS).get(API + path).status_code == 403


def test_a_citizens_openings_in_both_languages(application: FastAPI, planned: PlannedDemo) -> None:
    client = Client(application, token=CONSULTANT)
    path = f"{API}/citizens/{unplaced(planned)}/openings"
    danish, english = client.get(path).json(), client.get(path, params={"language": "en", "places": 3}).json()
    assert danish["run_id"] == planned.demo.night.run.id
    assert 0 < len(danish["openings"]) <= 5
    assert len(english["openings"]) <= 3
    for one, other in zip(danish["openings"], english["openings"], strict=False):
        assert one["slot_id"] == other["slot_id"]
        assert one["text"].startswith("Pladsen åbner for borgeren, hvis ")
        assert other["text"].startswith("The place opens for the citizen if ")
        assert one["gain"] == pytest.approx(one["value"] - one["price"] - danish["worth_now"])
        assert {change["actor"] for change in one["changes"]} <= {"company", "municipality", "citizen", "consultant"}


def test_one_place_has_every_smallest_opening(application: FastAPI, planned: PlannedDemo) -> None:
    client = Client(application, token=CONSULTANT)
    path = f"{API}/citizens/{unplaced(planned)}/openings"
    slot_id = client.get(path).json()["openings"][0]["slot_id"]
    found = client.get(path, params={"slot_id": slot_id, "places": 50}).json()
    assert {one["slot_id"] for one in found["openings"]} == {slot_id}
    assert client.get(path, params={"slot_id": "no-such-place"}).status_code == 404
    assert client.get(path, params={"language": "sv"}).status_code == 422


def test_the_pages_say_what_would_open_a_place(application: FastAPI, planned: PlannedDemo) -> None:
    client = Client(application)
    assert client.post("/log-ind", data={"adgangsnoegle": CONSULTANT}).status_code == 303
    citizen = unplaced(planned)
    found = _openings(application, citizen)[0]
    assert found["text"] in html.unescape(client.get(f"/borgere/{citizen}").text)
    closed, opening = next(
        (one.citizen_id, opening)
        for one in planned.demo.night.unplaced
        for opening in _openings(application, one.citizen_id)
        if opening["failed_rules"]
    )
    place = html.unescape(client.get(f"/borgere/{closed}/pladser/{opening['slot_id']}").text)
    assert "Hvad kan åbne pladsen?" in place
    assert opening["text"] in place


def _openings(application: FastAPI, citizen_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]]
    found = Client(application, token=CONSULTANT).get(f"{API}/citizens/{citizen_id}/openings").json()["openings"]
    return found


def test_needs_name_nobody_and_count_no_small_group(application: FastAPI, planned: PlannedDemo) -> None:
    answer = Client(application, token=CONSULTANT).get(f"{API}/needs", params={"most": 12})
    found: dict[str, Any] = answer.json()
    assert found["waiting"] == len(planned.demo.night.unplaced)
    assert len(found["needs"]) == 12
    names = {citizen.name for citizen in planned.demo.municipality.citizens}
    ids = {citizen.id for citizen in planned.demo.municipality.citizens}
    for need in found["needs"]:
        assert not any(name in need["text"] for name in names if name)
        assert not ids & set(need["text"].replace(",", " ").split())
        assert need["citizens"] is None or need["citizens"] >= 3
        assert need["confirmed_gain"] is None
    assert {"new_place", "one_place_more"} <= {need["kind"] for need in found["needs"]}


def test_the_terminal_shows_openings_and_needs(planned: PlannedDemo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(planned.database))
    runner = CliRunner()
    shown = runner.invoke(cli.app, ["openings", unplaced(planned)])
    assert shown.exit_code == 0
    assert "Pladsen åbner for borgeren, hvis" in shown.stdout
    record = json.loads(runner.invoke(cli.app, ["openings", unplaced(planned), "--json", "--places", "2"]).stdout)
    assert len(record["openings"]) == 2
    listed = runner.invoke(cli.app, ["needs", "--most", "3"])
    assert listed.exit_code == 0
    assert f"{len(planned.demo.night.unplaced)} borgere uden plads i planen" in listed.stdout
    assert "Anslået gevinst" in listed.stdout


def small() -> tuple[Stored, MatchInput]:
    """Three citizens who wait for one slot of two places that begins with too many hours."""
    citizens = tuple(a_citizen(id=f"citizen-{k}", hours_now=6, hours_target=12) for k in range(3))
    stored = Stored(
        citizens, (a_company(),), (an_agreement(slots=(a_slot(hours_from=10, capacity=2),)),), (a_consultant(),), ()
    )
    match_input = vectorise(stored.citizens, stored.companies, stored.agreements, on=ON, taxonomy=TAXONOMY)
    return stored, match_input


def a_need(*steps: Step) -> Need:
    return Need("test", Text("Test", "Test"), 3, 1, 1.0, 1, steps)


def test_a_need_is_confirmed_by_a_plan_with_and_without_it() -> None:
    stored, match_input = small()
    fewer, more = a_need(Step(FewerStartHours(6), 0)), a_need(Step(MoreHours(10), 0, 1))
    nothing = a_need(Step(OnePlacementMore(), 0))
    plan = partial(plan_stored, weights=HAND_SET, on=ON, taxonomy=TAXONOMY)
    tried = confirmed_by_planning(stored, plan, [fewer, more, nothing], match_input)
    assert [one.more_placed for one in tried] == [2, 1, 0]
    assert tried[0].gain > tried[1].gain > tried[2].gain == 0
    assert all(one.within >= 0 for one in tried)


def test_steps_of_a_need_are_made_one_after_the_other() -> None:
    stored, match_input = small()
    changed = with_need(
        stored, a_need(Step(FewerStartHours(6), 0), Step(CompanyAnswers(Condition.NOISE, 1), 0)), match_input
    )
    (slot,) = changed.agreements[0].slots
    assert slot.hours_from == 6
    assert slot.demands == (Demand(Condition.NOISE, 1),)
    assert changed.citizens == stored.citizens
    assert with_need(stored, a_need(Step(OnePlacementMore(), 0)), match_input).consultants[0].caseload == 41


def test_a_new_place_of_the_synthetic_municipality_is_used_when_planned_again() -> None:
    place = municipality(citizens=60)
    stored = Stored(place.citizens, place.companies, place.agreements, place.consultants, place.placements)
    match_input = vectorise(stored.citizens, stored.companies, stored.agreements, on=REFERENCE_DATE, taxonomy=TAXONOMY)
    copy = stored.agreements[0]
    company = next(one for one in stored.companies if one.id == copy.company_ids[0])
    new = Need(
        "new_place",
        Text("Test", "Test"),
        3,
        2,
        1.0,
        4,
        company=_renamed(company),
        agreement=_moved(copy),
    )
    plan = partial(plan_stored, weights=HAND_SET, on=REFERENCE_DATE, taxonomy=TAXONOMY)
    (tried,) = confirmed_by_planning(stored, plan, [new], match_input)
    assert tried.more_placed > 0
    assert tried.gain > 0


def _renamed(company: Company) -> Company:
    return replace(company, id="new-company")


def _moved(agreement: SlotAgreement) -> SlotAgreement:
    slots = tuple(replace(slot, id=f"new-{slot.id}", company_id="new-company") for slot in agreement.slots)
    return replace(agreement, id="new-agreement", company_ids=("new-company",), slots=slots)
