"""The price of a least share of each group: against every plan of tiny problems."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.assignment import AssignmentProblem, Plan, check, solve
from matcher.group_shares import SharesPlan, least_numbers, plan_with_shares

GROUPS = 2


def a_problem(values: list[list[float]], capacity: list[int]) -> AssignmentProblem:
    """A dense table of values; 0 is not eligible."""
    table = np.array(values)
    citizen, slot = np.nonzero(table)
    return AssignmentProblem(
        n_citizens=table.shape[0],
        n_slots=table.shape[1],
        citizen=citizen.astype(np.int32),
        slot=slot.astype(np.int32),
        value=table[citizen, slot].astype(np.float64),
        capacity=np.array(capacity, dtype=np.int64),
    )


def exact(problem: AssignmentProblem) -> Plan:
    return solve(problem, gap=0.0, time_limit_s=20)


def shares_of(problem: AssignmentProblem, groups: list[int], needed: list[int]) -> SharesPlan:
    everybody = np.arange(problem.n_citizens, dtype=np.int32)
    return plan_with_shares(
        problem,
        exact(problem),
        np.array(groups, dtype=np.int32),
        everybody,
        np.array(needed, dtype=np.int32),
        solver=exact,
    )


def best_with_shares(problem: AssignmentProblem, groups: list[int], needed: list[int]) -> float:
    """Every choice of every citizen; -inf where none keeps the shares."""
    choices = [[None, *np.flatnonzero(problem.citizen == citizen).tolist()] for citizen in range(problem.n_citizens)]
    best = -math.inf
    for choice in product(*choices):
        pairs = [pair for pair in choice if pair is not None]
        within = np.bincount(problem.slot[pairs], minlength=problem.n_slots) <= problem.capacity
        placed = np.bincount(np.array(groups)[problem.citizen[pairs]], minlength=GROUPS)
        if within.all() and (placed >= needed).all():
            best = max(best, float(problem.value[pairs].sum()))
    return best


cells = st.sampled_from([0.0, 0.1, 0.35, 0.6, 0.85, 1.0])
tables = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=5)


@given(tables, st.lists(st.integers(0, 2), min_size=3, max_size=3), st.data())
def test_plan_and_bound_enclose_the_best_plan_that_keeps_the_shares(
    values: list[list[float]], capacity: list[int], data: st.DataObject
) -> None:
    problem = a_problem(values, capacity)
    groups = data.draw(st.lists(st.integers(0, 1), min_size=len(values), max_size=len(values)))
    needed = [data.draw(st.integers(0, max(1, groups.count(group)))) for group in range(GROUPS)]
    found = shares_of(problem, groups, needed)
    best = best_with_shares(problem, groups, needed)
    assert not [violation for violation in check(problem, found.plan) if "objective" not in str(violation)]
    if found.impossible:
        assert best == -math.inf
    if found.met:
        assert found.value <= best + 1e-9
    if best > -math.inf:
        assert found.bound >= best - 1e-9
        assert found.bound <= found.bound_free + 1e-9
    placed = np.bincount(np.array(groups)[found.plan.slot_of_citizen >= 0], minlength=GROUPS)
    assert [group.placed for group in found.groups] == placed.tolist()


def test_what_it_costs_to_place_one_of_a_group_that_fits_less_well() -> None:
    problem = a_problem([[0.9], [0.7]], [1])
    found = shares_of(problem, [0, 1], [0, 1])
    assert found.met
    assert (found.value, found.value_free) == (0.7, 0.9)
    assert found.lost == pytest.approx(0.2)
    assert 0.7 <= found.bound <= 0.71
    assert [group.placed for group in found.groups] == [0, 1]
    assert [group.placed_free for group in found.groups] == [1, 0]


def test_shares_that_the_plan_keeps_anyway_cost_nothing_and_need_no_other_plan() -> None:
    problem = a_problem([[0.9, 0.0], [0.0, 0.7]], [1, 1])
    found = shares_of(problem, [0, 1], [1, 1])
    assert (found.met, found.lost, found.impossible) == (True, 0.0, False)


def test_two_groups_that_both_need_the_only_place_cannot_both_have_it() -> None:
    found = shares_of(a_problem([[0.9], [0.7]], [1]), [0, 1], [1, 1])
    assert not found.met
    assert found.impossible


def test_a_group_without_any_place_that_fits_is_named() -> None:
    found = shares_of(a_problem([[0.9], [0.0]], [1]), [0, 1], [0, 1])
    assert found.impossible
    assert (found.groups[1].reachable, found.groups[1].met) == (0, False)


def test_least_numbers_are_rounded_up() -> None:
    groups = np.array([0, 0, 0, 1, 1, 1, 1, 1], dtype=np.int32)
    everybody = np.arange(8, dtype=np.int32)
    assert least_numbers(groups, everybody, 3, 0.2).tolist() == [1, 1, 0]
    assert least_numbers(groups, everybody[:3], 3, 0.34).tolist() == [2, 0, 0]
    with pytest.raises(ValueError, match="min_share"):
        least_numbers(groups, everybody, 3, 1.2)
