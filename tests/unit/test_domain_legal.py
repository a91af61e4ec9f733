"""The legal figures at, just under and just over each limit. Sources stand in the rule table itself."""

from datetime import date

import pytest

from matcher.domain.legal import (
    TARGET_GROUPS,
    TargetGroup,
    as_full_time_persons,
    average_employees,
    has_additional_employment,
    latest_end,
    latest_extension,
    most_full_time_persons,
    most_weeks,
    target_group,
)
from matcher.domain.validation import InvalidValueError
from tests.builders import ON, a_worksite


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
    assert has_additional_employment(months, ON) is holds


@pytest.mark.parametrize(
    ("code", "last_day"),
    [
        ("job_ready", date(2026, 10, 28)),
        ("unemployment_insurance", date(2026, 10, 28)),
        ("education_obviously_ready", date(2026, 10, 28)),
        ("education_ready", date(2026, 10, 28)),
        ("education_activity_ready", date(2026, 12, 30)),
        ("activity_ready", date(2026, 12, 30)),
        ("resource_course", date(2026, 12, 30)),
    ],
)
def test_the_last_day_of_an_ordinary_work_placement(code: str, last_day: date) -> None:
    assert latest_end(code, date(2026, 10, 1)) == last_day
    assert (last_day - date(2026, 10, 1)).days + 1 == 7 * most_weeks(code, ON)


def test_a_target_group_holds_from_its_first_to_its_last_day() -> None:
    group = TargetGroup("g", "gruppe", "group", False, date(2026, 1, 1), date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [group.valid_on(day) for day in days] == [False, True, True, False]


def test_an_unknown_target_group_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidValueError, match="activity_ready"):
        target_group("unknown", ON)
    with pytest.raises(InvalidValueError):
        target_group("activity_ready", date(2000, 1, 1))


def test_no_figure_before_its_law() -> None:
    with pytest.raises(KeyError, match="reasonableness"):
        most_full_time_persons(20, date(2021, 12, 31))
    assert most_full_time_persons(20, date(2022, 1, 1)) == 4


@pytest.mark.parametrize(
    ("months", "employees"),
    [((), 20), ((12.0,) * 12, 12), ((8.0, 9.0, 10.0, 13.0, *(99.0,) * 8), 10), ((0.0,) * 12, 0)],
)
def test_the_allowance_counts_the_average_of_the_latest_four_months(
    months: tuple[float, ...], employees: float
) -> None:
    site = a_worksite(ordinary_employees=20, ordinary_employees_by_month=months)
    assert average_employees(site, ON) == employees


def test_no_two_target_groups_have_one_code_on_one_day() -> None:
    codes = [group.code for group in TARGET_GROUPS if group.valid_on(ON)]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("code", "decided_on", "last_day"),
    [
        ("activity_ready", date(2026, 9, 30), date(2026, 12, 30)),
        ("activity_ready", date(2026, 10, 1), date(2026, 12, 30)),
        ("activity_ready", date(2026, 10, 2), date(2026, 12, 31)),
        ("activity_ready", date(2026, 12, 30), date(2027, 3, 30)),
        ("job_ready", date(2026, 10, 20), date(2026, 10, 28)),
    ],
)
def test_an_extension_is_counted_from_the_decision_for_long_placements_alone(
    code: str, decided_on: date, last_day: date
) -> None:
    assert latest_extension(code, date(2026, 10, 1), decided_on) == last_day
