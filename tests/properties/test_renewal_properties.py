"""A match input that goes on from an earlier one is the one that is made from the start, to the last bit."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.renewal import renewed
from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.arrays import MatchInput
from matcher.domain.citizen import Citizen, Competence, CompetenceLevel, JobGoal
from matcher.domain.conditions import Accommodation, Condition, Strength
from matcher.domain.schedule import Schedule, Weekday
from matcher.scoring import ScoredPairs, score_again, score_pairs
from tests.builders import ON
from tests.chance import Chance, seeds
from tests.same import assert_same
from tests.strategies import World, agreement, citizen, company, worlds


def whole(world: World) -> MatchInput:
    return vectorise(world.citizens, world.companies, world.agreements, on=ON)


def gone_on(before: MatchInput, world: World) -> MatchInput:
    return renewed(before, world.citizens, world.companies, world.agreements, on=ON)


def edited(world: World, seed: int) -> World:
    """A world in which citizens are others, are gone or have come, and now and then a company or an agreement too."""
    chance = Chance(seed)
    company_ids = tuple(one.id for one in world.companies)

    def anew(one: Citizen) -> Citizen:
        return citizen(chance.number(0, 10**9), one.id, company_ids)

    people = [chance.mostly(one, anew(one), replace(one, hours_now=1.0)) for one in world.citizens]
    if chance.one(True, False, False) and len(people) > 1:
        people.pop(chance.number(0, len(people) - 1))
    if chance.one(True, False, False):
        known = {one.id for one in people}
        name = next(f"citizen-{k}" for k in range(99) if f"citizen-{k}" not in known)
        people.append(citizen(chance.number(0, 10**9), name, company_ids))
    ids = tuple(one.id for one in people)
    companies = tuple(
        chance.mostly(one, replace(one, not_again=ids[:1]), company(chance.number(0, 10**9), one.id, ids))
        for one in world.companies
    )
    if any(one.worksites != other.worksites for one, other in zip(companies, world.companies, strict=True)):
        agreements = tuple(
            agreement(chance.number(0, 10**9), index, companies) for index, _ in enumerate(world.agreements)
        )
    else:
        agreements = world.agreements
    return replace(
        world, citizens=tuple(sorted(people, key=lambda one: one.id)), companies=companies, agreements=agreements
    )


@given(worlds(most_citizens=7), st.lists(seeds, min_size=1, max_size=3))
def test_edits_of_citizens_and_places_give_the_arrays_of_a_new_reading(world: World, edits: list[int]) -> None:
    match_input = whole(world)
    for seed in edits:
        world = edited(world, seed)
        match_input = gone_on(match_input, world)
        assert_same(match_input, whole(world))


@given(worlds(most_citizens=7), seeds, st.sampled_from((None, 1, 3)))
def test_pairs_and_values_are_those_of_a_new_reading(world: World, seed: int, top_k: int | None) -> None:
    before, after = whole(world), edited(world, seed)
    match_input = gone_on(before, after)
    other = score_pairs(whole(after), top_k=top_k)
    assert_same_pairs(score_pairs(match_input, top_k=top_k), other)
    if match_input.slots is before.slots:
        row_of = {id(one): row for row, one in enumerate(before.citizen_values)}
        rows = np.array([row_of.get(id(one), -1) for one in match_input.citizen_values], dtype=np.int32)
        assert_same_pairs(score_again(match_input, score_pairs(before, top_k=top_k), rows, top_k=top_k), other)


def assert_same_pairs(one: ScoredPairs, other: ScoredPairs) -> None:
    for name in ("citizen", "slot", "value", "eligible_count", "weights_id"):
        assert_same(getattr(one, name), getattr(other, name), name)


def test_each_kind_of_change_in_a_municipality() -> None:
    town = municipality(citizens=40)
    people = list(town.citizens)
    match_input = vectorise(people, town.companies, town.agreements, on=REFERENCE_DATE)
    need = Accommodation(Condition.HEAT_COLD, 0.123, Strength.SHOULD)
    changes: tuple[dict[str, Any], ...] = (
        {"accommodations": (need,)},
        {"accommodations": ()},
        {"goals": (JobGoal("glaspuster og fyrpasser"), *people[3].goals)},
        {"goals": ()},
        {"schedule": Schedule((Weekday.SUNDAY, Weekday.MONDAY), 5 * 60, 17 * 60), "hours_now": 3.0},
        {"competences": (Competence("never-seen-before", CompetenceLevel.ALONE),)},
        {"target_group": "unheard-of"},
        {"certificates": ("never-seen-either",)},
        {"longest_travel_minutes": 11, "home": None, "home_postcode": "9999"},
        {"wishes_for": tuple(one.id for one in town.companies[:5]), "wishes_against": ()},
    )
    for row, change in [(0, one) for one in changes] + [(39, one) for one in changes] + [(3, one) for one in changes]:
        people[row] = replace(people[row], **change)
        match_input = renewed(match_input, people, town.companies, town.agreements, on=REFERENCE_DATE)
        assert_same(match_input, vectorise(people, town.companies, town.agreements, on=REFERENCE_DATE))


def test_who_is_the_same_is_not_read_again() -> None:
    town = municipality(citizens=40)
    before = vectorise(town.citizens, town.companies, town.agreements, on=REFERENCE_DATE)
    people = [replace(town.citizens[0], hours_now=2.0), *town.citizens[1:]]
    after = renewed(before, people, town.companies, town.agreements, on=REFERENCE_DATE)
    for part in ("needs", "slots", "common_hours"):
        assert getattr(after, part) is getattr(before, part)
    assert after.citizens.hours_now[0] == 2.0
