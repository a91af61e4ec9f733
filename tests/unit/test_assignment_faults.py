"""What the engine makes of solvers that answer nonsense or nothing, and of problems too large for a table."""

import time
import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ortools.graph.python import min_cost_flow

from benchmarks.instances import cloud
from matcher.assignment import check, columns, residual, solve, whole


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


def crash(*_: Any, **__: Any) -> Any:
    """Fails as a library may."""
    raise RuntimeError("out of tableau")


def no_memory(*_: Any, **__: Any) -> Any:
    """Fails as a machine may."""
    raise MemoryError


@pytest.mark.parametrize("failure", [crash, no_memory])
def test_solvers_that_fail_cost_no_plan(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Any
) -> None:
    """CP-SAT and HiGHS gone, on parts and on the whole: the engine's own plan and bound stand, and the log says so."""
    for module, name in ((columns, "milp"), (whole, "milp"), (residual, "_solve")):
        monkeypatch.setattr(module, name, failure)
    problem = cloud(150, 60, 12, seed=1)
    plan = solve(problem, time_limit_s=4, gap=0.0)
    assert check(problem, plan) == []
    assert plan.status == "feasible"
    assert plan.gap < 0.05
    assert {record.getMessage().split(" gave")[0] for record in caplog.records} == {"HiGHS", "CP-SAT"}


@pytest.mark.parametrize("bound", [0.0, -5.0, float("nan"), float("-inf")])
def test_garbage_about_the_whole_changes_nothing(monkeypatch: pytest.MonkeyPatch, bound: float) -> None:
    """Every pair chosen, and a bound below the plan: neither is taken."""

    def everything(costs: Any, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(x=np.ones(len(costs)), fun=-1e9, mip_dual_bound=-bound)

    monkeypatch.setattr(whole, "milp", everything)
    problem = cloud(100, 40, 8, seed=1)
    plan = solve(problem, time_limit_s=3, gap=0.0)
    assert check(problem, plan) == []
    assert 0.0 < plan.gap < 0.05


def test_an_answer_that_comes_too_late_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that overstays its limit: what it says may be used, but nothing is asked after it."""
    asked: list[float] = []

    def late(*_: Any, **__: Any) -> SimpleNamespace:
        asked.append(time.monotonic())
        time.sleep(1.5)
        return SimpleNamespace(x=None, fun=None, mip_dual_bound=None)

    for module in (columns, whole):
        monkeypatch.setattr(module, "milp", late)
    problem = cloud(150, 60, 12, seed=1)
    solve(problem, time_limit_s=0.0)  # compiled code is loaded
    asked.clear()
    plan = solve(problem, time_limit_s=1.0, gap=0.0)
    assert len(asked) == 1
    assert check(problem, plan) == []
    assert plan.gap < 0.1


class Infeasible(min_cost_flow.SimpleMinCostFlow):  # type: ignore[misc]  # the package ships no types
    """Says that there is no flow, though there always is one."""

    def solve(self) -> Any:
        return self.INFEASIBLE


class Everything(min_cost_flow.SimpleMinCostFlow):  # type: ignore[misc]  # the package ships no types
    """Says that every pair carries flow."""

    def flows(self, arcs: Any) -> Any:
        return np.ones(len(arcs), dtype=np.int64)


@pytest.mark.parametrize("solver", [Infeasible, Everything, crash, no_memory])
def test_a_flow_that_fails_leaves_the_search(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, solver: Any
) -> None:
    """Places only, and no flow to be had: planned by prices instead, near the optimum."""
    problem = cloud(60, 27, 6, seed=1, places_only=True)
    best = solve(problem)
    monkeypatch.setattr(min_cost_flow, "SimpleMinCostFlow", solver)
    plan = solve(problem, time_limit_s=5, gap=0.001)
    assert check(problem, plan) == []
    assert 0.99 * best.objective <= plan.objective <= best.objective + 1e-9
    assert plan.upper_bound >= best.objective - 1e-9
    assert [record.getMessage().split(" gave")[0] for record in caplog.records][:1] == ["minimum-cost flow"]


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
