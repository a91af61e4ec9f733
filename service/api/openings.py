"""What would open places for a citizen."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from matcher.language import Language
from service.api.errors import declares
from service.api.models import LIST_ID
from service.db.purpose import Channel
from service.dependencies import Reader, ReadingOf, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NotFound, NotRecorded, NotSignedIn
from service.use_cases.discretion import openings_without_needs
from service.use_cases.openings import OpeningsView
from service.use_cases.records import show_openings

router = APIRouter(tags=["openings"])
_ANSWERS = declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded)


@router.get("/citizens/{citizen_id}/openings", summary="What would open a place", responses=_ANSWERS)
def list_openings(
    citizen_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    response: Response,
    slot_id: Annotated[str | None, Query(max_length=64, description="one place only; every smallest opening")] = None,
    places: Annotated[int, Query(ge=1, le=50, description="how long the list is")] = 5,
    language: Annotated[Language, Query(description="language of the texts")] = Language.DANISH,
) -> OpeningsView:
    """The smallest changes that somebody can really make, each tried against every rule and limit, best first."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_openings(
        view, recorder, citizen_id, today=services.today, slot_id=slot_id, places=places, language=language
    )
    response.headers[LIST_ID] = shown.list_id
    return shown.view if caller.sees_needs else openings_without_needs(shown.view)
