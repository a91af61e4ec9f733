"""Cores against every choice tried, and what they make of wrong prices."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, cores
from matcher.assignment.clock import Clock
from matcher.assignment.cores import solve_by_cores
from matcher.assignment.pins import conflict, reduce
from matcher.assignment.whole import solve_whole
from tests.oracles import best_value, keeps_limits
from tests.properties.test_assignment_properties import problems


@given(problem=problems(), known=st.floats(0.0, 1.0))
@settings(max_examples=200, deadline=None)
def test_it_is_the_optimum_and_its_bound_holds(problem: AssignmentProblem, known: float) -> None:
    """Whatever plan is known, the result is the optimum or nothing better than that plan; the bound holds."""
    if conflict(problem):
        return
    reduced = reduce(problem)
    optimum = best_value(problem) - float(problem.value[reduced.fixed].sum())
    found = solve_by_cores(reduced, known * optimum, gap=0.0, nodes=1000, clock=Clock(20.0))
    value = known * optimum
    if found.chosen is not None:
        assert reduced.value[found.chosen].sum() > value
        chosen = [*reduced.fixed.tolist(), *reduced.pair[found.chosen].tolist()]
        assert keeps_limits(problem, chosen)
        value = float(reduced.value[found.chosen].sum())
    assert value == pytest.approx(optimum, abs=1e-6)
    assert optimum - 1e-12 <= min(found.bound, found.relaxed)
    assert min(found.bound, found.relaxed) <= optimum * (1 + 1e-4) + 1e-6


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_any_prices_give_a_bound(seed: int) -> None:
    """Weak duality needs no good prices: with random ones D and D less a loss still bound what they should."""
    random = np.random.default_rng(seed)
    reduced = reduce(cloud(30, 12, 4, seed=int(random.integers(1000))))

    def nonsense(*_: Any, A_ub: Any, **__: Any) -> SimpleNamespace:  # noqa: N803  # scipy's name
        marginals = -random.exponential(0.3, A_ub.shape[0])
        return SimpleNamespace(status=0, ineqlin=SimpleNamespace(marginals=marginals))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cores, "linprog", nonsense)
        bound, loss = cores._losses(reduced, Clock(10.0))
    best = solve_whole(reduced, 0.0, 10_000, Clock(20.0))
    assert best.chosen is not None
    assert reduced.value[best.chosen].sum() <= bound + 1e-9
    assert reduced.value[best.chosen].sum() <= bound - loss[best.chosen].max(initial=0.0) + 1e-9


def test_without_prices_the_core_is_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A linear program that fails leaves no prices, but plan and bound come all the same."""

    def crash(*_: Any, **__: Any) -> Any:
        raise RuntimeError("out of tableau")

    reduced = reduce(cloud(30, 12, 4, seed=1))
    best = solve_whole(reduced, 0.0, 10_000, Clock(20.0))
    monkeypatch.setattr(cores, "linprog", crash)
    found = solve_by_cores(reduced, 0.0, 0.0, 10_000, Clock(20.0))
    assert best.chosen is not None
    assert found.chosen is not None
    assert reduced.value[found.chosen].sum() == pytest.approx(reduced.value[best.chosen].sum())
    assert found.bound == pytest.approx(best.bound, rel=1e-5)
