"""Deciding about proposals: approving agrees a placement, asked anew; deciding twice, otherwise, and taking back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from matcher.domain.agreement import SlotSetting
from matcher.domain.citizen import EarlierPlacement, GroupNeed
from matcher.domain.placement import PlacementStatus, Verdict
from service.db.placing import PlacementEvents
from service.db.record_repositories import KeptDocument
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Decisions, Placements
from service.db.session import read_only, unit_of_work
from service.use_cases.matching import load
from service.use_cases.nightly import plan_night
from service.use_cases.snapshots import snapshot_of, stored_of
from tests.builders import MUNICIPALITY, ON, a_citizen, a_company, a_consultant, a_placement, a_slot, an_agreement
from tests.deciding import API, CROWD_NEEDS, Crowd, crowd_on, town_on
from tests.serving import AUDITOR, CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE, LEAD, SYSTEM, Client

PROPOSAL = f"{API}/proposals/first-0/decision"
OTHER = f"{API}/proposals/first-1/decision"


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    """Three people whom the same place is proposed to."""
    return crowd_on(migrated_url, people=3)


@pytest.fixture
def karen(crowd: Crowd) -> Client:
    return Client(crowd.app, token=CONSULTANT)


def decided(
    client: Client, path: str, verdict: str, reason: str = "Aftalt med borgeren.", **more: Any
) -> httpx.Response:
    return client.post(path, json={"verdict": verdict, "reason": reason}, **more)


def placements(crowd: Crowd) -> list[str]:
    with read_only(crowd.sessions) as session:
        return [one.id for one in Placements(session, MUNICIPALITY).all()]


def test_anonymous_callers_and_other_municipalities_decide_nothing(crowd: Crowd) -> None:
    assert decided(Client(crowd.app), PROPOSAL, "approved").status_code == 401
    assert decided(Client(crowd.app, token=CONSULTANT_ELSEWHERE), PROPOSAL, "approved").status_code == 404
    for token in (CASEWORKER, SYSTEM):
        assert decided(Client(crowd.app, token=token), PROPOSAL, "approved").status_code == 403
    assert placements(crowd) == []


def test_approving_agrees_a_planned_placement_with_name_and_reason(karen: Client) -> None:
    answer = decided(karen, PROPOSAL, "approved")
    assert answer.status_code == 201
    found = karen.get(f"{API}/placements/{answer.json()['placement_id']}")
    placement = found.json()
    assert (placement["citizen_id"], placement["slot_id"], placement["status"]) == ("citizen-0", "slot-1", "planned")
    assert (placement["decided_by"], placement["reason"]) == ("karen", "Aftalt med borgeren.")
    assert (placement["starts_on"], placement["hours_per_week"]) == (ON.isoformat(), 5.0)
    assert date.fromisoformat(placement["ends_on"]) == ON + timedelta(weeks=13, days=-1)
    assert placement["history"][0]["proposal_id"] == "first-0"
    assert placement["history"][0]["details"] == {"source": "proposal", "overrides": {}}


@pytest.mark.parametrize(("group", "weeks"), [("job_ready", 4), ("activity_ready", 13), ("unemployment_insurance", 4)])
def test_a_placement_lasts_as_long_as_the_target_group_may(crowd: Crowd, karen: Client, group: str, weeks: int) -> None:
    with unit_of_work(crowd.sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-0", target_group=group, **CROWD_NEEDS))
    made = decided(karen, PROPOSAL, "approved").json()["placement_id"]
    ends_on = karen.get(f"{API}/placements/{made}").json()["ends_on"]
    assert date.fromisoformat(ends_on) == ON + timedelta(weeks=weeks, days=-1)


def test_the_place_ends_a_placement_that_could_be_longer(crowd: Crowd, karen: Client) -> None:
    closes_on = ON + timedelta(weeks=6)
    with unit_of_work(crowd.sessions) as session:
        Agreements(session, MUNICIPALITY).put(an_agreement(slots=(a_slot(ends_on=closes_on),)))
    made = decided(karen, PROPOSAL, "approved").json()["placement_id"]
    assert karen.get(f"{API}/placements/{made}").json()["ends_on"] == closes_on.isoformat()


def test_the_same_decision_again_changes_nothing(crowd: Crowd, karen: Client) -> None:
    first = decided(karen, PROPOSAL, "approved")
    again = decided(karen, PROPOSAL, "approved", "Aftalt én gang til.")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(placements(crowd)) == 1
    with read_only(crowd.sessions) as session:
        assert len(Decisions(session, MUNICIPALITY).of_proposal("first-0")) == 1


def test_a_place_that_is_taken_since_is_refused_with_the_next_best(crowd: Crowd, karen: Client) -> None:
    free = a_slot(id="slot-2", title="Rengøring")
    with unit_of_work(crowd.sessions) as session:
        Agreements(session, MUNICIPALITY).put(an_agreement(slots=(a_slot(), free)))
    assert decided(karen, PROPOSAL, "approved").status_code == 201
    late = decided(karen, OTHER, "approved")
    assert late.status_code == 409
    problem = late.json()
    assert problem["type"] == "/problems/proposal-outdated"
    assert [reason["id"] for reason in problem["reasons"]] == ["place_taken"]
    assert problem["reasons"][0]["danish"] == "Pladsen er optaget af et forløb, der er aftalt eller i gang."
    assert [one["slot_id"] for one in problem["alternatives"]] == ["slot-2"]
    assert problem["alternatives"][0]["heading"] == "Rengøring – Testkøkkenet, Skjern"
    (shown,) = karen.get(f"{API}/lists", params={"citizen_id": "citizen-1"}).json()["items"]
    assert (shown["purpose"], shown["shown_to"]["id"]) == ("suggestions", "karen")
    assert [one["slot_id"] for one in shown["result"]["places"]] == ["slot-2"]
    with read_only(crowd.sessions) as session:
        assert Decisions(session, MUNICIPALITY).of_proposal("first-1") == ()


def _no_mentor_hours(session: Any) -> None:
    site = a_company().worksites[0]
    Companies(session, MUNICIPALITY).put(a_company(worksites=(replace(site, mentors=()),)))
    Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-0", mentor_hours_per_week=2, **CROWD_NEEDS))


def _small_worksite(session: Any) -> None:
    site = a_company().worksites[0]
    full = replace(site, ordinary_employees=1, supported_full_time_persons=1.0)
    Companies(session, MUNICIPALITY).put(a_company(worksites=(full,)))


def _full_caseload(session: Any) -> None:
    Consultants(session, MUNICIPALITY).put(a_consultant(caseload=0))


def _busy(session: Any) -> None:
    other = an_agreement(id="agreement-2", slots=(a_slot(id="slot-2"),))
    Agreements(session, MUNICIPALITY).put(other)
    Placements(session, MUNICIPALITY).put(
        a_placement(citizen_id="citizen-0", slot_id="slot-2", ends_on=ON + timedelta(weeks=4))
    )


def _apart(session: Any) -> None:
    Agreements(session, MUNICIPALITY).put(an_agreement(slots=(a_slot(), a_slot(id="slot-2"))))
    citizens = Citizens(session, MUNICIPALITY)
    citizens.put(a_citizen(id="citizen-0", group_need=GroupNeed.SUBSTANCE_FREE_GROUP, **CROWD_NEEDS))
    citizens.put(a_citizen(id="citizen-2", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE, **CROWD_NEEDS))
    Placements(session, MUNICIPALITY).put(
        a_placement(citizen_id="citizen-2", slot_id="slot-2", ends_on=ON + timedelta(weeks=4))
    )


def _wished_away(session: Any) -> None:
    Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-0", wishes_against=("company-1",), **CROWD_NEEDS))


def _closed(session: Any) -> None:
    Agreements(session, MUNICIPALITY).put(an_agreement(slots=(a_slot(capacity=0),)))


def _fewer_hours(session: Any) -> None:
    Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-0", hours_now=4, hours_target=20))


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (_no_mentor_hours, {"mentor_hours"}),
        (_small_worksite, {"full_time_persons"}),
        (_full_caseload, {"caseload"}),
        (_busy, {"already_placed"}),
        (_apart, {"apart"}),
        (_wished_away, {"wishes_against"}),
        (_closed, {"open", "place_taken"}),
        (_fewer_hours, {"hours"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_limit_and_rule_is_asked_anew(migrated_url: str, change: Any, reasons: set[str]) -> None:
    crowd = crowd_on(migrated_url, people=3)
    with unit_of_work(crowd.sessions) as session:
        change(session)
    answer = decided(Client(crowd.app, token=CONSULTANT), PROPOSAL, "approved")
    assert answer.status_code == 409
    assert {reason["id"] for reason in answer.json()["reasons"]} == reasons


def _former_employee(session: Any) -> None:
    earlier = EarlierPlacement("company-1", "dish_washing", date(2020, 1, 1), date(2021, 1, 1), True, True)
    Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-0", earlier_placements=(earlier,), **CROWD_NEEDS))


def _small_centre(session: Any) -> None:
    centre = a_slot(capacity=3, setting=SlotSetting.COMPANY_CENTRE)
    Agreements(session, MUNICIPALITY).put(an_agreement(slots=(centre,)))


@pytest.mark.parametrize(
    ("change", "rule"), [(_former_employee, "former_employer"), (_small_centre, "company_centre_places")]
)
def test_a_rule_is_set_aside_by_whoever_may_with_a_reason_that_is_written_down(
    crowd: Crowd, karen: Client, change: Any, rule: str
) -> None:
    with unit_of_work(crowd.sessions) as session:
        change(session)
    reason = {rule: "Borgeren og stedet er enige om det."}
    lead = Client(crowd.app, token=LEAD)
    assert approved(lead).status_code == 409, "a team lead decides, but may not set the rule aside"
    assert approved(lead, reason).status_code == 403
    missing, empty = approved(karen), approved(karen, {rule: " "})
    assert (missing.status_code, empty.status_code) == (422, 422)
    assert [one["field"] for one in missing.json()["errors"]] == [f"overrides.{rule}"]
    assert [one["field"] for one in empty.json()["errors"]] == [f"overrides.{rule}"]
    assert placements(crowd) == []
    made = approved(karen, reason)
    assert made.status_code == 201
    history = karen.get(f"{API}/placements/{made.json()['placement_id']}").json()["history"]
    assert [(one["recorded_by"], one["details"]) for one in history] == [
        ("karen", {"source": "proposal", "overrides": reason})
    ]
    written = Client(crowd.app, token=AUDITOR).get(f"{API}/audit", params={"action": "placement.created"}).json()
    assert [one["details"]["rules_set_aside"] for one in written["items"]] == [[rule]]


def test_rules_that_nobody_may_set_aside_stay_and_those_not_in_the_way_are_not_named(
    crowd: Crowd, karen: Client
) -> None:
    assert approved(karen, {"former_employer": "For en sikkerheds skyld."}).status_code == 422
    with unit_of_work(crowd.sessions) as session:
        _wished_away(session)
    refused = approved(karen, {"wishes_against": "Det går nok."})
    assert (refused.status_code, refused.json()["reasons"][0]["id"]) == (409, "wishes_against")
    assert placements(crowd) == []


@pytest.mark.parametrize("verdict", ["held", "rejected"])
def test_only_an_approval_sets_a_rule_aside(crowd: Crowd, karen: Client, verdict: str) -> None:
    with unit_of_work(crowd.sessions) as session:
        _former_employee(session)
    body = {"verdict": verdict, "reason": "Vi venter.", "overrides": {"former_employer": "Borgeren er tryg."}}
    answer = karen.post(PROPOSAL, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "overrides")


@pytest.mark.parametrize(("places", "refused"), [((4,), False), ((3, 1), False), ((3,), True), ((2, 1), True)])
def test_a_centre_with_places_enough_takes_no_reason(
    crowd: Crowd, karen: Client, places: tuple[int, ...], refused: bool
) -> None:
    slots = [
        a_slot(id=f"slot-{n}", capacity=capacity, setting=SlotSetting.COMPANY_CENTRE)
        for n, capacity in enumerate(places, start=1)
    ]
    with unit_of_work(crowd.sessions) as session:
        agreements = Agreements(session, MUNICIPALITY)
        agreements.put(an_agreement(slots=(slots[0],)))
        if slots[1:]:
            Consultants(session, MUNICIPALITY).put(a_consultant(id="K2"))
            agreements.put(an_agreement(id="agreement-2", consultant_id="K2", slots=tuple(slots[1:])))
    answer = approved(karen)
    assert answer.status_code == (422 if refused else 201)
    if refused:
        assert answer.json()["errors"][0]["fix"].startswith(
            "A company centre has at least 4 fixed places at one company. Here there are 3 places. A job consultant may"
        )


def approved(client: Client, overrides: dict[str, str] | None = None) -> httpx.Response:
    body = {"verdict": "approved", "reason": "Aftalt med borgeren."}
    return client.post(PROPOSAL, json=body | ({} if overrides is None else {"overrides": overrides}))


def test_taking_an_approval_back_frees_the_place_and_both_decisions_stay(crowd: Crowd, karen: Client) -> None:
    with unit_of_work(crowd.sessions) as session:
        agreement = an_agreement(slots=(a_slot(starts_on=ON + timedelta(days=7)),))
        Agreements(session, MUNICIPALITY).put(agreement)
    made = decided(karen, PROPOSAL, "approved").json()["placement_id"]
    assert decided(karen, PROPOSAL, "rejected", "Borgeren har sagt nej.").status_code == 201
    assert placements(crowd) == []
    assert karen.get(f"{API}/placements/{made}").status_code == 404
    assert decided(karen, OTHER, "approved").status_code == 201
    with read_only(crowd.sessions) as session:
        verdicts = [one.decision.verdict for one in Decisions(session, MUNICIPALITY).of_proposal("first-0")]
        events = PlacementEvents(session, MUNICIPALITY).of_placement(made)
    assert verdicts == [Verdict.APPROVED, Verdict.REJECTED]
    assert [(one.change, one.reason) for one in events] == [
        ("made", "Aftalt med borgeren."),
        ("withdrawn", "Borgeren har sagt nej."),
    ]


def test_a_placement_that_has_begun_is_not_taken_back(crowd: Crowd, karen: Client) -> None:
    decided(karen, PROPOSAL, "approved")
    answer = decided(karen, PROPOSAL, "rejected", "Borgeren har sagt nej.")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/placement-begun"
    assert len(placements(crowd)) == 1


def test_a_repeated_request_is_answered_alike_and_done_once(crowd: Crowd, karen: Client) -> None:
    key = {"headers": {"Idempotency-Key": "afgoerelse-1"}}
    first = decided(karen, PROPOSAL, "held", "Vi venter på svar.", **key)
    again = decided(karen, PROPOSAL, "held", "Vi venter på svar.", **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = decided(karen, PROPOSAL, "rejected", "Borgeren vil ikke.", **key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")
    lead = Client(crowd.app, token=LEAD)
    assert decided(lead, PROPOSAL, "rejected", "Borgeren vil ikke.", **key).status_code == 201
    with read_only(crowd.sessions) as session:
        assert len(Decisions(session, MUNICIPALITY).of_proposal("first-0")) == 2


def test_a_refused_request_may_be_mended_and_sent_again_with_its_key(karen: Client) -> None:
    key = {"headers": {"Idempotency-Key": "k"}}
    assert decided(karen, PROPOSAL, "held", " ", **key).status_code == 422
    assert decided(karen, PROPOSAL, "held", "Vi venter.", **key).status_code == 201


def test_every_proposal_of_a_night_can_be_approved(migrated_url: str) -> None:
    town = town_on(migrated_url, citizens=40)
    made = [town.decide(one.id, Verdict.APPROVED).placement for one in town.night.proposals]
    assert len(made) >= 5
    for proposal, placement in zip(town.night.proposals, made, strict=True):
        assert placement is not None
        assert placement.status is PlacementStatus.PLANNED
        assert (placement.citizen_id, placement.slot_id) == (proposal.citizen_id, proposal.slot_id)
        assert (placement.starts_on, placement.hours_per_week) == (proposal.starts_on, proposal.hours_per_week)


def test_the_next_night_leaves_a_rejected_place_alone_and_keeps_what_is_on_hold(migrated_url: str) -> None:
    town = town_on(migrated_url)
    rejected, held = town.night.proposals[-1], town.night.proposals[0]
    town.decide(rejected.id, Verdict.REJECTED, "Borgeren vil hellere ud.")
    town.decide(held.id, Verdict.HELD, "Vi venter på svar fra stedet.")
    next_night = plan_night(town.sessions, MUNICIPALITY, on=town.today, time_limit_s=20)
    proposed = {(one.citizen_id, one.slot_id) for one in next_night.proposals}
    assert (rejected.citizen_id, rejected.slot_id) not in proposed
    assert (held.citizen_id, held.slot_id) in proposed
    shown = town.caller(CONSULTANT).get(f"{API}/citizens/{rejected.citizen_id}/suggestions/{rejected.slot_id}")
    explanation = shown.json()["place"]["explanation"]
    assert explanation["failed_rules"] == ["decided_proposal"]
    assert explanation["one_line"].startswith("Ikke muligt: Forslaget blev afvist den ")
    assert "Karen Konsulent" not in explanation["one_line"]
    with read_only(town.sessions) as session:
        stored = load(session, MUNICIPALITY)
    again = stored_of([KeptDocument(one.kind, one.digest, one.document, None) for one in snapshot_of(stored).documents])
    assert {one.verdict for one in again.decided} == {Verdict.REJECTED, Verdict.HELD}
    assert again.digest() == stored.digest()
