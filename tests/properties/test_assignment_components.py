"""Problems solved part by part and merged, against the whole solved at once."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from benchmarks.instances import cloud
from matcher.assignment import (
    AssignmentProblem,
    Plan,
    Resources,
    Separations,
    check,
    components,
    merge,
    replan,
    solve,
    worksites,
)
from matcher.assignment.clock import Clock
from matcher.assignment.connected import plan_connected
from tests.oracles import best_value
from tests.properties.test_assignment_properties import problems


@given(problems())
@settings(max_examples=150, deadline=None)
def test_apart_and_merged_is_the_whole(problem: AssignmentProblem) -> None:
    """Every pair and pin is in one part; the best plans of the parts make a best plan of the whole, with a bound."""
    parts = components(problem)
    assert sum(part.problem.n_pairs for part in parts) == problem.n_pairs
    assert sorted(p for part in parts for p in part.pins.tolist()) == list(range(len(problem.pins)))
    plan = merge(problem, parts, [solve(part.problem, gap=0.0, time_limit_s=20) for part in parts])
    together = solve(problem, gap=0.0, time_limit_s=20)
    if problem.resources is None and problem.separations is None:  # one flow for all, which may break ties otherwise
        assert plan.objective == pytest.approx(together.objective, abs=1e-9)
        assert plan.upper_bound == pytest.approx(together.upper_bound, abs=1e-9)
        assert (plan.conflict, plan.released) == (together.conflict, together.released)
    else:
        same(plan, together)
    if plan.status != "infeasible":
        assert check(problem, plan) == []
        assert plan.upper_bound >= best_value(problem) - 1e-12


def same(one: Plan, other: Plan) -> None:
    """Two plans that say the same, to the last bit."""
    for field in dataclasses.fields(Plan):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


def at_once(problem: AssignmentProblem, gap: float) -> Plan:
    """The whole, never taken apart."""
    return plan_connected(problem, clock=Clock(60.0), gap=gap, seed=0, progress=None)


@given(problems())
@settings(max_examples=100, deadline=None)
def test_apart_is_worth_what_the_whole_at_once_is(problem: AssignmentProblem) -> None:
    """The parts' best plans together are worth what the best plan of the whole is that was never taken apart."""
    parts = components(problem)
    apart = merge(problem, parts, [at_once(part.problem, 0.0) for part in parts])
    whole = at_once(problem, 0.0)
    assert apart.objective == pytest.approx(whole.objective, rel=1e-9, abs=1e-12)
    assert apart.conflict == whole.conflict
    assert apart.released == whole.released
    assert whole.objective <= apart.upper_bound * (1 + 1e-9)
    assert apart.objective <= whole.upper_bound * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_two_towns_apart_and_at_once(seed: int) -> None:
    """Each bound holds for the other plan, and where both are proven optimal they place the same people."""
    whole = beside(cloud(30, 12, 4, seed=seed), cloud(40, 18, 5, seed=seed + 10))
    parts = components(whole)
    assert len(parts) > 1
    apart = merge(whole, parts, [at_once(part.problem, 0.0) for part in parts])
    together = at_once(whole, 0.0)
    assert check(whole, apart) == check(whole, together) == []
    assert (apart.status, together.status) == ("optimal", "optimal")
    assert apart.objective == pytest.approx(together.objective, rel=1e-9)
    np.testing.assert_array_equal(apart.slot_of_citizen, together.slot_of_citizen)


@given(problems())
@settings(max_examples=100, deadline=None)
def test_the_smallest_put_together(problem: AssignmentProblem) -> None:
    """At most so many parts, every pair in one of them, and their best plans still make a best plan of the whole."""
    parts = components(problem, most=2)
    assert len(parts) == min(2, len(components(problem)))
    assert sum(part.problem.n_pairs for part in parts) == problem.n_pairs
    plan = merge(problem, parts, [solve(part.problem, gap=0.0, time_limit_s=20) for part in parts])
    if plan.status != "infeasible":
        assert check(problem, plan) == []
        assert plan.objective == pytest.approx(best_value(problem), abs=1e-9)


def beside(first: AssignmentProblem, second: AssignmentProblem) -> AssignmentProblem:
    """Two problems of the benchmark's family in one, which share nothing."""
    a, b, c, d = first.resources, second.resources, first.separations, second.separations
    assert a is not None
    assert b is not None
    assert c is not None
    assert d is not None
    return AssignmentProblem(
        first.n_citizens + second.n_citizens,
        first.n_slots + second.n_slots,
        np.concatenate([first.citizen, second.citizen + np.int32(first.n_citizens)]),
        np.concatenate([first.slot, second.slot + np.int32(first.n_slots)]),
        np.concatenate([first.value, second.value]),
        np.concatenate([first.capacity, second.capacity]),
        Resources(
            sparse.csr_array(sparse.block_diag([a.use, b.use], format="csr")), np.concatenate([a.limit, b.limit])
        ),
        Separations(
            np.concatenate([c.site_of_slot, d.site_of_slot + c.site_of_slot.max() + np.int32(1)]),
            np.concatenate([c.class_of_citizen, d.class_of_citizen]),
            c.apart,
        ),
    )


