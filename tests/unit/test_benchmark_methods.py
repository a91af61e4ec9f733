"""What the plan engine is compared with plans the same problem, is recounted, and is measured by itself."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from scipy import sparse

from benchmarks import assignment as benchmark
from benchmarks.alternatives import (
    bipartite,
    dense_lapx,
    dense_scipy,
    greedy,
    in_whole_numbers,
    stable,
    whole_cp_sat,
    whole_highs,
)
from benchmarks.instances import cloud
from benchmarks.measuring import Found, Job, measure, measured
from matcher.assignment import AssignmentProblem, Resources, Separations, solve
from tests.oracles import whole_value

Method = Callable[[AssignmentProblem, float], Found]
SMALL = partial(cloud, 24, 9, 5, seed=3)
PLACES = partial(cloud, 40, 12, 6, seed=3, places_only=True)


def row_of(recipe: Callable[[], AssignmentProblem], method: Method) -> dict[str, object]:
    """The row that a benchmark would print."""
    return measure(Job("small", "method", recipe, method, 20.0))


@pytest.mark.parametrize("method", [whole_cp_sat, whole_highs])
def test_general_solvers_find_the_optimum_of_the_same_problem(method: Method) -> None:
    """Neither more room nor less than the engine has: value and bound are the optimum."""
    row = row_of(SMALL, method)
    assert "breaks" not in row
    assert row["value"] == pytest.approx(whole_value(SMALL()), abs=1e-4)
    assert row["gap"] == pytest.approx(0.0, abs=2e-4)


@pytest.mark.parametrize("method", [bipartite, dense_scipy, dense_lapx])
def test_assignment_solvers_find_the_optimum_of_places(method: Method) -> None:
    """Exact methods for places only agree with the engine to the last shown digit."""
    row = row_of(PLACES, method)
    assert "breaks" not in row
    assert row["value"] == round(solve(PLACES()).objective, 4)


@pytest.mark.parametrize(("method", "recipe"), [(greedy, SMALL), (greedy, PLACES), (stable, PLACES)])
def test_simple_methods_keep_every_limit(method: Method, recipe: Callable[[], AssignmentProblem]) -> None:
    """Their plans are valid and worth no more than the best."""
    row = row_of(recipe, method)
    assert "breaks" not in row
    assert 0.0 < float(str(row["value"])) <= solve(recipe(), time_limit_s=20).upper_bound


def one_too_many() -> AssignmentProblem:
    """37 full-time persons and one who comes for 1/37 of a week, of whom 37 persons' time is allowed."""
    n = 38
    who = np.arange(n, dtype=np.int32)
    use = np.append(np.ones(37), 1 / 37)
    return AssignmentProblem(
        n,
        n,
        who,
        who,
        np.ones(n),
        np.ones(n, dtype=np.int64),
        Resources(sparse.csr_array(use[None, :]), np.array([37.0])),
        Separations(who, np.zeros(n, dtype=np.int32), ()),
    )


def test_cp_sat_has_exactly_the_limit() -> None:
    """All together exceed the limit by a 37th, which a limit in thousandths with room for rounding lets through."""
    row = row_of(one_too_many, whole_cp_sat)
    assert "breaks" not in row
    assert row["value"] == 37.0


def test_amounts_in_whole_numbers() -> None:
    """Hours stay hours, shares of a week become 37ths, and what has no common unit is refused."""
    whole, limit = in_whole_numbers(np.array([1.0, 3.0]), 3.5)
    assert (whole.tolist(), limit) == ([1, 3], 3)
    whole, limit = in_whole_numbers(np.array([10 / 37, 1.0]), np.nextafter(2.0, 0.0))
    assert (whole.tolist(), limit) == ([10, 37], 74)
    with pytest.raises(ValueError, match="amounts: expected multiples"):
        in_whole_numbers(np.array([2**-0.5]), 1.0)


def everybody(problem: AssignmentProblem, _: float) -> Found:
    """The first pair of everybody, whatever the limits say."""
    return Found(np.unique(problem.citizen, return_index=True)[1])


def nobody(_: AssignmentProblem, __: float) -> Found:
    """Found nothing."""
    return Found(None, 9.0)


def twice(_: AssignmentProblem, __: float) -> Found:
    """Two pairs of one citizen."""
    return Found(np.array([0, 1]))


def test_a_plan_that_breaks_limits_says_so() -> None:
    """The row tells how many limits and the first of them; no plan is no value."""
    assert str(row_of(PLACES, everybody)["breaks"]).split(" limits, ")[1].startswith("capacity[")
    assert row_of(PLACES, twice)["breaks"] == "1 limits, a citizen is placed twice"
    row = row_of(PLACES, nobody)
    assert (row["value"], row["gap"], "breaks" in row) == (None, None, False)


def take_400_mb(problem: AssignmentProblem, time_limit_s: float) -> Found:
    """A method that needs memory."""
    table = np.ones(50_000_000)
    return greedy(problem, time_limit_s + 0.0 * table[-1])


def die(_: AssignmentProblem, __: float) -> Found:
    """A method that ends its process."""
    raise SystemExit(3)


@pytest.mark.slow
def test_memory_is_that_of_the_method_alone() -> None:
    """What one method takes is not counted for the next, and a process that dies leaves a row without a value."""
    large, small = (measured(Job("x", "y", PLACES, method, 20.0)) for method in (take_400_mb, greedy))
    assert large["value"] == small["value"]
    assert large["peak_gib"] - small["peak_gib"] == pytest.approx(0.37, abs=0.1)
    dead = measured(Job("x", "y", PLACES, die, 20.0))
    assert (dead["value"], dead["peak_gib"], dead["ended"]) == (None, None, "its process died")


def test_the_value_of_prices_is_that_of_the_plan() -> None:
    """With places only there is a row for the prices too, and their value is the plan's."""
    row = measure(Job("places", "matcher", PLACES, benchmark.planned, 20.0))
    plan, prices = benchmark.with_prices(row)
    assert "off" not in plan
    assert prices["value"] == plan["value"] == round(solve(PLACES()).objective, 4)
    assert abs(float(prices["off"].rstrip("%"))) < 1e-5
    assert list(benchmark.with_prices(measure(Job("all", "matcher", SMALL, benchmark.planned, 5.0))))[1:] == []


def test_planning_again_is_timed_by_itself() -> None:
    """The row has the seconds of planning again, and their share of the first plan's."""
    size = (60, 25, 8)
    method = partial(benchmark.replanned, size=size, seed=2)
    row = measure(Job("again", "matcher", partial(benchmark.changed, size, 2), method, 5.0))
    assert "breaks" not in row
    assert float(str(row["share_of_first"])) > 0.0
    assert float(str(row["kept_share"])) >= 0.9


def test_limits_lie_below_the_bars() -> None:
    """What the engine does after its clock still fits into the seconds allowed."""
    limits = [benchmark.UNDER * seconds for _, _, seconds in benchmark.FAMILY.values()]
    assert [round(limit, 1) for limit in limits] == [9.8, 59.1, 118.2, 591.0]
