"""What an assignment problem refuses, by field and index."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from matcher.assignment import AssignmentProblem, Resources, Separations, check, left_out, quality, replan, solve


def build(**changes: Any) -> AssignmentProblem:
    """Two citizens, two slots, three pairs; one resource; sites and classes."""
    values: dict[str, Any] = {
        "n_citizens": 2,
        "n_slots": 2,
        "citizen": np.array([0, 0, 1], dtype=np.int32),
        "slot": np.array([0, 1, 1], dtype=np.int32),
        "value": np.array([1.0, 2.0, 3.0]),
        "capacity": np.array([1, 1], dtype=np.int64),
    }
    return AssignmentProblem(**(values | changes))


def resources(use: Any = ((1.0, 0.0, 2.0),), limit: Any = (2.0,)) -> Resources:
    return Resources(sparse.csr_array(np.array(use)), np.array(limit))


def separations(**changes: Any) -> Separations:
    values: dict[str, Any] = {
        "site_of_slot": np.array([0, 0], dtype=np.int32),
        "class_of_citizen": np.array([1, 2], dtype=np.int32),
        "apart": ((1, 2),),
    }
    return Separations(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_citizens": -1}, "n_citizens: expected a whole number"),
        ({"n_slots": 2.0}, "n_slots: expected a whole number"),
        ({"citizen": np.array([0, 0, 1])}, "citizen: expected a one-dimensional int32 array, found int64"),
        ({"citizen": [0, 0, 1]}, "citizen: expected a one-dimensional int32 array, found list"),
        ({"citizen": np.array([0, 2, 1], dtype=np.int32)}, r"citizen\[1\]: outside 0..1, found 2"),
        ({"slot": np.array([0, 1, -1], dtype=np.int32)}, r"slot\[2\]: outside 0..1, found -1"),
        ({"slot": np.array([0, 1], dtype=np.int32)}, "slot: expected length 3, found 2"),
        ({"slot": np.array([[0, 1, 1]], dtype=np.int32)}, r"slot: .* found int32 of shape \(1, 3\)"),
        ({"slot": np.array([0, 0, 1], dtype=np.int32)}, r"slot\[1\]: pair \(0, 0\) occurs twice"),
        ({"value": np.array([1.0, np.nan, 3.0])}, r"value\[1\]: must be finite, found nan"),
        ({"value": np.array([1.0, 2.0, np.inf])}, r"value\[2\]: must be finite, found inf"),
        ({"value": np.array([-1e-9, 2.0, 3.0])}, r"value\[0\]: must be >= 0"),
        ({"value": np.array([1.0, 2.0, 1e308])}, r"value\[2\]: must be at most 1e\+100, found 1e\+308"),
        ({"value": np.array([1, 2, 3])}, "value: expected a one-dimensional float64 array"),
        ({"capacity": np.array([1, -1])}, r"capacity\[1\]: must be >= 0, found -1"),
        ({"capacity": np.array([1, 1], dtype=np.int32)}, "capacity: expected a one-dimensional int64 array"),
        ({"pinned": np.array([3], dtype=np.int32)}, r"pinned\[0\]: outside 0..2, found 3"),
        ({"pinned": np.array([1, 0, 1], dtype=np.int32)}, r"pinned\[2\]: is pinned already, found 1"),
        ({"resources": resources(((1.0, 2.0),))}, "resources.use: expected 3 columns"),
    ],
)
def test_refuses(changes: dict[str, Any], message: str) -> None:
    """Each bad field is named with its first bad index."""
    with pytest.raises(ValueError, match=message):
        build(**changes)


@pytest.mark.parametrize(
    ("use", "limit", "message"),
    [
        (((1.0, np.nan, 2.0),), (2.0,), r"resources.use\[0, 1\]: must be finite, found nan"),
        (((1.0, 0.0, 2.0), (0.0, 0.0, np.inf)), (2.0, 1.0), r"resources.use\[1, 2\]: must be finite, found inf"),
        (((0.0, 0.0, 0.0), (0.0, 1.0, -1.0)), (2.0, 1.0), r"resources.use\[1, 2\]: must be >= 0, found -1"),
        (((1.0, 1.0, 2.0),), (-2.0,), r"resources.limit\[0\]: must be >= 0"),
        (((1.0, 1.0, 2.0),), (np.nan,), r"resources.limit\[0\]: must be a number"),
        (((1.0, 1.0, 2.0),), (2.0, 1.0), "resources.limit: expected length 1, found 2"),
        (((1j, 1.0, 2.0),), (2.0,), "resources.use: expected real numbers"),
    ],
)
def test_refuses_resources(use: Any, limit: Any, message: str) -> None:
    """Uses and limits are checked when resources are built."""
    with pytest.raises(ValueError, match=message):
        resources(use, limit)


def test_a_csr_matrix_is_read_as_an_array() -> None:
    """The older kind of sparse matrix means the same, in the plan and in the reports on it."""
    use, limit = sparse.csr_matrix(np.array([[1.0, 1.0, 2.0]])), np.array([2.0])
    old = build(resources=Resources(use, limit))  # type: ignore[arg-type]  # what is under test
    new = build(resources=Resources(sparse.csr_array(use), limit))
    assert old.resources is not None
    assert isinstance(old.resources.use, sparse.csr_array)
    plan = solve(old)
    assert plan.slot_of_citizen.tolist() == solve(new).slot_of_citizen.tolist()
    assert left_out(old, plan) == left_out(new, plan)
    assert quality(old, plan).blocking_pairs == quality(new, plan).blocking_pairs


def test_refuses_other_sparse_formats() -> None:
    """A dense or column-wise matrix is refused, since its indices would be read wrongly."""
    with pytest.raises(ValueError, match=r"expected a two-dimensional scipy\.sparse\.csr_array"):
        Resources(sparse.csc_array(np.ones((1, 3))), np.ones(1))  # type: ignore[arg-type]  # the fault under test


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"site_of_slot": np.array([0, -1], dtype=np.int32)}, r"separations.site_of_slot\[1\]: must be >= 0"),
        ({"class_of_citizen": np.array([0, -1], dtype=np.int32)}, r"separations.class_of_citizen\[1\]: must be >= 0"),
        ({"apart": ((1, 2), (0, 1))}, r"separations.apart\[1\]: expected a tuple of two classes >= 1, found \(0, 1\)"),
        ({"apart": ((1, 2, 3),)}, r"separations.apart\[0\]: expected a tuple of two classes >= 1"),
        ({"apart": ((1, 2), [1, 2])}, r"separations.apart\[1\]: expected a tuple of two classes >= 1, found \[1, 2\]"),
        ({"apart": ((1, True),)}, r"separations.apart\[0\]: expected a tuple of two classes >= 1, found \(1, True\)"),
        ({"apart": ((1, 2.0),)}, r"separations.apart\[0\]: expected a tuple of two classes >= 1"),
        ({"apart": (12,)}, r"separations.apart\[0\]: expected a tuple of two classes >= 1, found 12"),
        ({"apart": [(1, 2)]}, "separations.apart: expected a tuple of pairs, found list"),
        ({"apart": np.array([[1, 2]])}, "separations.apart: expected a tuple of pairs, found ndarray"),
    ],
)
def test_refuses_separations(changes: dict[str, Any], message: str) -> None:
    """Sites, classes and pairs of classes are checked when separations are built."""
    with pytest.raises(ValueError, match=message):
        separations(**changes)


def test_refuses_separations_of_another_size() -> None:
    """Sites and classes must fit the problem."""
    with pytest.raises(ValueError, match=r"separations.site_of_slot: expected length 2, found 1"):
        build(separations=separations(site_of_slot=np.array([0], dtype=np.int32)))
    with pytest.raises(ValueError, match=r"separations.class_of_citizen: expected length 2, found 3"):
        build(separations=separations(class_of_citizen=np.array([0, 1, 2], dtype=np.int32)))


@pytest.mark.parametrize("bad", [-0.1, np.nan, None, "1", True])
def test_solve_refuses_bad_limits(bad: Any) -> None:
    """A time limit or gap that is negative or not a number is named."""
    with pytest.raises(ValueError, match="time_limit_s: expected seconds"):
        solve(build(), time_limit_s=bad)
    with pytest.raises(ValueError, match="gap: expected a share"):
        solve(build(), gap=bad)


@pytest.mark.parametrize("bad", [-1, 1.0, "0", None, True])
def test_solve_and_replan_refuse_a_bad_seed(bad: Any) -> None:
    """The seed is named as any other field."""
    with pytest.raises(ValueError, match="seed: expected a whole number >= 0, found"):
        solve(build(), seed=bad)
    with pytest.raises(ValueError, match="seed: expected a whole number >= 0, found"):
        replan(build(), solve(build()), 0.1, seed=bad)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (np.array([0, -2], dtype=np.int32), r"group_of_citizen\[1\]: must be >= -1, found -2"),
        (np.array([0], dtype=np.int32), "group_of_citizen: expected length 2, found 1"),
        (np.array([0.0, 1.0]), "group_of_citizen: expected a one-dimensional int32 array, found float64"),
    ],
)
def test_quality_refuses_bad_groups(groups: Any, message: str) -> None:
    """Groups are named as any other field."""
    with pytest.raises(ValueError, match=message):
        quality(build(), solve(build()), groups)


@pytest.mark.parametrize("value", [0.0, 5e-324, 1e-300, 1e-9, 1e9, 1e100])
@pytest.mark.parametrize("limited", [False, True])
def test_values_of_any_size(value: float, limited: bool) -> None:
    """Very small and very large values overflow nowhere, and whoever has a free place is placed."""
    problem = build(value=np.full(3, value), resources=resources(limit=(9.0,)) if limited else None)
    plan = solve(problem, time_limit_s=10)
    assert check(problem, plan) == []
    assert limited or plan.n_placed == 2
    assert plan.objective == 2 * value or (limited and value == 0.0)


def test_too_little_to_be_told_from_nothing_is_placed_all_the_same() -> None:
    """Beside 1e12 a value of 1 is less than the flow can count with; its citizen gets the free place."""
    problem = AssignmentProblem(
        3, 3, *(np.arange(3, dtype=np.int32),) * 2, np.array([1e12, 1e-3, 1.0]), np.ones(3, dtype=np.int64)
    )
    plan = solve(problem)
    assert check(problem, plan) == []
    assert plan.slot_of_citizen.tolist() == [0, 1, 2]
