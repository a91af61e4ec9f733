"""The night's problem against a count from the domain values alone, over random small municipalities."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings

from features.taxonomy import Taxonomy
from features.vectorise import vectorise
from matcher.arrays import MatchInput, SlotContext
from matcher.assignment import check, solve
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel
from matcher.domain.citizen import Citizen, GroupNeed
from matcher.domain.legal import most_full_time_persons
from matcher.domain.placement import Placement
from matcher.limits import Barrier, ResourceKind
from matcher.resources import BARRIERS, NightProblem, plan_problem
from matcher.scoring import score_pairs
from matcher.unplaced import PlanUse, explain_unplaced
from tests.builders import ON
from tests.pairs import excluded_by
from tests.strategies import World, worlds

TAXONOMY = Taxonomy.builtin()
Key = tuple[ResourceKind, str]


def night_of(world: World) -> tuple[MatchInput, NightProblem]:
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON, taxonomy=TAXONOMY)
    pairs = score_pairs(match_input, top_k=None)
    return match_input, plan_problem(match_input, pairs, consultants=world.consultants, running=world.placements)


def running(world: World) -> list[Placement]:
    return [placement for placement in world.placements if placement.ends_on >= ON]


def use_of(citizen: Citizen, context: SlotContext) -> dict[Key, float]:
    """What one placement uses, by resource."""
    slot, agreement, site = context.slot, context.agreement, context.worksite
    hours = max(slot.hours_from, min(citizen.hours_now, slot.hours_to))
    return {
        (ResourceKind.FULL_TIME_PERSONS, site.id): hours / 37 if slot.form in COUNTED_AS_SUPPORTED else 0,
        (ResourceKind.MENTOR_HOURS, site.id): citizen.mentor_hours_per_week,
        (ResourceKind.CLUSTER_PLACES, agreement.id): 1 if agreement.model is AgreementModel.CLUSTER else 0,
        (ResourceKind.OUTREACH_HOURS, agreement.consultant_id): (
            agreement.outreach_hours if agreement.model is AgreementModel.AD_HOC else 0
        ),
        (ResourceKind.CASELOAD, agreement.consultant_id): 1,
    }


def limits_of(world: World, contexts: dict[str, SlotContext]) -> dict[Key, float]:
    """What is left of each resource after the running placements."""
    left: dict[Key, float] = {}
    for company in world.companies:
        for site in company.worksites:
            latest = site.ordinary_employees_by_month[:4]
            employees = round(sum(latest) / 4, 6) if latest else site.ordinary_employees
            allowed = most_full_time_persons(employees, ON) - site.supported_full_time_persons
            left[ResourceKind.FULL_TIME_PERSONS, site.id] = allowed
            left[ResourceKind.MENTOR_HOURS, site.id] = site.mentor_hours_per_week
    for agreement in world.agreements:
        left[ResourceKind.CLUSTER_PLACES, agreement.id] = agreement.places or 0
    for consultant in world.consultants:
        left[ResourceKind.OUTREACH_HOURS, consultant.id] = consultant.outreach_hours
        left[ResourceKind.CASELOAD, consultant.id] = consultant.caseload
    people = {citizen.id: citizen for citizen in world.citizens}
    for placement in running(world):
        if placement.slot_id not in contexts:
            continue
        context = contexts[placement.slot_id]
        if placement.form in COUNTED_AS_SUPPORTED:
            left[ResourceKind.FULL_TIME_PERSONS, context.worksite.id] -= placement.hours_per_week / 37
        if placement.citizen_id in people:
            left[ResourceKind.MENTOR_HOURS, context.worksite.id] -= people[placement.citizen_id].mentor_hours_per_week
        left[ResourceKind.CLUSTER_PLACES, context.agreement.id] -= 1
        left[ResourceKind.CASELOAD, context.agreement.consultant_id] -= 1
    return {key: max(0.0, value) for key, value in left.items()}


@given(worlds())
@settings(max_examples=50)
def test_resources_and_reasons_equal_an_independent_count(world: World) -> None:
    match_input, night = night_of(world)
    every_resource_is_right(world, match_input, night)
    every_pair_is_there_or_has_its_reason(world, match_input, night)


def every_resource_is_right(world: World, match_input: MatchInput, night: NightProblem) -> None:
    contexts = {context.slot.id: context for context in match_input.slot_values}
    limits = limits_of(world, contexts)
    assert len({(row.kind, row.owner_id) for row in night.resources}) == len(night.resources)
    use: dict[tuple[Key, int], float] = defaultdict(float)
    assert night.problem.resources is not None
    entries = night.problem.resources.use.tocoo()
    for r, e, amount in zip(*entries.coords, entries.data, strict=True):
        use[(night.resources[r].kind, night.resources[r].owner_id), int(e)] += float(amount)
    for e, (i, j) in enumerate(zip(night.problem.citizen, night.problem.slot, strict=True)):
        for key, amount in use_of(match_input.citizen_values[i], match_input.slot_values[j]).items():
            assert use[key, e] == pytest.approx(amount)
    for row, limit in zip(night.resources, night.problem.resources.limit, strict=True):
        assert limit == pytest.approx(limits[row.kind, row.owner_id])
        assert row.danish.endswith(".")


def every_pair_is_there_or_has_its_reason(world: World, match_input: MatchInput, night: NightProblem) -> None:
    contexts = {context.slot.id: context for context in match_input.slot_values}
    limits = limits_of(world, contexts)
    held = {placement.citizen_id for placement in running(world)}
    taken = [placement.slot_id for placement in running(world)]
    classes = {citizen.id: citizen.group_need for citizen in world.citizens}
    at_site = {
        (contexts[placement.slot_id].worksite.id, classes.get(placement.citizen_id))
        for placement in running(world)
        if placement.slot_id in contexts
    }
    opposite = {
        GroupNeed.SUBSTANCE_FREE_GROUP: GroupNeed.ACTIVE_SUBSTANCE_USE,
        GroupNeed.ACTIVE_SUBSTANCE_USE: GroupNeed.SUBSTANCE_FREE_GROUP,
    }
    expected: dict[tuple[int, int], Barrier | None] = {}
    rows = np.arange(len(match_input.slots), dtype=np.int32)
    for i, citizen in enumerate(match_input.citizen_values):
        minutes = match_input.travel.minutes(np.full(len(rows), i, dtype=np.int32), rows)
        for j, context in enumerate(match_input.slot_values):
            if excluded_by(citizen, context, float(minutes[j])):
                continue
            too_much = any(
                amount > limits[key] + 1e-9 * max(1, limits[key]) for key, amount in use_of(citizen, context).items()
            )
            barrier = Barrier.RESOURCE if too_much else None
            if (context.worksite.id, opposite.get(citizen.group_need)) in at_site and citizen.group_need in opposite:
                barrier = Barrier.APART
            if taken.count(context.slot.id) >= context.slot.capacity:
                barrier = Barrier.PLACE_TAKEN
            expected[i, j] = Barrier.ALREADY_PLACED if citizen.id in held else barrier
    found: dict[tuple[int, int], Barrier | None] = {
        (int(i), int(j)): None for i, j in zip(night.problem.citizen, night.problem.slot, strict=True)
    }
    for i, j, code in zip(night.removed.citizen, night.removed.slot, night.removed.barrier, strict=True):
        found[int(i), int(j)] = BARRIERS[code]
    assert found == expected


@given(worlds())
@settings(max_examples=20)
def test_a_plan_keeps_every_limit_and_the_others_are_told_why(world: World) -> None:
    match_input, night = night_of(world)
    plan = solve(night.problem, time_limit_s=5)
    assert check(night.problem, plan) == []
    contexts = {context.slot.id: context for context in match_input.slot_values}
    used: dict[Key, float] = defaultdict(float)
    for i, j in enumerate(plan.slot_of_citizen.tolist()):
        if j >= 0:
            for key, amount in use_of(match_input.citizen_values[i], match_input.slot_values[j]).items():
                used[key] += amount
    limits = limits_of(world, contexts)
    assert all(amount <= limits[key] + 1e-6 for key, amount in used.items())
    use = PlanUse.of(night, plan)
    for i in np.flatnonzero(plan.slot_of_citizen < 0).tolist():
        why = explain_unplaced(match_input, i, use)
        assert why.text.endswith(".")
        assert (why.reason is Barrier.ALREADY_PLACED) == (i in night.placed)
        if why.reason is Barrier.NO_PLACE_FITS:
            assert not (night.problem.citizen == i).any()
            assert not (night.removed.citizen == i).any()
