"""What domain values compute: needs against demands, schedules, former employers, mentor hours."""

from datetime import date, timedelta

import pytest

from matcher.domain.agreement import AgreementModel
from matcher.domain.citizen import EarlierPlacement
from matcher.domain.company import CompanyMentor
from matcher.domain.conditions import CONDITIONS, Condition, Kind, Scale, level_of
from matcher.domain.schedule import Schedule, Weekday
from matcher.domain.validation import InvalidValueError
from tests.builders import a_citizen, a_placement, a_worksite, an_agreement, must, states


@pytest.mark.parametrize(
    ("condition", "limit", "level", "met"),
    [
        (Condition.LIFTING, 5, 4.9, True),
        (Condition.LIFTING, 5, 5, True),
        (Condition.LIFTING, 5, 5.1, False),
        (Condition.LIFTING, 5, None, None),
        (Condition.BREAKS_AT_NEED, 1, 1, True),
        (Condition.BREAKS_AT_NEED, 1, 0, False),
        (Condition.BREAKS_AT_NEED, 1, None, None),
        (Condition.PREDICTABLE_DAYS, 2, 2, True),
        (Condition.PREDICTABLE_DAYS, 2, 1, False),
    ],
)
def test_a_burden_is_at_most_and_an_offer_at_least(
    condition: Condition, limit: float, level: float | None, met: bool | None
) -> None:
    assert must(condition, limit).met_by(level) is met


def test_every_condition_is_specified() -> None:
    assert set(CONDITIONS) == set(Condition)
    assert all(spec.danish and spec.maximum > 0 for spec in CONDITIONS.values())
    assert {spec.kind for spec in CONDITIONS.values()} == set(Kind)
    assert {spec.scale for spec in CONDITIONS.values()} == set(Scale)


def test_a_condition_that_is_not_stated_has_no_level() -> None:
    demands = (states(Condition.NOISE, 2),)
    assert level_of(demands, Condition.NOISE) == 2
    assert level_of(demands, Condition.DUST) is None


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        (Schedule(), Schedule(), 40.0),
        (Schedule(days=(Weekday.MONDAY,)), Schedule(), 8.0),
        (Schedule(from_minutes=540, to_minutes=900), Schedule(), 30.0),
        (Schedule(days=(Weekday.SATURDAY,)), Schedule(), 0.0),
        (Schedule(from_minutes=960, to_minutes=1200), Schedule(), 0.0),
        (Schedule(from_minutes=1320, to_minutes=360), Schedule(from_minutes=240, to_minutes=600), 10.0),
        (Schedule(from_minutes=1320, to_minutes=360), Schedule(from_minutes=1200, to_minutes=120), 20.0),
    ],
)
def test_common_hours_of_two_schedules(one: Schedule, other: Schedule, hours: float) -> None:
    assert one.common_hours_per_week(other) == pytest.approx(hours)
    assert other.common_hours_per_week(one) == pytest.approx(hours)


def test_a_window_until_midnight_has_its_full_length() -> None:
    assert Schedule(from_minutes=16 * 60, to_minutes=24 * 60).window_minutes == 480
    assert Schedule(from_minutes=0, to_minutes=24 * 60).most_hours_per_week == 5 * 24


def test_a_former_employer_is_one_that_employed_and_is_not_allowed() -> None:
    def earlier(company_id: str, *, was_employed: bool) -> EarlierPlacement:
        return EarlierPlacement(company_id, "cleaning", date(2024, 1, 1), date(2024, 6, 1), was_employed=was_employed)

    placements = (earlier("a", was_employed=True), earlier("b", was_employed=False), earlier("c", was_employed=True))
    citizen = a_citizen(earlier_placements=placements, former_employers_allowed=("c",))
    assert citizen.former_employers == {"a"}


def test_a_written_statement_is_of_the_first_day_at_the_latest() -> None:
    starts_on = a_placement().starts_on
    assert a_placement(statement_confirmed_on=starts_on).statement_confirmed_on == starts_on
    with pytest.raises(InvalidValueError, match="statement_confirmed_on: is after the first day"):
        a_placement(statement_confirmed_on=starts_on + timedelta(days=1))


def test_mentor_hours_of_a_worksite_are_those_of_all_its_mentors() -> None:
    worksite = a_worksite(mentors=(CompanyMentor("m1", 3), CompanyMentor("m2", 2.5, trained=True)))
    assert worksite.mentor_hours_per_week == 5.5
    assert a_worksite(mentors=()).mentor_hours_per_week == 0


def test_the_name_of_a_citizen_is_not_in_its_representation() -> None:
    assert "Testesen" not in repr(a_citizen())


def test_a_cluster_shares_one_number_of_places() -> None:
    cluster = an_agreement(model=AgreementModel.CLUSTER, company_ids=("company-1", "company-2"), places=3)
    assert cluster.places == 3
