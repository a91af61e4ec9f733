"""The night's problem: eligible pairs, free places, and the resources that the placements of one night share.

A placement counts as running while it is planned or running and has not ended before the day of the plan: it takes its
place, its part of the resources, and its citizen out of the plan. Pairs that cannot be part of any plan are taken out
and kept with the reason. Pins are checked before the solver sees them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from scipy import sparse

from matcher.apart import apart_from_running, separations_of
from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.assignment import AssignmentProblem, Resources
from matcher.assignment.problem import TOLERANCE
from matcher.budgets import Running, resource_rows, running_on
from matcher.domain.placement import Placement
from matcher.domain.staff import JobConsultant
from matcher.language import Text
from matcher.limits import Barrier, ResourceKind
from matcher.resource_rows import ResourceRow
from matcher.rules import rule_version, rules_of
from matcher.scoring import ScoredPairs, pair_values
from matcher.weights import HAND_SET, Weights
from matcher.wording.shortage import NOT_WITH_OTHERS

__all__ = [
    "BARRIERS",
    "Barrier",
    "NightProblem",
    "PinsRefusedError",
    "RefusedPin",
    "RemovedPairs",
    "ResourceKind",
    "ResourceRow",
    "plan_problem",
]

BARRIERS: Final = tuple(Barrier)
_PIN_REFUSED: Final = {
    Barrier.ALREADY_PLACED: Text("Borgeren har allerede et forløb.", "The citizen already has a placement."),
    Barrier.PLACE_TAKEN: Text(
        "Pladsen er optaget af et forløb, der er i gang eller planlagt.",
        "The place is taken by a placement that is running or planned.",
    ),
    Barrier.APART: NOT_WITH_OTHERS,
}
_NO_SUCH_CITIZEN: Final = Text(
    "Borgeren findes ikke blandt dem, der planlægges for.", "The citizen is not among those who are planned for."
)
_NO_SUCH_PLACE: Final = Text(
    "Pladsen findes ikke blandt dem, der planlægges med.", "The place is not among those that are planned with."
)


@dataclass(frozen=True, eq=False)
class RemovedPairs:
    """Eligible pairs that were taken out: rows of the match input, value, barrier and, for RESOURCE, the resource.

    `barrier` indexes BARRIERS, `resource` the rows of `NightProblem.resources` (-1 for the other barriers), and
    `needs` is what the pair needs of it, in its unit.
    """

    citizen: Codes
    slot: Codes
    value: Floats
    barrier: Codes
    resource: Codes
    needs: Floats


@dataclass(frozen=True, eq=False)
class NightProblem:
    """The assignment problem of one night, with what its rows and pairs mean.

    Attributes
    ----------
    problem : rows of citizens and slots are those of the match input
    resources : aligned with the problem's resources
    start_day : int32 (E,), first day of each pair's placement as an ordinal
    hours_per_week : float64 (E,), hours that each pair's placement starts with
    removed : eligible pairs that are not in the problem
    placed : rows of citizens who have a running or planned placement, ascending
    running : placements that take places, of slots that the match input has
    uncounted : ids of running placements whose slot or citizen is not in the match input, so that what they take of
        the limits is not, or not fully, known
    """

    problem: AssignmentProblem
    resources: tuple[ResourceRow, ...]
    start_day: Codes
    hours_per_week: Floats
    removed: RemovedPairs
    placed: tuple[int, ...]
    running: Running
    uncounted: tuple[str, ...]

    def left_to(self, match_input: MatchInput, citizen_row: int) -> Flags:
        """bool (m,): slots where what runs leaves a place, and nobody whom a citizen is to be kept apart from."""
        cols = np.arange(len(match_input.slots), dtype=np.int32)
        rows = np.full_like(cols, citizen_row)
        return (self.problem.capacity > 0) & ~apart_from_running(match_input, rows, cols, self.running)

    def starts_on(self, pair: int) -> date:
        """First day of a pair's placement."""
        return date.fromordinal(int(self.start_day[pair]))

    def chosen(self, slot_of_citizen: Codes) -> Codes:
        """Indices of the pairs that a plan chooses, ascending."""
        return np.flatnonzero(slot_of_citizen[self.problem.citizen] == self.problem.slot).astype(np.int32)


class RefusedPin(NamedTuple):
    """A pin that cannot be kept, and why.

    Attributes
    ----------
    text : a full sentence
    reason : the rule, the barrier or the kind of limit; empty where it is something else
    """

    citizen_id: str
    slot_id: str
    text: Text
    reason: str = ""


