"""Pins: which contradict each other, and the problem that is left once they are kept.

Every constraint is an upper limit on a sum of non-negative terms, so a plan that keeps the pins exists exactly when the
pins alone keep (1)–(4); a smallest contradiction lies within a single constraint.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matcher.assignment.problem import TOLERANCE, AssignmentProblem, Bool, Float, Int32, Int64


@dataclass(frozen=True, eq=False)
class Reduced:
    """What is left to decide: pairs that could still be chosen beside the pins, and what the pins leave of each limit.

    Attributes
    ----------
    n_citizens, n_slots : as in the problem; nothing is renumbered but pairs
    pair : int64, index of each remaining pair in the problem
    citizen, slot, value : of the remaining pairs
    capacity, limit : what the pins leave; ``limit`` includes the tolerance of (3)
    use : csr_array of shape (n_resources, n_remaining)
    site_of_slot, class_of_citizen, apart : constraint (4); no classes when nothing is kept apart
    fixed : pairs of the problem that the pins fix
    """

    n_citizens: int
    n_slots: int
    pair: Int64
    citizen: Int32
    slot: Int32
    value: Float
    capacity: Int64
    use: sparse.csr_array
    limit: Float
    site_of_slot: Int32
    class_of_citizen: Int32
    apart: tuple[tuple[int, int], ...]
    fixed: Int64

    @property
    def n_pairs(self) -> int:
        """Number of remaining pairs."""
        return len(self.pair)


def relaxed_limit(limit: Float) -> Float:
    """b_r + TOLERANCE · max(1, b_r)."""
    return limit + TOLERANCE * np.maximum(1.0, limit)


def conflict(problem: AssignmentProblem) -> tuple[int, ...]:
    """A smallest set of pins that no plan can keep together, as indices into ``pinned``; empty if all can be kept."""
    return _conflict(problem, np.arange(len(problem.pins)))


def release(problem: AssignmentProblem) -> tuple[int, ...]:
    """Pins to let go so that the others can be kept: of each contradiction in turn, the pin of least value."""
    kept = np.arange(len(problem.pins))
    released: list[int] = []
    while found := _conflict(problem, kept):
        worst = min(found, key=lambda p: (problem.value[problem.pins[p]], -p))
        released.append(worst)
        kept = kept[kept != worst]
    return tuple(sorted(released))


def _conflict(problem: AssignmentProblem, kept: Int64) -> tuple[int, ...]:
    pairs = problem.pins[kept]
    candidates = [
        *_more_than(problem.citizen[pairs], np.ones(problem.n_citizens, dtype=np.int64)),
        *_more_than(problem.slot[pairs], problem.capacity),
        *_over_resource(problem, pairs),
        *_meeting(problem, pairs),
    ]
    if not candidates:
        return ()
    return min((tuple(sorted(int(p) for p in kept[found])) for found in candidates), key=lambda c: (len(c), c))


def _more_than(group: Int32, allowed: Int64) -> list[Int64]:
    """For each group with more members than allowed: the first of them that are one too many."""
    crowded = np.flatnonzero(np.bincount(group, minlength=len(allowed)) > allowed)
    return [np.flatnonzero(group == g)[: allowed[g] + 1] for g in crowded]


def _over_resource(problem: AssignmentProblem, pairs: Int32) -> list[Int64]:
    if problem.resources is None or len(pairs) == 0:
        return []
    limit = relaxed_limit(problem.resources.limit)
    use = sparse.csr_array(problem.resources.use[:, pairs])
    found = []
    for r in np.flatnonzero(use.sum(axis=1) > limit):
        row, amounts = use.indices[use.indptr[r] : use.indptr[r + 1]], use.data[use.indptr[r] : use.indptr[r + 1]]
        largest = np.argsort(-amounts, kind="stable")
        enough = int(np.argmax(np.cumsum(amounts[largest]) > limit[r])) + 1
        found.append(row[largest[:enough]].astype(np.int64))
    return found


def _meeting(problem: AssignmentProblem, pairs: Int32) -> list[Int64]:
    if problem.separations is None:
        return []
    classes = problem.separations.class_of_citizen[problem.citizen[pairs]]
    sites = problem.separations.site_of_slot[problem.slot[pairs]]
    found = []
    for first, second in problem.separations.apart:
        for site in np.intersect1d(sites[classes == first], sites[classes == second]):
            one = np.flatnonzero((classes == first) & (sites == site))
            other = np.flatnonzero((classes == second) & (sites == site))
            if first != second:
                found.append(np.array([one[0], other[0]]))
            elif len(one) > 1:
                found.append(one[:2])
    return found


def reduce(problem: AssignmentProblem, released: tuple[int, ...] = ()) -> Reduced:
    """Keep the pins that are not released: take their places and drop every pair that cannot be chosen beside them.

    The pins kept must not contradict each other. Pairs that break a limit by themselves are dropped too.
    """
    fixed = np.delete(problem.pins, list(released)).astype(np.int64)
    capacity = problem.capacity - np.bincount(problem.slot[fixed], minlength=problem.n_slots)
    limit, use = np.empty(0), sparse.csr_array((0, problem.n_pairs), dtype=np.float64)
    if problem.resources is not None:
        use = problem.resources.use.astype(np.float64, copy=True)
        use.sum_duplicates()
        use.eliminate_zeros()
        x = np.zeros(problem.n_pairs)
        x[fixed] = 1.0
        limit = np.maximum(0.0, relaxed_limit(problem.resources.limit) - use @ x)
    free = np.ones(problem.n_citizens, dtype=bool)
    free[problem.citizen[fixed]] = False
    possible = free[problem.citizen] & (capacity[problem.slot] > 0)
    rows = np.repeat(np.arange(len(limit)), np.diff(use.indptr))
    possible[use.indices[use.data > limit[rows]]] = False
    possible &= ~_meets_pinned(problem, fixed)
    pair = np.flatnonzero(possible)
    separations = problem.separations
    apart = () if separations is None else tuple(sorted({(min(p), max(p)) for p in separations.apart}))
    return Reduced(
        n_citizens=problem.n_citizens,
        n_slots=problem.n_slots,
        pair=pair,
        citizen=problem.citizen[pair],
        slot=problem.slot[pair],
        value=problem.value[pair],
        capacity=capacity,
        use=use if len(pair) == problem.n_pairs else sparse.csr_array(use[:, pair]),
        limit=limit,
        site_of_slot=np.arange(problem.n_slots, dtype=np.int32) if separations is None else separations.site_of_slot,
        class_of_citizen=(
            np.zeros(problem.n_citizens, dtype=np.int32) if separations is None else separations.class_of_citizen
        ),
        apart=apart,
        fixed=fixed,
    )


def _meets_pinned(problem: AssignmentProblem, fixed: Int64) -> Bool:
    """Pairs that would bring a citizen together with a pinned citizen of a class kept apart."""
    meets = np.zeros(problem.n_pairs, dtype=bool)
    separations = problem.separations
    if separations is None or len(fixed) == 0:
        return meets
    pinned_class = separations.class_of_citizen[problem.citizen[fixed]]
    pinned_site = separations.site_of_slot[problem.slot[fixed]]
    pair_class = separations.class_of_citizen[problem.citizen]
    pair_site = separations.site_of_slot[problem.slot]
    for pair in separations.apart:
        for one, other in (pair, pair[::-1]):
            meets |= (pair_class == one) & np.isin(pair_site, pinned_site[pinned_class == other])
    return meets
