r"""The assignment problem: who is placed where, so that the total value is largest and every limit holds.

Sets
    i ∈ C   citizens, 0 … n_citizens - 1
    j ∈ S   slots, 0 … n_slots - 1
    e ∈ E   eligible pairs (i_e, j_e); a pair that breaks a hard rule is absent, never worth zero
    r ∈ R   resources: full-time persons and mentor hours of a worksite, cluster places, outreach, caseload …

Data
    v_e  ≥ 0   value of a pair
    q_j  ≥ 0   places of slot j
    a_re ≥ 0   use of resource r by pair e           b_r ≥ 0   limit of resource r (inf: no limit)
    w_j        worksite of slot j                    k_i       class of citizen i, 0: none
    A          unordered pairs of classes kept apart; (k, k) means at most one of class k a worksite
    P ⊂ E      pairs pinned by a consultant

Variables
    x_e ∈ {0, 1}   citizen i_e is placed in slot j_e

    maximise  Σ_e v_e x_e                                             (0)
    subject to
        Σ_{e: i_e = i} x_e ≤ 1                 i ∈ C                  (1) one placement a citizen
        Σ_{e: j_e = j} x_e ≤ q_j               j ∈ S                  (2) places of a slot
        Σ_e a_re x_e ≤ b_r                     r ∈ R                  (3) resources
        x_e + x_f ≤ 1   {k_{i_e}, k_{i_f}} ∈ A, w_{j_e} = w_{j_f}     (4) classes kept apart at a worksite
        x_e = 1                                e ∈ P                  (5) pins

Limits of (3) are met to within ``TOLERANCE``: b_r is read as b_r + TOLERANCE · max(1, b_r), so that hours as shares of
37 add up to one full-time person.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

TOLERANCE = 1e-9
MOST_VALUE = 1e100
"""Largest value of a pair: sums and squares of values stay finite."""

Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
Float: TypeAlias = NDArray[np.float64]
Bool: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Resources:
    """Limits on sums over pairs, constraint (3).

    Parameters
    ----------
    use : csr_array of shape (n_resources, n_pairs), >= 0, finite: a_re; a csr_matrix is read as one
    limit : float64 array of shape (n_resources,), >= 0, inf allowed: b_r, in the unit of its row of ``use``

    Raises
    ------
    ValueError
        naming the field and the first bad index.
    """

    use: sparse.csr_array
    limit: Float

    def __post_init__(self) -> None:
        """Refuse values outside the stated ranges."""
        if not sparse.issparse(self.use) or self.use.format != "csr" or self.use.ndim != 2:
            raise ValueError("resources.use: expected a two-dimensional scipy.sparse.csr_array")
        if self.use.dtype.kind not in "fiub":
            raise ValueError(f"resources.use: expected real numbers, found dtype {self.use.dtype}")
        object.__setattr__(self, "use", sparse.csr_array(self.use))  # for a csr_matrix; the arrays are not copied
        expect_array("resources.limit", self.limit, np.float64, self.use.shape[0])
        self._refuse_use(~np.isfinite(self.use.data), "must be finite")
        self._refuse_use(self.use.data < 0, "must be >= 0")
        refuse("resources.limit", np.isnan(self.limit), self.limit, "must be a number")
        refuse("resources.limit", self.limit < 0, self.limit, "must be >= 0")
        outside = (self.use.indices < 0) | (self.use.indices >= self.use.shape[1])
        self._refuse_use(outside, f"column outside 0..{self.use.shape[1] - 1}")

    def _refuse_use(self, bad: Bool, reason: str) -> None:
        if bad.any():
            first = int(np.argmax(bad))
            row, column = np.searchsorted(self.use.indptr, first, side="right") - 1, self.use.indices[first]
            raise ValueError(f"resources.use[{row}, {column}]: {reason}, found {self.use.data[first]}")


@dataclass(frozen=True, eq=False)
class Separations:
    """Classes of citizens kept apart at a worksite, constraint (4), without listing pairs of citizens.

    Parameters
    ----------
    site_of_slot : int32 array of shape (n_slots,), >= 0: w_j
    class_of_citizen : int32 array of shape (n_citizens,), >= 0, 0 = no class: k_i
    apart : tuple of pairs of classes, each a tuple of two whole numbers >= 1: A

    Raises
    ------
    ValueError
        naming the field and the first bad index.
    """

    site_of_slot: Int32
    class_of_citizen: Int32
    apart: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        """Refuse values outside the stated ranges."""
        expect_array("separations.site_of_slot", self.site_of_slot, np.int32)
        expect_array("separations.class_of_citizen", self.class_of_citizen, np.int32)
        refuse("separations.site_of_slot", self.site_of_slot < 0, self.site_of_slot, "must be >= 0")
        refuse("separations.class_of_citizen", self.class_of_citizen < 0, self.class_of_citizen, "must be >= 0")
        if not isinstance(self.apart, tuple):
            raise ValueError(f"separations.apart: expected a tuple of pairs, found {type(self.apart).__name__}")
        for index, pair in enumerate(self.apart):
            if not isinstance(pair, tuple) or len(pair) != 2 or not all(_is_whole(k) and k >= 1 for k in pair):
                raise ValueError(f"separations.apart[{index}]: expected a tuple of two classes >= 1, found {pair!r}")


@dataclass(frozen=True, eq=False)
class AssignmentProblem:
    """One problem, valid once built. The mathematics and the symbols are in the module's docstring.

    Parameters
    ----------
    n_citizens, n_slots : int, >= 0
    citizen, slot : int32 arrays of shape (n_pairs,): i_e and j_e, no pair twice
    value : float64 array of shape (n_pairs,), >= 0, at most `MOST_VALUE`: v_e
    capacity : int64 array of shape (n_slots,), >= 0: q_j
    resources, separations : optional constraints (3) and (4)
    pinned : int32 array of indices into the pairs, none twice: P

    Raises
    ------
    ValueError
        naming the field and the first bad index.
    """

    n_citizens: int
    n_slots: int
    citizen: Int32
    slot: Int32
    value: Float
    capacity: Int64
    resources: Resources | None = None
    separations: Separations | None = None
    pinned: Int32 | None = None

    def __post_init__(self) -> None:
        """Refuse values outside the stated ranges."""
        for name, number in (("n_citizens", self.n_citizens), ("n_slots", self.n_slots)):
            if not _is_whole(number) or number < 0:
                raise ValueError(f"{name}: expected a whole number >= 0, found {number!r}")
        expect_array("citizen", self.citizen, np.int32)
        expect_array("slot", self.slot, np.int32, len(self.citizen))
        expect_array("value", self.value, np.float64, len(self.citizen))
        expect_array("capacity", self.capacity, np.int64, self.n_slots)
        _refuse_outside("citizen", self.citizen, self.n_citizens)
        _refuse_outside("slot", self.slot, self.n_slots)
        refuse("value", ~np.isfinite(self.value), self.value, "must be finite")
        refuse("value", self.value < 0, self.value, "must be >= 0")
        refuse("value", self.value > MOST_VALUE, self.value, f"must be at most {MOST_VALUE:g}")
        refuse("capacity", self.capacity < 0, self.capacity, "must be >= 0")
        self._refuse_pair_twice()
        if self.resources is not None and self.resources.use.shape[1] != self.n_pairs:
            raise ValueError(
                f"resources.use: expected {self.n_pairs} columns (pairs), found {self.resources.use.shape[1]}"
            )
        if self.separations is not None:
            expect_array("separations.site_of_slot", self.separations.site_of_slot, np.int32, self.n_slots)
            expect_array("separations.class_of_citizen", self.separations.class_of_citizen, np.int32, self.n_citizens)
        if self.pinned is not None:
            expect_array("pinned", self.pinned, np.int32)
            _refuse_outside("pinned", self.pinned, self.n_pairs)
            first = np.zeros(len(self.pinned), dtype=bool)
            first[np.unique(self.pinned, return_index=True)[1]] = True
            refuse("pinned", ~first, self.pinned, "is pinned already")

    @property
    def n_pairs(self) -> int:
        """Number of eligible pairs, |E|."""
        return len(self.citizen)

    @property
    def n_resources(self) -> int:
        """Number of resources, |R|."""
        return 0 if self.resources is None else len(self.resources.limit)

    @property
    def pins(self) -> Int32:
        """Pinned pairs, empty when there are none."""
        return np.empty(0, dtype=np.int32) if self.pinned is None else self.pinned

    def _refuse_pair_twice(self) -> None:
        key = self.citizen.astype(np.int64) * max(1, self.n_slots) + self.slot
        if np.all(np.diff(key) > 0):
            return
        order = np.argsort(key, kind="stable")
        again = np.zeros(self.n_pairs, dtype=bool)
        again[order[1:]] = np.diff(key[order]) == 0
        if again.any():
            index = int(np.argmax(again))
            raise ValueError(f"slot[{index}]: pair ({self.citizen[index]}, {self.slot[index]}) occurs twice")


def _is_whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)


def expect_array(name: str, array: object, dtype: type[np.generic], length: int | None = None) -> None:
    """Raise ValueError with the field's name where it is no one-dimensional array of the type and length."""
    if not isinstance(array, np.ndarray) or array.dtype != dtype or array.ndim != 1:
        found = f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise ValueError(f"{name}: expected a one-dimensional {np.dtype(dtype).name} array, found {found}")
    if length is not None and len(array) != length:
        raise ValueError(f"{name}: expected length {length}, found {len(array)}")


def refuse(name: str, bad: Bool, values: NDArray[Any], reason: str) -> None:
    """Raise ValueError with the field's name and the first bad index, where there is one."""
    if bad.any():
        index = int(np.argmax(bad))
        raise ValueError(f"{name}[{index}]: {reason}, found {values[index]}")


def _refuse_outside(name: str, index: Int32, size: int) -> None:
    refuse(name, (index < 0) | (index >= size), index, f"outside 0..{size - 1}")