class PinsRefusedError(ValueError):
    """Some pins cannot be part of any plan; `refused` names them all."""

    def __init__(self, refused: Sequence[RefusedPin]) -> None:
        super().__init__("; ".join(f"pinned ({pin.citizen_id}, {pin.slot_id}): {pin.text.danish}" for pin in refused))
        self.refused = tuple(refused)


class _Pairs(NamedTuple):
    citizen: Codes
    slot: Codes
    value: Floats

    def only(self, kept: Flags) -> "_Pairs":
        return _Pairs(self.citizen[kept], self.slot[kept], self.value[kept])


def plan_problem(
    match_input: MatchInput,
    pairs: ScoredPairs,
    *,
    consultants: Iterable[JobConsultant],
    running: Iterable[Placement] = (),
    pinned: Sequence[tuple[str, str]] = (),
    weights: Weights | None = None,
) -> NightProblem:
    """The problem of one night.

    Parameters
    ----------
    match_input, pairs : as scored; the pairs may be the best K of each citizen
    consultants : every consultant whom an agreement names
    running : placements; those that have ended before the day of the plan take nothing
    pinned : (citizen id, slot id) that the plan must keep; a pin may lie outside the best K
    weights : those of the scoring, to value such a pin

    Raises
    ------
    ValueError
        where an agreement names a consultant who is not given.
    PinsRefusedError
        where a pin breaks a hard rule or a barrier; names every such pin.
    """
    consultant_of = {consultant.id: consultant for consultant in consultants}
    _refuse_missing_consultant(match_input, consultant_of.keys())
    everyone = running_on(match_input, running)
    live = everyone.on_slots()
    pin_rows = _pin_rows(match_input, pinned)
    candidates = _with_pins(match_input, _Pairs(pairs.citizen, pairs.slot, pairs.value), pin_rows, weights or HAND_SET)
    use, rows = resource_rows(match_input, candidates.citizen, candidates.slot, live, consultant_of)
    capacity = np.maximum(match_input.slots.capacity - np.bincount(live.slot, minlength=len(match_input.slots)), 0)
    placed = np.unique(everyone.citizen[everyone.citizen >= 0])

    barrier, resource, needs = _squeezed(use, rows)
    barrier[apart_from_running(match_input, candidates.citizen, candidates.slot, live)] = BARRIERS.index(Barrier.APART)
    barrier[capacity[candidates.slot] == 0] = BARRIERS.index(Barrier.PLACE_TAKEN)
    barrier[np.isin(candidates.citizen, placed)] = BARRIERS.index(Barrier.ALREADY_PLACED)
    resource[barrier != BARRIERS.index(Barrier.RESOURCE)] = -1
    _refuse_pins_behind(match_input, candidates, pin_rows, (barrier, resource), rows)

    kept = barrier < 0
    free, removed = candidates.only(kept), candidates.only(~kept)
    problem = AssignmentProblem(
        n_citizens=len(match_input.citizens),
        n_slots=len(match_input.slots),
        citizen=free.citizen,
        slot=free.slot,
        value=free.value,
        capacity=capacity,
        resources=Resources(_columns(use, kept), np.array([row.limit for row in rows])),
        separations=separations_of(match_input),
        pinned=np.flatnonzero(_is_pin(free, pin_rows)).astype(np.int32),
    )
    return NightProblem(
        problem=problem,
        resources=rows,
        start_day=match_input.start_day(free.citizen, free.slot).astype(np.int32),
        hours_per_week=match_input.weekly_hours(free.citizen, free.slot),
        removed=RemovedPairs(*removed, barrier[~kept], resource[~kept], needs[~kept]),
        placed=tuple(int(row) for row in placed),
        running=live,
        uncounted=tuple(
            name for name, i, j in zip(everyone.ids, everyone.citizen, everyone.slot, strict=True) if min(i, j) < 0
        ),
    )


def _refuse_missing_consultant(match_input: MatchInput, known: Iterable[str]) -> None:
    known = set(known)
    for context in match_input.slot_values:
        if context.agreement.consultant_id not in known:
            raise ValueError(
                f"consultants: {context.agreement.consultant_id!r} of agreement {context.agreement.id!r} is missing"
            )


