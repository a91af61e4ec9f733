"""What the placements of one night share, as rows of resources: use a_re of each pair and what is left, b_r.

    kind                 one row for each        a_re of pair e = (i, j)           b_r
    full-time persons    worksite                hours_e / 37, counted forms only  legal allowance − supported − running
    mentor hours         worksite                mentor hours of the citizen       hours of its mentors − running
    cluster places       cluster agreement       1                                 shared places − running
    outreach             consultant              outreach hours, ad hoc only       hours for one plan
    caseload             consultant              1                                 caseload − running

The hours are those a placement starts with; a later step of its hours ramp is checked when it is agreed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np
from scipy import sparse

from matcher.arrays import Codes, Floats, MatchInput, SlotContext
from matcher.domain.agreement import COUNTED_AS_SUPPORTED, AgreementModel
from matcher.domain.legal import as_full_time_persons, most_full_time_persons
from matcher.domain.placement import Placement, PlacementStatus
from matcher.domain.staff import JobConsultant
from matcher.limits import ResourceKind
from matcher.wording import counted, full_time_persons, hours, hours_per_week, joined, number

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """One row of the problem's resources.

    Attributes
    ----------
    owner_id : id of the worksite, agreement or consultant
    unit : Danish, plural
    allowed, taken : the whole limit, and what running placements (and people placed by others) take of it
    danish : the limit as a full Danish sentence
    """

    kind: ResourceKind
    owner_id: str
    unit: str
    allowed: float
    taken: float
    danish: str

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
    owner : int32 (m,), number of the resource that each slot draws on, -1 none
    use, running_use : float64, by pair and by running placement
    row : makes the row from a slot that draws on it and what running placements take
    """

    owner: Codes
    use: Floats
    running_use: Floats
    row: Callable[[SlotContext, float], ResourceRow]


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
    for budget in _budgets(match_input, citizen, slot, running, consultants):
        owner_of_pair = budget.owner[slot]
        drawing = np.flatnonzero((owner_of_pair >= 0) & (budget.use > 0))
        owners, first, row_of_pair = np.unique(owner_of_pair[drawing], return_index=True, return_inverse=True)
        taken = np.bincount(
            budget.owner[running.slot] + 1, weights=budget.running_use, minlength=len(match_input.slots) + 1
        )[1:]
        for owner, pair in zip(owners, drawing[first], strict=True):
            rows.append(budget.row(match_input.slot_values[slot[pair]], float(taken[owner])))
        uses.append(sparse.csr_array((budget.use[drawing], (row_of_pair, drawing)), shape=(len(owners), len(citizen))))
    return sparse.csr_array(sparse.vstack(uses, format="csr")), tuple(rows)


def _budgets(
    match_input: MatchInput,
    citizen: Codes,
    slot: Codes,
    running: Running,
    consultants: Mapping[str, JobConsultant],
) -> tuple[_Budget, ...]:
    contexts = match_input.slot_values
    site = site_of_slot(match_input)
    persons_an_hour = as_full_time_persons(1.0, match_input.on)
    counted_form = np.array([context.slot.form in COUNTED_AS_SUPPORTED for context in contexts])
    mentor_hours = match_input.citizens.mentor_hours_per_week
    outreach = np.array([_outreach_hours(context) for context in contexts])
    agreement = [context.agreement for context in contexts]
    consultant = _index([one.consultant_id for one in agreement])
    one_each, one_running = np.ones(len(citizen)), np.ones(len(running.slot))
    return (
        _Budget(
            site,
            match_input.weekly_hours(citizen, slot) * counted_form[slot] * persons_an_hour,
            running.hours_per_week * running.counted * persons_an_hour,
            lambda context, taken: _full_time_row(context, taken, match_input.on),
        ),
        _Budget(
            site,
            mentor_hours[citizen],
            np.append(mentor_hours, 0.0)[running.citizen],
            _mentor_row,
        ),
        _Budget(
            _index([one.id if one.model is AgreementModel.CLUSTER else None for one in agreement]),
            one_each,
            one_running,
            lambda context, taken: _cluster_row(context, taken, _company_names(contexts, context.agreement.id)),
        ),
        _Budget(
            consultant,
            outreach[slot],
            0 * one_running,
            lambda context, _: _outreach_row(consultants[context.agreement.consultant_id]),
        ),
        _Budget(
            consultant,
            one_each,
            one_running,
            lambda context, taken: _caseload_row(consultants[context.agreement.consultant_id], taken),
        ),
    )


def _outreach_hours(context: SlotContext) -> float:
    return context.agreement.outreach_hours if context.agreement.model is AgreementModel.AD_HOC else 0.0


def _company_names(contexts: Sequence[SlotContext], agreement_id: str) -> list[str]:
    return sorted({context.company.name for context in contexts if context.agreement.id == agreement_id})


def _with_taken(text: str, taken: float, danish_taken: str) -> str:
    return f"{text}; {danish_taken} er brugt." if taken > 0 else f"{text}."


def _full_time_row(context: SlotContext, running_taken: float, on: date) -> ResourceRow:
    site = context.worksite
    allowed = most_full_time_persons(site.ordinary_employees, on)
    taken = running_taken + site.supported_full_time_persons
    text = f"{site.name} kan højst have {full_time_persons(allowed)} i praktik og løntilskud efter rimelighedskravet"
    return ResourceRow(
        ResourceKind.FULL_TIME_PERSONS,
        site.id,
        "fuldtidspersoner",
        allowed,
        taken,
        _with_taken(text, taken, number(taken, 2)),
    )


def _mentor_row(context: SlotContext, taken: float) -> ResourceRow:
    site = context.worksite
    if site.mentor_hours_per_week > 0:
        text = f"Mentorerne på {site.name} har {hours_per_week(site.mentor_hours_per_week)}"
    else:
        text = f"{site.name} har ingen mentortimer"
    return ResourceRow(
        ResourceKind.MENTOR_HOURS,
        site.id,
        "mentortimer om ugen",
        site.mentor_hours_per_week,
        taken,
        _with_taken(text, taken, number(taken)),
    )


def _cluster_row(context: SlotContext, taken: float, company_names: list[str]) -> ResourceRow:
    places = context.agreement.places or 0
    text = f"Klyngen af {joined(company_names)} har {counted(places, 'plads', 'pladser')} i alt"
    return ResourceRow(
        ResourceKind.CLUSTER_PLACES,
        context.agreement.id,
        "pladser",
        places,
        taken,
        _with_taken(text, taken, number(taken)),
    )


def _outreach_row(consultant: JobConsultant) -> ResourceRow:
    text = f"{consultant.name} har {hours(consultant.outreach_hours)} til at opsøge virksomheder."
    return ResourceRow(
        ResourceKind.OUTREACH_HOURS, consultant.id, "timer til opsøgning", consultant.outreach_hours, 0.0, text
    )


def _caseload_row(consultant: JobConsultant, taken: float) -> ResourceRow:
    text = f"{consultant.name} kan følge {counted(consultant.caseload, 'forløb', 'forløb')} ad gangen"
    return ResourceRow(
        ResourceKind.CASELOAD,
        consultant.id,
        "forløb",
        consultant.caseload,
        taken,
        _with_taken(text, taken, number(taken)),
    )
