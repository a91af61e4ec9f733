"""Companies to call next, and what they answered: the list follows from the latest plan and every answer so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from matcher import english, wording
from matcher.answers import OutreachPractice, Rest, YesChances, latest_contacts, resting_on
from matcher.domain.contact import Answer, Contact, ContactKind
from matcher.domain.placement import Verdict
from matcher.domain.staff import JobConsultant
from matcher.domain.validation import InvalidValueError
from matcher.language import Language, in_language
from matcher.outreach import ASKED, Beneficiary, Call, Market, next_calls
from matcher.resources import plan_problem
from matcher.scoring import score_pairs
from matcher.wording.outreach import what_to_ask, why_text
from matcher.wording.rests import contact_text, rest_text
from service.clock import now
from service.db.contact_repositories import Contacts
from service.db.repositories import Agreements, Companies, Consultants, Decisions, Proposals
from service.db.scoping import whole_municipality
from service.problems import FieldError, InvalidInput, NotFound
from service.use_cases.desk import Desk, desk_of
from service.use_cases.matching import MatchInputs


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class ChanceView(_View):
    """Chance of a yes: mean and central 80 % interval, shares; `answers` of the municipality's own lie behind it."""

    mean: float
    low: float
    high: float
    answers: int


class PersonView(_View):
    """Somebody a call is made for. Never said to the company before citizen and consultant agree on it."""

    citizen_id: str
    name: str
    slot_id: str
    place: str
    value: float
    improvement: float = Field(description="of what the citizen has without the call, in units of value")
    proposed: bool = Field(description="the latest plan proposes it")


class CallView(_View):
    """One call to make. `gain` is the chance of a yes times the improvements; the list is ordered by `gain_per_hour`.

    `fits`: the consultant's hours are enough, after the calls before it. `last_contact`: how the last one ended.
    """

    company_id: str
    company: str
    worksite: str
    agreement_id: str
    model: str
    model_name: str
    consultant_id: str
    consultant: str
    why: str
    ask: tuple[str, ...]
    people: tuple[PersonView, ...]
    others_waiting: int
    chance: ChanceView
    hours: float
    gain: float
    gain_per_hour: float
    fits: bool
    last_contact: str | None


class RestView(_View):
    """A company that is not to be asked before a day, and why."""

    company_id: str
    company: str
    ends_on: date
    text: str


class HoursView(_View):
    """A consultant's hours for outreach until the next plan: all, used by calls since the plan, and left."""

    consultant_id: str
    consultant: str
    hours: float
    used: float
    left: float


class OutreachView(_View):
    """Companies to call. `run_id`, `planned_on`: the plan it is made from; null where there is none."""

    on: date
    run_id: str | None
    planned_on: date | None
    consultants: tuple[HoursView, ...]
    calls: tuple[CallView, ...]
    resting: tuple[RestView, ...]

    def named(self) -> set[str]:
        """Ids of the citizens whom calls are for."""
        return {person.citizen_id for call in self.calls for person in call.people}


@dataclass(frozen=True, slots=True)
class NewContact:
    """What somebody writes down about a contact; what is left out follows from the day and the company."""

    answer: Answer
    reason: str = ""
    kind: ContactKind = ContactKind.CALL
    contacted_on: date | None = None
    next_contact_on: date | None = None
    agreement_id: str | None = None
    asked_for: str = ""


def outreach_list(
    session: Session,
    municipality: str,
    inputs: MatchInputs,
    *,
    today: date,
    consultant_id: str | None = None,
    language: Language = Language.DANISH,
) -> OutreachView:
    """Companies to call next, of one consultant or of all; raises NotFound where there is no such consultant."""
    consultants = Consultants(session, municipality)
    shown = (consultants.get(consultant_id),) if consultant_id is not None else consultants.all()
    desk = desk_of(session, municipality, inputs, today)
    practice = OutreachPractice.of(desk.match_input.rulebook, today)
    resting = resting_on(desk.stored.contacts, today, practice)
    used = _hours_used(desk, practice)
    hours = [_hours_view(one, used.get(one.id, 0.0)) for one in consultants.all()]
    calls = next_calls(
        _market(session, desk),
        YesChances.of(desk.stored.contacts, desk.stored.agreements, desk.stored.companies, practice),
        hours_left={one.consultant_id: one.left for one in hours},
        resting=resting,
    )
    ids = {one.id for one in shown}
    views = _Views(desk, language)
    return OutreachView(
        on=today,
        run_id=desk.run.id if desk.run else None,
        planned_on=desk.run.planned_on if desk.run else None,
        consultants=tuple(one for one in hours if one.consultant_id in ids),
        calls=tuple(views.call(call) for call in calls if call.consultant_id in ids),
        resting=tuple(views.rest(rest) for rest in _rests_of(desk, resting, ids)),
    )


