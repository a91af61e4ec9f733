"""What is free and what it costs, against the problem that a plan of the same pairs would solve."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import given

from features.vectorise import vectorise
from matcher.arrays import Codes, Floats, MatchInput
from matcher.budgets import running_on
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import REASONABLENESS, STATUTE
from matcher.limits import ResourceKind
from matcher.market import market, resource_prices
from matcher.resources import plan_problem
from matcher.scoring import ScoredPairs, score_pairs
from tests.builders import ON
from tests.strategies import World, worlds


def every_slot(match_input: MatchInput, row: int) -> tuple[Codes, Codes]:
    slots = np.arange(len(match_input.slots), dtype=np.int32)
    return np.full_like(slots, row), slots


def by_plan(
    world: World, match_input: MatchInput, citizen: Codes, slot: Codes, without: str
) -> tuple[set[tuple[int, int]], Floats, Floats]:
    """The pairs that a plan could choose, their prices, and the prices of the places."""
    pairs = ScoredPairs(citizen, slot, np.ones(len(slot)), np.zeros(0, np.int32), "")
    running = [one for one in world.placements if one.citizen_id != without]
    night = plan_problem(match_input, pairs, consultants=world.consultants, running=running)
    problem = night.problem
    slot_price = np.linspace(0.0, 0.7, len(match_input.slots))
    assert problem.resources is not None
    price = slot_price[problem.slot] + problem.resources.use.T @ np.array(
        [price_of(row.kind, row.owner_id) for row in night.resources]
    )
    return set(zip(problem.citizen.tolist(), problem.slot.tolist(), strict=True)), price, slot_price


def price_of(kind: str, owner_id: str) -> float:
    """Some price that differs by kind and owner."""
    return (sum(map(ord, f"{kind}{owner_id}")) % 17) / 23


def every_price(world: World) -> dict[tuple[str, str], float]:
    """Prices by kind and owner."""
    sites = [site.id for company in world.companies for site in company.worksites]
    owners = [*sites, *(one.id for one in world.agreements), *(one.id for one in world.consultants)]
    return {(kind, owner): price_of(kind, owner) for kind in ResourceKind for owner in owners}


def assert_same_market(world: World, match_input: MatchInput, citizen: Codes, slot: Codes, without: str) -> None:
    consultants = {one.id: one for one in world.consultants}
    running = running_on(match_input, [one for one in world.placements if one.citizen_id != without])
    found = market(match_input, citizen, slot, consultants=consultants, running=running)
    pairs, price, slot_price = by_plan(world, match_input, citizen, slot, without)
    free = np.flatnonzero(found.free)
    assert set(zip(citizen[free].tolist(), slot[free].tolist(), strict=True)) == pairs
    prices = found.prices(slot_price, resource_prices(match_input, consultants, every_price(world)))
    assert prices[free].tobytes() == price.tobytes()


def changing(book: RuleBook) -> RuleBook:
    """The book with half as many full-time persons allowed from two weeks on."""
    (now,) = book.periods(REASONABLENESS)
    first = ON + timedelta(weeks=2)
    later = replace(now, valid_from=first, parameters={**now.parameters, "per_person_first": 10})
    return book.replaced(REASONABLENESS, [replace(now, valid_to=first - timedelta(days=1)), later])


@given(worlds(most_citizens=6))
def test_one_citizen_against_all_slots(world: World) -> None:
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON)
    for row, citizen in enumerate(world.citizens):
        assert_same_market(world, match_input, *every_slot(match_input, row), without=citizen.id)
        everybody = running_on(match_input, world.placements)
        own = [one for one in world.placements if one.citizen_id != citizen.id]
        assert everybody.without(row).ids == running_on(match_input, own).ids


@given(worlds(most_citizens=6))
def test_every_pair_that_the_rules_let_through(world: World) -> None:
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON)
    pairs = score_pairs(match_input, top_k=None)
    assert_same_market(world, match_input, pairs.citizen, pairs.slot, without="")


@given(worlds(most_citizens=6))
def test_a_limit_that_changes_while_places_begin(world: World) -> None:
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON, rulebook=changing(STATUTE))
    pairs = score_pairs(match_input, top_k=None)
    assert_same_market(world, match_input, pairs.citizen, pairs.slot, without="")
    for row in range(len(world.citizens)):
        assert_same_market(world, match_input, *every_slot(match_input, row), without=world.citizens[row].id)
