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
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np
from scipy import sparse

from matcher.arrays import Codes, Flags, Floats, MatchInput, SlotContext
from matcher.dated_rules import asks_at, figure_at, holds_at, holds_throughout, versions_of
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel
from matcher.domain.legal import as_full_time_persons, average_employees, most_full_time_persons
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.rulebook import RuleBook
from matcher.domain.staff import JobConsultant
from matcher.domain.statute import (
    CASELOAD,
    CLUSTER_PLACES,
    FULL_WEEK,
    MENTOR_HOURS,
    OUTREACH_HOURS,
    REASONABLENESS,
)
from matcher.language import Text
from matcher.limits import ResourceKind
from matcher.once import once_for_input
from matcher.wording.limits import caseload_text, cluster_text, full_time_text, mentor_text, outreach_text

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """One row of the problem's resources.

    Attributes
    ----------
    owner_id : id of the worksite, agreement or consultant
    unit : Danish, plural
    allowed, taken : the whole limit, and what running placements (and people placed by others) take of it
    text : the limit as a full sentence
    """

    kind: ResourceKind
    owner_id: str
    unit: str
    allowed: float
    taken: float
    text: Text

    @property
    def danish(self) -> str:
        """The limit as a full Danish sentence."""
        return self.text.danish

    @property
    def limit(self) -> float:
        """What is left for the plan, never below 0; in the row's unit."""
        return max(0.0, self.allowed - self.taken)


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
        known = np.flatnonzero(self.slot >= 0)
        return Running(
            self.slot[known],
            self.citizen[known],
            self.hours_per_week[known],
            self.counted[known],
            tuple(self.ids[k] for k in known),
        )


def running_on(match_input: MatchInput, placements: Iterable[Placement]) -> Running:
    """Placements that are planned or running and have not ended before the day of the plan."""
    slot_rows = {slot_id: row for row, slot_id in enumerate(match_input.slots.ids)}
    citizen_rows = {citizen_id: row for row, citizen_id in enumerate(match_input.citizens.ids)}
    live = [p for p in placements if p.status is not PlacementStatus.ENDED and p.ends_on >= match_input.on]
    return Running(
        np.array([slot_rows.get(p.slot_id, -1) for p in live], dtype=np.int32),
        np.array([citizen_rows.get(p.citizen_id, -1) for p in live], dtype=np.int32),
        np.array([p.hours_per_week for p in live], dtype=np.float64),
        np.array([p.form in COUNTED_AS_SUPPORTED for p in live], dtype=np.float64),
        tuple(p.id for p in live),
    )


@once_for_input
def site_of_slot(match_input: MatchInput) -> Codes:
    """int32 (m,), >= 0: slots with the same number are at the same worksite."""
    return _index([(context.company.id, context.worksite.id) for context in match_input.slot_values])


