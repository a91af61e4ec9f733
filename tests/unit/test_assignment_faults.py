"""What the engine makes of solvers that answer nonsense or nothing, and of problems too large for a table."""

import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ortools.graph.python import min_cost_flow

from benchmarks.instances import cloud
from matcher.assignment import check, columns, residual, solve


def plan_of_everything(costs: Any, **_: Any) -> SimpleNamespace:
    """Says that every column is chosen."""
    return SimpleNamespace(x=np.ones(len(costs)), fun=-1e9)


def plan_of_nothing(_: Any, **__: Any) -> SimpleNamespace:
    """Says that no plan was found in time."""
    return SimpleNamespace(x=None, fun=None)


@pytest.mark.parametrize("answer", [plan_of_everything, plan_of_nothing])
def test_garbage_from_highs_changes_nothing(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """An answer that breaks limits, or none, leaves the last valid plan."""
    monkeypatch.setattr(columns, "milp", answer)
    problem = cloud(150, 60, 12, seed=1)
    plan = solve(problem, time_limit_s=5)
    assert check(problem, plan) == []
    assert plan.gap < 0.05


def test_garbage_from_cp_sat_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All open pairs at once is no plan: it is refused whole."""

    def everything(_: Any, pairs: Any, *__: Any) -> Any:
        return pairs

    monkeypatch.setattr(residual, "_solve", everything)
    problem = cloud(150, 60, 12, seed=1)
    plan = solve(problem, time_limit_s=5)
    assert check(problem, plan) == []
    assert plan.gap < 0.05


def test_a_flow_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flow always has an answer; if the solver says otherwise, it is said aloud."""

    class Broken(min_cost_flow.SimpleMinCostFlow):  # type: ignore[misc]  # the package ships no types
        def solve(self) -> Any:
            return self.INFEASIBLE

    monkeypatch.setattr(min_cost_flow, "SimpleMinCostFlow", Broken)
    with pytest.raises(RuntimeError, match="minimum-cost flow ended with"):
        solve(cloud(20, 9, 4, seed=1, places_only=True))


@pytest.mark.slow
@pytest.mark.parametrize("places_only", [False, True])
def test_no_table_of_citizens_by_slots(places_only: bool) -> None:
    """At 20,000 x 20,000 even one bit a pair of citizen and slot would show: 400 MB as booleans."""
    problem = cloud(20_000, 20_000, 4, seed=1, places_only=places_only)
    tracemalloc.start()
    plan = solve(problem, time_limit_s=2, gap=0.05)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert check(problem, plan) == []
    assert peak < 150e6
