"""What an assignment problem refuses, by field and index."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from matcher.assignment import AssignmentProblem, Resources, Separations, solve


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
        (((1.0, np.nan, 2.0),), (2.0,), r"resources.use\[1\]: must be finite"),
        (((1.0, -1.0, 2.0),), (2.0,), r"resources.use\[1\]: must be >= 0"),
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


def test_refuses_other_sparse_formats() -> None:
    """A dense or column-wise matrix is refused, since its indices would be read wrongly."""
    with pytest.raises(ValueError, match=r"expected a two-dimensional scipy\.sparse\.csr_array"):
        Resources(sparse.csc_array(np.ones((1, 3))), np.ones(1))  # type: ignore[arg-type]  # the fault under test


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"site_of_slot": np.array([0, -1], dtype=np.int32)}, r"separations.site_of_slot\[1\]: must be >= 0"),
        ({"class_of_citizen": np.array([0, -1], dtype=np.int32)}, r"separations.class_of_citizen\[1\]: must be >= 0"),
        ({"apart": ((1, 2), (0, 1))}, r"separations.apart\[1\]: expected two classes >= 1"),
        ({"apart": ((1, 2, 3),)}, r"separations.apart\[0\]: expected two classes >= 1"),
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


@pytest.mark.parametrize("bad", [-0.1, np.nan])
def test_solve_refuses_bad_limits(bad: float) -> None:
    """A time limit or gap that is negative or not a number is named."""
    with pytest.raises(ValueError, match="time_limit_s: expected seconds"):
        solve(build(), time_limit_s=bad)
    with pytest.raises(ValueError, match="gap: expected a share"):
        solve(build(), gap=bad)