def log_contact(
    session: Session, municipality: str, company_id: str, new: NewContact, *, consultant_id: str, today: date
) -> Contact:
    """Write down a contact with a company, for good.

    Raises NotFound where the municipality has no such company, InvalidInput where a field is wrong, the day lies ahead,
    or the agreement is not one that the company is asked about.
    """
    agreements = _agreements_of(session, municipality, company_id)
    errors = []
    if new.agreement_id is not None and new.agreement_id not in agreements:
        errors.append(FieldError("agreement_id", "is not an agreement of the company", "name one of its agreements"))
    if new.contacted_on is not None and new.contacted_on > today:
        errors.append(FieldError("contacted_on", "lies ahead", "write the day when the contact took place"))
    if errors:
        raise InvalidInput(errors=errors)
    contact = _contact(
        company_id, new, consultant_id, new.contacted_on or today, agreements[0] if len(agreements) == 1 else None
    )
    Contacts(session, municipality).add(contact)
    return contact


def _contact(
    company_id: str, new: NewContact, consultant_id: str, contacted_on: date, only_agreement: str | None
) -> Contact:
    try:
        return Contact(
            id=str(uuid4()),
            company_id=company_id,
            consultant_id=consultant_id,
            kind=new.kind,
            contacted_on=contacted_on,
            recorded_at=now(),
            answer=new.answer,
            agreement_id=new.agreement_id or only_agreement,
            asked_for=new.asked_for.strip(),
            reason=new.reason.strip(),
            next_contact_on=new.next_contact_on,
        )
    except InvalidValueError as error:
        raise InvalidInput(errors=[FieldError(error.field, error.problem, error.fix)]) from error


def contacts_of(session: Session, municipality: str, company_id: str) -> tuple[Contact, ...]:
    """Contacts with a company, newest first; raises NotFound."""
    return Contacts(session, municipality).of_company(company_id)


def _agreements_of(session: Session, municipality: str, company_id: str) -> list[str]:
    """Ids of a company's agreements that are not fixed: those it can be asked about; raises NotFound."""
    if not Companies(session, municipality).known([company_id]):
        raise NotFound
    return [
        agreement.id
        for agreement in Agreements(session, municipality).all()
        if company_id in agreement.company_ids and agreement.model in ASKED
    ]


def _market(session: Session, desk: Desk) -> Market:
    """The latest plan with its prices and those of its proposals that nobody has rejected; without one, no prices."""
    match_input, run = desk.match_input, desk.run
    pairs = score_pairs(match_input, top_k=None, weights=desk.weights)
    night = plan_problem(match_input, pairs, consultants=desk.stored.consultants, running=desk.placements)
    price_of = {(one["kind"], one["owner_id"]): one["price"] for one in (run.resources if run else ())}
    return Market(
        match_input,
        night,
        np.array([desk.slot_prices.get(id_, 0.0) for id_ in match_input.slots.ids]),
        np.array([price_of.get((row.kind, row.owner_id), 0.0) for row in night.resources]),
        _proposed(session, desk) if run else {},
    )


def _proposed(session: Session, desk: Desk) -> dict[int, int]:
    """Slot row by citizen row of the latest run's proposals that can still be used and nobody has rejected."""
    run_id, rows = desk.run.id if desk.run else "", desk.match_input
    with whole_municipality(session):  # whose proposals a caller may see does not change which calls are best
        decided = Decisions(session, desk.municipality).of_run(run_id)
        proposals = Proposals(session, desk.municipality).of_run(run_id)
    citizens, slots = set(rows.citizens.ids), set(rows.slots.ids)
    return {
        rows.citizen_row(one.citizen_id): rows.slot_row(one.slot_id)
        for one in proposals
        if one.citizen_id in citizens
        and one.slot_id in slots
        and (one.id not in decided or decided[one.id].decision.verdict is not Verdict.REJECTED)
    }


