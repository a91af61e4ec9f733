"""Companies to call next, and what they answered: the list follows from the latest plan and every answer so far."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from matcher import english, wording
from matcher.answers import Rest, latest_contacts
from matcher.domain.contact import Answer, Contact, ContactKind
from matcher.domain.validation import InvalidValueError
from matcher.language import Language, in_language
from matcher.outreach import Beneficiary, Call
from matcher.outreach_market import ASKED
from matcher.wording.outreach import what_to_ask, why_text
from matcher.wording.rests import contact_text, rest_text
from service.clock import now
from service.db.contact_repositories import Contacts
from service.db.repositories import Agreements, Companies
from service.problems import FieldError, InvalidInput, NotFound
from service.use_cases.call_sheet import HoursView, call_sheet
from service.use_cases.desk import Desk

UNDO_FOR: Final = timedelta(hours=1)
"""How long whoever wrote a contact down may take it back: a slip of the hand, not a change of mind."""


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
    desk: Desk, *, today: date, consultant_id: str | None = None, language: Language = Language.DANISH
) -> OutreachView:
    """Companies to call next, of one consultant or of all; raises NotFound where there is no such consultant."""
    ids = {one.id for one in desk.stored.consultants if consultant_id in (None, one.id)}
    if consultant_id is not None and not ids:
        raise NotFound
    sheet = call_sheet(desk, today)
    views = _Views(desk, language)
    calls = (*(one for one in sheet.calls.fitting if one.consultant_id in ids), *sheet.calls.beyond(consultant_id))
    return OutreachView(
        on=today,
        run_id=desk.run.id if desk.run else None,
        planned_on=desk.run.planned_on if desk.run else None,
        consultants=tuple(one for one in sheet.hours if one.consultant_id in ids),
        calls=tuple(views.call(call) for call in calls),
        resting=tuple(views.rest(rest) for rest in _rests_of(desk, sheet.resting, ids)),
    )


def log_contact(
    session: Session,
    municipality: str,
    company_id: str,
    new: NewContact,
    *,
    consultant_id: str,
    today: date,
    same_within: timedelta = timedelta(0),
) -> Contact:
    """Write down a contact with a company, for good.

    A contact that the same person has written down within `same_within`, the same in every word, is not written again.
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
    contacts = Contacts(session, municipality)
    for one in contacts.of_company(company_id) if same_within else ():
        same = replace(one, id=contact.id, recorded_at=contact.recorded_at) == contact
        if same and one.recorded_at >= contact.recorded_at - same_within:
            return one
    contacts.add(contact)
    return contact


def take_back_contact(session: Session, municipality: str, contact_id: str, *, consultant_id: str) -> bool:
    """Undo the writing of a contact; False where it is somebody else's, or older than `UNDO_FOR`. Raises NotFound."""
    contacts = Contacts(session, municipality)
    if not _can_be_undone(contacts.get(contact_id), consultant_id):
        return False
    contacts.take_back(contact_id)
    return True


def contact_to_undo(session: Session, municipality: str, contact_id: str, *, consultant_id: str) -> Contact | None:
    """A contact that its writer can still take back; None where there is none."""
    try:
        found = Contacts(session, municipality).get(contact_id)
    except NotFound:
        return None
    return found if _can_be_undone(found, consultant_id) else None


def _can_be_undone(contact: Contact, consultant_id: str) -> bool:
    return contact.consultant_id == consultant_id and contact.recorded_at >= now() - UNDO_FOR


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
