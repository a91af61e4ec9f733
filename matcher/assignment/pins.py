"""Pins: which contradict each other, and the problem that is left once they are kept.

Every constraint is an upper limit on a sum of non-negative terms, so a plan that keeps the pins exists exactly when the
pins alone keep (1)–(4); a smallest contradiction lies within a single constraint.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matcher.assignment.apart import Cells, Groups
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
    candidates = [
        *_more_than(problem.citizen[problem.pins], np.ones(problem.n_citizens, dtype=np.int64)),
        *_more_than(problem.slot[problem.pins], problem.capacity),
        *_over_resource(problem),
        *_meeting(problem),
    ]
    return min((tuple(sorted(found.tolist())) for found in candidates), key=lambda c: (len(c), c), default=())


def release(problem: AssignmentProblem) -> tuple[int, ...]:
    """Pins to let go so that the others can be kept: those that do not fit beside pins of more value, in one sweep."""
    pins = problem.pins
    slots, citizens = problem.slot[pins].tolist(), problem.citizen[pins].tolist()
    left = problem.capacity.copy()
    placed: set[int] = set()
    use, limit = sparse.csc_array((0, len(pins))), np.empty(0)
    if problem.resources is not None:
        use, limit = sparse.csc_array(problem.resources.use[:, pins]), relaxed_limit(problem.resources.limit)
        use.sum_duplicates()
    cells = _cells(problem)
    blocked = np.zeros(cells.foes.size + 1, dtype=bool)  # the last is for pins in no cell
    released = []
    for p in np.argsort(-problem.value[pins], kind="stable").tolist():
        uses = slice(use.indptr[p], use.indptr[p + 1])
        rows, cell = use.indices[uses], cells.of_pair[p]
        if citizens[p] in placed or left[slots[p]] == 0 or blocked[cell] or (use.data[uses] > limit[rows]).any():
            released.append(p)
            continue
        placed.add(citizens[p])
        left[slots[p]] -= 1
        limit[rows] -= use.data[uses]
        if cell >= 0:
            blocked[cells.foes.foe[cells.foes.start[cell] : cells.foes.start[cell + 1]]] = True
    return tuple(sorted(released))


def _more_than(group: Int32, allowed: Int64) -> list[Int64]:
    """For each group with more members than allowed: the first of them that are one too many."""
    order = np.argsort(group, kind="stable")
    start = np.searchsorted(group[order], np.arange(len(allowed) + 1))
    crowded = np.flatnonzero(np.diff(start) > allowed)
    return [order[start[g] : start[g] + allowed[g] + 1] for g in crowded.tolist()]


def _over_resource(problem: AssignmentProblem) -> list[Int64]:
    if problem.resources is None or len(problem.pins) == 0:
        return []
    limit = relaxed_limit(problem.resources.limit)
    use = sparse.csr_array(problem.resources.use[:, problem.pins])
    found = []
    for r in np.flatnonzero(use.sum(axis=1) > limit):
        row, amounts = use.indices[use.indptr[r] : use.indptr[r + 1]], use.data[use.indptr[r] : use.indptr[r + 1]]
        largest = np.argsort(-amounts, kind="stable")
        enough = int(np.argmax(np.cumsum(amounts[largest]) > limit[r])) + 1
        found.append(row[largest[:enough]].astype(np.int64))
    return found


def _meeting(problem: AssignmentProblem) -> list[Int64]:
    """For each two foes where pins are: the first pin of each; the first two where one is kept apart from itself."""
    cells = _cells(problem)
    order = np.argsort(cells.of_pair, kind="stable")
    start = np.searchsorted(cells.of_pair[order], np.arange(cells.foes.size + 1))
    crowded = cells.foes.alone[np.diff(start)[cells.foes.alone] > 1]
    return [
        *(order[start[[first, second]]] for first, second in cells.foes.couples),
        *(order[start[c] : start[c] + 2] for c in crowded.tolist()),
    ]


def _cells(problem: AssignmentProblem) -> Cells:
    """Cells of the pins."""
    if problem.separations is None:
        return Cells.of(problem.pins, np.full(len(problem.pins), -1, dtype=np.int32), Groups.of(()).foes)
    groups = Groups.of(problem.separations.apart)
    group = groups.number(problem.separations.class_of_citizen)[problem.citizen[problem.pins]]
    return Cells.of(problem.separations.site_of_slot[problem.slot[problem.pins]], group, groups.foes)


def cells_of(reduced: Reduced) -> Cells:
    """Cells of the remaining pairs."""
    groups = Groups.of(reduced.apart)
    group = groups.number(reduced.class_of_citizen)[reduced.citizen]
    return Cells.of(reduced.site_of_slot[reduced.slot], group, groups.foes)


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
    separations = problem.separations
    if separations is None or len(fixed) == 0:
        return np.zeros(problem.n_pairs, dtype=bool)
    groups = Groups.of(separations.apart)
    group = groups.number(separations.class_of_citizen)
    pinned = group[problem.citizen[fixed]]
    sites = separations.site_of_slot[problem.slot[fixed[pinned >= 0]]].astype(np.int64)
    index, foe = groups.foes.each(pinned[pinned >= 0])
    width = groups.foes.size + 1
    key = separations.site_of_slot[problem.slot].astype(np.int64) * width + group[problem.citizen]
    meets: Bool = (group[problem.citizen] >= 0) & np.isin(key, sites[index] * width + foe)
    return meets
