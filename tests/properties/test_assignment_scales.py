"""Values in any unit, and amounts that are nearly but not quite whole numbers: bounds hold and plans stay valid."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, Resources, check, replan, solve
from matcher.assignment.bounds import refutes
from matcher.assignment.clock import Clock
from matcher.assignment.cores import solve_by_cores
from matcher.assignment.pins import reduce
from matcher.assignment.residual import same_in_whole_numbers, whole_numbers
from matcher.assignment.whole import solve_whole
from tests.oracles import best_value, whole_value
from tests.properties.test_assignment_properties import medium

SCALES = (1e-300, 1e-9, 1e-6, 3e-6, 1e-3, 1.0, 1e3, 1e9, 1e90)


@pytest.mark.parametrize("seed", [2, 5])
def test_the_bound_holds_in_any_unit(seed: int) -> None:
    """Tolerances in absolute numbers, HiGHS' or the engine's, prove nothing wrong where values are tiny or huge."""
    problem = medium(seed, caseload=True)
    optimum = whole_value(problem)
    for scale in SCALES:
        plan = solve(replace(problem, value=problem.value * scale), time_limit_s=20)
        assert plan.upper_bound / scale >= optimum * (1 - 1e-9), scale
        assert plan.objective / scale <= optimum * (1 + 1e-9), scale
        assert plan.gap <= 1e-4, scale


@pytest.mark.parametrize("places_only", [False, True])
def test_a_power_of_two_changes_no_digit(places_only: bool) -> None:
    """Plan, bound and prices in another unit are the same plan, bound and prices; so when planning again."""
    problem = cloud(60, 24, 8, seed=1, places_only=places_only)
    plan = solve(problem, gap=0.01)
    again = replan(problem, plan, 0.125, gap=0.01).plan
    for exponent in (-40, 33):
        scaled = replace(problem, value=np.ldexp(problem.value, exponent))
        other = solve(scaled, gap=0.01)
        other_again = replan(scaled, other, float(np.ldexp(0.125, exponent)), gap=0.01).plan
        for one, two in ((plan, other), (again, other_again)):
            np.testing.assert_array_equal(one.slot_of_citizen, two.slot_of_citizen)
            for field in ("objective", "upper_bound", "slot_price", "resource_price", "citizen_price"):
                np.testing.assert_array_equal(np.ldexp(getattr(one, field), exponent), getattr(two, field))
            assert (one.gap, one.stopped_by) == (two.gap, two.stopped_by)


def test_rounding_is_a_share_of_the_value() -> None:
    """What is a trifle beside 1 is no trifle beside a millionth."""
    for scale in SCALES:
        assert not refutes(scale, scale * (1 - 1e-12))
        assert refutes(scale, scale * (1 - 1e-8))
    problem = cloud(20, 9, 3, seed=1)
    tiny = replace(problem, value=problem.value * 1e-9)
    plan = solve(tiny)
    rules = [v.rule for v in check(tiny, replace(plan, objective=plan.objective * 1.001))]
    assert "objective" in rules


amounts = st.sampled_from([0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 10 / 37, 27 / 37])
offsets = st.sampled_from([0.0, 0.0, -0.9e-9, 0.9e-9, -3e-10, 1e-12, 1e-7])


@given(st.lists(st.tuples(amounts, offsets), min_size=1, max_size=9), st.integers(1, 9), offsets)
@settings(max_examples=400, deadline=None)
def test_whole_numbers_admit_the_same_sets(parts: list[tuple[float, float]], count: int, off: float) -> None:
    """Where amounts count as multiples of a 1/d, a set keeps one limit if it keeps the other; else never more sets."""
    amount = np.array([a + b for a, b in parts])
    limit = float(amount[0] * count + off)
    same = same_in_whole_numbers(amount, limit)
    whole, whole_limit = whole_numbers(amount, limit)
    for size in range(len(amount) + 1):
        for some in combinations(range(len(amount)), size):
            keeps = amount[list(some)].sum() <= limit
            if same is not None:
                assert (same[0][list(some)].sum() <= same[1]) == keeps
            assert keeps or whole[list(some)].sum() > whole_limit


def test_nearly_a_tenth_is_no_tenth() -> None:
    """Eleven who use a tenth less a trifle, against ten times that: the eleventh has no place, the tenth has."""
    n = 11
    who = np.arange(n, dtype=np.int32)
    tenth = 0.1 - 0.9e-9
    problem = AssignmentProblem(
        n,
        1,
        who,
        np.zeros(n, dtype=np.int32),
        np.linspace(1.0, 1.5, n),
        np.array([n]),
        Resources(sparse.csr_array(np.full((1, n), tenth)), np.array([10 * tenth])),
    )
    optimum = best_value(problem)
    reduced = reduce(problem)
    found = solve_by_cores(reduced, 0.0, 0.0, 1000, Clock(20.0))
    assert solve_whole(reduced, 0.0, 1000, Clock(20.0)).bound >= optimum
    assert min(found.bound, found.relaxed) >= optimum
    plan = solve(problem)
    assert plan.refuted == ()
    assert plan.objective == pytest.approx(optimum)
