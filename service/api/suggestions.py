"""A citizen's list, why or why not a place, and the candidates of a slot."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from matcher.language import Language
from service.api.errors import declares
from service.db.purpose import Channel
from service.db.scoping import visible_citizens
from service.dependencies import Reader, ReadingOf, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NotFound, NotRecorded, NotSignedIn
from service.use_cases.discretion import (
    candidates_among,
    candidates_without_needs,
    explained_without_needs,
    list_without_needs,
)
from service.use_cases.records import show_candidates, show_list, show_place
from service.use_cases.views import CandidatesView, ExplainedPlace, ListView

router = APIRouter(tags=["suggestions"])
_ANSWERS = declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded)
LIST_ID = "X-List-Id"
"""Header with the id that a shown list is recorded under."""

In = Annotated[Language, Query(description="language of the texts: da or en")]
Places = Annotated[int, Query(ge=1, le=50, description="how long the list is")]


@router.get("/citizens/{citizen_id}/suggestions", summary="A citizen's list", responses=_ANSWERS)
def list_suggestions(
    citizen_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    response: Response,
    places: Places = 10,
    language: In = Language.DANISH,
) -> ListView:
    """Places that fit best, by value less what the place is worth to others, and what the nearest others lack."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_list(view, recorder, citizen_id, today=services.today, places=places, language=language)
    response.headers[LIST_ID] = shown.list_id
    return shown.view if caller.sees_needs else list_without_needs(shown.view)


@router.get("/citizens/{citizen_id}/suggestions/{slot_id}", summary="Why, or why not, a place", responses=_ANSWERS)
def read_suggestion(
    citizen_id: str,
    slot_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    response: Response,
    language: In = Language.DANISH,
) -> ExplainedPlace:
    """Every rule, every term and every weight for one citizen and one slot, eligible or not."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_place(view, recorder, citizen_id, slot_id, today=services.today, language=language)
    response.headers[LIST_ID] = shown.list_id
    return shown.view if caller.sees_needs else explained_without_needs(shown.view)


@router.get("/slots/{slot_id}/candidates", summary="Citizens whom a slot fits", responses=_ANSWERS)
def list_candidates(
    slot_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    response: Response,
    places: Places = 10,
    language: In = Language.DANISH,
) -> CandidatesView:
    """Citizens whom the slot fits best, by value less what the citizen could get elsewhere."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_candidates(view, recorder, slot_id, today=services.today, places=places, language=language)
    response.headers[LIST_ID] = shown.list_id
    found = candidates_among(shown.view, visible_citizens(view, caller.municipality))
    return found if caller.sees_needs else candidates_without_needs(found)
