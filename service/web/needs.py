"""Needs that nobody covers: what would help most of those who wait, and the same confirmed by planning again.

Both take seconds. They are done in a thread while the page shows how far they have come; what has been found for a plan
is kept, so that the next reader sees it at once. Nobody is shown anything that is not written down as shown to them.
"""

from collections.abc import Callable, Hashable
from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from matcher.wording.efforts import placements_text
from service.db.purpose import Channel
from service.db.session import read_only
from service.dependencies import Services, ServicesOf, View
from service.use_cases import records
from service.use_cases.desk import Desk, desk_of
from service.use_cases.discretion import needs_without_health_needs
from service.use_cases.needs import PARTS, NeedsView, find_needs, needs_known
from service.web.rendering import page
from service.web.session import FormUser, SignedIn, User
from service.web.sign_in import see
from service.web.translation import current_language
from service.web.words import problem_text
from service.web.work import HX_REQUEST, Work, WorksOf

router = APIRouter(prefix="/behov")
MOST: Final = 20
CONFIRMED: Final = 3
"""How many of the best are confirmed, a plan each, beside the plan of what is stored."""


@router.get("")
def show_needs(request: Request, user: User, view: View, services: ServicesOf, works: WorksOf) -> Response:
    """What would help most, once it has been found; until then, how far the finding has come."""
    desk = desk_of(view, user.caller.municipality, services.match_inputs, services.today)
    if desk.run is None:
        return _page(request, user, planned=False)
    if not needs_known(desk):
        work = works.awaited(_finding(desk), PARTS, _finder(services, user))
        return _page(request, user, failed=work) if work.failed else _page(request, user, finding=work)
    confirming = works.of(_confirming(desk, user))
    if confirming is not None and confirming.result is not None:
        return _page(request, user, found=_shown(user, confirming.result), confirming=confirming)
    return _page(request, user, found=_shown(user, _recorded(view, services, user)), confirming=confirming)


@router.post("/efterproev")
def confirm_needs(user: FormUser, view: View, services: ServicesOf, works: WorksOf) -> Response:
    """Plan again with each of the best needs covered; the list then says what came of it."""
    desk = desk_of(view, user.caller.municipality, services.match_inputs, services.today)
    if desk.run is not None:
        recorder, language, today = services.recorder(user.caller, Channel.PAGE), current_language(), services.today

        def confirm(step: Callable[[], None]) -> NeedsView:
            with read_only(services.sessions) as session:
                return records.show_needs(
                    session,
                    recorder,
                    today=today,
                    most=MOST,
                    confirm=CONFIRMED,
                    language=language,
                    planned=step,
                ).view

        works.start(_confirming(desk, user), CONFIRMED + 1, confirm)
    return see("/behov#behov")


def _finding(desk: Desk) -> Hashable:
    return "find", desk.municipality, desk.mark, desk.run.id if desk.run else None


def _confirming(desk: Desk, user: SignedIn) -> Hashable:
    """For one reader in one language: it is written down as shown to that person."""
    return (
        "confirm",
        desk.municipality,
        desk.mark,
        desk.run.id if desk.run else None,
        user.caller.id,
        current_language(),
    )


def _finder(services: Services, user: SignedIn) -> Callable[[Callable[[], None]], bool]:
    municipality, today = user.caller.municipality, services.today

    def find(step: Callable[[], None]) -> bool:
        with read_only(services.sessions) as session:
            find_needs(desk_of(session, municipality, services.match_inputs, today), step)
        return True

    return find


def _recorded(view: Session, services: Services, user: SignedIn) -> NeedsView:
    recorder = services.recorder(user.caller, Channel.PAGE)
    return records.show_needs(view, recorder, today=services.today, most=MOST, language=current_language()).view


def _shown(user: SignedIn, found: NeedsView) -> NeedsView:
    return found if user.caller.sees_needs else needs_without_health_needs(found)


def _page(
    request: Request,
    user: SignedIn,
    *,
    planned: bool = True,
    found: NeedsView | None = None,
    finding: Work | None = None,
    confirming: Work | None = None,
    failed: Work | None = None,
) -> Response:
    return page(
        request,
        "needs/_found.html" if HX_REQUEST in request.headers else "needs/needs.html",
        user,
        section="needs",
        planned=planned,
        found=found,
        most_gain=max((one.estimated_gain for one in found.needs), default=0.0) if found else 0.0,
        finding=finding,
        confirming=confirming,
        failed=failed,
        failed_text=problem_text(failed.problem) if failed and failed.problem else "",
        confirmed=CONFIRMED,
        placements_text=placements_text,
    )