def _index(keys: Sequence[_Key | None]) -> Codes:
    """Numbers of the keys in the order of their first appearance; -1 for None."""
    numbers: dict[_Key, int] = {}
    return np.array([-1 if key is None else numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int32)


class _Budget(NamedTuple):
    """One kind of resource.

    Attributes
    ----------
    rule_id : of the rule that sets the limit
    owner : int32 (m,), number of the resource that each slot draws on, -1 none
    use, running_use : float64, by pair and by running placement
    row : makes the row from a slot that draws on it, what running placements take, and a day in each version of the
        rule that counts for its pairs
    """

    rule_id: str
    owner: Codes
    use: Floats
    running_use: Floats
    row: Callable[[SlotContext, float, tuple[date, ...]], ResourceRow]


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
    for budget in _budgets(match_input, citizen, slot, running, consultants):
        owner_of_pair = budget.owner[slot]
        drawing = np.flatnonzero(
            (owner_of_pair >= 0) & (budget.use > 0) & asks_at(match_input, budget.rule_id, start_day)
        )
        owners, first, row_of_pair = np.unique(owner_of_pair[drawing], return_index=True, return_inverse=True)
        taken = np.bincount(
            budget.owner[running.slot] + 1, weights=budget.running_use, minlength=len(match_input.slots) + 1
        )[1:]
        rows_drawn = row_of_pair.astype(np.int32)
        days = _days_of_versions(match_input, budget.rule_id, start_day[drawing], rows_drawn, len(owners))
        known = _known_rows(match_input) if budget.rule_id in _OF_PLACES else {}
        for owner, pair, its_days in zip(owners.tolist(), drawing[first].tolist(), days, strict=True):
            key = budget.rule_id, owner, float(taken[owner]), its_days
            if key not in known:
                known[key] = budget.row(match_input.slot_values[slot[pair]], key[2], its_days)
            rows.append(known[key])
        uses.append(sparse.csr_array((budget.use[drawing], (row_of_pair, drawing)), shape=(len(owners), len(citizen))))
    return sparse.csr_array(sparse.vstack(uses, format="csr")), tuple(rows)


_OF_PLACES = frozenset((REASONABLENESS, MENTOR_HOURS, CLUSTER_PLACES))
"""Kinds whose rows follow from the match input, what is taken and the days: not from the consultants."""


@once_for_input
def _known_rows(_match_input: MatchInput) -> dict[tuple[str, int, float, tuple[date, ...]], ResourceRow]:
    """Rows that were made before, by rule, owner, what is taken and days: a list asks for the same as the last one."""
    return {}


class _SlotSides(NamedTuple):
    """What the budgets read of the slots, aligned with them: bool, float64, int32, int32 of shape (m,)."""

    counted_form: Flags
    outreach_hours: Floats
    cluster: Codes
    consultant: Codes


@once_for_input
def _slot_sides(match_input: MatchInput) -> _SlotSides:
    contexts = match_input.slot_values
    agreements = [context.agreement for context in contexts]
    return _SlotSides(
        np.array([context.slot.form in COUNTED_AS_SUPPORTED for context in contexts], dtype=np.bool_),
        np.array([_outreach_hours(context) for context in contexts], dtype=np.float64),
        _index([one.id if one.model is AgreementModel.CLUSTER else None for one in agreements]),
        _index([one.consultant_id for one in agreements]),
    )


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


def _budgets(
    match_input: MatchInput,
    citizen: Codes,
    slot: Codes,
    running: Running,
    consultants: Mapping[str, JobConsultant],
) -> tuple[_Budget, ...]:
    contexts = match_input.slot_values
    site, sides = site_of_slot(match_input), _slot_sides(match_input)
    book, start_day = match_input.rulebook, match_input.start_day(citizen, slot)
    persons_an_hour = np.nan_to_num(1 / figure_at(match_input, FULL_WEEK, "hours_per_week", start_day))
    running_persons_an_hour = as_full_time_persons(1.0, match_input.on, book) if _counts_hours(match_input) else 0.0
    mentor_hours = match_input.citizens.mentor_hours_per_week
    one_each, one_running = np.ones(len(citizen)), np.ones(len(running.slot))
    return (
        _Budget(
            REASONABLENESS,
            site,
            match_input.weekly_hours(citizen, slot) * sides.counted_form[slot] * persons_an_hour,
            running.hours_per_week * running.counted * running_persons_an_hour,
            lambda context, taken, days: _full_time_row(context, taken, days, book),
        ),
        _Budget(
            MENTOR_HOURS,
            site,
            mentor_hours[citizen],
            np.append(mentor_hours, 0.0)[running.citizen],
            lambda context, taken, _: _mentor_row(context, taken),
        ),
        _Budget(
            CLUSTER_PLACES,
            sides.cluster,
            one_each,
            one_running,
            lambda context, taken, _: _cluster_row(context, taken, _company_names(contexts, context.agreement.id)),
        ),
        _Budget(
            OUTREACH_HOURS,
            sides.consultant,
            sides.outreach_hours[slot],
            0 * one_running,
            lambda context, *_: _outreach_row(consultants[context.agreement.consultant_id]),
        ),
        _Budget(
            CASELOAD,
            sides.consultant,
            one_each,
            one_running,
            lambda context, taken, _: _caseload_row(consultants[context.agreement.consultant_id], taken),
        ),
    )


def _counts_hours(match_input: MatchInput) -> bool:
    return match_input.rulebook.holds(FULL_WEEK, match_input.on)


def _outreach_hours(context: SlotContext) -> float:
    return context.agreement.outreach_hours if context.agreement.model is AgreementModel.AD_HOC else 0.0


def _company_names(contexts: Sequence[SlotContext], agreement_id: str) -> list[str]:
    return sorted({context.company.name for context in contexts if context.agreement.id == agreement_id})


def _full_time_row(context: SlotContext, running_taken: float, days: tuple[date, ...], book: RuleBook) -> ResourceRow:
    site = context.worksite
    allowed = min(most_full_time_persons(average_employees(site, day, book), day, book) for day in days)
    taken = running_taken + site.supported_full_time_persons
    text = full_time_text(site.name, allowed, taken)
    return ResourceRow(ResourceKind.FULL_TIME_PERSONS, site.id, "fuldtidspersoner", allowed, taken, text)


def _mentor_row(context: SlotContext, taken: float) -> ResourceRow:
    site = context.worksite
    hours = site.mentor_hours_per_week
    text = mentor_text(site.name, hours, taken)
    return ResourceRow(ResourceKind.MENTOR_HOURS, site.id, "mentortimer om ugen", hours, taken, text)


def _cluster_row(context: SlotContext, taken: float, company_names: list[str]) -> ResourceRow:
    places = context.agreement.places or 0
    text = cluster_text(company_names, places, taken)
    return ResourceRow(ResourceKind.CLUSTER_PLACES, context.agreement.id, "pladser", places, taken, text)


def _outreach_row(consultant: JobConsultant) -> ResourceRow:
    hours = consultant.outreach_hours
    text = outreach_text(consultant.name, hours)
    return ResourceRow(ResourceKind.OUTREACH_HOURS, consultant.id, "timer til opsøgning", hours, 0.0, text)


def _caseload_row(consultant: JobConsultant, taken: float) -> ResourceRow:
    text = caseload_text(consultant.name, consultant.caseload, taken)
    return ResourceRow(ResourceKind.CASELOAD, consultant.id, "forløb", consultant.caseload, taken, text)
