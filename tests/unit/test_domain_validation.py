"""Every refusal of the domain names the field, the problem and what to write instead, and never echoes the value."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from matcher.domain.agreement import AgreementModel
from matcher.domain.citizen import Competence, CompetenceLevel, EarlierPlacement, JobGoal
from matcher.domain.company import CompanyMentor
from matcher.domain.conditions import Accommodation, Condition, Demand, Strength
from matcher.domain.geography import Position
from matcher.domain.placement import (
    Aftercare,
    Decision,
    FollowUp,
    HoursStep,
    Outcome,
    ParallelSupport,
    PlacementStatus,
    Proposal,
    SubGoal,
    Verdict,
    WorkAgreement,
)
from matcher.domain.schedule import Schedule, Weekday
from matcher.domain.validation import MAX_TEXT, InvalidValueError, check_worksite_id, holds_cpr
from tests.builders import a_citizen, a_company, a_consultant, a_placement, a_slot, a_worksite, an_agreement, must

NOT_A_NUMBER = float("nan")


def a_proposal(**changes: Any) -> Proposal:
    values: dict[str, Any] = {
        "citizen_id": "citizen-1",
        "slot_id": "slot-1",
        "starts_on": date(2026, 10, 1),
        "hours_per_week": 10,
        "value": 0.5,
        "price": 0.1,
    }
    return Proposal(**(values | changes))


def a_work_agreement(**changes: Any) -> WorkAgreement:
    values: dict[str, Any] = {
        "functions": ("dish_washing",),
        "sub_goals": (SubGoal("dish_washing", "Betjener opvaskemaskinen alene", date(2026, 11, 1)),),
        "hours": (HoursStep(date(2026, 10, 1), 10),),
        "call_on_absence": "Karen Konsulent, inden kl. 8",
    }
    return WorkAgreement(**(values | changes))


Build = Callable[..., object]
REFUSED: list[tuple[Build, dict[str, Any], str]] = [
    (a_citizen, {"id": ""}, "id"),
    (a_citizen, {"id": "010190-1234"}, "id"),
    (a_citizen, {"id": "0101901234"}, "id"),
    (a_citizen, {"id": 7}, "id"),
    (a_citizen, {"id": "a b"}, "id"),
    (a_citizen, {"id": "x" * 65}, "id"),
    (a_citizen, {"municipality": "760"}, "municipality"),
    (a_citizen, {"name": "x" * (MAX_TEXT + 1)}, "name"),
    (a_citizen, {"name": "a\x00b"}, "name"),
    (a_citizen, {"name": None}, "name"),
    (a_citizen, {"profile": "unknown"}, "profile"),
    (a_citizen, {"group_need": None}, "group_need"),
    (a_citizen, {"danish_level": 3}, "danish_level"),
    (a_citizen, {"home_postcode": "69"}, "home_postcode"),
    (a_citizen, {"home_postcode": "٦٩٠٠"}, "home_postcode"),
    (a_citizen, {"waiting_since": "2026-06-01"}, "waiting_since"),
    (a_citizen, {"available_from": datetime(2026, 6, 1, 8, 0)}, "available_from"),  # noqa: DTZ001 - a time is refused
    (a_citizen, {"hours_now": -1}, "hours_now"),
    (a_citizen, {"hours_now": NOT_A_NUMBER}, "hours_now"),
    (a_citizen, {"hours_now": True}, "hours_now"),
    (a_citizen, {"hours_now": "10"}, "hours_now"),
    (a_citizen, {"hours_now": 38, "hours_target": 38}, "hours_now"),
    (a_citizen, {"hours_now": 20, "hours_target": 10}, "hours_target"),
    (a_citizen, {"longest_travel_minutes": 0}, "longest_travel_minutes"),
    (a_citizen, {"longest_travel_minutes": 30.5}, "longest_travel_minutes"),
    (a_citizen, {"mentor_hours_per_week": -0.5}, "mentor_hours_per_week"),
    (a_citizen, {"attendance_stability": 1.2}, "attendance_stability"),
    (a_citizen, {"travel_modes": ()}, "travel_modes"),
    (a_citizen, {"travel_modes": ("teleport",)}, "travel_modes[0]"),
    (a_citizen, {"support_problems": ("boredom",)}, "support_problems[0]"),
    (a_citizen, {"schedule": Schedule(days=(Weekday.MONDAY,))}, "schedule"),
    (a_citizen, {"competences": (Competence("cleaning"), Competence("cleaning"))}, "competences"),
    (a_citizen, {"accommodations": (must(Condition.LIFTING, 5), must(Condition.LIFTING, 8))}, "accommodations"),
    (a_citizen, {"wishes_for": ("010190-1234",)}, "wishes_for[0]"),
    (a_citizen, {"wishes_for": ("company-1", "company-1")}, "wishes_for"),
    (a_citizen, {"wishes_for": ("company-1",), "wishes_against": ("company-1",)}, "wishes_against"),
    (JobGoal, {"text": " "}, "text"),
    (JobGoal, {"text": "", "occupation": ""}, "occupation"),
    (Competence, {"function": "cleaning", "level": 4}, "level"),
    (
        EarlierPlacement,
        {
            "company_id": "company-1",
            "function": "cleaning",
            "started_on": date(2026, 2, 1),
            "ended_on": date(2026, 1, 31),
        },
        "ended_on",
    ),
    (Accommodation, {"condition": "lifting", "limit": 5, "strength": Strength.MUST}, "condition"),
    (Accommodation, {"condition": Condition.LIFTING, "limit": 51, "strength": Strength.MUST}, "limit"),
    (Accommodation, {"condition": Condition.GROUND_FLOOR, "limit": 0.5, "strength": Strength.MUST}, "limit"),
    (Accommodation, {"condition": Condition.LIFTING, "limit": 5, "strength": "perhaps"}, "strength"),
    (Demand, {"condition": Condition.NOISE, "level": 4}, "level"),
    (Demand, {"condition": Condition.STANDING_WALKING, "level": 1.1}, "level"),
    (a_slot, {"capacity": 1.0}, "capacity"),
    (a_slot, {"capacity": -1}, "capacity"),
    (a_slot, {"title": ""}, "title"),
    (a_slot, {"setting": "cellar"}, "setting"),
    (a_slot, {"form": "slavery"}, "form"),
    (a_slot, {"danish_level": None}, "danish_level"),
    (a_slot, {"hours_from": 0}, "hours_from"),
    (a_slot, {"hours_to": 4}, "hours_to"),
    (a_slot, {"ends_on": date(2026, 8, 31)}, "ends_on"),
    (a_slot, {"starts_on": None}, "starts_on"),
    (a_slot, {"outlook": 2}, "outlook"),
    (a_slot, {"breadth": -0.1}, "breadth"),
    (a_slot, {"tasks": ("",)}, "tasks[0]"),
    (a_slot, {"worksite_id": "010190-1234"}, "worksite_id"),
    (a_slot, {"required": ("cleaning", "cleaning")}, "required"),
    (a_slot, {"demands": (Demand(Condition.NOISE, 1), Demand(Condition.NOISE, 2))}, "demands"),
    (a_slot, {"hours_from": 9, "schedule": Schedule(days=(Weekday.MONDAY,))}, "schedule"),
    (an_agreement, {"model": "barter"}, "model"),
    (an_agreement, {"slots": ()}, "slots"),
    (an_agreement, {"slots": (a_slot(), a_slot())}, "slots"),
    (an_agreement, {"slots": (a_slot(company_id="company-9"),)}, "slots[0].company_id"),
    (an_agreement, {"company_ids": ("company-1", "company-2")}, "company_ids"),
    (an_agreement, {"model": AgreementModel.CLUSTER}, "places"),
    (an_agreement, {"model": AgreementModel.CLUSTER, "places": 3}, "company_ids"),
    (an_agreement, {"model": AgreementModel.CLUSTER, "places": 0}, "places"),
    (an_agreement, {"places": 3}, "places"),
    (an_agreement, {"valid_to": date(2025, 12, 31)}, "valid_to"),
    (an_agreement, {"lead_time_days": -1}, "lead_time_days"),
    (an_agreement, {"outreach_hours": 101}, "outreach_hours"),
    (a_worksite, {"id": "010190-1234"}, "id"),
    (a_worksite, {"p_number": "123"}, "p_number"),
    (a_worksite, {"p_number": None}, "p_number"),
    (a_worksite, {"ordinary_employees": -1}, "ordinary_employees"),
    (a_worksite, {"supported_full_time_persons": -1}, "supported_full_time_persons"),
    (a_worksite, {"ordinary_employees_by_month": (1.0,) * 11}, "ordinary_employees_by_month"),
    (a_worksite, {"ordinary_employees_by_month": (-1.0,) * 12}, "ordinary_employees_by_month[0]"),
    (a_worksite, {"mentors": (CompanyMentor("m", 1), CompanyMentor("m", 2))}, "mentors"),
    (CompanyMentor, {"id": "m", "hours_per_week": 40}, "hours_per_week"),
    (Position, {"latitude": 8.5, "longitude": 55.9}, "latitude"),
    (Position, {"latitude": 55.9, "longitude": NOT_A_NUMBER}, "longitude"),
    (a_company, {"cvr": "1234"}, "cvr"),
    (a_company, {"cvr": 12345678}, "cvr"),
    (a_company, {"industry": "56.29"}, "industry"),
    (a_company, {"worksites": ()}, "worksites"),
    (a_company, {"worksites": (a_worksite(), a_worksite())}, "worksites"),
    (a_company, {"not_again": ("010190-1234",)}, "not_again[0]"),
    (a_consultant, {"caseload": -1}, "caseload"),
    (a_consultant, {"outreach_hours": float("inf")}, "outreach_hours"),
    (a_consultant, {"name": ""}, "name"),
    (Schedule, {"days": ()}, "days"),
    (Schedule, {"days": (0,)}, "days"),
    (Schedule, {"days": (Weekday.MONDAY, Weekday.MONDAY)}, "days"),
    (Schedule, {"from_minutes": 480, "to_minutes": 480}, "to_minutes"),
    (Schedule, {"from_minutes": 1440}, "from_minutes"),
    (a_proposal, {"value": 1.5}, "value"),
    (a_proposal, {"price": -1}, "price"),
    (a_proposal, {"starts_on": "tomorrow"}, "starts_on"),
    (Decision, {"verdict": "perhaps", "decided_by": "karen", "reason": "Aftalt"}, "verdict"),
    (Decision, {"verdict": Verdict.APPROVED, "decided_by": "karen", "reason": " "}, "reason"),
    (ParallelSupport, dict.fromkeys(("problem", "support", "mechanism", "sub_goal", "source"), "x"), "problem"),
    (SubGoal, {"function": "cleaning", "measure": "", "due_on": date(2026, 11, 1)}, "measure"),
    (SubGoal, {"function": "cleaning", "measure": "Gør rent", "due_on": None}, "due_on"),
    (a_work_agreement, {"hours": ()}, "hours"),
    (a_work_agreement, {"hours": (HoursStep(date(2026, 11, 1), 12), HoursStep(date(2026, 10, 1), 10))}, "hours"),
    (a_work_agreement, {"call_on_absence": ""}, "call_on_absence"),
    (a_placement, {"form": None}, "form"),
    (a_placement, {"status": "sleeping"}, "status"),
    (a_placement, {"reason": ""}, "reason"),
    (a_placement, {"ends_on": date(2026, 8, 31)}, "ends_on"),
    (a_placement, {"status": PlacementStatus.ENDED}, "outcome"),
    (a_placement, {"outcome": Outcome.COMPLETED}, "outcome"),
    (FollowUp, {"placement_id": "placement-1", "held_on": date(2026, 10, 1), "hours_per_week": -1}, "hours_per_week"),
    (
        Aftercare,
        {
            "citizen_id": "citizen-1",
            "starts_on": date(2026, 10, 1),
            "ends_on": date(2026, 12, 1),
            "kind": "",
            "hours_per_week": 2,
        },
        "kind",
    ),
]


@pytest.mark.parametrize(("build", "changes", "field"), REFUSED, ids=lambda value: getattr(value, "__name__", None))
def test_a_refusal_names_the_field_and_the_fix(build: Build, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        build(**changes)
    assert refused.value.field == field
    assert refused.value.problem
    assert refused.value.fix


def test_a_refusal_does_not_echo_a_personal_number() -> None:
    with pytest.raises(InvalidValueError) as refused:
        a_citizen(id="010190-1234")
    assert "0101" not in str(refused.value)
    assert "CPR" in str(refused.value)


NUMBERS = (
    "170362-9017", "1703629017", "170362 9017", "170362 - 9017", "170362_9017", "170362.9017", "170362–9017",
    "7703629017", "770362-9017", "290200-0004", "170362%2D9017",
)  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "within", ["{}", "B-{}", "{}x", "SAG:{}", "Anna {}, ring til hende", "https://a.dk/{}?x=1", "0 {} 0"]
)
def test_a_personal_number_is_seen_wherever_it_stands(number: str, within: str) -> None:
    assert holds_cpr(within.format(number))
    with pytest.raises(InvalidValueError) as refused:
        a_citizen(goals=(JobGoal(text=within.format(number)),))
    assert refused.value.problem == "looks like a CPR number"
    assert number not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "320362-9017",  # no such day
        "310462-9017",  # nor in April
        "926362-9017",
        "17036290170",  # eleven digits
        "+45 12 34 56 78",
        "+4512345678",
        "Mødes 01.10.2026 kl. 9",
        "2026-10-01T08:00:00Z",
        "ab170362-9017-4c1a-8f52-8c1a9d1f2b11",  # a UUID, by chance
        "0a6a7b0e-18a0-4d0d-8f52-a1703629017b",
        "P-nummer 1003388394",
        "CVR 99000015",
        "5790001234567",
    ],
)
def test_other_numbers_are_no_personal_numbers(text: str) -> None:
    assert not holds_cpr(text)


@pytest.mark.parametrize("id_", ["B-170362-9017", "1703629017x", "170362_9017", "170362.9017", "7703629017"])
def test_no_id_holds_a_personal_number(id_: str) -> None:
    with pytest.raises(InvalidValueError, match="CPR"):
        a_citizen(id=id_)
    with pytest.raises(InvalidValueError, match="CPR"):
        check_worksite_id("id", id_)
    check_worksite_id("id", "1003388394")


def test_a_refusal_can_be_seen_from_its_parent() -> None:
    error = InvalidValueError("hours_now", "is out of range", "write a number").within("citizens[3]")
    assert error.field == "citizens[3].hours_now"
    assert error.fix == "write a number"


def test_an_unknown_member_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidValueError, match="work_placement, wage_subsidy, ordinary_hours, flexi_job"):
        a_slot(form="job")
    with pytest.raises(InvalidValueError, match="NONE, A1, A2, B1"):
        a_slot(danish_level=9)


@pytest.mark.parametrize("p_number", ["1001014321", "1012319876", "1000000001"])
def test_a_p_number_is_a_good_id_of_a_worksite(p_number: str) -> None:
    worksite = a_worksite(id=p_number, p_number=p_number)
    slot = a_slot(worksite_id=p_number)
    assert slot.worksite_id == worksite.id


def test_what_happens_around_a_placement_is_valid_once_built() -> None:
    reached = SubGoal("dish_washing", "Betjener opvaskemaskinen alene", date(2026, 11, 1), date(2026, 10, 20))
    follow_up = FollowUp("placement-1", date(2026, 11, 1), 12, "Flere opgaver fra næste uge")
    aftercare = Aftercare("citizen-1", date(2026, 10, 1), date(2026, 12, 1), "ugentligt møde", 2)
    assert a_work_agreement(sub_goals=(reached,)).sub_goals[0].reached_on == date(2026, 10, 20)
    assert follow_up.hours_per_week == 12
    assert aftercare.kind == "ugentligt møde"
    assert Decision(Verdict.HELD, "karen", "Afventer svar fra virksomheden").verdict is Verdict.HELD


def test_the_edges_of_each_range_are_valid() -> None:
    assert a_citizen(hours_now=37, hours_target=37).hours_target == 37
    assert a_citizen(hours_now=0.5).hours_now == 0.5
    assert a_slot(hours_from=5, hours_to=5).hours_to == 5
    assert a_slot(capacity=0).capacity == 0
    assert a_slot(ends_on=date(2026, 9, 1)).ends_on == date(2026, 9, 1)
    assert JobGoal("", "uri").occupation == "uri"
    assert Competence("cleaning", CompetenceLevel.CAN_TEACH).level == 3
