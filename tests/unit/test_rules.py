"""Each hard rule lets the ordinary pair through and stops exactly the pair it is for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest

from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.citizen import DanishLevel, EarlierPlacement
from matcher.domain.conditions import Condition
from matcher.domain.geography import Position, TravelMode
from matcher.domain.schedule import Schedule, Weekday
from matcher.rules import RULES, eligible_pairs
from tests.builders import ON, TOWN, a_contact, a_decided_pair, must, should, states
from tests.pairs import failed, pair_of, unsure

FALLING = (10.0, *[20.0] * 11)
STEADY = (20.0,) * 12
FAR = Position(56.36, 8.62)
WEEKEND = Schedule((Weekday.SATURDAY, Weekday.SUNDAY))

EXCLUDED: list[tuple[str, Mapping[str, Any]]] = [
    ("municipality", {"citizen": {"municipality": "0657"}}),
    ("open", {"slot": {"ends_on": date(2026, 10, 14)}}),
    ("open", {"agreement": {"valid_to": date(2026, 10, 14)}}),
    ("open", {"slot": {"capacity": 0}}),
    (
        "open",
        {"slot": {"ends_on": date(2026, 10, 5), "setting": SlotSetting.SMALL_JOB}, "agreement": {"lead_time_days": 5}},
    ),
    ("starts_soon", {"slot": {"starts_on": date(2026, 11, 27)}}),
    ("starts_soon", {"citizen": {"available_from": date(2026, 11, 27)}}),
    ("starts_soon", {"agreement": {"lead_time_days": 57}}),
    ("starts_soon", {"agreement": {"valid_from": date(2026, 11, 27)}}),
    ("group_accepted", {"slot": {"target_groups": ("sick_pay", "resource_course")}}),
    ("group_in_law", {"citizen": {"target_group": "abolished_group"}}),
    ("flexi_job", {"slot": {"form": PlacementForm.FLEXI_JOB}}),
    (
        "must_needs_met",
        {
            "citizen": {"accommodations": (must(Condition.LIFTING, 5),)},
            "slot": {"demands": (states(Condition.LIFTING, 6),)},
        },
    ),
    (
        "must_needs_met",
        {
            "citizen": {"accommodations": (must(Condition.BREAKS_AT_NEED, 1), must(Condition.NOISE, 2))},
            "slot": {"demands": (states(Condition.BREAKS_AT_NEED, 0), states(Condition.NOISE, 1))},
        },
    ),
    ("must_needs_stated", {"citizen": {"accommodations": (must(Condition.LIFTING, 5),)}}),
    ("certificates", {"citizen": {"certificates": ("forklift",)}, "slot": {"certificates": ("forklift", "driving_b")}}),
    ("danish_level", {"citizen": {"danish_level": DanishLevel.A2}, "slot": {"danish_level": DanishLevel.B1}}),
    ("hours", {"slot": {"hours_from": 12}}),
    ("schedule", {"slot": {"schedule": WEEKEND}}),
    ("schedule", {"citizen": {"schedule": Schedule((Weekday.MONDAY, Weekday.SUNDAY))}}),
    ("travel", {"worksite": {"position": FAR}}),
    ("wishes_against", {"citizen": {"wishes_against": ("company-9", "company-1")}}),
    ("not_again", {"company": {"not_again": ("citizen-1",)}}),
    (
        "former_employer",
        {
            "citizen": {
                "earlier_placements": (
                    EarlierPlacement("company-1", "dish_washing", date(2020, 1, 1), date(2021, 1, 1), True, True),
                )
            }
        },
    ),
    ("company_answer", {"agreement": {"model": AgreementModel.AD_HOC}, "contacts": (a_contact(),)}),
    ("decided_proposal", {"decided": (a_decided_pair(),)}),
    (
        "additional_employment",
        {"slot": {"form": PlacementForm.WAGE_SUBSIDY}, "worksite": {"ordinary_employees_by_month": FALLING}},
    ),
]


def test_the_ordinary_pair_passes_every_rule_for_sure() -> None:
    ordinary = pair_of(citizen={"danish_level": DanishLevel.B2})
    assert failed(ordinary) == set()
    assert unsure(ordinary) == set()


@pytest.mark.parametrize(("rule", "changes"), EXCLUDED, ids=[f"{rule}-{i}" for i, (rule, _) in enumerate(EXCLUDED)])
def test_a_rule_excludes_what_it_is_for_and_no_other_does(rule: str, changes: Mapping[str, Any]) -> None:
    assert failed(pair_of(**changes)) == {rule}


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, _ in EXCLUDED} == {rule.id for rule in RULES}


@pytest.mark.parametrize(
    "changes",
    [
        {"slot": {"ends_on": date(2026, 10, 15)}},
        {"slot": {"ends_on": ON, "setting": SlotSetting.SMALL_JOB}},
        {"slot": {"starts_on": date(2026, 11, 26)}},
        {"slot": {"target_groups": ("activity_ready",)}},
        {"citizen": {"target_group": "flexi_job_approved"}, "slot": {"form": PlacementForm.FLEXI_JOB}},
        {
            "citizen": {"accommodations": (must(Condition.LIFTING, 5),)},
            "slot": {"demands": (states(Condition.LIFTING, 5),)},
        },
        {
            "citizen": {"accommodations": (should(Condition.LIFTING, 5),)},
            "slot": {"demands": (states(Condition.LIFTING, 50),)},
        },
        {"citizen": {"accommodations": (should(Condition.LIFTING, 5),)}},
        {"citizen": {"certificates": ("forklift",)}, "slot": {"certificates": ("forklift",)}},
        {"slot": {"hours_from": 10}},
        {"citizen": {"schedule": Schedule((Weekday.MONDAY, Weekday.SUNDAY))}, "slot": {"hours_to": 8}},
        {"citizen": {"wishes_against": ("company-9",)}},
        {"slot": {"form": PlacementForm.WAGE_SUBSIDY}, "worksite": {"ordinary_employees_by_month": STEADY}},
        {"slot": {"form": PlacementForm.WORK_PLACEMENT}, "worksite": {"ordinary_employees_by_month": FALLING}},
        {"citizen": {"travel_modes": (TravelMode.CAR,), "longest_travel_minutes": 75}, "worksite": {"position": FAR}},
    ],
)
def test_a_pair_at_the_edge_of_a_rule_passes(changes: Mapping[str, Any]) -> None:
    assert failed(pair_of(**changes)) == set()


def test_a_former_employer_is_open_where_a_consultant_has_allowed_it() -> None:
    earlier = EarlierPlacement("company-1", "dish_washing", date(2020, 1, 1), date(2021, 1, 1), True, True)
    allowed = {"earlier_placements": (earlier,), "former_employers_allowed": ("company-1",)}
    assert failed(pair_of(citizen=allowed)) == set()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("danish_level", {"slot": {"danish_level": DanishLevel.B1}}),
        ("travel", {"citizen": {"home": None, "home_postcode": "9999"}}),
        ("travel", {"worksite": {"position": None, "postcode": "9999"}}),
        ("additional_employment", {"slot": {"form": PlacementForm.WAGE_SUBSIDY}}),
    ],
)
def test_what_is_not_known_is_to_be_confirmed_and_excludes_nobody(rule: str, changes: Mapping[str, Any]) -> None:
    pair = pair_of(**changes)
    assert failed(pair) == set()
    assert unsure(pair) == {rule}


def test_the_masks_have_a_row_for_each_row_that_was_asked_for() -> None:
    pair = pair_of()
    rows = np.zeros(3, dtype=np.int32)
    for rule in RULES:
        assert rule.passes(pair, rows).shape == (3, 1), rule.id
        assert rule.to_confirm(pair, rows).shape == (3, 1), rule.id
        assert rule.danish.endswith(".")
        assert rule.source
    assert [index.tolist() for index in eligible_pairs(pair, rows, rows[:1])] == [[0, 0, 0], [0, 0, 0]]
    assert [index.tolist() for index in eligible_pairs(pair, rows[:0], rows)] == [[], []]
    assert [index.tolist() for index in eligible_pairs(pair, rows, rows[:0])] == [[], []]


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_an_exact_position_is_used_before_the_postcode() -> None:
    pair = pair_of(citizen={"home": TOWN, "home_postcode": "9999"})
    assert unsure(pair) == set()
