"""Small valid domain values for tests: every argument that a test does not name has a dull, valid default."""

from datetime import UTC, date, datetime
from typing import Any

from matcher.domain.agreement import AgreementModel, PlacementForm, Slot, SlotAgreement, SlotSetting
from matcher.domain.citizen import Citizen, TargetGroupProfile
from matcher.domain.company import Company, CompanyMentor, Worksite
from matcher.domain.conditions import Accommodation, Condition, Demand, Strength
from matcher.domain.contact import Answer, Contact, ContactKind
from matcher.domain.decided import DecidedPair
from matcher.domain.geography import Position
from matcher.domain.placement import Placement, PlacementStatus, Verdict
from matcher.domain.staff import JobConsultant

ON = date(2026, 10, 1)
"""The day that tests plan for."""
MUNICIPALITY = "0760"
TOWN = Position(55.9447, 8.4914)


def a_citizen(**changes: Any) -> Citizen:
    """A citizen in activity-ready cash benefit who can work 10 hours a week and has no needs."""
    values: dict[str, Any] = {
        "id": "citizen-1",
        "municipality": MUNICIPALITY,
        "name": "Test Testesen",
        "target_group": "activity_ready",
        "profile": TargetGroupProfile.JOB,
        "consultant_id": "consultant-1",
        "home_postcode": "6900",
        "home": TOWN,
        "waiting_since": date(2026, 6, 1),
        "hours_now": 10,
        "hours_target": 20,
    }
    return Citizen(**(values | changes))


def a_slot(**changes: Any) -> Slot:
    """One place in a work placement of 5-20 hours a week, open now, that asks for nothing."""
    values: dict[str, Any] = {
        "id": "slot-1",
        "company_id": "company-1",
        "worksite_id": "worksite-1",
        "title": "Opvask og anretning",
        "function": "dish_washing",
        "setting": SlotSetting.SINGLE,
        "form": PlacementForm.WORK_PLACEMENT,
        "capacity": 1,
        "starts_on": date(2026, 9, 1),
        "hours_from": 5,
        "hours_to": 20,
    }
    return Slot(**(values | changes))


def an_agreement(**changes: Any) -> SlotAgreement:
    """A fixed agreement with one company and the slot of `a_slot`."""
    values: dict[str, Any] = {
        "id": "agreement-1",
        "municipality": MUNICIPALITY,
        "model": AgreementModel.FIXED,
        "company_ids": ("company-1",),
        "consultant_id": "consultant-1",
        "valid_from": date(2026, 1, 1),
        "slots": (a_slot(),),
    }
    return SlotAgreement(**(values | changes))


def a_worksite(**changes: Any) -> Worksite:
    """A worksite in the town with 20 ordinary employees (4 full-time persons) and 6 mentor hours a week."""
    values: dict[str, Any] = {
        "id": "worksite-1",
        "p_number": "1002345678",
        "name": "Testkøkkenet, Skjern",
        "postcode": "6900",
        "ordinary_employees": 20,
        "position": TOWN,
        "mentors": (CompanyMentor("mentor-1", 6),),
    }
    return Worksite(**(values | changes))


def a_company(**changes: Any) -> Company:
    """A company with the worksite of `a_worksite`."""
    values: dict[str, Any] = {
        "id": "company-1",
        "municipality": MUNICIPALITY,
        "cvr": "12345678",
        "name": "Testkøkkenet",
        "industry": "562900",
        "worksites": (a_worksite(),),
    }
    return Company(**(values | changes))


def a_consultant(**changes: Any) -> JobConsultant:
    """A consultant with 20 outreach hours and room for 40 placements."""
    values: dict[str, Any] = {
        "id": "consultant-1",
        "municipality": MUNICIPALITY,
        "name": "Karen Konsulent",
        "outreach_hours": 20,
        "caseload": 40,
    }
    return JobConsultant(**(values | changes))


def a_placement(**changes: Any) -> Placement:
    """A running work placement of 10 hours a week of citizen-1 in slot-1."""
    values: dict[str, Any] = {
        "id": "placement-1",
        "citizen_id": "citizen-1",
        "slot_id": "slot-1",
        "form": PlacementForm.WORK_PLACEMENT,
        "status": PlacementStatus.RUNNING,
        "hours_per_week": 10,
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2026, 11, 30),
        "decided_by": "consultant-1",
        "reason": "Aftalt med borger og virksomhed",
    }
    return Placement(**(values | changes))


def a_contact(**changes: Any) -> Contact:
    """A call to company-1 about agreement-1 a month before the plan; the company said no."""
    values: dict[str, Any] = {
        "id": "contact-1",
        "company_id": "company-1",
        "consultant_id": "consultant-1",
        "kind": ContactKind.CALL,
        "contacted_on": date(2026, 9, 1),
        "recorded_at": datetime(2026, 9, 1, 9, 30, tzinfo=UTC),
        "answer": Answer.NO,
        "agreement_id": "agreement-1",
        "reason": "Der er ingen opgaver lige nu",
    }
    return Contact(**(values | changes))


def a_decided_pair(**changes: Any) -> DecidedPair:
    """A proposal of slot-1 to citizen-1 that Karen rejected a month before the plan."""
    values: dict[str, Any] = {
        "id": "proposal-1",
        "citizen_id": "citizen-1",
        "slot_id": "slot-1",
        "verdict": Verdict.REJECTED,
        "decided_on": date(2026, 9, 1),
        "decided_by": "Karen Konsulent",
    }
    return DecidedPair(**(values | changes))


def must(condition: Condition, limit: float) -> Accommodation:
    """A need without which a place is impossible."""
    return Accommodation(condition, limit, Strength.MUST)


def should(condition: Condition, limit: float) -> Accommodation:
    """A need that lowers the score where it is not met."""
    return Accommodation(condition, limit, Strength.SHOULD)


def states(condition: Condition, level: float) -> Demand:
    """What a place has stated of a condition."""
    return Demand(condition, level)
