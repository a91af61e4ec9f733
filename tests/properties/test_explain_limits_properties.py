"""Limits in explanations against the problem of the night and against a recount by other code."""

import numpy as np
from hypothesis import given

from features.vectorise import vectorise
from matcher.arrays import MatchInput
from matcher.budgets import running_on
from matcher.domain.citizen import Citizen
from matcher.domain.placement import Placement
from matcher.explain import explain
from matcher.letter import letter
from matcher.limit_reasons import WITH_OTHERS_ID
from matcher.limits import Barrier
from matcher.market import Market, market
from matcher.resources import BARRIERS, plan_problem
from matcher.scoring import ScoredPairs, score_citizen
from tests.builders import ON
from tests.limits_recount import SLACK, Recount
from tests.strategies import World, worlds

KINDS = {
    "full_time_persons": "reasonableness",
    "mentor_hours": "mentor_hours",
    "cluster_places": "cluster_places",
    "outreach_hours": "outreach_hours",
    "caseload": "caseload",
}


def arrays(world: World) -> MatchInput:
    return vectorise(world.citizens, world.companies, world.agreements, on=ON)


def others_of(world: World, citizen: Citizen) -> list[Placement]:
    return [one for one in world.placements if one.citizen_id != citizen.id]


def market_of(world: World, match_input: MatchInput, row: int) -> Market:
    slots = np.arange(len(match_input.slots), dtype=np.int32)
    return market(
        match_input,
        np.full_like(slots, row),
        slots,
        consultants={one.id: one for one in world.consultants},
        running=running_on(match_input, world.placements).without(row),
    )


@given(worlds(most_citizens=6))
def test_all_and_only_the_limits_that_close_are_named_by_a_recount(world: World) -> None:
    match_input = arrays(world)
    for row, citizen in enumerate(match_input.citizen_values):
        beside, scores = market_of(world, match_input, row), score_citizen(match_input, row)
        for j, context in enumerate(match_input.slot_values):
            bare = explain(match_input, row, j, scores=scores)
            full = explain(match_input, row, j, scores=scores, met=beside.met(j))
            lacking = Recount.of(world, citizen, context).lacking()
            assert set(full.failed_rules) == {*bare.failed_rules, *lacking}
            assert full.eligible == (bare.eligible and not lacking)
            assert {one.id for one in full.limits if not one.passed} == lacking - {WITH_OTHERS_ID}
            for one in full.limits:
                assert one.passed == (one.needs <= max(0.0, one.allowed - one.taken) + SLACK)
            for rule in full.rules:
                assert rule.source
                assert rule.texts or rule.passed
            assert "kept_apart" not in letter(full)


@given(worlds(most_citizens=6))
def test_the_same_pairs_are_closed_as_before_the_plan_is_made(world: World) -> None:
    match_input = arrays(world)
    for row, citizen in enumerate(match_input.citizen_values):
        slots = np.arange(len(match_input.slots), dtype=np.int32)
        pairs = ScoredPairs(np.full_like(slots, row), slots, np.ones(len(slots)), np.zeros(0, np.int32), "")
        running = others_of(world, citizen)
        night = plan_problem(match_input, pairs, consultants=world.consultants, running=running)
        removed, beside = night.removed, market_of(world, match_input, row)
        of_slot = dict(zip(removed.slot.tolist(), range(len(removed.slot)), strict=True))
        for j in slots.tolist():
            explanation = explain(match_input, row, j, met=beside.met(j))
            closing = {rule.id for rule in explanation.rules if not rule.passed} & {
                "places",
                WITH_OTHERS_ID,
                *KINDS.values(),
            }
            assert bool(closing) == (j in of_slot)
            if j in of_slot:
                barrier = BARRIERS[removed.barrier[of_slot[j]]]
                kind = night.resources[removed.resource[of_slot[j]]].kind if barrier is Barrier.RESOURCE else ""
                named = {Barrier.PLACE_TAKEN: "places", Barrier.APART: WITH_OTHERS_ID}.get(barrier) or KINDS[kind]
                assert named in closing


def test_worlds_close_places_by_limits() -> None:
    """The recount is asked about something: a full place is found as one."""
    found: list[set[str]] = []

    @given(worlds(most_citizens=4))
    def look(world: World) -> None:
        for citizen in world.citizens:
            found.extend(Recount.of(world, citizen, context).lacking() for context in arrays(world).slot_values)

    look()
    assert {"places", "reasonableness", "mentor_hours"} <= set().union(*found)