def _pin_rows(match_input: MatchInput, pinned: Sequence[tuple[str, str]]) -> frozenset[tuple[int, int]]:
    """Rows of the pins; refuses those that name nobody, or that a hard rule excludes."""
    citizens, slots = set(match_input.citizens.ids), set(match_input.slots.ids)
    rows: set[tuple[int, int]] = set()
    refused: list[RefusedPin] = []
    for citizen_id, slot_id in pinned:
        if citizen_id not in citizens:
            refused.append(RefusedPin(citizen_id, slot_id, _NO_SUCH_CITIZEN))
        elif slot_id not in slots:
            refused.append(RefusedPin(citizen_id, slot_id, _NO_SUCH_PLACE))
        else:
            row, col = match_input.citizen_row(citizen_id), match_input.slot_row(slot_id)
            one = np.array([row], dtype=np.int32)
            broken = [rule.id for rule in rules_of(match_input) if not rule.passes(match_input, one)[0, col]]
            refused += [RefusedPin(citizen_id, slot_id, _broken(match_input, rule, row, col), rule) for rule in broken]
            rows.add((row, col))
    if refused:
        raise PinsRefusedError(refused)
    return frozenset(rows)


def _broken(match_input: MatchInput, rule_id: str, row: int, col: int) -> Text:
    """That the pair does not keep a rule, a municipality's own too, as it reads on the first day of the placement."""
    version = rule_version(match_input, rule_id, row, col)
    if version is None:
        raise ValueError(f"{rule_id}: closes a pair on a day on which it has no version")
    return Text(f"Et krav er ikke opfyldt: {version.danish}", f"A requirement is not met: {version.english}")


def _is_pin(pairs: _Pairs, pin_rows: frozenset[tuple[int, int]]) -> Flags:
    if not pin_rows:
        return np.zeros(len(pairs.citizen), dtype=np.bool_)
    return np.array([pair in pin_rows for pair in zip(pairs.citizen.tolist(), pairs.slot.tolist(), strict=True)])


def _with_pins(
    match_input: MatchInput, pairs: _Pairs, pin_rows: frozenset[tuple[int, int]], weights: Weights
) -> _Pairs:
    """The pairs and the pins outside them, sorted by citizen then slot."""
    place = pairs.citizen.astype(np.int64) * len(match_input.slots) + pairs.slot
    if not pin_rows and bool(np.all(place[1:] > place[:-1])):
        return pairs
    present = {(int(pairs.citizen[e]), int(pairs.slot[e])) for e in np.flatnonzero(_is_pin(pairs, pin_rows))}
    extra = np.array(sorted(pin_rows - present), dtype=np.int32).reshape(-1, 2)
    citizen = np.concatenate((pairs.citizen, extra[:, 0]))
    slot = np.concatenate((pairs.slot, extra[:, 1]))
    value = np.concatenate((pairs.value, pair_values(match_input, extra[:, 0], extra[:, 1], weights)))
    order = np.lexsort((slot, citizen))
    return _Pairs(citizen[order], slot[order], value[order])


def _columns(use: sparse.csr_array, kept: Flags) -> sparse.csr_array:
    """The columns that are kept."""
    entries = kept[use.indices]
    number = np.cumsum(kept, dtype=np.int64) - 1
    begins = np.concatenate(([0], np.cumsum(entries, dtype=np.int64)))[use.indptr]
    columns = number[use.indices[entries]]
    return sparse.csr_array((use.data[entries], columns, begins), shape=(use.shape[0], int(kept.sum())))


def _squeezed(use: sparse.csr_array, rows: tuple[ResourceRow, ...]) -> tuple[Codes, Codes, Floats]:
    """Barrier, resource and need of each pair that alone uses more than is left; -1, -1, 0 where none does."""
    n_pairs = use.shape[1]
    needs = np.zeros(n_pairs)
    barrier, resource = np.full(n_pairs, -1, dtype=np.int32), np.full(n_pairs, -1, dtype=np.int32)
    limit = np.array([row.limit for row in rows])
    entries = use.tocoo()
    over = entries.data > (limit + TOLERANCE * np.maximum(1.0, limit))[entries.coords[0]]
    barrier[entries.coords[1][over]] = BARRIERS.index(Barrier.RESOURCE)
    resource[entries.coords[1][over]] = entries.coords[0][over]
    needs[entries.coords[1][over]] = entries.data[over]
    return barrier, resource, needs


def _refuse_pins_behind(
    match_input: MatchInput,
    pairs: _Pairs,
    pin_rows: frozenset[tuple[int, int]],
    barriers: tuple[Codes, Codes],
    rows: tuple[ResourceRow, ...],
) -> None:
    barrier, resource = barriers
    refused = []
    for e in np.flatnonzero(_is_pin(pairs, pin_rows) & (barrier >= 0)):
        found = BARRIERS[barrier[e]]
        row = rows[resource[e]] if found is Barrier.RESOURCE else None
        ids = match_input.citizens.ids[pairs.citizen[e]], match_input.slots.ids[pairs.slot[e]]
        refused.append(RefusedPin(*ids, row.text, row.kind) if row else RefusedPin(*ids, _PIN_REFUSED[found], found))
    if refused:
        raise PinsRefusedError(refused)
