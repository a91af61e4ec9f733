"""Writing down a contact with a company, and taking it back: forms stand on the calls, on places and on companies."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from matcher.domain.contact import Answer, ContactKind
from matcher.language import Language
from service.dependencies import Db, ReadingOf, ServicesOf
from service.problems import InvalidInput
from service.use_cases.desk import desk_of
from service.use_cases.import_wording import danish
from service.use_cases.outreach import NewContact, log_contact, take_back_contact
from service.web.calls import calls_page
from service.web.calls_forms import CHOICES, Choice, Typed
from service.web.places_company import show_company_page
from service.web.rendering import first_capital, own_address
from service.web.session import DecidingUser
from service.web.sign_in import see
from service.web.translation import _, current_language

router = APIRouter(prefix="/virksomheder")
CALLS: Final = "/virksomheder"
SENT_TWICE_WITHIN: Final = timedelta(minutes=1)
"""The same answer of the same person within this is one form that was sent twice."""
Short = Annotated[str, Form(max_length=64)]


@router.post("/{company_id}/svar")
def write_answer(
    request: Request,
    company_id: str,
    user: DecidingUser,
    db: Db,
    services: ServicesOf,
    reading: ReadingOf,
    svar: Annotated[str, Form(max_length=20)] = "",
    tekst: Annotated[str, Form(max_length=10_000)] = "",
    igen_den: Annotated[str, Form(max_length=10)] = "",
    slags: Annotated[str, Form(max_length=10)] = "",
    den: Annotated[str, Form(max_length=10)] = "",
    aftale: Short = "",
    konsulent: Short = "",
    tilbage: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Write down what the company said, or show the form again with what is missing and what was typed."""
    typed = Typed(company_id, aftale, svar, tekst, igen_den, slags, den)
    municipality, today, errors = user.caller.municipality, services.today, _missing(typed)
    if not errors:
        try:
            new = _new(typed)
            by, within = user.caller.id, SENT_TWICE_WITHIN
            contact = log_contact(db, municipality, company_id, new, consultant_id=by, today=today, same_within=within)
        except InvalidInput as problem:
            errors = {_FIELDS.get(one.field, "svar"): _refusal(one.problem, one.fix) for one in problem.errors}
        else:
            return see(_address(konsulent, tilbage, gemt=contact.id))
    db.rollback()  # nothing was written; the list that is shown is written down in a transaction of its own
    typed = Typed(company_id, aftale, svar, tekst, igen_den, slags, den, errors)
    if tilbage:
        return show_company_page(request, user, db, services, reading, company_id, typed=typed)
    desk = desk_of(db, user.caller.municipality, services.match_inputs, services.today)
    return calls_page(request, user, db, services, desk, konsulent, typed=typed)


@router.post("/svar/{contact_id}/fortryd")
def undo_answer(
    contact_id: str,
    user: DecidingUser,
    db: Db,
    konsulent: Short = "",
    tilbage: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take an answer back that the same person wrote down within the last hour."""
    undone = take_back_contact(db, user.caller.municipality, contact_id, consultant_id=user.caller.id)
    return see(_address(konsulent, tilbage, fortrudt="ja" if undone else "nej"))


_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {"reason": "tekst", "next_contact_on": "igen-den", "contacted_on": "den"}
)


def _new(typed: Typed) -> NewContact:
    """The contact that was typed, once nothing is missing."""
    choice = CHOICES[typed.answer]
    return NewContact(
        choice.answer,
        reason=typed.text.strip() or choice.reason,
        kind=ContactKind(typed.kind) if typed.kind else ContactKind.CALL,
        contacted_on=_day(typed.held_on),
        next_contact_on=_day(typed.ask_on),
        agreement_id=typed.agreement_id or None,
    )


def _missing(typed: Typed) -> dict[str, str]:
    """What a contact lacks, and what cannot be read, by field."""
    choice = CHOICES.get(typed.answer)
    if choice is None:
        return {"svar": _("Vælg, hvad virksomheden svarede.")}
    found = {}
    if typed.kind and typed.kind not in set(ContactKind):
        found["slags"] = _("Vælg, om det var et opkald, et besøg eller en mail.")
    if typed.held_on.strip() and _day(typed.held_on) is None:
        found["den"] = _("Skriv dagen for kontakten, for eksempel 2026-10-01.")
    if not typed.text.strip() and _needs_text(choice):
        found["tekst"] = (
            _("Skriv virksomhedens grund ved et nej.") if choice.answer is Answer.NO else _("Skriv, hvad I talte om.")
        )
    if _day(typed.ask_on) is None and (typed.ask_on.strip() or choice.answer is Answer.LATER):
        found["igen-den"] = _("Skriv, hvilken dag virksomheden kan spørges igen.")
    return found


def _needs_text(choice: Choice) -> bool:
    return choice.answer in {Answer.NO, Answer.NOT_ASKED} and not choice.reason


def _refusal(problem: str, fix: str) -> str:
    if current_language() is Language.ENGLISH:
        return f"{first_capital(problem)}: {fix}."
    return f"{first_capital(danish(problem))}: {danish(fix)}."


def _address(consultant_id: str, back: str, **values: str) -> str:
    """Where to go on: the page that the form stood on, else the list of the consultant."""
    start = own_address(back) if back else CALLS
    given = {"konsulent": consultant_id, **values} if start == CALLS else values
    return f"{start}?{urlencode({name: value for name, value in given.items() if value})}#besked"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
