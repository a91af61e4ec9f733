"""A citizen's profile, corrected part by part; what each correction moved on the list, and taking it back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from matcher.domain.validation import InvalidValueError
from service.db.repositories import Citizens
from service.dependencies import Db, Services, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NotFound, VersionConflict
from service.use_cases.correct_citizen import OF_NEEDS, Section, correct, take_back
from service.use_cases.taxonomy import search_occupations
from service.web.citizens_fields import Errors, changes_of
from service.web.citizens_profile import citizen_values
from service.web.rendering import page
from service.web.session import FormUser, SignedIn, User
from service.web.sign_in import see
from service.web.translation import _
from service.web.words import problem_text, text_refused

router = APIRouter(prefix="/borgere")
SECTIONS: Final[Mapping[str, Section]] = MappingProxyType(
    {
        "jobmaal": Section.GOALS,
        "kompetencer": Section.COMPETENCES,
        "skaanehensyn": Section.NEEDS,
        "timer": Section.HOURS,
        "transport": Section.TRAVEL,
        "stoette": Section.SUPPORT,
    }
)
"""What the address of each section calls it."""
OCCUPATIONS: Final = 8


async def _form_of(request: Request) -> FormData:
    return await request.form()


def _section(user: SignedIn, name: str) -> Section:
    if name not in SECTIONS:
        raise NotFound
    section = SECTIONS[name]
    if section in OF_NEEDS and not user.caller.sees_needs:
        raise Forbidden("this needs the right needs")
    return section


@router.get("/{citizen_id}/profil/{felt}")
def edit_section(
    request: Request, citizen_id: str, felt: str, user: User, view: View, services: ServicesOf
) -> Response:
    """The citizen's page with one part of the profile open."""
    _section(user, felt)
    values = citizen_values(user, view, services, citizen_id) | {"editing": felt}
    return page(request, "citizens/citizen.html", user, **values)


@router.post("/{citizen_id}/profil/{felt}")
def save_section(
    request: Request,
    citizen_id: str,
    felt: str,
    user: FormUser,
    db: Db,
    services: ServicesOf,
    form: Annotated[FormData, Depends(_form_of)],
) -> Response:
    """Write one part of the profile, and show what it moved on the list; or the form again, with what was typed."""
    section, municipality = _section(user, felt), user.caller.municipality
    citizen, version = Citizens(db, municipality).get_versioned(citizen_id)
    errors: Errors = {}
    changes: dict[str, Any] = {}
    try:
        changes = changes_of(section, form, citizen, services.match_inputs.taxonomy, errors)
    except InvalidValueError as refused:
        errors = {f"profil-{felt}": text_refused(refused)}
    if "find" in form:
        db.rollback()  # nothing is written; the list that is shown is recorded in a transaction of its own
        return _again(request, user, db, services, citizen_id, felt, form, errors)
    if str(form.get("version", "")) != str(version):
        errors = {f"profil-{felt}": _("En anden har rettet borgeren imens. Se efter, og gem igen.")}
    if not errors:
        try:
            correct(db, municipality, citizen_id, changes, version)
            return see(f"/borgere/{citizen_id}?rettet={felt}&foer={_list_id(form)}#rettet")
        except InvalidValueError as refused:
            errors = {f"profil-{felt}": text_refused(refused)}
        except (InvalidInput, VersionConflict) as problem:
            errors = {f"profil-{felt}": problem_text(problem)}
    db.rollback()  # what was written before it was refused
    return _again(request, user, db, services, citizen_id, felt, form, errors)


@router.post("/{citizen_id}/profil/{felt}/fortryd")
def undo_section(
    request: Request,
    citizen_id: str,
    felt: str,
    user: FormUser,
    db: Db,
    services: ServicesOf,
    liste: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Write one part of the profile as it was on the list that the person saw before, unless somebody else has
    corrected it since."""
    section = _section(user, felt)
    try:
        take_back(db, user.caller.municipality, citizen_id, section, liste, user.caller.id)
    except VersionConflict:
        db.rollback()
        refused = {"refused_text": _("En anden har rettet borgeren imens. Se efter, og gem igen.")}
        values = citizen_values(user, db, services, citizen_id) | refused
        return page(request, "citizens/citizen.html", user, status=409, **values)
    return see(f"/borgere/{citizen_id}?gemt=rettelse-fortrudt")


@router.post("/{citizen_id}/stillinger")
def suggest_occupations(
    request: Request,
    citizen_id: str,
    user: FormUser,
    view: View,
    services: ServicesOf,
    tekst: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Occupations that a text may mean, for whoever types a goal: words about a person stay out of addresses."""
    Citizens(view, user.caller.municipality).get(citizen_id)
    found = search_occupations(services.match_inputs.taxonomy, tekst, OCCUPATIONS) if tekst.strip() else []
    return page(request, "citizens/_occupations.html", user, occupations=found)


def _again(
    request: Request,
    user: SignedIn,
    db: Session,
    services: Services,
    citizen_id: str,
    felt: str,
    form: FormData,
    errors: Errors,
) -> Response:
    values: dict[str, Any] = citizen_values(user, db, services, citizen_id)
    values |= {"editing": felt, "field_errors": errors, "sent": {name: form.getlist(name) for name in form}}
    if "find" in form:
        texts = [text for one in form.getlist("maal") if (text := str(one).strip())]
        values["occupations"] = [
            (text, search_occupations(services.match_inputs.taxonomy, text, OCCUPATIONS)) for text in texts
        ]
    return page(request, "citizens/citizen.html", user, status=422 if errors else 200, **values)


def _list_id(form: FormData) -> str:
    """The list that the person looked at: an id of this service, or nothing."""
    try:
        return str(UUID(str(form.get("liste", ""))))
    except ValueError:
        return ""
