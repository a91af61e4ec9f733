"""Planning again after small changes."""

import dataclasses

import numpy as np
import pytest

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, check, replan, solve


def changed(problem: AssignmentProblem, share: float, seed: int) -> AssignmentProblem:
    """The problem with other values for all pairs of a share of its citizens."""
    random = np.random.default_rng(seed)
    who = random.random(problem.n_citizens) < share
    value = np.where(who[problem.citizen], problem.value * random.uniform(0.5, 1.0, problem.n_pairs), problem.value)
    return dataclasses.replace(problem, value=value)


@pytest.mark.parametrize("places_only", [False, True])
def test_small_change_changes_little(places_only: bool) -> None:
    """After a change of 1 % of the citizens nearly all pairs are kept, and little value is lost."""
    problem = cloud(600, 240, 20, seed=4, places_only=places_only)
    first = solve(problem, gap=0.003, time_limit_s=30)
    again = changed(problem, 0.01, seed=1)
    free = solve(again, gap=0.003, time_limit_s=30)
    result = replan(again, first, 0.05, free=free)
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
    result = replan(changed(problem, 0.5, seed=3), first, 100.0)
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
