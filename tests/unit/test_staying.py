"""A plan whose gap stays open lies near the plan before, is worth as much, and follows from nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instances import cloud
from matcher import staying
from matcher.arrays import Codes
from matcher.assignment import AssignmentProblem, Plan, Replanned, check, solve
from matcher.assignment.plan import StoppedBy
from matcher.staying import WORTH_STAYING, slots_before, stay_near
from tests.builders import a_citizen, a_slot
from tests.pairs import input_of

OPEN, ASKED = 0.005, 0.001
"""The gap that a search is ended with, and the one that was asked for."""


def near(problem: AssignmentProblem, plan: Plan, before: Codes, *, gap: float = ASKED, seconds: float = 60.0) -> Plan:
    return stay_near(problem, plan, before, time_limit_s=seconds, gap=gap, seed=0)


def moved(before: Codes, plan: Plan) -> int:
    return int(np.count_nonzero(before != plan.slot_of_citizen))


@pytest.fixture(scope="module")
def town() -> tuple[AssignmentProblem, Codes, Plan]:
    """A problem, the plan before of one that differs little, and a plan from nothing whose gap is open."""
    problem = cloud(300, 120, 20, seed=4)
    value = problem.value * np.random.default_rng(1).uniform(0.995, 1.0, problem.n_pairs)
    before = solve(replace(problem, value=value), gap=OPEN, seed=1).slot_of_citizen
    plan = solve(problem, gap=OPEN)
    assert plan.gap > ASKED
    return problem, before, plan


def test_few_move_and_nothing_is_lost_beyond_what_was_asked_for(town: tuple[AssignmentProblem, Codes, Plan]) -> None:
    problem, before, plan = town
    found = near(problem, plan, before)
    assert check(problem, found) == []
    assert 3 * moved(before, found) < moved(before, plan)
    assert found.objective >= (1 - ASKED) * plan.objective
    assert found.repeatable
    again = near(problem, plan, before)
    assert (again.slot_of_citizen == found.slot_of_citizen).all()


def test_a_plan_that_is_proven_stays_what_it_is(town: tuple[AssignmentProblem, Codes, Plan]) -> None:
    problem, before, plan = town
    assert near(problem, plan, before, gap=plan.gap) is plan
    assert near(problem, plan, np.full_like(before, -1)) is plan


def test_a_plan_near_the_one_before_that_is_worth_too_little_is_left(
    town: tuple[AssignmentProblem, Codes, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, before, plan = town
    fewer = np.where(np.arange(problem.n_citizens) % 20 == 0, -1, plan.slot_of_citizen).astype(np.int32)
    worth = float(problem.value[fewer[problem.citizen] == problem.slot].sum())
    assert worth < (1 - ASKED) * plan.objective
    answered(monkeypatch, replace(plan, slot_of_citizen=fewer, objective=worth, upper_bound=2 * plan.upper_bound))
    found = near(problem, plan, before)
    assert (found.slot_of_citizen == plan.slot_of_citizen).all()
    assert (found.objective, found.upper_bound) == (plan.objective, plan.upper_bound)


def answered(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> None:
    """Whatever is asked near a plan before, this comes out."""
    monkeypatch.setattr(staying, "replan", lambda *_, **__: Replanned(plan, 0, 0, 1.0, None, 0.0))


def test_without_time_bound_and_prices_are_those_that_are_known(town: tuple[AssignmentProblem, Codes, Plan]) -> None:
    problem, before, plan = town
    found = near(problem, plan, before, seconds=0.0)
    assert check(problem, found) == []
    assert not found.repeatable
    assert found.upper_bound <= plan.upper_bound
    assert found.gap < 2 * OPEN
    assert (found.slot_price == plan.slot_price).all()
    assert (found.resource_price == plan.resource_price).all()
    assert found.slot_price.sum() > 0


def test_the_clock_makes_it_as_little_repeatable_as_a_plan_from_nothing(
    town: tuple[AssignmentProblem, Codes, Plan],
) -> None:
    problem, before, plan = town
    assert not near(problem, replace(plan, stopped_by="time"), before).repeatable


@pytest.mark.parametrize("ended", ["search", "time"])
def test_an_interrupt_ends_it_whatever_ended_the_plan_from_nothing(
    town: tuple[AssignmentProblem, Codes, Plan], monkeypatch: pytest.MonkeyPatch, ended: StoppedBy
) -> None:
    problem, before, plan = town
    answered(monkeypatch, replace(plan, stopped_by="interrupted"))
    with pytest.raises(KeyboardInterrupt):
        near(problem, replace(plan, stopped_by=ended), before)


def test_moving_for_more_than_the_bonus_is_a_reason() -> None:
    value = np.array([0.5, 0.5 + 2 * WORTH_STAYING, 0.5, 0.5 + WORTH_STAYING / 2])
    problem = AssignmentProblem(
        n_citizens=2,
        n_slots=4,
        citizen=np.array([0, 0, 1, 1], dtype=np.int32),
        slot=np.array([0, 1, 2, 3], dtype=np.int32),
        value=value,
        capacity=np.ones(4, dtype=np.int64),
    )
    free = replace(solve(problem), gap=0.5)
    found = near(problem, free, np.array([0, 2], dtype=np.int32), gap=0.01)
    assert found.slot_of_citizen.tolist() == [1, 2]


def test_what_was_proposed_is_found_by_its_ids() -> None:
    match_input = input_of([a_citizen(id=f"citizen-{k}") for k in range(3)], [a_slot(), a_slot(id="slot-2")])
    proposed = {"citizen-0": "slot-2", "citizen-2": "gone", "somebody": "slot-1"}
    rows = [match_input.slots.ids[row] if row >= 0 else None for row in slots_before(match_input, proposed)]
    assert dict(zip(match_input.citizens.ids, rows, strict=True)) == {
        "citizen-0": "slot-2",
        "citizen-1": None,
        "citizen-2": None,
    }
