"""Companies to call, and what they answered: two clicks, open the form and choose the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from matcher.domain.contact import Answer
from service.db.personal import ReadPurpose
from service.db.repositories import Consultants
from service.db.scoping import visible_citizens
from service.dependencies import Db, ReadingOf, ServicesOf, View
from service.problems import InvalidInput
from service.use_cases.access_log import Reading
from service.use_cases.discretion import calls_for
from service.use_cases.import_wording import danish
from service.use_cases.outreach import NewContact, log_contact, outreach_list
from service.web.rendering import page
from service.web.session import DecidingUser, SignedIn, User
from service.web.sign_in import see

router = APIRouter(prefix="/virksomheder")
ASK_AGAIN_DAYS: Final = 28
"""What the form proposes as the day to ask again after "not now"."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: an answer, with the reason that companies often give for it."""

    button: str
    answer: Answer
    reason: str = ""


CHOICES: Final[Mapping[str, Choice]] = MappingProxyType(
    {
        "ja": Choice("Ja", Answer.YES),
        "nej-opgaver": Choice("Nej, ingen opgaver", Answer.NO, "Virksomheden har ingen opgaver lige nu"),
        "nej-tid": Choice("Nej, ingen tid til det", Answer.NO, "Virksomheden har ikke tid til oplæring og opfølgning"),
        "nej-fyldt": Choice("Nej, har nok i forløb", Answer.NO, "Virksomheden har allerede nok i forløb"),
        "nej-andet": Choice("Nej, af anden grund", Answer.NO),
        "ikke-nu": Choice("Ikke nu", Answer.LATER),
        "ingen": Choice("Traf ingen", Answer.NOT_REACHED),
    }
)

ConsultantId = Annotated[str, Query(max_length=64)]


def _page(
    request: Request,
    user: SignedIn,
    view: View,
    services: ServicesOf,
    reading: Reading,
    consultant_id: str,
    *,
    saved: bool,
    error: str,
) -> Response:
    consultants = {one.id: one.name for one in Consultants(view, user.caller.municipality).all()}
    chosen = consultant_id or (user.caller.id if user.caller.id in consultants else "")
    found = outreach_list(
        view,
        user.caller.municipality,
        services.match_inputs,
        today=services.today,
        consultant_id=chosen or None,
    )
    calls = calls_for(found, visible_citizens(view, user.caller.municipality), needs=user.caller.sees_needs)
    reading.about(ReadPurpose.CALLS, calls.named())
    return page(
        request,
        "calls.html",
        user,
        section="calls",
        found=calls,
        consultants=consultants,
        consultant_id=chosen,
        choices=CHOICES,
        ask_again_on=services.today + timedelta(days=ASK_AGAIN_DAYS),
        saved=saved,
        error=error,
        status=422 if error else 200,
    )


@router.get("")
def show_calls(
    request: Request,
    user: User,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    konsulent: ConsultantId = "",
    gemt: bool = False,
) -> Response:
    """The calls of one consultant: the signed-in person's own, where the person is one."""
    return _page(request, user, view, services, reading, konsulent, saved=gemt, error="")


@router.post("/{company_id}/svar")
def write_answer(
    request: Request,
    company_id: str,
    user: DecidingUser,
    reading: ReadingOf,
    db: Db,
    services: ServicesOf,
    svar: Annotated[str, Form(max_length=20)] = "",
    tekst: Annotated[str, Form(max_length=10_000)] = "",
    igen_den: Annotated[str, Form(max_length=10)] = "",
    aftale: Annotated[str, Form(max_length=64)] = "",
    konsulent: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Write down the answer, or show the list again with what is missing."""
    error, choice = "", CHOICES.get(svar)
    if choice is None:
        error = "Vælg, hvad virksomheden svarede."
    elif choice.answer is Answer.NO and not (choice.reason or tekst.strip()):
        error = "Skriv virksomhedens grund ved et nej."
    elif choice.answer is Answer.LATER and _day(igen_den) is None:
        error = "Skriv, hvilken dag virksomheden kan spørges igen."
    else:
        new = NewContact(
            choice.answer,
            reason=tekst.strip() or choice.reason,
            next_contact_on=_day(igen_den) if choice.answer is Answer.LATER else None,
            agreement_id=aftale or None,
        )
        try:
            log_contact(
                db, user.caller.municipality, company_id, new, consultant_id=user.caller.id, today=services.today
            )
        except InvalidInput as problem:
            error = " ".join(f"{danish(one.problem)}: {danish(one.fix)}.".capitalize() for one in problem.errors)
    if error:
        return _page(request, user, db, services, reading, konsulent, saved=False, error=error)
    return see(f"/virksomheder?gemt=true{f'&konsulent={konsulent}' if konsulent.isalnum() else ''}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
