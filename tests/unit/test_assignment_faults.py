"""What the engine makes of solvers that answer nonsense or nothing, and of problems too large for a table."""

import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ortools.graph.python import min_cost_flow

from benchmarks.instances import cloud
from matcher.assignment import (
    AssignmentProblem,
    check,
    clock,
    columns,
    connected,
    dual,
    kernel,
    left_out,
    prices,
    quality,
    residual,
    solve,
    whole,
    worksites,
)
from matcher.assignment.bounds import UpperBounds
from matcher.assignment.plan import make_plan


def plan_of_everything(costs: Any, **_: Any) -> SimpleNamespace:
    """Says that every column is chosen."""
    return SimpleNamespace(x=np.ones(len(costs)), fun=-1e9)


def plan_of_nothing(_: Any, **__: Any) -> SimpleNamespace:
    """Says that no plan was found in time."""
    return SimpleNamespace(x=None, fun=None)


def crash(*_: Any, **__: Any) -> Any:
    """Fails as a library may."""
    raise RuntimeError("out of tableau")


@pytest.mark.parametrize("answer", [plan_of_everything, plan_of_nothing])
def test_garbage_from_highs_changes_nothing(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """An answer that breaks limits, or none, leaves the last valid plan."""
    monkeypatch.setattr(columns, "milp", answer)
    problem = cloud(150, 60, 12, seed=1)
    plan = solve(problem, time_limit_s=60, gap=0.05)
    assert check(problem, plan) == []
    assert plan.gap <= 0.05


def test_garbage_from_cp_sat_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All open pairs at once is no plan: it is refused whole."""

    def everything(_: Any, pairs: Any, *__: Any) -> Any:
        return pairs

    monkeypatch.setattr(residual, "_solve", everything)
    problem = cloud(150, 60, 12, seed=1)
    plan = solve(problem, time_limit_s=60, gap=0.05)
    assert check(problem, plan) == []
    assert plan.gap <= 0.05


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
    plan = solve(problem, time_limit_s=30, gap=0.0)
    assert check(problem, plan) == []
    assert plan.status == "feasible"
    assert plan.gap < 0.05
    assert {record.getMessage().split(" gave")[0] for record in caplog.records} == {"HiGHS", "CP-SAT"}


@pytest.mark.parametrize(("bound", "refuted"), [(0.0, True), (-5.0, True), (float("nan"), False), (-np.inf, False)])
def test_garbage_about_the_whole_changes_nothing(monkeypatch: pytest.MonkeyPatch, bound: float, refuted: bool) -> None:
    """Every pair chosen, and a bound below the plan or none: neither is taken, and a wrong bound is named."""

    def everything(costs: Any, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(x=np.ones(len(costs)), fun=-1e9, mip_dual_bound=-bound)

    monkeypatch.setattr(whole, "milp", everything)
    problem = cloud(100, 40, 8, seed=1)
    plan = solve(problem, time_limit_s=2, gap=0.0)
    assert check(problem, plan) == []
    assert 0.0 < plan.gap < 0.05
    assert plan.refuted == (("the whole by HiGHS",) if refuted else ())


def halved_worksite_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worksites' problems report half their bounds."""
    honest = kernel.price_blocks

    def half(*arguments: Any) -> None:
        honest(*arguments)
        bounds, which = arguments[7], arguments[1]
        bounds[which] = 0.5 * bounds[which] - 1.0

    monkeypatch.setattr(dual, "price_blocks", half)


def halved_weak_duality(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound by the prices of places and resources is half of what it should be."""
    honest = prices.bound_by_prices

    def half(*arguments: Any) -> Any:
        bound, price = honest(*arguments)
        return 0.5 * bound, price

    monkeypatch.setattr(connected, "bound_by_prices", half)


def trivial_bound(problem: AssignmentProblem) -> float:
    """Everybody in the best of their pairs."""
    best = np.zeros(problem.n_citizens)
    np.maximum.at(best, problem.citizen, problem.value)
    return float(best.sum())


@pytest.mark.parametrize(
    ("faults", "refuted"),
    [
        ((halved_worksite_prices,), ("worksite prices",)),
        ((halved_weak_duality,), ("prices of places and resources",)),
        ((halved_worksite_prices, halved_weak_duality), ("prices of places and resources", "worksite prices")),
    ],
)
def test_a_bound_below_the_plan_is_dropped_and_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, faults: Any, refuted: tuple[str, ...]
) -> None:
    """A wrong proof never becomes a claim of optimality: another bound holds, at last that of everybody's best pair."""
    problem = cloud(150, 60, 12, seed=1)
    honest = solve(problem, time_limit_s=5, gap=0.02)
    monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    for fault in faults:
        fault(monkeypatch)
    plan = solve(problem, time_limit_s=1, gap=0.0)
    assert check(problem, plan) == []
    assert plan.refuted == refuted
    assert plan.status == "feasible"
    assert plan.upper_bound > plan.objective
    assert honest.objective <= plan.upper_bound * (1 + 1e-9)
    if len(faults) == 2:
        assert 1.5 * plan.objective < plan.upper_bound <= trivial_bound(problem)
    assert sum("dropped" in record.getMessage() for record in caplog.records) == len(refuted)


def test_bounds_that_a_plan_refutes() -> None:
    """Rounding is forgiven; a refuted source is not heard again; a plan above everything is an error."""
    bounds = UpperBounds(10.0)
    bounds.note("one", 5.0)
    bounds.note("one", 6.0)
    bounds.note("other", 7.0)
    assert bounds.lowest(4.0) == 5.0
    assert bounds.lowest(5.0 * (1 + 1e-12)) == 5.0 * (1 + 1e-12)
    assert bounds.lowest(5.1) == 7.0
    bounds.note("one", 5.5)
    bounds.note("third", float("nan"))
    bounds.note("fourth", float("-inf"))
    bounds.note("fifth", float("inf"))
    assert bounds.lowest(5.2) == 7.0
    assert bounds.refuted == ("fourth", "one", "third")
    with pytest.raises(RuntimeError, match="cannot be"):
        bounds.lowest(10.1)


def test_a_plan_above_its_bound_cannot_be_made() -> None:
    """`make_plan` repairs no bound."""
    problem = cloud(20, 9, 3, seed=1, places_only=True)
    none = (np.zeros(problem.n_citizens), np.zeros(problem.n_slots), np.zeros(0))
    with pytest.raises(ValueError, match="upper_bound: expected"):
        make_plan(problem, np.array([0], dtype=np.int64), 0.5 * float(problem.value[0]), none)


def test_an_answer_that_comes_too_late_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that overstays its limit: what it says may be used, but nothing is asked after it."""
    now, asked = [0.0], []
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def late(*_: Any, **__: Any) -> SimpleNamespace:
        asked.append(now[0])
        now[0] += 1.5
        return SimpleNamespace(x=None, fun=None, mip_dual_bound=None)

    for module in (columns, whole):
        monkeypatch.setattr(module, "milp", late)
    problem = cloud(150, 60, 12, seed=1)
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
    """At 20,000 x 20,000 a table of one byte a cell takes 400 MB; plan and reports stay below 150 MB.

    Counted are numpy's and numba's arrays, not what solvers in C++ take; a table of single bits, 50 MB, would not show.
    """
    problem = cloud(20_000, 20_000, 4, seed=1, places_only=places_only)
    groups = np.arange(20_000, dtype=np.int32) % 7
    tracemalloc.start()
    plan = solve(problem, time_limit_s=2, gap=0.05)
    reasons = left_out(problem, plan)
    figures = quality(problem, plan, groups)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert check(problem, plan) == []
    assert len(reasons) == figures.unplaced == 20_000 - plan.n_placed
    assert peak < 150e6
