"""What would open a place: every kind of change with its amount and its words, what nobody may change, and limits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from features.variants import vary
from matcher.arrays import MatchInput
from matcher.domain.agreement import AgreementModel, PlacementForm
from matcher.domain.citizen import DanishLevel, EarlierPlacement, GroupNeed
from matcher.domain.company import CompanyMentor
from matcher.domain.conditions import Accommodation, Condition, Demand, Strength
from matcher.domain.geography import Position, TravelMode
from matcher.domain.schedule import WORKING_WEEK, Schedule, Weekday
from matcher.language import Language
from matcher.limits import ResourceKind
from matcher.openings.changes import Actor, Change, Situation
from matcher.openings.citizen import (
    AnotherMode,
    DanishCourse,
    FewerHours,
    FormerEmployerAllowed,
    GetsCertificate,
    LongerTravel,
    MoreHours,
)
from matcher.openings.limits import (
    EmployeesStated,
    MoreMentorHours,
    MoreOutreachHours,
    OneClusterPlaceMore,
    OnePlacementMore,
    OnePlaceMore,
)
from matcher.openings.market import Market, market_of
from matcher.openings.place import (
    AcceptsGroup,
    AdaptedPlace,
    CompanyAnswers,
    EmploymentStatement,
    FewerStartHours,
    OpensEarlier,
    OtherTimes,
    ShorterLeadTime,
    StaysOpen,
    WorkPlacementInstead,
)
from matcher.openings.ranking import EFFORT_PRICE, Opening, best_openings, openings
from matcher.scoring import score_citizen
from tests.builders import ON, a_citizen, a_company, a_consultant, a_placement, a_slot, an_agreement
from tests.pairs import input_of, pair_of

MUST, SHOULD = Strength.MUST, Strength.SHOULD


def market(match_input: MatchInput, **changes: Any) -> Market:
    """The market of the first citizen, with one consultant and nothing running, but for what is named."""
    values: dict[str, Any] = {"consultants": [a_consultant()], "running": []}
    return market_of(match_input, 0, score_citizen(match_input, 0), **(values | changes))


def opened(match_input: MatchInput, **changes: Any) -> tuple[Opening, ...]:
    """Openings of the first citizen at the first slot."""
    return openings(match_input, 0, [0], vary, market(match_input, **changes))


def sets(found: tuple[Opening, ...]) -> set[tuple[Change, ...]]:
    return {one.changes for one in found}


def need(condition: Condition, limit: float, strength: Strength = MUST) -> dict[str, Any]:
    return {"accommodations": (Accommodation(condition, limit, strength),)}


def states(*demands: tuple[Condition, float]) -> dict[str, Any]:
    return {"demands": tuple(Demand(condition, level) for condition, level in demands)}


FAR = Position(56.09, 8.24)
BELOW_AVERAGE = (8.0, *(10.0,) * 11)
TO_NOON = Schedule(from_minutes=8 * 60, to_minutes=12 * 60)
AFTERNOON = Schedule(from_minutes=11 * 60, to_minutes=16 * 60)

CASES: dict[str, tuple[Mapping[str, Any], set[tuple[Change, ...]], str, str]] = {
    "hours": (
        {"citizen": {"hours_now": 6, "hours_target": 12}, "slot": {"hours_from": 10}},
        {(FewerStartHours(6),), (MoreHours(10),)},
        "virksomheden lader forløbet begynde med 6 timer om ugen i stedet for 10",
        "the company lets the placement begin with 6 hours a week instead of 10",
    ),
    "hours above the target": (
        {"citizen": {"hours_now": 6, "hours_target": 9.5}, "slot": {"hours_from": 10}},
        {(FewerStartHours(6),)},
        "6 timer om ugen i stedet for 10",
        "6 hours a week instead of 10",
    ),
    "a need": (
        {"citizen": need(Condition.LIFTING, 5), "slot": states((Condition.LIFTING, 12))},
        {(AdaptedPlace(Condition.LIFTING, 5),)},
        "virksomheden tilpasser pladsen, så der højst løftes 5 kg",
        "the company adapts the place so that at most 5 kg is lifted",
    ),
    "a share": (
        {"citizen": need(Condition.STANDING_WALKING, 0.5), "slot": states((Condition.STANDING_WALKING, 0.9))},
        {(AdaptedPlace(Condition.STANDING_WALKING, 0.5),)},
        "så højst 50\u00a0% af tiden er stående og gående arbejde",
        "so that at most 50% of the time is standing and walking",
    ),
    "an offer": (
        {"citizen": need(Condition.SCREENED_PLACE, 1), "slot": states((Condition.SCREENED_PLACE, 0))},
        {(AdaptedPlace(Condition.SCREENED_PLACE, 1),)},
        "virksomheden kan tilbyde en skærmet, rolig plads",
        "the company can offer a screened, quiet place",
    ),
    "an open question": (
        {"citizen": need(Condition.NOISE, 1)},
        {(CompanyAnswers(Condition.NOISE, 1),)},
        "virksomheden svarer, at der højst er lidt støj",
        "the company answers that there is a little noise at most",
    ),
    "an open yes or no": (
        {"citizen": need(Condition.WEEKEND_WORK, 0)},
        {(CompanyAnswers(Condition.WEEKEND_WORK, 0),)},
        "virksomheden svarer, at der ikke er weekendarbejde",
        "the company answers that there is no weekend work",
    ),
    "a certificate by a course": (
        {"slot": {"certificates": ("food_hygiene",)}},
        {(GetsCertificate("food_hygiene"),)},
        "borgeren tager et køkkenkursus på 10 dage og får certifikat i fødevarehygiejne",
        "the citizen takes a course of 10 days in kitchen work and gets a food hygiene certificate",
    ),
    "an attestation": (
        {"slot": {"certificates": ("child_certificate",)}},
        {(GetsCertificate("child_certificate"),)},
        "virksomheden indhenter en børneattest, og den er i orden",
        "the company obtains a child certificate, and it is in order",
    ),
    "Danish": (
        {"citizen": {"danish_level": DanishLevel.A1}, "slot": {"danish_level": DanishLevel.B1}},
        {(DanishCourse(DanishLevel.B1, 2),)},
        "borgeren når dansk på niveauet mellemniveau (B1)",
        "the citizen reaches Danish at the level intermediate (B1)",
    ),
    "the target group": (
        {"slot": {"target_groups": ("job_ready",)}},
        {(AcceptsGroup("activity_ready"),)},
        "pladsen også må bruges til målgruppen »aktivitetsparat kontanthjælpsmodtager«",
        "the place may also be used for the target group",
    ),
    "a former employer": (
        {
            "citizen": {
                "earlier_placements": (
                    EarlierPlacement("company-1", "dish_washing", date(2024, 1, 1), date(2024, 6, 1), None, True),
                )
            }
        },
        {(FormerEmployerAllowed("company-1"),)},
        "en jobkonsulent tillader et forløb hos borgerens tidligere arbejdsgiver",
        "a job consultant allows a placement at the citizen's former employer",
    ),
    "wage subsidy": (
        {"slot": {"form": PlacementForm.WAGE_SUBSIDY}, "worksite": {"ordinary_employees_by_month": BELOW_AVERAGE}},
        {(EmploymentStatement(10.0),), (WorkPlacementInstead(),)},
        "virksomheden oplyser, hvor mange ordinært ansatte den havde i den seneste måned, og det var mindst 10",
        "the company states how many ordinary employees it had last month, and it was at least 10",
    ),
    "a lead time": (
        {"agreement": {"lead_time_days": 70}},
        {(ShorterLeadTime(56),)},
        "forløbet kan begynde 56 dage efter virksomhedens ja i stedet for 70",
        "the placement can begin 56 days after the company's yes instead of 70",
    ),
    "a late start": (
        {"slot": {"starts_on": ON + timedelta(days=60)}},
        {(OpensEarlier(ON + timedelta(days=56)),)},
        "pladsen kan bruges allerede fra den 26. november 2026",
        "the place can be used as early as 26 November 2026",
    ),
    "an early end": (
        {"slot": {"ends_on": ON + timedelta(days=10)}},
        {(StaysOpen(ON + timedelta(days=14)),)},
        "pladsen holdes åben til den 15. oktober 2026",
        "the place is kept open until 15 October 2026",
    ),
    "no places": (
        {"slot": {"capacity": 0}},
        {(OnePlaceMore(),)},
        "virksomheden opretter én plads mere",
        "the company adds one more place",
    ),
    "days": (
        {
            "citizen": {"schedule": Schedule(WORKING_WEEK[2:], 8 * 60, 12 * 60)},
            "slot": {"schedule": Schedule(WORKING_WEEK[:3], 8 * 60, 12 * 60)},
        },
        {(OtherTimes(Schedule(WORKING_WEEK, 8 * 60, 12 * 60)),)},
        "pladsen kan bruges mandag–fredag kl. 8–12 i stedet for mandag–onsdag kl. 8–12",
        "the place can be used Monday–Friday 8:00–12:00 instead of Monday–Wednesday 8:00–12:00",
    ),
    "times of the day": (
        {"citizen": {"schedule": AFTERNOON}, "slot": {"schedule": TO_NOON}},
        {(OtherTimes(Schedule(from_minutes=8 * 60, to_minutes=13 * 60)),)},
        "pladsen kan bruges mandag–fredag kl. 8–13 i stedet for mandag–fredag kl. 8–12",
        "the place can be used Monday–Friday 8:00–13:00 instead of Monday–Friday 8:00–12:00",
    ),
    "a long way": (
        {"citizen": {"longest_travel_minutes": 55}, "worksite": {"position": FAR}},
        {(LongerTravel(69),), (AnotherMode(TravelMode.CAR),)},
        "borgeren kan klare en tur på 69 minutter i stedet for 55",
        "the citizen can manage a journey of 69 minutes instead of 55",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_least_that_opens_a_place_and_its_words(name: str) -> None:
    pair, expected, danish, english = CASES[name]
    found = opened(pair_of(**pair))
    assert sets(found) == expected
    texts = [one.text for one in found]
    assert any(danish in text.danish for text in texts), [text.danish for text in texts]
    assert any(english in text.english for text in texts), [text.english for text in texts]


def test_several_changes_are_one_sentence() -> None:
    match_input = pair_of(
        citizen=need(Condition.NOISE, 1) | {"hours_now": 6, "hours_target": 6}, slot={"hours_from": 10}
    )
    (found,) = opened(match_input)
    assert found.text.danish == (
        "Pladsen åbner for borgeren, hvis virksomheden svarer, at der højst er lidt støj, og hvis virksomheden lader "
        "forløbet begynde med 6 timer om ugen i stedet for 10."
    )
    assert found.failed_rules == ("must_needs_stated", "hours")
    assert found.effort == 3


NOBODY: dict[str, Mapping[str, Any]] = {
    "another municipality": {"agreement": {"municipality": "0671"}},
    "a flexi-job": {"slot": {"form": PlacementForm.FLEXI_JOB}},
    "the citizen's no": {"citizen": {"wishes_against": ("company-1",)}},
    "the company's no": {"company": {"not_again": ("citizen-1",)}},
    "alcohol at an inn": {
        "citizen": need(Condition.ALCOHOL_ON_SITE, 0),
        "slot": states((Condition.ALCOHOL_ON_SITE, 1)),
    },
    "animals in a cowshed": {
        "citizen": need(Condition.ANIMALS, 0),
        "slot": {"function": "milking"} | states((Condition.ANIMALS, 3)),
    },
    "a citizen who is not ready": {"citizen": {"available_from": ON + timedelta(days=90)}},
}


@pytest.mark.parametrize("name", NOBODY)
def test_what_nobody_may_change_opens_nothing(name: str) -> None:
    assert opened(pair_of(**NOBODY[name])) == ()


def test_a_wish_that_is_not_binding_asks_for_no_change() -> None:
    match_input = pair_of(citizen=need(Condition.LIFTING, 5, SHOULD), slot=states((Condition.LIFTING, 12)))
    assert opened(match_input) == ()


def test_fewer_hours_need_less_time_and_no_other_change() -> None:
    two_days = Schedule((Weekday.MONDAY, Weekday.TUESDAY), 8 * 60, 11 * 60)
    match_input = pair_of(citizen={"hours_now": 6, "hours_target": 6, "schedule": two_days}, slot={"hours_from": 10})
    assert sets(opened(match_input)) == {(FewerStartHours(6),)}


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
    match_input = input_of(citizens, [a_slot(capacity=2)])
    assert opened(match_input, running=[a_placement(citizen_id="citizen-2")]) == ()


def test_gain_is_value_less_price_less_what_there_is_already() -> None:
    slots = [a_slot(), a_slot(id="slot-2", hours_from=15)]
    match_input = input_of([a_citizen(hours_target=10)], slots)
    seen = market(match_input, slot_price=np.array([0.1, 0.2]))
    (found,) = openings(match_input, 0, [1], vary, seen)
    values = score_citizen(match_input, 0).value
    assert seen.worth_now == pytest.approx(values[0] - 0.1)
    assert found.price == pytest.approx(0.2)
    assert found.gain == pytest.approx(found.value - 0.2 - seen.worth_now)
    assert found.merit == pytest.approx(found.gain - 2 * EFFORT_PRICE)


def test_an_open_place_that_others_want_opens_by_one_more() -> None:
    match_input = pair_of()
    (found,) = opened(match_input, slot_price=np.array([0.4]))
    assert found.changes == (OnePlaceMore(),)
    assert found.price == 0.0
    assert found.gain == pytest.approx(0.4)


def test_mentor_hours_that_others_want_are_priced_by_what_the_citizen_needs() -> None:
    match_input = pair_of(citizen={"mentor_hours_per_week": 2.0})
    prices = {(ResourceKind.MENTOR_HOURS, "worksite-1"): 0.05}
    (found,) = opened(match_input, resource_price=prices)
    assert found.changes == (MoreMentorHours(2.0),)
    assert found.gain == pytest.approx(0.1)


def test_a_list_has_each_place_once_and_only_what_is_worth_its_effort() -> None:
    slots = [a_slot(id=f"slot-{k}", hours_from=12 + k) for k in range(4)]
    match_input = input_of([a_citizen(hours_target=20)], slots)
    found = best_openings(match_input, 0, score_citizen(match_input, 0), vary, market(match_input), k=3)
    assert len({one.slot_id for one in found}) == len(found) == 3
    assert [one.merit for one in found] == sorted((one.merit for one in found), reverse=True)
    nothing = market(match_input, slot_price=np.full(4, 5.0))
    assert best_openings(match_input, 0, score_citizen(match_input, 0), vary, nothing) == ()


def test_the_record_names_actors_and_keeps_its_language() -> None:
    (first, *_) = opened(pair_of(slot={"certificates": ("forklift",)}))
    danish, english = first.as_record(Language.DANISH), first.as_record(Language.ENGLISH)
    assert danish["changes"][0]["actor"] == english["changes"][0]["actor"] == Actor.CONSULTANT.value
    assert danish["changes"][0]["actor_name"] == "jobkonsulenten"
    assert english["text"].startswith("The place opens for the citizen if the citizen takes a course of 7 days")


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
