"""Companies to call next, and what they answered."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.contact import Answer, Contact, ContactKind
from matcher.language import Language
from service.api.errors import declares
from service.api.idempotency import REPEATED, Once, RepeatableRoute
from service.api.models import LIST_ID, Day
from service.db.purpose import Channel
from service.dependencies import Db, JobConsultant, Reader, ReadingOf, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NotFound, NotRecorded, NotSignedIn
from service.use_cases.discretion import calls_without_needs
from service.use_cases.outreach import NewContact, OutreachView, contacts_of, log_contact
from service.use_cases.records import show_calls

router = APIRouter(tags=["outreach"], route_class=RepeatableRoute)
_READ = declares(NotSignedIn, Forbidden, NotFound, InvalidInput)

ConsultantId = Annotated[str | None, Query(max_length=64, description="only this consultant's calls")]
CompanyId = Annotated[str, Path(max_length=64)]


class ContactIn(BaseModel):
    """A contact with a company. About the company alone: nothing about the citizen that a place is meant for."""

    model_config = ConfigDict(extra="forbid")

    answer: Answer
    reason: str = Field(default="", max_length=4000, description="the company's; required for a no")
    kind: ContactKind = ContactKind.CALL
    contacted_on: Day | None = Field(default=None, description="today, where it is left out")
    next_contact_on: Day | None = Field(
        default=None, description="when the company may be asked again, where it named a day; required for later"
    )
    agreement_id: str | None = Field(
        default=None, max_length=64, description="what it was about; the company's only one, where it is left out"
    )
    asked_for: str = Field(default="", max_length=4000)


class ContactOut(BaseModel):
    """A contact as it was written down; it is never changed."""

    id: str
    company_id: str
    agreement_id: str | None
    consultant_id: str
    kind: ContactKind
    contacted_on: date
    recorded_at: datetime
    answer: Answer
    asked_for: str
    reason: str
    next_contact_on: date | None

    @classmethod
    def of(cls, contact: Contact) -> "ContactOut":
        """The contact as the API shows it."""
        return cls(**{name: getattr(contact, name) for name in cls.model_fields})


@router.get("/outreach", summary="Companies to call next", responses=_READ | declares(NotRecorded))
def list_calls(
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    response: Response,
    consultant_id: ConsultantId = None,
    language: Language = Language.DANISH,
) -> OutreachView:
    """Calls with the largest expected gain an hour first, within each consultant's hours; then those beyond them."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_calls(view, recorder, today=services.today, consultant_id=consultant_id, language=language)
    response.headers[LIST_ID] = shown.list_id
    return shown.view if caller.sees_needs else calls_without_needs(shown.view, language)


@router.post(
    "/companies/{company_id}/contacts",
    status_code=status.HTTP_201_CREATED,
    summary="Write down a contact with a company",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, *REPEATED),
)
def add_contact(
    company_id: CompanyId, wanted: ContactIn, caller: JobConsultant, db: Db, services: ServicesOf, _once: Once
) -> ContactOut:
    """Write down what a company answered; the caller's id is written beside it. Lists and plans follow from now on."""
    contact = log_contact(
        db,
        caller.municipality,
        company_id,
        NewContact(**wanted.model_dump()),
        consultant_id=caller.id,
        today=services.today,
    )
    return ContactOut.of(contact)


@router.get("/companies/{company_id}/contacts", summary="Contacts with a company", responses=_READ)
def list_contacts(company_id: CompanyId, caller: Reader, view: View) -> list[ContactOut]:
    """Contacts with a company, newest first."""
    return [ContactOut.of(contact) for contact in contacts_of(view, caller.municipality, company_id)]
