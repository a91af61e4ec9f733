"""Hard rules, a row of cases each from its source text: at the limit, just under it and just over it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from matcher.arrays import MatchInput
from matcher.domain.agreement import PlacementForm, SlotSetting
from matcher.domain.citizen import DanishLevel, EarlierPlacement
from matcher.domain.conditions import Accommodation, Condition
from matcher.domain.rulebook import Severity
from matcher.domain.schedule import Schedule, Weekday
from matcher.domain.statute import STATUTE
from tests.builders import ON, must, should, states
from tests.pairs import failed, pair_of

YEAR_OF_TEN = (10.0,) * 11
EARLIER = EarlierPlacement("company-1", "dish_washing", date(2020, 1, 1), date(2021, 1, 1), True, True)


@dataclass(frozen=True)
class Case:
    """A pair, and whether the rule lets it through."""

    says: str
    passes: bool
    pair: Mapping[str, Any] = field(default_factory=dict)

    def match_input(self) -> MatchInput:
        return pair_of(**self.pair)


def wage_subsidy(*months: float) -> dict[str, Any]:
    return {"slot": {"form": PlacementForm.WAGE_SUBSIDY}, "worksite": {"ordinary_employees_by_month": months}}


def lifting(need: Callable[[Condition, float], Accommodation], kg: float) -> dict[str, Any]:
    """A citizen who is to lift at most 5 kg, and a place where some kg are lifted."""
    return {
        "citizen": {"accommodations": (need(Condition.LIFTING, 5),)},
        "slot": {"demands": (states(Condition.LIFTING, kg),)},
    }


def schedule_of(last_hour: int) -> dict[str, Any]:
    """A place that is open on Mondays and Tuesdays from 8 until an hour."""
    open_times = Schedule((Weekday.MONDAY, Weekday.TUESDAY), 8 * 60, last_hour * 60)
    return {"slot": {"schedule": open_times, "hours_from": 5}, "citizen": {"hours_now": 8, "hours_target": 8}}


FROM_THE_LAW: dict[str, Any] = {"slot": {"starts_on": date(2022, 6, 1)}, "agreement": {"valid_from": date(2022, 6, 1)}}
HARD: dict[str, tuple[Case, ...]] = {
    "municipality": (
        Case("the same", True),
        Case("another", False, {"citizen": {"municipality": "0657"}}),
    ),
    "open": (
        Case("15 days left", True, {"slot": {"ends_on": date(2026, 10, 16)}}),
        Case("14 days left", True, {"slot": {"ends_on": date(2026, 10, 15)}}),
        Case("13 days left", False, {"slot": {"ends_on": date(2026, 10, 14)}}),
        Case("14 days left of the agreement", True, {"agreement": {"valid_to": date(2026, 10, 15)}}),
        Case("13 days left of the agreement", False, {"agreement": {"valid_to": date(2026, 10, 14)}}),
        Case("a small job on its only day", True, {"slot": {"ends_on": ON, "setting": SlotSetting.SMALL_JOB}}),
        Case(
            "a small job that ended yesterday",
            False,
            {"slot": {"ends_on": date(2026, 9, 30), "setting": SlotSetting.SMALL_JOB}},
        ),
        Case("no places", False, {"slot": {"capacity": 0}}),
    ),
    "starts_soon": (
        Case("55 days ahead", True, {"slot": {"starts_on": date(2026, 11, 25)}}),
        Case("56 days ahead", True, {"slot": {"starts_on": date(2026, 11, 26)}}),
        Case("57 days ahead", False, {"slot": {"starts_on": date(2026, 11, 27)}}),
        Case("a citizen 56 days ahead", True, {"citizen": {"available_from": date(2026, 11, 26)}}),
        Case("a citizen 57 days ahead", False, {"citizen": {"available_from": date(2026, 11, 27)}}),
    ),
    "group_accepted": (
        Case("any group", True),
        Case("the group is among those accepted", True, {"slot": {"target_groups": ("activity_ready", "sick_pay")}}),
        Case("others are accepted", False, {"slot": {"target_groups": ("sick_pay",)}}),
    ),
    "group_in_law": (
        Case("a group of the law", True),
        Case("a group that the law does not know", False, {"citizen": {"target_group": "abolished_group"}}),
        Case("the first day of the groups", True, FROM_THE_LAW | {"on": date(2022, 6, 17)}),
        Case("the day before the groups", False, FROM_THE_LAW | {"on": date(2022, 6, 16)}),
        Case(
            "planned before, begun with the law",
            True,
            FROM_THE_LAW | {"on": date(2022, 6, 1), "citizen": {"available_from": date(2022, 6, 17)}},
        ),
    ),
    "flexi_job": (
        Case(
            "approved",
            True,
            {"citizen": {"target_group": "flexi_job_approved"}, "slot": {"form": PlacementForm.FLEXI_JOB}},
        ),
        Case("not approved", False, {"slot": {"form": PlacementForm.FLEXI_JOB}}),
        Case("not a flexi-job", True, {"slot": {"form": PlacementForm.ORDINARY_HOURS}}),
    ),
    "must_needs_met": (
        Case("must lift at most 5 kg, 4.5 kg are lifted", True, lifting(must, 4.5)),
        Case("must lift at most 5 kg, 5 kg are lifted", True, lifting(must, 5)),
        Case("must lift at most 5 kg, 5.5 kg are lifted", False, lifting(must, 5.5)),
        Case("should lift at most 5 kg, 50 kg are lifted", True, lifting(should, 50)),
    ),
    "must_needs_stated": (
        Case("a binding need is not stated", False, {"citizen": {"accommodations": (must(Condition.LIFTING, 5),)}}),
        Case("another need is not stated", True, {"citizen": {"accommodations": (should(Condition.LIFTING, 5),)}}),
        Case("no need", True),
    ),
    "certificates": (
        Case("none is asked for", True),
        Case("held", True, {"citizen": {"certificates": ("forklift",)}, "slot": {"certificates": ("forklift",)}}),
        Case(
            "one of two",
            False,
            {"citizen": {"certificates": ("forklift",)}, "slot": {"certificates": ("forklift", "driving_b")}},
        ),
        Case("none of one", False, {"slot": {"certificates": ("forklift",)}}),
    ),
    "danish_level": tuple(
        Case(
            f"{held} where B1 is asked for",
            passes,
            {"citizen": {"danish_level": held}, "slot": {"danish_level": DanishLevel.B1}},
        )
        for held, passes in ((DanishLevel.A2, False), (DanishLevel.B1, True), (DanishLevel.B2, True), (None, True))
    ),
    "hours": tuple(
        Case(f"10 hours now, the place begins with {hours}", passes, {"slot": {"hours_from": hours}})
        for hours, passes in ((9.5, True), (10, True), (10.5, False))
    ),
    "schedule": tuple(
        Case(f"8 hours in two days of {last - 8}", passes, schedule_of(last))
        for last, passes in ((13, True), (12, True), (11, False))
    ),
    "wishes_against": (
        Case("another company", True, {"citizen": {"wishes_against": ("company-9",)}}),
        Case("this company", False, {"citizen": {"wishes_against": ("company-1",)}}),
    ),
    "not_again": (
        Case("another citizen", True, {"company": {"not_again": ("citizen-9",)}}),
        Case("this citizen", False, {"company": {"not_again": ("citizen-1",)}}),
    ),
    "former_employer": (
        Case("a former employer", False, {"citizen": {"earlier_placements": (EARLIER,)}}),
        Case(
            "a former employer that a consultant has allowed",
            True,
            {"citizen": {"earlier_placements": (EARLIER,), "former_employers_allowed": ("company-1",)}},
        ),
    ),
    "additional_employment": (
        Case("last month as the average", True, wage_subsidy(10.0, *YEAR_OF_TEN)),
        Case("last month just over", True, wage_subsidy(10.1, *YEAR_OF_TEN)),
        Case("last month just under", False, wage_subsidy(9.9, *YEAR_OF_TEN)),
        Case("not known", True, {"slot": {"form": PlacementForm.WAGE_SUBSIDY}}),
        Case(
            "a work placement, last month under",
            True,
            {"worksite": {"ordinary_employees_by_month": (1.0, *YEAR_OF_TEN)}},
        ),
    ),
}
ROWS = [(rule, case) for rule, cases in HARD.items() for case in cases]


@pytest.mark.parametrize(("rule", "case"), ROWS, ids=[f"{rule}: {case.says}" for rule, case in ROWS])
def test_a_hard_rule_at_its_limit(rule: str, case: Case) -> None:
    assert failed(case.match_input()) == (set() if case.passes else {rule})


def test_travel_at_the_limit_of_the_citizen() -> None:
    minutes = travel_minutes()
    for limit, passes in ((minutes + 1, True), (minutes, True), (minutes - 1, False)):
        assert failed(far_pair(limit)) == (set() if passes else {"travel"})


def far_pair(longest_minutes: int) -> MatchInput:
    """A place in another town that the citizen drives to."""
    return pair_of(citizen={"longest_travel_minutes": longest_minutes}, worksite={"position": None, "postcode": "6950"})


def travel_minutes() -> int:
    """Whole minutes, rounded up, that the way takes."""
    found = far_pair(240)
    rows = found.citizens.target_group * 0
    return int(-(-float(found.travel.minutes(rows, rows)[0]) // 1))


def test_every_rule_that_closes_has_its_cases() -> None:
    tested_beside = {"travel": "above", "company_answer": "test_rules.py", "decided_proposal": "test_decided.py"}
    closes = {one.id for one in STATUTE.versions if one.severity is Severity.CLOSES}
    assert closes == set(HARD) | set(tested_beside)
