"""Profiles hang together: needs, hours, attendance, support, goals and places fit each other."""

from collections import Counter
from statistics import mean, median

import pytest

from fixtures import Municipality, municipality
from fixtures.draws import Draws
from fixtures.fit import Place, places_of, possible, travel_minutes
from fixtures.profiles import ACTIVITY_READY, RESOURCE_COURSE, draw_needs
from fixtures.situations import SITUATIONS
from matcher.domain.catalogue import JOB_FUNCTIONS, OCCUPATIONS
from matcher.domain.citizen import Citizen, GroupNeed, SupportProblem
from matcher.domain.conditions import CONDITIONS, Condition, Strength, level_of
from matcher.domain.geography import TravelMode

C = Condition
DIAGNOSES = ("angst", "adhd", "depression", "autis", "gigt", "ptsd", "skizo", "astma", "diagnos", "ordblind", "prolaps")


@pytest.fixture(scope="module")
def town() -> Municipality:
    return municipality()


@pytest.fixture(scope="module")
def places(town: Municipality) -> tuple[Place, ...]:
    return places_of(town.agreements, town.companies)


def _conditions(citizen: Citizen) -> set[Condition]:
    return {need.condition for need in citizen.accommodations}


def test_a_bad_back_has_the_needs_of_a_bad_back() -> None:
    back = next(situation for situation in SITUATIONS if situation.name == "bad back")
    draws = Draws(1, "test")
    for _ in range(50):
        needs = {need.condition: need for need in draw_needs([back], draws)}
        assert {C.LIFTING, C.STANDING_WALKING, C.BREAKS_AT_NEED} <= set(needs)
        assert needs[C.LIFTING].limit <= 10


def test_the_stricter_limit_stands_when_two_situations_concern_the_same_condition() -> None:
    by_name = {situation.name: situation for situation in SITUATIONS}
    draws = Draws(2, "test")
    for _ in range(50):
        needs = draw_needs([by_name["bad back"], by_name["wheelchair"]], draws)
        assert len({need.condition for need in needs}) == len(needs)
        limits = {need.condition: need.limit for need in needs}
        assert limits[C.STANDING_WALKING] == 0.2
        assert limits[C.LIFTING] <= 5


def test_people_who_may_lift_little_often_need_breaks(town: Municipality) -> None:
    little = [c for c in town.citizens if C.LIFTING in _conditions(c)]
    others = [c for c in town.citizens if C.LIFTING not in _conditions(c)]
    share = mean(C.BREAKS_AT_NEED in _conditions(c) for c in little)
    assert share > 0.4 > mean(C.BREAKS_AT_NEED in _conditions(c) for c in others)


def test_pain_goes_with_bodily_needs(town: Municipality) -> None:
    in_pain = [c for c in town.citizens if SupportProblem.PAIN in c.support_problems]
    body = {C.LIFTING, C.STANDING_WALKING, C.REPETITIVE_MOVEMENT, C.BREAKS_AT_NEED, C.PACE}
    assert len(in_pain) > 50
    assert all(_conditions(citizen) & body for citizen in in_pain)


def test_attendance_problems_go_with_low_attendance(town: Municipality) -> None:
    known = [(c, c.attendance_stability) for c in town.citizens if c.attendance_stability is not None]
    with_problem = mean(share for c, share in known if SupportProblem.ATTENDANCE in c.support_problems)
    without = mean(share for c, share in known if SupportProblem.ATTENDANCE not in c.support_problems)
    assert with_problem < without - 0.15


def test_people_in_resource_courses_begin_with_fewer_hours_and_have_waited_longer(town: Municipality) -> None:
    resource = [c for c in town.citizens if c.target_group == RESOURCE_COURSE]
    ready = [c for c in town.citizens if c.target_group == ACTIVITY_READY]
    assert mean(c.hours_now for c in resource) < mean(c.hours_now for c in ready) - 2
    assert mean(c.waiting_since.toordinal() for c in resource) < mean(c.waiting_since.toordinal() for c in ready)


