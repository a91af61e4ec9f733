"""Problems solved part by part and merged, against the whole solved at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, Resources, Separations, check, components, merge, solve
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
    assert plan.objective == pytest.approx(together.objective, abs=1e-9)
    assert (plan.status == "infeasible") == (together.status == "infeasible")
    assert plan.conflict == together.conflict
    assert plan.released == together.released
    if plan.status != "infeasible":
        assert check(problem, plan) == []
        assert plan.upper_bound >= best_value(problem) - 1e-12


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


def test_two_towns_planned_apart() -> None:
    """Proven plans are the same apart and together: same places, value and bound up to rounding."""
    towns = cloud(24, 12, 4, seed=1), cloud(30, 15, 4, seed=2)
    whole = beside(*towns)
    parts = components(whole)
    assert len(parts) >= 2
    plan = merge(whole, parts, [solve(part.problem, gap=0.0, time_limit_s=20) for part in parts])
    together = solve(whole, gap=0.0, time_limit_s=20)
    assert check(whole, plan) == []
    assert plan.objective == pytest.approx(together.objective, rel=1e-9)
    np.testing.assert_array_equal(plan.slot_of_citizen, together.slot_of_citizen)
    assert max(plan.gap, together.gap) < 1e-5


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
