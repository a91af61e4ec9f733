"""Companies to call, as a call sheet; what they answered is written down there (`service/web/calls_answers.py`)."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.db.purpose import Channel
from service.db.repositories import Companies, Consultants
from service.db.session import read_only
from service.dependencies import Services, ServicesOf, View
from service.use_cases import records
from service.use_cases.call_sheet import call_sheet, sheet_known
from service.use_cases.desk import Desk, desk_of
from service.use_cases.discretion import calls_without_needs
from service.use_cases.outreach import contact_to_undo
from service.web.calls_forms import NOTHING_TYPED, Typed, Undone, form_values
from service.web.rendering import page
from service.web.session import SignedIn, User
from service.web.translation import current_language
from service.web.work import HX_REQUEST, WorksOf, takes_long, whole_page, working_page

router = APIRouter(prefix="/virksomheder")
EVERYBODY: Final = "alle"
"""What the choice of consultants calls all of them; without a choice it is the person's own calls."""

ConsultantId = Annotated[str, Query(max_length=64)]


def calls_page(
    request: Request,
    user: SignedIn,
    view: Session,
    services: Services,
    desk: Desk,
    consultant_id: str,
    *,
    saved: str = "",
    undone: str = "",
    typed: Typed = NOTHING_TYPED,
) -> Response:
    """The page, with what was just written down or taken back, or with what could not be written down."""
    municipality = user.caller.municipality
    consultants = {one.id: one.name for one in Consultants(view, municipality).all()}
    own = user.caller.id if user.caller.id in consultants else ""
    chosen = "" if consultant_id == EVERYBODY else consultant_id or own
    language = current_language()
    found = None
    if chosen:
        recorder = services.recorder(user.caller, Channel.PAGE)
        found = records.show_calls(view, recorder, today=services.today, consultant_id=chosen, language=language).view
        found = found if user.caller.sees_needs else calls_without_needs(found, language)
    written = contact_to_undo(view, municipality, saved, consultant_id=user.caller.id) if saved else None
    return page(
        request,
        "calls/list.html",
        user,
        section="calls",
        found=found,
        everybody=() if found else call_sheet(desk, services.today).fitting_by_consultant(),
        planned_on=desk.run.planned_on if desk.run else None,
        consultants=consultants,
        consultant_id=chosen,
        written=written,
        written_by=Companies(view, municipality).get(written.company_id).name if written else "",
        undone=undone,
        status=422 if typed.errors else 200,
        **form_values(user, services.today, typed),
    )


def _finder(services: Services, municipality: str) -> Callable[[Callable[[], None]], bool]:
    def find(_step: Callable[[], None]) -> bool:
        with read_only(services.sessions) as session:
            call_sheet(desk_of(session, municipality, services.match_inputs, services.today), services.today)
        return True

    return find


@router.get("")
def show_calls(
    request: Request,
    user: User,
    view: View,
    services: ServicesOf,
    works: WorksOf,
    konsulent: ConsultantId = "",
    gemt: Annotated[str, Query(max_length=64)] = "",
    fortrudt: Undone = "",
) -> Response:
    """The calls of one consultant, the signed-in person's own where the person is one; or every consultant's hours.

    In a large municipality they are found while the page says so.
    """
    municipality = user.caller.municipality
    desk = desk_of(view, municipality, services.match_inputs, services.today)
    if takes_long(len(desk.match_input.citizens)) and not sheet_known(desk, services.today):
        key = "calls", municipality, desk.mark, desk.run.id if desk.run else None, services.today
        return working_page(request, user, works.awaited(key, 1, _finder(services, municipality)), "calls")
    if HX_REQUEST in request.headers:
        return whole_page()
    return calls_page(request, user, view, services, desk, konsulent, saved=gemt, undone=fortrudt)
