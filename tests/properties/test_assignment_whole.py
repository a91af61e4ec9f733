"""The whole as one integer program, against every choice tried."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from matcher.assignment import AssignmentProblem, Resources
from matcher.assignment.clock import Clock
from matcher.assignment.pins import conflict, reduce
from matcher.assignment.whole import solve_whole
from tests.oracles import best_value, keeps_limits
from tests.properties.test_assignment_properties import problems


@given(problems())
@settings(max_examples=200)
def test_it_is_the_optimum_and_its_bound_holds(problem: AssignmentProblem) -> None:
    if conflict(problem):
        return
    reduced = reduce(problem)
    optimum = best_value(problem) - float(problem.value[reduced.fixed].sum())
    found = solve_whole(reduced, gap=0.0, nodes=1000, clock=Clock(20.0))
    assert found.chosen is not None
    chosen = [*reduced.fixed.tolist(), *reduced.pair[found.chosen].tolist()]
    assert keeps_limits(problem, chosen)
    assert float(reduced.value[found.chosen].sum()) == pytest.approx(optimum, abs=1e-6)
    assert found.bound >= optimum


def test_without_time_there_is_no_plan_and_no_bound() -> None:
    rng = np.random.default_rng(7)
    cells = rng.permutation(60 * 40)[:1200]
    problem = AssignmentProblem(
        60,
        40,
        np.sort(cells // 40).astype(np.int32),
        np.concatenate([np.sort(cells[cells // 40 == i] % 40) for i in range(60)]).astype(np.int32),
        rng.random(1200),
        np.ones(40, dtype=np.int64),
    )
    found = solve_whole(reduce(problem), gap=0.0, nodes=0, clock=Clock(0.0))
    assert found.bound > 0
    assert found.chosen is None or keeps_limits(problem, found.chosen.tolist())


def test_no_bound_is_taken_where_amounts_are_no_whole_numbers() -> None:
    """Multiples of 1/37 are whole numbers of 37ths and give plan and bound; roots of primes give a plan only."""
    citizens = np.arange(6, dtype=np.int32)
    for amounts, bounded in ((np.array([5, 10, 15, 20, 25, 37]) / 37, True), (np.sqrt([2, 3, 5, 7, 11, 13]), False)):
        problem = AssignmentProblem(
            6,
            1,
            citizens,
            np.zeros(6, dtype=np.int32),
            np.linspace(1.0, 2.0, 6),
            np.full(1, 6, dtype=np.int64),
            Resources(sparse.csr_array(amounts[None, :]), np.array([2.0])),
        )
        found = solve_whole(reduce(problem), gap=0.0, nodes=1000, clock=Clock(20.0))
        assert found.chosen is not None
        assert keeps_limits(problem, found.chosen.tolist())
        assert np.isfinite(found.bound) == bounded
        assert problem.value[found.chosen].sum() == best_value(problem)