def test_no_early_start_means_no_early_hours(town: Municipality) -> None:
    late = [c for c in town.citizens if C.EARLY_START in _conditions(c)]
    assert len(late) > 10
    assert all(citizen.schedule.from_minutes >= 9 * 60 for citizen in late)


def test_a_car_comes_with_a_licence(town: Municipality) -> None:
    drivers = [c for c in town.citizens if TravelMode.CAR in c.travel_modes]
    assert 0.3 < len(drivers) / len(town.citizens) < 0.55
    assert all("driving_licence_b" in citizen.certificates for citizen in drivers)


def test_group_needs_are_present_on_both_sides(town: Municipality) -> None:
    groups = Counter(citizen.group_need for citizen in town.citizens)
    assert groups[GroupNeed.ACTIVE_SUBSTANCE_USE] > 10
    assert groups[GroupNeed.SUBSTANCE_FREE_GROUP] > 30


def test_goals_are_clear_worded_vague_or_absent(town: Municipality) -> None:
    kinds = Counter(
        "none" if not c.goals else "confirmed" if c.goals[0].occupation is not None else "text" for c in town.citizens
    )
    assert min(kinds[kind] for kind in ("none", "confirmed", "text")) > 30
    assert kinds["confirmed"] > len(town.citizens) * 0.45


def test_goals_lie_near_what_people_have_done(town: Municipality) -> None:
    def shares_area(citizen: Citizen, other: Citizen) -> bool:
        done = {JOB_FUNCTIONS[competence.function].area for competence in other.competences}
        wanted = {
            JOB_FUNCTIONS[code].area
            for goal in citizen.goals[:1]
            if goal.occupation is not None
            for code in OCCUPATIONS[goal.occupation].functions
        }
        return bool(done & wanted)

    own = mean(shares_area(citizen, citizen) for citizen in town.citizens)
    shifted = (*town.citizens[1:], town.citizens[0])
    somebody_elses = mean(shares_area(a, b) for a, b in zip(town.citizens, shifted, strict=True))
    assert own > 2 * somebody_elses


def test_no_text_names_a_diagnosis(town: Municipality) -> None:
    texts = [goal.text for c in town.citizens for goal in c.goals]
    texts += [need.note for c in town.citizens for need in c.accommodations]
    texts += [placement.reason for placement in town.placements]
    assert not [text for text in texts for word in DIAGNOSES if word in text.lower()]


def test_early_start_of_a_place_agrees_with_its_hours(places: tuple[Place, ...]) -> None:
    for place in places:
        early = level_of(place.slot.demands, C.EARLY_START)
        if early == 1:
            assert place.slot.schedule.from_minutes < 9 * 60


def test_places_with_an_agreement_state_more_than_companies_to_approach(places: tuple[Place, ...]) -> None:
    def stated(approached: bool) -> float:
        return mean(
            len(p.slot.demands) / len(CONDITIONS) for p in places if (p.agreement.outreach_hours > 0) is approached
        )

    assert stated(False) > 0.9
    assert 0.65 < stated(True) < 0.88


def test_most_people_have_several_possible_places_and_few_have_none(
    town: Municipality, places: tuple[Place, ...]
) -> None:
    counts = [sum(possible(citizen, place) for place in places) for citizen in town.citizens]
    assert median(counts) >= 15
    assert mean(count >= 5 for count in counts) > 0.8
    assert 0 < mean(count == 0 for count in counts) < 0.06


def test_travel_takes_longer_by_bus_than_by_car(town: Municipality, places: tuple[Place, ...]) -> None:
    by_car = [c for c in town.citizens if TravelMode.CAR in c.travel_modes][:20]
    by_bus = [c for c in town.citizens if TravelMode.CAR not in c.travel_modes][:20]
    assert mean(travel_minutes(c, p) for c in by_car for p in places) < mean(
        travel_minutes(c, p) for c in by_bus for p in places
    )


def test_every_kind_of_need_is_binding_for_some_and_not_for_others(town: Municipality) -> None:
    strengths = Counter(need.strength for citizen in town.citizens for need in citizen.accommodations)
    assert strengths[Strength.MUST] > 400
    assert strengths[Strength.SHOULD] > 400
