"""A citizen's own page: read together with the citizen, or handed over on paper."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from matcher.domain.validation import InvalidValueError
from service.db.personal import ReadPurpose
from service.db.purpose import Channel
from service.db.repositories import Citizens
from service.db.requests import RequestKind
from service.dependencies import Db, ReadingOf, ServicesOf, View, person_of
from service.use_cases import records
from service.use_cases.citizen_requests import answer_request, record_request
from service.use_cases.discretion import (
    explained_without_needs,
    list_without_needs,
    without_place_without_needs,
)
from service.use_cases.own_page import list_to_citizen, own_page
from service.web.own_profile import kept_parts
from service.web.own_words import channel_name, purpose_name
from service.web.rendering import page
from service.web.session import FormUser, SignedIn, User
from service.web.sign_in import see
from service.web.translation import N_, _, current_language
from service.web.words import role_name, text_refused

router = APIRouter(prefix="/borgere/{citizen_id}/min-side")
PLACES: Final = 5
LONGEST: Final = 20_000
"""Characters that a form is read up to; the domain's own bound is what an error is about."""
KINDS: Final = {
    RequestKind.CORRECTION: N_("Noget skal rettes"),
    RequestKind.OBJECTION: N_("En indsigelse: Jeg er uenig i, hvordan oplysningerne bruges, eller i et forslag"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form that is shown again, and what is wrong with it, by the id of the field."""

    errors: dict[str, str]
    kind: str = ""
    text: str = ""


@router.get("")
def show_own_page(
    request: Request,
    citizen_id: str,
    user: User,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    gemt: str = "",
) -> Response:
    """What is kept of a citizen, the list with its reasons, who has read, and how to have something changed."""
    own = own_page(view, user.caller.municipality, citizen_id)
    recorder = services.recorder(user.caller, Channel.PAGE)
    language = current_language()
    found = records.show_list(view, recorder, citizen_id, today=services.today, places=PLACES, language=language).view
    if not user.caller.sees_needs:
        found = list_without_needs(found)
    reading.about(ReadPurpose.SUBJECT_ACCESS, [citizen_id])
    return page(
        request,
        "own/page.html",
        user,
        section="citizens",
        own=own,
        parts=kept_parts(own, services.today, needs=user.caller.sees_needs),
        found=list_to_citizen(found, language),
        kinds=_kinds(),
        typed=Typed({}),
        saved={"oenske": _("Ønsket er skrevet ned."), "svar": _("Svaret er gemt.")}.get(gemt, ""),
        today=services.today,
        role_name=role_name,
        channel_name=channel_name,
        purpose_name=purpose_name,
    )


@router.get("/pladser/{slot_id}")
def show_reasons(
    request: Request, citizen_id: str, slot_id: str, user: User, view: View, services: ServicesOf
) -> Response:
    """All reasons of one place in plain words, as they can stand in a letter."""
    recorder = services.recorder(user.caller, Channel.PAGE)
    found = records.show_place(
        view, recorder, citizen_id, slot_id, today=services.today, language=current_language()
    ).view
    if not user.caller.sees_needs:
        found = explained_without_needs(found)
    return page(
        request,
        "own/reasons.html",
        user,
        section="citizens",
        citizen_id=citizen_id,
        heading=found.place.explanation.heading,
        paragraphs=found.letter.split("\n\n"),
    )


@router.get("/uden-plads")
def show_without_place(request: Request, citizen_id: str, user: User, view: View, services: ServicesOf) -> Response:
    """Why there is no place, as it can stand in a letter."""
    recorder = services.recorder(user.caller, Channel.PAGE)
    found = records.show_without_place(
        view, recorder, citizen_id, today=services.today, language=current_language()
    ).view
    if not user.caller.sees_needs:
        found = without_place_without_needs(found)
    return page(
        request,
        "own/reasons.html",
        user,
        section="citizens",
        citizen_id=citizen_id,
        heading=_("Hvorfor der ikke er en plads nu"),
        paragraphs=(found.letter or found.text).split("\n\n"),
    )


@router.post("")
def record(
    request: Request,
    citizen_id: str,
    user: FormUser,
    db: Db,
    slags: Annotated[str, Form(max_length=40)] = "",
    tekst: Annotated[str, Form(max_length=LONGEST)] = "",
) -> Response:
    """Write down what the citizen asks for."""
    Citizens(db, user.caller.municipality).get(citizen_id)
    errors = {}
    if slags not in set(RequestKind):
        errors["slags-option1"] = _("Vælg, hvad det handler om.")
    if not tekst.strip():
        errors["tekst"] = _("Skriv, hvad du gerne vil have rettet, eller hvad du er uenig i.")
    if not errors:
        try:
            by = person_of(user.caller)
            record_request(db, user.caller.municipality, citizen_id, RequestKind(slags), tekst, by)
            return see(f"/borgere/{citizen_id}/min-side?gemt=oenske#oensker")
        except InvalidValueError as error:
            errors["tekst"] = text_refused(error)
    return _again(request, user, citizen_id, Typed(errors, slags, tekst))


@router.post("/oensker/{request_id}")
def answer(
    request: Request,
    citizen_id: str,
    request_id: str,
    user: FormUser,
    db: Db,
    svar: Annotated[str, Form(max_length=LONGEST)] = "",
) -> Response:
    """Answer a request; it needs no attention any more."""
    Citizens(db, user.caller.municipality).get(citizen_id)
    errors = {}
    if not svar.strip():
        errors["svar"] = _("Skriv, hvad I har gjort, eller hvorfor ikke.")
    else:
        try:
            answer_request(db, user.caller.municipality, citizen_id, request_id, svar, person_of(user.caller))
            return see(f"/borgere/{citizen_id}/min-side?gemt=svar#oensker")
        except InvalidValueError as error:
            errors["svar"] = text_refused(error)
    typed = Typed(errors, text=svar)
    return _again(request, user, citizen_id, typed, request_id)


def _kinds() -> list[dict[str, str]]:
    return [{"value": kind.value, "label": _(text)} for kind, text in KINDS.items()]


def _again(request: Request, user: SignedIn, citizen_id: str, typed: Typed, request_id: str = "") -> Response:
    """The form alone, with what was typed and what is wrong with it."""
    return page(
        request,
        "own/again.html",
        user,
        status=422,
        section="citizens",
        citizen_id=citizen_id,
        request_id=request_id,
        kinds=_kinds(),
        typed=typed,
    )
