"""What would help most for everybody who waits."""

from typing import Annotated

from fastapi import APIRouter, Query

from matcher.language import Language
from service.api.errors import declares
from service.dependencies import Reader, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NothingToPlan, NotSignedIn
from service.use_cases.needs import MOST_CONFIRMED, NeedsView, needs, without_health_needs

router = APIRouter(tags=["openings"])


@router.get(
    "/needs",
    summary="Needs that nobody covers",
    responses=declares(NotSignedIn, Forbidden, InvalidInput, NothingToPlan),
)
def list_needs(
    caller: Reader,
    view: View,
    services: ServicesOf,
    most: Annotated[int, Query(ge=1, le=100, description="how long the list is")] = 20,
    confirm: Annotated[
        int, Query(ge=0, le=MOST_CONFIRMED, description="how many of the best are confirmed, a plan each")
    ] = 0,
    language: Annotated[Language, Query(description="language of the texts")] = Language.DANISH,
) -> NeedsView:
    """Which agreement, answer, course, mentor hour or place would help most, by the latest plan's prices.

    Counts only: nobody is named, and groups of fewer than three are not counted out.
    """
    found = needs(
        view,
        caller.municipality,
        services.match_inputs,
        today=services.today,
        most=most,
        confirm=confirm,
        language=language,
    )
    return found if caller.sees_needs else without_health_needs(found)