def _hours_used(desk: Desk, practice: OutreachPractice) -> dict[str, float]:
    """Hours of calls since the day of the latest plan, by the consultant of the agreement that they were about.

    What a call took is not written down: those that nobody answered count as the least, the others as the agreement
    states.
    """
    agreements = {one.id: one for one in desk.stored.agreements}
    used: dict[str, float] = {}
    for contact in desk.stored.contacts:
        agreement = agreements.get(contact.agreement_id or "")
        if agreement is not None and contact.contacted_on >= desk.match_input.on:
            in_vain = contact.answer is Answer.NOT_REACHED
            hours = practice.least_call_hours if in_vain else max(agreement.outreach_hours, practice.least_call_hours)
            used[agreement.consultant_id] = used.get(agreement.consultant_id, 0.0) + hours
    return used


def _hours_view(consultant: JobConsultant, used: float) -> HoursView:
    return HoursView(
        consultant_id=consultant.id,
        consultant=consultant.name,
        hours=consultant.outreach_hours,
        used=used,
        left=max(0.0, consultant.outreach_hours - used),
    )


def _rests_of(desk: Desk, resting: Mapping[str, Rest], consultants: set[str]) -> list[Rest]:
    """Rests of companies that these consultants have agreements with that are asked about, the first to end first."""
    theirs = {
        company_id
        for agreement in desk.stored.agreements
        if agreement.consultant_id in consultants and agreement.model in ASKED
        for company_id in agreement.company_ids
    }
    return sorted(
        (rest for id_, rest in resting.items() if id_ in theirs), key=lambda rest: (rest.ends_on, rest.contact.id)
    )


class _Views:
    """Calls and rests as readers see them, in one language."""

    def __init__(self, desk: Desk, language: Language) -> None:
        self._desk, self._language = desk, language
        self._label = wording.label if language is Language.DANISH else english.label
        self._company = {one.id: one for one in desk.stored.companies}
        self._consultant = {one.id: one.name for one in desk.stored.consultants}
        self._latest = latest_contacts(desk.stored.contacts)

    def call(self, call: Call) -> CallView:
        """A call."""
        company, last = self._company[call.company_id], self._latest.get(call.company_id)
        low, high = call.chance.interval()
        contexts = self._desk.match_input.slot_values
        return CallView(
            company_id=company.id,
            company=company.name,
            worksite=contexts[call.people[0].slot_row].worksite.name,
            agreement_id=call.agreement_id,
            model=call.model.value,
            model_name=self._label(call.model),
            consultant_id=call.consultant_id,
            consultant=self._consultant[call.consultant_id],
            why=why_text(call).in_(self._language),
            ask=in_language(what_to_ask(self._desk.match_input, call), self._language),
            people=tuple(self._person(person) for person in call.people),
            others_waiting=call.others_waiting,
            chance=ChanceView(mean=call.chance.mean, low=low, high=high, answers=call.chance.answers),
            hours=call.hours,
            gain=call.gain,
            gain_per_hour=call.gain_per_hour,
            fits=call.fits,
            last_contact=contact_text(last, company.name).in_(self._language) if last else None,
        )

    def rest(self, rest: Rest) -> RestView:
        """A rest."""
        company = self._company[rest.contact.company_id]
        text = rest_text(rest, company.name, with_reason=True).in_(self._language)
        return RestView(company_id=company.id, company=company.name, ends_on=rest.ends_on, text=text)

    def _person(self, person: Beneficiary) -> PersonView:
        match_input = self._desk.match_input
        citizen, context = match_input.citizen_values[person.citizen_row], match_input.slot_values[person.slot_row]
        return PersonView(
            citizen_id=citizen.id,
            name=citizen.name,
            slot_id=context.slot.id,
            place=context.slot.title,
            value=person.value,
            improvement=person.improvement,
            proposed=person.proposed,
        )
