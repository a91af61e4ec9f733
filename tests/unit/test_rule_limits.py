"""Shared limits, cases each from its source text: at the limit, just under it and just over it.

A citizen with 18.5 hours a week is half a full-time person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from matcher.arrays import MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm
from matcher.domain.citizen import GroupNeed
from matcher.domain.company import CompanyMentor
from matcher.domain.placement import PlacementStatus
from matcher.domain.rulebook import Severity
from matcher.domain.statute import STATUTE
from matcher.limits import Barrier
from matcher.resources import BARRIERS, plan_problem
from matcher.scoring import score_pairs
from tests.builders import ON, a_citizen, a_consultant, a_placement, a_slot
from tests.pairs import input_of, pair_of


@dataclass(frozen=True)
class Case:
    """A citizen and a worksite, and whether the limit leaves room."""

    says: str
    passes: bool
    pair: Mapping[str, Any] = field(default_factory=dict)

    def match_input(self) -> MatchInput:
        return pair_of(**self.pair)


def months(*latest: float) -> dict[str, Any]:
    """A worksite whose stated average is another than that of its months."""
    return {"ordinary_employees": 500, "ordinary_employees_by_month": (*latest, *(90.0,) * (12 - len(latest)))}


HALF = {"hours_now": 18.5, "hours_target": 18.5}
FULL = {"hours_now": 37, "hours_target": 37}
NOBODY = {"ordinary_employees": 0}
TWO_MENTORS = {"mentors": (CompanyMentor("a", 2), CompanyMentor("b", 2))}
SHARED: dict[str, tuple[Case, ...]] = {
    "reasonableness": (
        Case(
            "nobody is employed: one full-time person",
            True,
            {"citizen": FULL, "slot": {"hours_to": 37}, "worksite": NOBODY},
        ),
        Case("half beside half", True, {"citizen": HALF, "worksite": NOBODY | {"supported_full_time_persons": 0.5}}),
        Case(
            "half beside a little less than half",
            True,
            {"citizen": HALF, "worksite": NOBODY | {"supported_full_time_persons": 0.49}},
        ),
        Case(
            "half beside a little more than half",
            False,
            {"citizen": HALF, "worksite": NOBODY | {"supported_full_time_persons": 0.51}},
        ),
        Case(
            "9.9 employees: one",
            False,
            {"citizen": HALF, "worksite": {"ordinary_employees": 9.9, "supported_full_time_persons": 1}},
        ),
        Case(
            "10 employees: two",
            True,
            {"citizen": HALF, "worksite": {"ordinary_employees": 10, "supported_full_time_persons": 1}},
        ),
        Case(
            "10.1 employees: two",
            True,
            {"citizen": HALF, "worksite": {"ordinary_employees": 10.1, "supported_full_time_persons": 1}},
        ),
        Case(
            "59.9 employees: ten",
            False,
            {"citizen": HALF, "worksite": {"ordinary_employees": 59.9, "supported_full_time_persons": 10}},
        ),
        Case(
            "60 employees: eleven",
            True,
            {"citizen": HALF, "worksite": {"ordinary_employees": 60, "supported_full_time_persons": 10}},
        ),
        Case(
            "four months of 10 on average: two",
            True,
            {"citizen": HALF, "worksite": months(4, 8, 12, 16) | {"supported_full_time_persons": 1}},
        ),
        Case(
            "four months just under 10: one",
            False,
            {"citizen": HALF, "worksite": months(4, 8, 12, 15.9) | {"supported_full_time_persons": 1}},
        ),
        Case(
            "ordinary hours do not count",
            True,
            {"slot": {"form": PlacementForm.ORDINARY_HOURS}, "worksite": NOBODY | {"supported_full_time_persons": 1}},
        ),
        Case(
            "wage subsidy counts",
            False,
            {"slot": {"form": PlacementForm.WAGE_SUBSIDY}, "worksite": NOBODY | {"supported_full_time_persons": 1}},
        ),
    ),
    "full_week": (
        Case("37 hours are one", True, {"citizen": FULL, "slot": {"hours_to": 37}, "worksite": NOBODY}),
        Case(
            "37 hours beside anybody are too many",
            False,
            {"citizen": FULL, "slot": {"hours_to": 37}, "worksite": NOBODY | {"supported_full_time_persons": 0.01}},
        ),
    ),
    "mentor_hours": (
        Case("6 mentor hours, 5.5 needed", True, {"citizen": {"mentor_hours_per_week": 5.5}}),
        Case("6 mentor hours, 6 needed", True, {"citizen": {"mentor_hours_per_week": 6}}),
        Case("6 mentor hours, 6.5 needed", False, {"citizen": {"mentor_hours_per_week": 6.5}}),
        Case("no mentor, none needed", True, {"worksite": {"mentors": ()}}),
        Case("two mentors together", True, {"citizen": {"mentor_hours_per_week": 4}, "worksite": TWO_MENTORS}),
    ),
    "outreach_hours": tuple(
        Case(
            f"20 hours, a call takes {hours}",
            passes,
            {"agreement": {"model": AgreementModel.AD_HOC, "outreach_hours": hours}},
        )
        for hours, passes in ((19.5, True), (20, True), (20.5, False))
    ),
}
ASKED_BELOW = {"caseload", "cluster_places", "kept_apart", "places"}
SHARED_ROWS = [(rule, case) for rule, cases in SHARED.items() for case in cases]


def barriers(match_input: MatchInput, **more: Any) -> list[Barrier]:
    pairs = score_pairs(match_input, top_k=None)
    assert len(pairs.citizen) == len(match_input.citizens)
    night = plan_problem(match_input, pairs, consultants=more.pop("consultants", [a_consultant()]), **more)
    return [BARRIERS[code] for code in night.removed.barrier]


@pytest.mark.parametrize(("rule", "case"), SHARED_ROWS, ids=[f"{rule}: {case.says}" for rule, case in SHARED_ROWS])
def test_a_shared_limit_at_its_limit(rule: str, case: Case) -> None:
    assert STATUTE.version(rule, ON).severity is Severity.LIMITS
    assert barriers(case.match_input()) == ([] if case.passes else [Barrier.RESOURCE])


@pytest.mark.parametrize(("caseload", "passes"), [(2, True), (1, False)])
def test_a_consultant_follows_no_more_than_agreed(caseload: int, passes: bool) -> None:
    running = [a_placement(citizen_id="elsewhere", slot_id="slot-1")]
    found = barriers(pair_of(slot={"capacity": 5}), running=running, consultants=[a_consultant(caseload=caseload)])
    assert found == ([] if passes else [Barrier.RESOURCE])


@pytest.mark.parametrize(("places", "passes"), [(2, True), (1, False)])
def test_a_place_takes_no_more_than_agreed(places: int, passes: bool) -> None:
    running = [a_placement(citizen_id="elsewhere", slot_id="slot-1")]
    found = barriers(pair_of(slot={"capacity": places}), running=running)
    assert found == ([] if passes else [Barrier.PLACE_TAKEN])


@pytest.mark.parametrize(("places", "passes"), [(2, True), (1, False)])
def test_a_cluster_has_no_more_than_its_places(places: int, passes: bool) -> None:
    cluster = {"model": AgreementModel.CLUSTER, "company_ids": ("company-1", "company-2"), "places": places}
    running = [a_placement(citizen_id="elsewhere", slot_id="slot-1")]
    found = barriers(pair_of(slot={"capacity": 5}, agreement=cluster), running=running)
    assert found == ([] if passes else [Barrier.RESOURCE])


@pytest.mark.parametrize(
    ("here", "there", "passes"),
    [
        (GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.ACTIVE_SUBSTANCE_USE, False),
        (GroupNeed.ACTIVE_SUBSTANCE_USE, GroupNeed.SUBSTANCE_FREE_GROUP, False),
        (GroupNeed.ACTIVE_SUBSTANCE_USE, GroupNeed.ACTIVE_SUBSTANCE_USE, True),
        (GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.SUBSTANCE_FREE_GROUP, True),
        (GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.NONE, True),
        (GroupNeed.NONE, GroupNeed.ACTIVE_SUBSTANCE_USE, True),
    ],
)
def test_who_needs_a_group_without_substance_use_is_not_beside_it(
    here: GroupNeed, there: GroupNeed, passes: bool
) -> None:
    people = [a_citizen(group_need=here), a_citizen(id="citizen-2", group_need=there)]
    running = [a_placement(citizen_id="citizen-2", status=PlacementStatus.RUNNING)]
    found = barriers_of_first(input_of(people, [a_slot(capacity=5)]), running)
    assert found == ([] if passes else [Barrier.APART])


def barriers_of_first(match_input: MatchInput, running: list[Any]) -> list[Barrier]:
    night = plan_problem(match_input, score_pairs(match_input), consultants=[a_consultant()], running=running)
    removed = night.removed
    return [BARRIERS[code] for code, row in zip(removed.barrier, removed.citizen, strict=True) if row == 0]


def test_every_rule_that_limits_has_its_cases() -> None:
    assert {one.id for one in STATUTE.versions if one.severity is Severity.LIMITS} == {*SHARED, *ASKED_BELOW}
