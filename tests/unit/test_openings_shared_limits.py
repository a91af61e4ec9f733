"""What would open a place where a limit that placements share is short: room for one more, and fewer hours."""

from dataclasses import replace

import pytest

from matcher.domain.agreement import AgreementModel
from matcher.domain.citizen import GroupNeed
from matcher.domain.company import CompanyMentor
from matcher.domain.rule_changes import ChangeKind, RuleChange, changed
from matcher.domain.statute import KEPT_APART, STATUTE
from matcher.limits import ResourceKind
from matcher.openings.changes import Situation
from matcher.openings.citizen import FewerHours
from matcher.openings.limits import (
    EmployeesStated,
    MoreMentorHours,
    MoreOutreachHours,
    OneClusterPlaceMore,
    OnePlacementMore,
    OnePlaceMore,
)
from matcher.openings.place import FewerStartHours
from tests.builders import ON, a_citizen, a_company, a_consultant, a_placement, a_slot, an_agreement
from tests.opening import opened, sets
from tests.pairs import input_of, pair_of


def test_a_place_that_is_taken_needs_one_more() -> None:
    match_input = input_of([a_citizen(), a_citizen(id="citizen-2")], [a_slot()])
    running = [a_placement(citizen_id="citizen-2")]
    assert sets(opened(match_input, running=running)) == {(OnePlaceMore(),)}


@pytest.mark.parametrize(("needed", "extra"), [(6.0, None), (6.1, 0.5), (8.5, 2.5)])
def test_mentor_hours_that_lack_in_half_hours(needed: float, extra: float | None) -> None:
    found = opened(pair_of(citizen={"mentor_hours_per_week": needed}))
    assert sets(found) == ({(MoreMentorHours(extra),)} if extra else set())


def test_limits_of_the_consultant_and_the_cluster() -> None:
    ad_hoc = {"model": AgreementModel.AD_HOC, "outreach_hours": 3}
    no_hours = [a_consultant(outreach_hours=1)]
    assert sets(opened(pair_of(agreement=ad_hoc), consultants=no_hours)) == {(MoreOutreachHours(2),)}
    assert sets(opened(pair_of(), consultants=[a_consultant(caseload=0)])) == {(OnePlacementMore(),)}


def test_one_more_is_not_enough_where_more_than_the_limit_is_taken() -> None:
    running = [a_placement(id=f"p-{k}", citizen_id=f"elsewhere-{k}") for k in range(2)]
    match_input = input_of([a_citizen()], [a_slot(capacity=5)])
    assert opened(match_input, running=running, consultants=[a_consultant(caseload=1)]) == ()
    assert sets(opened(match_input, running=running, consultants=[a_consultant(caseload=2)])) == {(OnePlacementMore(),)}
    assert opened(input_of([a_citizen()], [a_slot()]), running=running) == ()


TWENTY = {"ordinary_employees": 20, "ordinary_employees_by_month": (20.0,) * 12}
HALF = {"hours_now": 18.5, "hours_target": 20}


def test_full_time_persons_are_the_law_and_nobody_raises_them() -> None:
    assert opened(pair_of(worksite=TWENTY | {"supported_full_time_persons": 4.0})) == ()


@pytest.mark.parametrize(("used", "fits"), [(3.5, None), (3.6, 14.5), (3.94, 2), (3.95, None)])
def test_fewer_hours_make_room_in_half_hours_and_not_below_two(used: float, fits: float | None) -> None:
    found = opened(
        pair_of(citizen=HALF, slot={"hours_from": 2}, worksite=TWENTY | {"supported_full_time_persons": used})
    )
    assert sets(found) == ({(FewerHours(fits),)} if fits else set())
    assert all(one.failed_rules == () for one in found)


def test_fewer_hours_in_words() -> None:
    (found,) = opened(pair_of(citizen=HALF, worksite=TWENTY | {"supported_full_time_persons": 3.6}))
    assert found.text.danish == (
        "Pladsen åbner for borgeren, hvis borgeren begynder med 14,5 timer om ugen i stedet for 18,5."
    )
    assert "begins with 14.5 hours a week instead of 18.5" in found.text.english


def test_a_place_that_begins_with_more_hours_lets_the_citizen_begin_with_fewer() -> None:
    (found,) = opened(
        pair_of(citizen=HALF, slot={"hours_from": 15}, worksite=TWENTY | {"supported_full_time_persons": 3.6})
    )
    assert set(found.changes) == {FewerHours(14.5), FewerStartHours(14.5)}


@pytest.mark.parametrize(
    ("months", "used", "stated"),
    [((), 4.0, 25), ((), 3.95, 25), ((), 4.9, None), ((20.0,) * 12, 4.0, None)],
)
def test_figures_that_the_company_has_not_stated_month_by_month(
    months: tuple[float, ...], used: float, stated: int | None
) -> None:
    site = {"ordinary_employees": 20, "ordinary_employees_by_month": months, "supported_full_time_persons": used}
    found = opened(pair_of(worksite=site))
    assert sets(found) == ({(EmployeesStated(stated, 4),)} if stated else set())
    if stated:
        assert "de seneste 4 måneder, og det i gennemsnit er mindst 25 (omregnet til fuld tid)" in found[0].text.danish


def test_a_price_of_full_time_persons_is_less_with_fewer_hours_and_none_with_more_employees() -> None:
    site = {"ordinary_employees": 20, "supported_full_time_persons": 3.6}
    match_input = pair_of(citizen=HALF, worksite=site)
    prices = {(ResourceKind.FULL_TIME_PERSONS, "worksite-1"): 0.5}
    price = {type(one.changes[0]): one.price for one in opened(match_input, resource_price=prices)}
    assert price[FewerHours] == pytest.approx(0.5 * 14.5 / 37)
    assert price[EmployeesStated] == 0


def test_who_is_to_be_kept_apart_opens_nothing() -> None:
    citizens = [
        a_citizen(group_need=GroupNeed.SUBSTANCE_FREE_GROUP),
        a_citizen(id="citizen-2", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE),
    ]
    slots, running = [a_slot(capacity=2, certificates=("forklift",))], [a_placement(citizen_id="citizen-2")]
    match_input = input_of(citizens, slots)
    assert opened(match_input)
    assert opened(match_input, running=running) == ()
    book = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, KEPT_APART, ON)])
    switched_off = input_of(citizens, slots, rulebook=book)
    assert sets(opened(switched_off, running=running)) == sets(opened(match_input))


def test_limit_changes_do_what_they_say() -> None:
    match_input = pair_of()
    before = Situation(match_input.citizen_values[0], match_input.slot_values[0], a_consultant(caseload=3))
    assert OnePlacementMore().apply(before).consultant == a_consultant(caseload=4)
    assert MoreOutreachHours(1.5).apply(before).consultant == a_consultant(caseload=3, outreach_hours=21.5)
    nobody = replace(before, consultant=None)
    assert OnePlacementMore().apply(nobody) == MoreOutreachHours(1).apply(nobody) == nobody
    busy = before.with_worksite(mentors=(CompanyMentor("mentor-1", 36.5),))
    assert MoreMentorHours(1).apply(busy).context.worksite.mentor_hours_per_week == 37.5
    two = a_company(id="company-2", worksites=before.context.company.worksites)
    cluster = an_agreement(model=AgreementModel.CLUSTER, company_ids=("company-1", two.id), places=2)
    shared = replace(before, context=replace(before.context, agreement=cluster))
    assert OneClusterPlaceMore().apply(shared).context.agreement.places == 3
