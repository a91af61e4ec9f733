"""Reports on plans, good and bad ones, against reports that are counted one by one; a false field never passes."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse

from matcher.assignment import AssignmentProblem, LeftOut, Plan, Quality, Resources, Separations, left_out, quality
from matcher.assignment.plan import make_plan, total_value
from matcher.assignment.problem import Int32
from matcher.assignment.quality import evenness_of
from tests.oracles import keeps_limits
from tests.properties.test_assignment_properties import problems
from tests.report_oracles import differences, expected_left_out, expected_quality

Draw = Callable[[st.SearchStrategy[Any]], Any]
ONE = np.zeros(1, dtype=np.int32)


def plan_of(problem: AssignmentProblem, chosen: list[int], prices: tuple[Any, Any] | None = None) -> Plan:
    """The plan that places the pairs, at the given prices of slots and resources."""
    slot_price, resource_price = prices or (np.zeros(problem.n_slots), np.zeros(problem.n_resources))
    pairs = np.array(sorted(chosen), dtype=np.int64)
    bound = total_value(problem, np.arange(problem.n_pairs))
    return make_plan(problem, pairs, bound, (np.zeros(problem.n_citizens), slot_price, resource_price))


@st.composite
def planned(draw: Draw) -> tuple[AssignmentProblem, Plan, Int32]:
    """A problem, any valid plan that keeps its pins, whatever the prices, and groups."""
    problem = draw(problems(citizens=7, slots=4))
    chosen: list[int] = problem.pins.tolist()
    if not keeps_limits(problem, chosen):
        problem, chosen = replace(problem, pinned=None), []
    for e in draw(st.permutations(range(problem.n_pairs))):
        if e not in chosen and draw(st.integers(0, 4)) and keeps_limits(problem, [*chosen, e]):
            chosen.append(e)
    size = problem.n_slots + problem.n_resources
    price = np.array(draw(st.lists(st.integers(0, 6), min_size=size, max_size=size)), dtype=np.float64) / 4
    n = problem.n_citizens
    groups = np.array(draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)), dtype=np.int32)
    return problem, plan_of(problem, chosen, (price[: problem.n_slots], price[problem.n_slots :])), groups


def own_mentor() -> tuple[AssignmentProblem, Plan, Int32]:
    """The citizen's own mentor hours are free once the citizen moves to the better place."""
    use = Resources(sparse.csr_array(np.array([[2.0, 2.0]])), np.array([2.0]))
    pairs = np.array([0, 0], dtype=np.int32), np.array([0, 1], dtype=np.int32), np.array([1.0, 2.0])
    problem = AssignmentProblem(1, 2, *pairs, np.array([1, 1]), use)
    return problem, plan_of(problem, [0]), ONE


def own_class() -> tuple[AssignmentProblem, Plan, Int32]:
    """Who is kept apart from others of the same class is not in the own way."""
    apart = Separations(np.zeros(2, dtype=np.int32), np.array([1], dtype=np.int32), ((1, 1),))
    pairs = np.array([0, 0], dtype=np.int32), np.array([0, 1], dtype=np.int32), np.array([1.0, 2.0])
    problem = AssignmentProblem(1, 2, *pairs, np.array([1, 1]), None, apart)
    return problem, plan_of(problem, [0]), ONE


@given(planned())
@settings(max_examples=400)
@example(own_mentor())
@example(own_class())
def test_the_figures_of_a_plan(case: tuple[AssignmentProblem, Plan, Int32]) -> None:
    """Every figure is what counting one by one gives."""
    problem, plan, groups = case
    assert list(differences(expected_quality(problem, plan, groups), quality(problem, plan, groups))) == []
    assert list(differences(expected_quality(problem, plan), quality(problem, plan))) == []


@given(planned())
@settings(max_examples=400)
def test_who_is_left_out_and_why(case: tuple[AssignmentProblem, Plan, Int32]) -> None:
    """Reason, pair, slot, resource and price are what looking at every pair gives."""
    problem, plan, _ = case
    found = left_out(problem, plan)
    expected = expected_left_out(problem, plan)
    assert [one.citizen for one in found] == [one.citizen for one in expected]
    assert [list(differences(*both)) for both in zip(expected, found, strict=True)] == [[] for _ in found]


def one_citizen(capacity: int, needs: float, limit: float) -> LeftOut:
    """Why the only citizen is not in the only slot."""
    use = Resources(sparse.csr_array(np.array([[needs]])), np.array([limit]))
    problem = AssignmentProblem(1, 1, ONE, ONE, np.ones(1), np.array([capacity]), use)
    (found,) = left_out(problem, plan_of(problem, [], (np.array([0.5]), np.array([0.25]))))
    return found


def test_what_no_plan_could_choose_is_not_called_taken_or_used_up() -> None:
    """A slot without places is closed, and so is a pair that needs more than the whole limit."""
    assert one_citizen(capacity=0, needs=1.0, limit=2.0) == LeftOut(0, "closed", 0, 0, -1, 0.5)
    assert one_citizen(capacity=1, needs=5.0, limit=2.0) == LeftOut(0, "closed", 0, 0, 0, 0.25)
    assert one_citizen(capacity=1, needs=2.0, limit=2.0) == LeftOut(0, "open", 0, 0, -1, 0.5)


