"""What would help most for everybody who waits."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from matcher.language import Language
from service.api.errors import declares
from service.api.models import LIST_ID
from service.db.purpose import Channel
from service.dependencies import Reader, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NothingToPlan, NotRecorded, NotSignedIn
from service.use_cases.discretion import needs_without_health_needs
from service.use_cases.needs import MOST_CONFIRMED, NeedsView
from service.use_cases.records import show_needs

router = APIRouter(tags=["openings"])


@router.get(
    "/needs",
    summary="Needs that nobody covers",
    responses=declares(NotSignedIn, Forbidden, InvalidInput, NothingToPlan, NotRecorded),
)
def list_needs(
    caller: Reader,
    view: View,
    services: ServicesOf,
    response: Response,
    most: Annotated[int, Query(ge=1, le=100, description="how long the list is")] = 20,
    confirm: Annotated[
        int, Query(ge=0, le=MOST_CONFIRMED, description="how many of the best are confirmed, a plan each")
    ] = 0,
    language: Annotated[Language, Query(description="language of the texts")] = Language.DANISH,
) -> NeedsView:
    """Which agreement, answer, course, mentor hour or place would help most, by the latest plan's prices.

    Counts only: nobody is named, and groups of fewer than three are not counted out.
    """
    recorder = services.recorder(caller, Channel.API)
    shown = show_needs(view, recorder, today=services.today, most=most, confirm=confirm, language=language)
    response.headers[LIST_ID] = shown.list_id
    return shown.view if caller.sees_needs else needs_without_health_needs(shown.view)
