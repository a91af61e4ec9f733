"""The legal figures at, just under and just over each limit. Sources stand in the rule table itself."""

from datetime import date

import pytest

from matcher.domain.legal import (
    ADDITIONAL_EMPLOYMENT,
    LEGAL_RULES,
    REASONABLENESS,
    TARGET_GROUPS,
    WRITTEN_STATEMENT,
    LegalRule,
    TargetGroup,
    as_full_time_persons,
    has_additional_employment,
    latest_end,
    legal_rule,
    most_full_time_persons,
    target_group,
)
from matcher.domain.validation import InvalidValueError
from tests.builders import ON


@pytest.mark.parametrize(
    ("ordinary_employees", "persons"),
    [
        (0, 1),
        (1, 1),
        (4, 1),
        (4.99, 1),
        (5, 1),
        (9, 1),
        (9.99, 1),
        (10, 2),
        (14, 2),
        (15, 3),
        (45, 9),
        (49, 9),
        (50, 10),
        (51, 10),
        (59, 10),
        (59.99, 10),
        (60, 11),
        (61, 11),
        (150, 20),
    ],
)
def test_reasonableness_counts_one_for_five_and_then_one_for_ten(ordinary_employees: float, persons: int) -> None:
    assert most_full_time_persons(ordinary_employees, ON) == persons


def test_full_time_persons_are_hours_of_37() -> None:
    assert as_full_time_persons(37, ON) == 1
    assert as_full_time_persons(18.5, ON) == 0.5
    assert sum(as_full_time_persons(hours, ON) for hours in (10, 12, 15)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("months", "holds"),
    [
        ((), None),
        ((10.0,) * 12, True),
        ((12.0, *(10.0,) * 11), True),
        ((9.0, *(10.0,) * 11), False),
        ((9.99, *(10.0,) * 11), False),
        ((0.0,) * 12, True),
    ],
)
def test_additional_employment_compares_last_month_with_the_year(months: tuple[float, ...], holds: bool | None) -> None:
    assert has_additional_employment(months) is holds


@pytest.mark.parametrize(
    ("code", "last_day"),
    [
        ("job_ready", date(2026, 10, 28)),
        ("unemployment_insurance", date(2026, 10, 28)),
        ("education_obviously_ready", date(2026, 10, 28)),
        ("activity_ready", date(2026, 12, 30)),
        ("resource_course", date(2026, 12, 30)),
    ],
)
def test_the_last_day_of_an_ordinary_work_placement(code: str, last_day: date) -> None:
    assert latest_end(code, date(2026, 10, 1)) == last_day
    weeks = target_group(code, ON).most_weeks
    assert (last_day - date(2026, 10, 1)).days + 1 == 7 * weeks


def test_a_target_group_holds_from_its_first_to_its_last_day() -> None:
    group = TargetGroup("g", "gruppe", "group", 13, date(2026, 1, 1), date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [group.valid_on(day) for day in days] == [False, True, True, False]


def test_a_rule_holds_from_its_first_to_its_last_day() -> None:
    rule = LegalRule("r", "tekst", "kilde", date(2026, 1, 1), {}, date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [rule.valid_on(day) for day in days] == [False, True, True, False]


def test_an_unknown_target_group_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidValueError, match="activity_ready"):
        target_group("unknown", ON)
    with pytest.raises(InvalidValueError):
        target_group("activity_ready", date(2000, 1, 1))


def test_no_rule_before_its_time() -> None:
    with pytest.raises(KeyError, match="reasonableness"):
        legal_rule(REASONABLENESS, date(2021, 12, 31))
    assert legal_rule(REASONABLENESS, date(2022, 1, 1)).parameters["at_least"] == 1


def test_every_rule_has_text_and_source_and_no_two_versions_hold_at_once() -> None:
    assert {rule.id for rule in LEGAL_RULES} >= {REASONABLENESS, ADDITIONAL_EMPLOYMENT, WRITTEN_STATEMENT}
    assert all(rule.text and rule.source for rule in LEGAL_RULES)
    assert len({rule.id for rule in LEGAL_RULES if rule.valid_on(ON)}) == len(
        [rule for rule in LEGAL_RULES if rule.valid_on(ON)]
    )
    assert len({group.code for group in TARGET_GROUPS if group.valid_on(ON)}) == len(
        [group for group in TARGET_GROUPS if group.valid_on(ON)]
    )
