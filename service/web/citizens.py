"""The list of citizens, one citizen's list with reasons, and one place in detail."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from service.db.listings import citizen_lines
from service.db.personal import ReadPurpose
from service.db.purpose import Channel
from service.db.repositories import Consultants, MatchRuns
from service.dependencies import ReadingOf, ServicesOf, View
from service.use_cases import records
from service.use_cases.discretion import explained_without_needs, list_without_needs, openings_without_needs
from service.use_cases.openings import OpeningView, openings_for_citizen
from service.web.rendering import page
from service.web.session import CookiesOf, FormUser, User, searching
from service.web.sign_in import see

router = APIRouter(prefix="/borgere")
LINES = 50
OPENINGS = 3

PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@router.get("")
def list_citizens(
    request: Request,
    user: User,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    side: PageNumber = 1,
    konsulent: Annotated[str, Query(max_length=64)] = "",
    uden_forslag: bool = False,
) -> Response:
    """Citizens, longest waiting first. A name is searched for with the form, which keeps it out of addresses."""
    municipality = user.caller.municipality
    run = MatchRuns(view, municipality).latest()
    consultants = {one.id: one.name for one in Consultants(view, municipality).all()}
    lines = [
        line
        for line in citizen_lines(view, municipality, run.id if run else None, user.search)
        if (not konsulent or line.consultant_id == konsulent) and not (uden_forslag and line.proposal_id)
    ]
    shown = lines[(side - 1) * LINES : side * LINES]
    reading.about(ReadPurpose.SEARCH, [line.id for line in shown])
    return page(
        request,
        "citizens.html",
        user,
        section="citizens",
        lines=shown,
        total=len(lines),
        first=(side - 1) * LINES + 1,
        side=side,
        pages=max(1, -(-len(lines) // LINES)),
        consultants=consultants,
        consultant_id=konsulent,
        without_proposal=uden_forslag,
        search=user.search,
        run=run,
        today=services.today,
    )


@router.post("")
def search_citizens(user: FormUser, cookies: CookiesOf, navn: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Remember what to search for, and show the list."""
    response = see("/borgere")
    cookies.write(response, searching(user, navn.strip()))
    return response


@router.get("/{citizen_id}")
def show_citizen(request: Request, citizen_id: str, user: User, view: View, services: ServicesOf) -> Response:
    """A citizen's list: places with reasons, and what the nearest others lack."""
    recorder = services.recorder(user.caller, Channel.PAGE)
    found = records.show_list(view, recorder, citizen_id, today=services.today, places=8).view
    if not user.caller.sees_needs:
        found = list_without_needs(found)
    openings = _openings(user, view, services, citizen_id)
    return page(request, "citizen.html", user, section="citizens", found=found, openings=openings, today=services.today)


@router.get("/{citizen_id}/pladser/{slot_id}")
def show_place(
    request: Request, citizen_id: str, slot_id: str, user: User, view: View, services: ServicesOf
) -> Response:
    """One place for one citizen: every rule, every term, every weight."""
    recorder = services.recorder(user.caller, Channel.PAGE)
    found = records.show_place(view, recorder, citizen_id, slot_id, today=services.today).view
    if not user.caller.sees_needs:
        found = explained_without_needs(found)
    openings = _openings(user, view, services, citizen_id, slot_id)
    return page(request, "place.html", user, section="citizens", found=found, openings=openings)


def _openings(
    user: User, view: View, services: ServicesOf, citizen_id: str, slot_id: str | None = None
) -> tuple[OpeningView, ...]:
    """What would open places for a citizen, as far as the user may see it."""
    found = openings_for_citizen(
        view,
        user.caller.municipality,
        services.match_inputs,
        citizen_id,
        today=services.today,
        slot_id=slot_id,
        places=OPENINGS,
    )
    return (found if user.caller.sees_needs else openings_without_needs(found)).openings