@pytest.mark.parametrize("alone", [False, True])
def test_two_towns_planned_apart(monkeypatch: pytest.MonkeyPatch, alone: bool) -> None:
    """Apart and together to the last bit, gap reached; ``alone``: by the engine's own search, without HiGHS."""
    if alone:
        monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    towns = cloud(90, 36, 8, seed=1), cloud(150, 60, 12, seed=3)
    whole = beside(*towns)
    parts = components(whole)
    assert len([part for part in parts if part.problem.n_pairs > 500]) == 2
    plans = [solve(part.problem, gap=0.006, seed=5, time_limit_s=60) for part in parts]
    assert max(plan.gap for plan in plans) <= 0.006
    plan = merge(whole, parts, plans)
    assert check(whole, plan) == []
    same(plan, solve(whole, gap=0.006, seed=5, time_limit_s=60))
    # each town on its own gives its part of the plan
    alone_first = solve(towns[0], gap=0.006, seed=5, time_limit_s=60)
    np.testing.assert_array_equal(plan.slot_of_citizen[: towns[0].n_citizens], alone_first.slot_of_citizen)


def test_replanning_two_towns() -> None:
    """A plan of before is taken apart with the problem: nothing changed, nobody moves."""
    whole = beside(cloud(60, 24, 8, seed=1), cloud(90, 36, 8, seed=3))
    first = solve(whole, gap=0.01, time_limit_s=30)
    again = replan(whole, first, 0.02, gap=0.01)
    assert check(whole, again.plan) == []
    assert again.kept_share >= 0.98
    assert again.plan.objective >= first.objective - 0.02 * again.changed - 1e-9


def test_progress_of_two_towns() -> None:
    """Reports are of the whole: values rise and bounds fall across the parts, and pins count."""
    whole = beside(cloud(60, 24, 8, seed=1), cloud(90, 36, 8, seed=3))
    whole = dataclasses.replace(whole, pinned=np.array([3, whole.n_pairs - 5], dtype=np.int32))
    seen: list[tuple[str, float, float]] = []
    plan = solve(whole, gap=0.01, progress=lambda *now: seen.append(now))
    values, bounds = [v for _, v, _ in seen], [b for _, _, b in seen]
    assert all(later >= earlier * (1 - 1e-12) for earlier, later in pairwise(values))
    assert all(later <= earlier * (1 + 1e-12) for earlier, later in pairwise(bounds))
    assert seen[-1] == ("done", plan.objective, plan.upper_bound)


def test_a_caseload_no_plan_can_exceed_joins_nothing() -> None:
    """Each citizen has two pairs that use 1 of a budget of 3: three citizens cannot exceed it, however they count."""
    citizen, slot = np.divmod(np.arange(6, dtype=np.int32), np.int32(2))
    slot = (slot + 2 * citizen).astype(np.int32)
    for limit, count in ((3.0, 3), (2.5, 1)):
        problem = AssignmentProblem(
            3, 6, citizen, slot, np.ones(6), np.ones(6, dtype=np.int64),
            Resources(sparse.csr_array(np.ones((1, 6))), np.array([limit])),
        )  # fmt: skip
        assert len(components(problem)) == count
        assert solve(problem).n_placed == int(limit)


def test_classes_that_do_not_meet_in_a_part_are_not_kept_apart_there() -> None:
    """Two worksites, a class at each: parts without separations, so that the flow decides them."""
    two = np.arange(2, dtype=np.int32)
    separations = Separations(two, np.array([1, 2], dtype=np.int32), ((1, 2), (1, 1)))
    problem = AssignmentProblem(2, 2, two, two, np.ones(2), np.ones(2, dtype=np.int64), None, separations)
    parts = components(problem)
    assert [part.problem.separations and part.problem.separations.apart for part in parts] == [(), ()]
    assert solve(problem).status == "optimal"


def test_at_least_one_part() -> None:
    """No part at all is no answer."""
    with pytest.raises(ValueError, match="most: expected"):
        components(cloud(12, 6, 2, seed=1), most=0)


def test_a_budget_joins_only_where_it_can_bind() -> None:
    """One budget over everything: one part when it can run out, as many as the pairs leave when it cannot."""
    three = np.arange(3, dtype=np.int32)
    for limit, count in ((2.0, 1), (3.0, 3)):
        problem = AssignmentProblem(
            4, 4, three, three, np.ones(3), np.ones(4, dtype=np.int64),
            Resources(sparse.csr_array(np.ones((1, 3))), np.array([limit])),
        )  # fmt: skip
        parts = components(problem)
        assert len(parts) == count
        assert sorted(i for part in parts for i in part.citizens.tolist()) == [0, 1, 2]
        assert merge(problem, parts, [solve(part.problem) for part in parts]).n_placed == min(limit, 3)


def test_nothing_to_part() -> None:
    """Without pairs there is no part, and the merged plan places nobody."""
    empty = np.empty(0, dtype=np.int32)
    problem = AssignmentProblem(2, 1, empty, empty, np.empty(0), np.ones(1, dtype=np.int64))
    assert components(problem) == ()
    assert merge(problem, (), ()).slot_of_citizen.tolist() == [-1, -1]


def test_plans_that_belong_elsewhere_are_refused() -> None:
    """A plan too few, and plans in another order."""
    problem = beside(cloud(12, 6, 2, seed=1), cloud(30, 15, 4, seed=2))
    parts = components(problem)
    plans = [solve(part.problem) for part in parts]
    with pytest.raises(ValueError, match="plans: expected"):
        merge(problem, parts, plans[1:])
    with pytest.raises(ValueError, match=r"plans\[0\]: citizens, slots and resources"):
        merge(problem, parts, plans[::-1])
