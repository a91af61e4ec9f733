"""Planning again after small changes."""

import dataclasses

import numpy as np
import pytest

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, Plan, check, replan, solve
from tests.properties.test_assignment_properties import medium


def changed(problem: AssignmentProblem, share: float, seed: int) -> AssignmentProblem:
    """The problem with other values for all pairs of a share of its citizens."""
    random = np.random.default_rng(seed)
    who = random.random(problem.n_citizens) < share
    value = np.where(who[problem.citizen], problem.value * random.uniform(0.5, 1.0, problem.n_pairs), problem.value)
    return dataclasses.replace(problem, value=value)


@pytest.mark.parametrize("places_only", [False, True])
def test_small_change_changes_little(places_only: bool) -> None:
    """After a change of 1 % of the citizens nearly all pairs are kept, and little value is lost."""
    problem = cloud(300, 120, 20, seed=4, places_only=places_only)
    first = solve(problem, gap=0.005)
    again = changed(problem, 0.01, seed=1)
    free = solve(again, gap=0.005)
    result = replan(again, first, 0.05, free=free, gap=0.01)
    assert check(again, result.plan) == []
    assert result.kept_share >= 0.95
    assert result.kept + result.changed == first.n_placed
    assert result.cost is not None
    assert result.cost <= 0.005 * free.objective
    assert result.cost <= result.cost_at_most + 1e-9


def test_bonus_is_no_value() -> None:
    """A large bonus keeps every pair that still exists; objective and bound do not contain it."""
    problem = cloud(120, 50, 10, seed=2)
    first = solve(problem, gap=0.01)
    result = replan(changed(problem, 0.5, seed=3), first, 100.0, gap=0.01)
    assert result.kept_share == 1.0
    assert result.plan.upper_bound < problem.value.max() * 120


def test_refuses_other_sizes_and_bad_bonus() -> None:
    """A plan for another number of citizens, or a negative bonus, is refused by name."""
    small, large = cloud(20, 9, 4, seed=1), cloud(21, 9, 4, seed=1)
    plan = solve(small)
    with pytest.raises(ValueError, match="previous: citizens"):
        replan(large, plan, 0.1)
    with pytest.raises(ValueError, match="bonus: expected"):
        replan(small, plan, -0.1)
    with pytest.raises(ValueError, match="bonus: expected"):
        replan(small, plan, float("nan"))


def without(problem: AssignmentProblem, gone: np.ndarray) -> AssignmentProblem:
    """The problem without the pairs of some citizens, who keep their numbers."""
    kept = np.flatnonzero(~gone[problem.citizen])
    resources = problem.resources
    if resources is not None:
        resources = dataclasses.replace(resources, use=resources.use[:, kept])
    return dataclasses.replace(
        problem,
        citizen=problem.citizen[kept],
        slot=problem.slot[kept],
        value=problem.value[kept],
        resources=resources,
    )


def some(problem: AssignmentProblem, share: float, seed: int) -> np.ndarray:
    """A share of the citizens."""
    return np.random.default_rng(seed).random(problem.n_citizens) < share


def nights(seed: int, what: str) -> tuple[AssignmentProblem, AssignmentProblem]:
    """Last night's problem and tonight's, with a caseload across worksites."""
    problem = medium(seed, caseload=True)
    if what == "values":
        return problem, changed(problem, 0.05, seed)
    if what == "leavers":
        return problem, without(problem, some(problem, 0.05, seed))
    if what == "newcomers":
        return without(problem, some(problem, 0.05, seed)), problem
    closed = problem.capacity.copy()
    closed[np.random.default_rng(seed).choice(problem.n_slots, 2, replace=False)] = 0
    return problem, dataclasses.replace(problem, capacity=closed)


def kept(before: Plan, after: Plan) -> int:
    """Citizens placed as before."""
    return int(((before.slot_of_citizen >= 0) & (before.slot_of_citizen == after.slot_of_citizen)).sum())


@pytest.mark.parametrize("bonus", [0.0, 0.02])
@pytest.mark.parametrize("what", ["values", "leavers", "newcomers", "closed"])
@pytest.mark.parametrize("seed", range(3))
def test_time_that_is_left_is_used(seed: int, what: str, bonus: float) -> None:
    """Bonus counted, planning again is as good as planning from nothing, and says so by its bound."""
    last_night, tonight = nights(seed, what)
    first = solve(last_night, gap=1e-4)
    free = solve(tonight, gap=1e-4)
    again = replan(tonight, first, bonus, free=free, gap=1e-4)
    assert check(tonight, again.plan) == []
    with_bonus = again.plan.objective + bonus * again.kept
    assert with_bonus >= (free.objective + bonus * kept(first, free)) * (1 - 1e-4)
    assert again.cost is not None
    assert again.cost <= bonus * again.kept + 1e-4 * free.objective
    assert free.objective <= again.plan.upper_bound * (1 + 1e-9)
    assert again.cost_at_most <= again.cost + 2e-4 * free.objective
    assert again.kept >= kept(first, free) - 1e-4 * free.objective / max(bonus, 1e-4)
    assert again.plan.stopped_by in ("gap", "search")
