"""What the placements of one night share, as rows of resources: use a_re of each pair and what is left, b_r.

    kind                 one row for each        a_re of pair e = (i, j)           b_r
    full-time persons    worksite                hours_e / 37, counted forms only  legal allowance − supported − running
    mentor hours         worksite                mentor hours of the citizen       hours of its mentors − running
    cluster places       cluster agreement       1                                 shared places − running
    outreach             consultant              outreach hours, ad hoc only       hours for one plan
    caseload             consultant              1                                 caseload − running

The hours are those a placement starts with; a later step of its hours ramp is checked when it is agreed. Each kind has
its rule in the rule book: a pair whose first day no version of the rule covers uses nothing of it. Where the first days
of a worksite's pairs span two versions of the reasonableness rule, the lower allowance counts for all of them.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.arrays import Codes, Flags, Floats, MatchInput, SlotContext
from matcher.dated_rules import asks_at, figure_at, holds_at, holds_throughout, versions_of
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel, SlotAgreement
from matcher.domain.company import Worksite
from matcher.domain.legal import as_full_time_persons, average_employees, most_full_time_persons
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.staff import JobConsultant
from matcher.domain.statute import (
    CASELOAD,
    CLUSTER_PLACES,
    FULL_WEEK,
    MENTOR_HOURS,
    OUTREACH_HOURS,
    REASONABLENESS,
)
from matcher.limits import ResourceKind
from matcher.once import Places, WithPlaces, once_for_places
from matcher.resource_rows import (
    ResourceRow,
    caseload_row,
    cluster_row,
    full_time_row,
    mentor_row,
    outreach_row,
)

_Key = TypeVar("_Key", bound=Hashable)


class Running(NamedTuple):
    """Placements that take places and resources.

    Attributes
    ----------
    slot, citizen : int32 rows of the match input, -1 where it does not have them
    hours_per_week, counted : hours, and whether the form counts under the reasonableness rule
    ids : of the placements
    """

    slot: Codes
    citizen: Codes
    hours_per_week: Floats
    counted: Floats
    ids: tuple[str, ...]

    def on_slots(self) -> "Running":
        """Those whose slot is known."""
        return self if bool(np.all(self.slot >= 0)) else self._only(np.flatnonzero(self.slot >= 0))

    def without(self, citizen_row: int) -> "Running":
        """Those of everybody but one citizen."""
        others = self.citizen != citizen_row
        return self if bool(np.all(others)) else self._only(np.flatnonzero(others))

    def _only(self, which: NDArray[np.int64]) -> "Running":
        return Running(
            self.slot[which],
            self.citizen[which],
            self.hours_per_week[which],
            self.counted[which],
            tuple(self.ids[k] for k in which),
        )


def running_on(match_input: MatchInput, placements: Iterable[Placement]) -> Running:
    """Placements that are planned or running and have not ended before the day of the plan."""
    live = [p for p in placements if p.status is not PlacementStatus.ENDED and p.ends_on >= match_input.on]
    return Running(
        np.array([known_row(match_input.slot_row, p.slot_id) for p in live], dtype=np.int32),
        np.array([known_row(match_input.citizen_row, p.citizen_id) for p in live], dtype=np.int32),
        np.array([p.hours_per_week for p in live], dtype=np.float64),
        np.array([p.form in COUNTED_AS_SUPPORTED for p in live], dtype=np.float64),
        tuple(p.id for p in live),
    )


def known_row(row_of: Callable[[str], int], id_: str) -> int:
    """The row of an id, -1 where it is not known."""
    try:
        return row_of(id_)
    except KeyError:
        return -1


@once_for_places
def site_of_slot(places: Places) -> Codes:
    """int32 (m,), >= 0: slots with the same number are at the same worksite."""
    return _index([(context.company.id, context.worksite.id) for context in places.slot_values])


def _index(keys: Sequence[_Key | None]) -> Codes:
    """Numbers of the keys in the order of their first appearance; -1 for None."""
    numbers: dict[_Key, int] = {}
    return np.array([-1 if key is None else numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int32)


class Budget(NamedTuple):
    """One kind of resource, for some pairs.

    Attributes
    ----------
    kind, rule_id : what it is, and the rule that sets the limit
    owner : int32 (m,), number of the resource that each slot draws on, -1 none
    owner_ids : of the owners, by number
    use, running_use : float64, by pair and by running placement
    allowed : the whole limit of each owner on a day, float64 (owners,)
    taken_elsewhere : float64 (owners,), what is taken that no running placement tells of
    row : makes the row from a slot that draws on it, what running placements take, and a day in each version of the
        rule that counts for its pairs
    """

    kind: ResourceKind
    rule_id: str
    owner: Codes
    owner_ids: tuple[str, ...]
    use: Floats
    running_use: Floats
    allowed: Callable[[date], Floats]
    taken_elsewhere: Floats
    row: Callable[[SlotContext, float, tuple[date, ...]], ResourceRow]

    def drawing(self, match_input: MatchInput, slot: Codes, start_day: Codes) -> Flags:
        """bool (E,), whether each pair uses anything: a pair whose first day no version of the rule covers does not."""
        return (self.owner[slot] >= 0) & (self.use > 0) & asks_at(match_input, self.rule_id, start_day)

    def taken_by(self, running: Running) -> Floats:
        """float64 (owners,), what running placements take."""
        drawn_on = self.owner[running.slot] + 1
        taken = np.bincount(drawn_on, weights=self.running_use, minlength=len(self.owner_ids) + 1)
        return taken[1:].astype(np.float64, copy=False)


def resource_rows(
    match_input: MatchInput,
    citizen: Codes,
    slot: Codes,
    running: Running,
    consultants: Mapping[str, JobConsultant],
) -> tuple[sparse.csr_array, tuple[ResourceRow, ...]]:
    """Use (R, E) and rows of every resource that a pair draws on; pair e is (citizen[e], slot[e])."""
    uses: list[sparse.csr_array] = []
    rows: list[ResourceRow] = []
    start_day = match_input.start_day(citizen, slot)
    for budget in budgets(match_input, citizen, slot, running, consultants):
        drawing = np.flatnonzero(budget.drawing(match_input, slot, start_day))
        owners, first, row_of_pair = _numbered(budget.owner[slot[drawing]], len(budget.owner_ids))
        taken = budget.taken_by(running)
        days = _days_of_versions(match_input, budget.rule_id, start_day[drawing], row_of_pair, len(owners))
        known = _known_rows(match_input) if budget.rule_id in _OF_PLACES else {}
        for owner, pair, its_days in zip(owners.tolist(), drawing[first].tolist(), days, strict=True):
            key = budget.rule_id, owner, float(taken[owner]), its_days
            if key not in known:
                known[key] = budget.row(match_input.slot_values[slot[pair]], key[2], its_days)
            rows.append(known[key])
        uses.append(sparse.csr_array((budget.use[drawing], (row_of_pair, drawing)), shape=(len(owners), len(citizen))))
    return sparse.csr_array(sparse.vstack(uses, format="csr")), tuple(rows)


def _numbered(codes: Codes, n_codes: int) -> tuple[Codes, Codes, Codes]:
    """The codes that occur, in order; where each occurs first; and the number of each element's code among them.

    What `np.unique` gives, without sorting: codes are below `n_codes`.
    """
    first = np.full(n_codes, -1, dtype=np.int32)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int32)  # of several, the last written stays
    present = np.flatnonzero(first >= 0).astype(np.int32)
    number = np.full(n_codes, -1, dtype=np.int32)
    number[present] = np.arange(len(present), dtype=np.int32)
    return present, first[present], number[codes]


_OF_PLACES = frozenset((REASONABLENESS, MENTOR_HOURS, CLUSTER_PLACES))
"""Kinds whose rows follow from the places, what is taken and the days: not from the consultants."""


@once_for_places
def _known_rows(_places: Places) -> dict[tuple[str, int, float, tuple[date, ...]], ResourceRow]:
    """Rows that were made before, by rule, owner, what is taken and days: a list asks for the same as the last one."""
    return {}


class _SlotSides(NamedTuple):
    """What the budgets read of the slots: bool, float64, int32, int32 of shape (m,); then the owners by number, and of
    each worksite its mentor hours and the full-time persons whom others have placed there."""

    counted_form: Flags
    outreach_hours: Floats
    cluster: Codes
    consultant: Codes
    sites: tuple[Worksite, ...]
    clusters: tuple[SlotAgreement, ...]
    consultant_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    mentor_hours: Floats
    supported: Floats


@once_for_places
def _slot_sides(places: Places) -> _SlotSides:
    contexts = places.slot_values
    agreements = [context.agreement for context in contexts]
    cluster = _index([one.id if one.model is AgreementModel.CLUSTER else None for one in agreements])
    consultant = _index([one.consultant_id for one in agreements])
    sites = tuple(context.worksite for context in _first_of_each(contexts, site_of_slot(places)))
    return _SlotSides(
        np.array([context.slot.form in COUNTED_AS_SUPPORTED for context in contexts], dtype=np.bool_),
        np.array([_outreach_hours(context) for context in contexts], dtype=np.float64),
        cluster,
        consultant,
        sites,
        tuple(context.agreement for context in _first_of_each(contexts, cluster)),
        tuple(context.agreement.consultant_id for context in _first_of_each(contexts, consultant)),
        tuple(site.id for site in sites),
        np.array([site.mentor_hours_per_week for site in sites], dtype=np.float64),
        np.array([site.supported_full_time_persons for site in sites], dtype=np.float64),
    )


def _first_of_each(contexts: Sequence[SlotContext], owner: Codes) -> tuple[SlotContext, ...]:
    owners, first = np.unique(owner, return_index=True)
    return tuple(contexts[row] for row in first[owners >= 0].tolist())


@once_for_places
def _allowed_persons(_places: Places) -> dict[date, Floats]:
    """What the worksites may take, by day: filled as it is asked for."""
    return {}


def _persons_allowed(places: WithPlaces, day: date) -> Floats:
    """float64 (worksites,), full-time persons that each worksite may take by the version of a day."""
    known, book = _allowed_persons(places), places.rulebook
    if day not in known:
        sites = _slot_sides(places).sites
        known[day] = np.array(
            [most_full_time_persons(average_employees(site, day, book), day, book) for site in sites], dtype=np.float64
        )
    return known[day]


def _days_of_versions(
    match_input: MatchInput, rule_id: str, start_day: Codes, row_of_pair: Codes, n_rows: int
) -> list[tuple[date, ...]]:
    """For each row a day in every version of the rule that holds on the first day of one of its pairs."""
    versions = versions_of(match_input, rule_id)
    if len(versions) == 1 and holds_throughout(match_input, versions[0]):
        return [(match_input.on,)] * n_rows
    days: list[tuple[date, ...]] = [()] * n_rows
    for version in versions:
        for row in np.unique(row_of_pair[holds_at(version, start_day)]):
            days[row] += (version.valid_from,)
    return days


def budgets(
    match_input: MatchInput,
    citizen: Codes,
    slot: Codes,
    running: Running,
    consultants: Mapping[str, JobConsultant],
) -> tuple[Budget, ...]:
    """Every kind of resource, for the pairs (citizen[e], slot[e])."""
    return (
        *_budgets_of_sites(match_input, citizen, slot, running),
        _budget_of_clusters(match_input, citizen, running),
        *_budgets_of_consultants(match_input, citizen, slot, running, consultants),
    )


def _budgets_of_sites(match_input: MatchInput, citizen: Codes, slot: Codes, running: Running) -> tuple[Budget, ...]:
    site, sides = site_of_slot(match_input), _slot_sides(match_input)
    book, start_day = match_input.rulebook, match_input.start_day(citizen, slot)
    persons_an_hour = np.nan_to_num(1 / figure_at(match_input, FULL_WEEK, "hours_per_week", start_day))
    running_persons_an_hour = as_full_time_persons(1.0, match_input.on, book) if _counts_hours(match_input) else 0.0
    needed = match_input.citizens.mentor_hours_per_week
    return (
        Budget(
            ResourceKind.FULL_TIME_PERSONS,
            REASONABLENESS,
            site,
            sides.site_ids,
            match_input.weekly_hours(citizen, slot) * sides.counted_form[slot] * persons_an_hour,
            running.hours_per_week * running.counted * running_persons_an_hour,
            lambda day: _persons_allowed(match_input, day),
            sides.supported,
            lambda context, taken, days: full_time_row(context, taken, days, book),
        ),
        Budget(
            ResourceKind.MENTOR_HOURS,
            MENTOR_HOURS,
            site,
            sides.site_ids,
            needed[citizen],
            np.append(needed, 0.0)[running.citizen],
            lambda _: sides.mentor_hours,
            np.zeros(len(sides.sites)),
            lambda context, taken, _: mentor_row(context, taken),
        ),
    )


def _budget_of_clusters(match_input: MatchInput, citizen: Codes, running: Running) -> Budget:
    sides = _slot_sides(match_input)
    places = np.array([one.places or 0 for one in sides.clusters], dtype=np.float64)
    return Budget(
        ResourceKind.CLUSTER_PLACES,
        CLUSTER_PLACES,
        sides.cluster,
        tuple(one.id for one in sides.clusters),
        np.ones(len(citizen)),
        np.ones(len(running.slot)),
        lambda _: places,
        np.zeros(len(sides.clusters)),
        lambda context, taken, _: cluster_row(context, taken, _companies_of(match_input)[context.agreement.id]),
    )


@once_for_places
def _companies_of(places: Places) -> dict[str, list[str]]:
    """Names of the companies whose slots belong to each agreement, in order."""
    names: dict[str, set[str]] = {}
    for context in places.slot_values:
        names.setdefault(context.agreement.id, set()).add(context.company.name)
    return {agreement_id: sorted(found) for agreement_id, found in names.items()}


def _budgets_of_consultants(
    match_input: MatchInput,
    citizen: Codes,
    slot: Codes,
    running: Running,
    consultants: Mapping[str, JobConsultant],
) -> tuple[Budget, ...]:
    sides = _slot_sides(match_input)
    people = [consultants[id_] for id_ in sides.consultant_ids]
    ids, nothing = sides.consultant_ids, np.zeros(len(people))
    outreach_hours = np.array([one.outreach_hours for one in people], dtype=np.float64)
    caseload = np.array([one.caseload for one in people], dtype=np.float64)
    one_running = np.ones(len(running.slot))
    return (
        Budget(
            ResourceKind.OUTREACH_HOURS,
            OUTREACH_HOURS,
            sides.consultant,
            ids,
            sides.outreach_hours[slot],
            0 * one_running,
            lambda _: outreach_hours,
            nothing,
            lambda context, *_: outreach_row(consultants[context.agreement.consultant_id]),
        ),
        Budget(
            ResourceKind.CASELOAD,
            CASELOAD,
            sides.consultant,
            ids,
            np.ones(len(citizen)),
            one_running,
            lambda _: caseload,
            nothing,
            lambda context, taken, _: caseload_row(consultants[context.agreement.consultant_id], taken),
        ),
    )


def _counts_hours(match_input: MatchInput) -> bool:
    return match_input.rulebook.holds(FULL_WEEK, match_input.on)


def _outreach_hours(context: SlotContext) -> float:
    return context.agreement.outreach_hours if context.agreement.model is AgreementModel.AD_HOC else 0.0