def every_reason() -> tuple[AssignmentProblem, Plan]:
    """Citizens 1 to 6 are left out, each for another reason; 0 and 7 have places."""
    citizen = np.array([0, 1, 2, 3, 4, 5, 7], dtype=np.int32)
    slot = np.array([0, 0, 1, 1, 2, 1, 1], dtype=np.int32)
    needs = np.array([[0, 0, 0, 2.0, 0, 9, 1], [0, 0, 0, 1.0, 0, 0, 1]])
    problem = AssignmentProblem(
        8,
        3,
        citizen,
        slot,
        np.arange(2.0, 9.0),
        np.array([1, 9, 0]),
        Resources(sparse.csr_array(needs), np.array([2.0, 1.0])),
        Separations(np.arange(3, dtype=np.int32), np.array([0, 0, 1, 0, 0, 0, 0, 2], dtype=np.int32), ((1, 2),)),
    )
    return problem, plan_of(problem, [0, 6], (np.array([0.5, 0.25, 0.75]), np.array([0.125, 1.5])))


def test_each_reason_with_its_place_resource_and_price() -> None:
    """The dearest of two resources is told, and the price is that of what is told."""
    assert left_out(*every_reason()) == [
        LeftOut(1, "taken", 1, 0, -1, 0.5),
        LeftOut(2, "apart", 2, 1, -1, 0.25),
        LeftOut(3, "resource", 3, 1, 1, 1.5),
        LeftOut(4, "closed", 4, 2, -1, 0.75),
        LeftOut(5, "closed", 5, 1, 0, 0.125),
        LeftOut(6, "no_pair"),
    ]


FALSE_REASONS: dict[str, Any] = {"citizen": 4, "reason": "taken", "pair": 2, "slot": 2, "resource": 0, "price": 0.125}


@pytest.mark.parametrize("field", [field.name for field in fields(LeftOut)])
def test_a_false_field_of_a_reason_is_found(field: str) -> None:
    """What compares the reports sees each field of them."""
    problem, plan = every_reason()
    right, expected = left_out(problem, plan)[2], expected_left_out(problem, plan)[2]
    false = replace(right, **{field: FALSE_REASONS[field]})
    assert [one.split(":")[0] for one in differences(expected, false)] == [field]


@pytest.mark.parametrize("field", [field.name for field in fields(Quality)])
def test_a_false_figure_is_found(field: str) -> None:
    """What compares the figures sees each of them; none is empty or no number here."""
    problem, plan = every_reason()
    groups = np.array([0, 0, 0, 1, 1, 1, 1, 1], dtype=np.int32)
    right, expected = quality(problem, plan, groups), expected_quality(problem, plan, groups)
    value = getattr(right, field)
    assert np.isfinite(value).all()
    assert np.size(value) > 0
    assert [one.split(":")[0] for one in differences(expected, replace(right, **{field: value + 1}))] == [field]


groups_of_people = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6)


def counts(groups: list[tuple[int, int]]) -> tuple[Any, Any]:
    """Members and placed of groups given as placed and waiting."""
    placed, waiting = np.array(groups, dtype=np.int64).reshape(-1, 2).T
    return placed + waiting, placed


@given(groups_of_people, st.integers(1, 5))
def test_evenness(groups: list[tuple[int, int]], times: int) -> None:
    """It is a share, does not depend on order, names or size, and is 1 exactly where all groups fare alike."""
    members, placed = counts(groups)
    even = evenness_of(members, placed)
    assert 0.0 <= even <= 1.0
    assert even == pytest.approx(evenness_of(members[::-1], placed[::-1]), abs=1e-12)
    assert even == pytest.approx(evenness_of(times * members, times * placed), abs=1e-12)
    assert even == pytest.approx(evenness_of(members, members - placed), abs=1e-12)
    assert even == pytest.approx(evenness_of(np.append(members, 0), np.append(placed, 0)), abs=1e-12)
    alike = all(p * members.sum() == m * placed.sum() for m, p in zip(members.tolist(), placed.tolist(), strict=True))
    assert (even > 1.0 - 1e-12) == alike


@given(groups_of_people, st.integers(1, 3))
def test_evenness_and_two_groups_that_fare_alike(groups: list[tuple[int, int]], times: int) -> None:
    """Told apart or as one, two groups of which the same share is placed count the same."""
    members, placed = counts(groups)
    apart = evenness_of(np.append(members, times * members[0]), np.append(placed, times * placed[0]))
    members[0], placed[0] = (1 + times) * members[0], (1 + times) * placed[0]
    assert apart == pytest.approx(evenness_of(members, placed), abs=1e-12)


@pytest.mark.parametrize(
    ("members", "placed", "even"),
    [
        ([10, 10], [5, 5], 1.0),
        ([10, 10], [10, 0], 0.0),
        ([10, 10], [6, 4], 0.8),
        ([10, 30], [1, 3], 1.0),
        ([10, 30], [4, 0], 1.0 - 3.0 / (4 * 0.9)),
        ([10, 30], [0, 0], 1.0),
        ([10, 30], [10, 30], 1.0),
        ([], [], 1.0),
    ],
)
def test_evenness_by_hand(members: list[int], placed: list[int], even: float) -> None:
    """Of four places of which one would be the small group's share, it has all: three of at most 3.6 are displaced."""
    found = evenness_of(np.array(members, dtype=np.int64), np.array(placed, dtype=np.int64))
    assert found == pytest.approx(even)
