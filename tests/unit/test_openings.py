"""What would open a place: every kind of change with its amount and its words, and what nobody may change."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from matcher.domain.agreement import PlacementForm
from matcher.domain.citizen import DanishLevel, EarlierPlacement
from matcher.domain.conditions import Accommodation, Condition, Demand, Strength
from matcher.domain.geography import Position, TravelMode
from matcher.domain.schedule import WORKING_WEEK, Schedule, Weekday
from matcher.openings.changes import Change
from matcher.openings.citizen import (
    AnotherMode,
    DanishCourse,
    FormerEmployerAllowed,
    GetsCertificate,
    LongerTravel,
    MoreHours,
)
from matcher.openings.limits import OnePlaceMore
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
from tests.builders import ON
from tests.opening import opened, sets
from tests.pairs import pair_of

MUST, SHOULD = Strength.MUST, Strength.SHOULD


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
