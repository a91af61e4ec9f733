"""A citizen's list, why or why not a place, and the candidates of a slot."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from matcher.language import Language
from service.api.errors import declares
from service.api.models import LIST_ID
from service.db.purpose import Channel
from service.dependencies import Reader, ReadingOf, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NotFound, NotRecorded, NotSignedIn
from service.use_cases.discretion import (
    candidates_without_needs,
    explained_without_needs,
    list_without_needs,
    without_place_without_needs,
)
from service.use_cases.records import show_candidates, show_list, show_place, show_without_place
from service.use_cases.views import CandidatesView, ExplainedPlace, ListView, WithoutPlaceView

router = APIRouter(tags=["suggestions"])
_ANSWERS = declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded)

In = Annotated[Language, Query(description="language of the texts: da or en")]
Places = Annotated[int, Query(ge=1, le=50, description="how long the list is")]


@router.get(
    "/citizens/{citizen_id}/suggestions", summary="A citizen's list", response_model=ListView, responses=_ANSWERS
)
def list_suggestions(
    citizen_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    places: Places = 10,
    language: In = Language.DANISH,
) -> Response:
    """Places that fit best, by value less what the place is worth to others, and what the nearest others lack."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_list(view, recorder, citizen_id, today=services.today, places=places, language=language)
    return _answer(shown.list_id, shown.view if caller.sees_needs else list_without_needs(shown.view))


@router.get(
    "/citizens/{citizen_id}/suggestions/{slot_id}",
    summary="Why, or why not, a place",
    response_model=ExplainedPlace,
    responses=_ANSWERS,
)
def read_suggestion(
    citizen_id: str,
    slot_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    language: In = Language.DANISH,
) -> Response:
    """Every rule, every term and every weight for one citizen and one slot, eligible or not."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_place(view, recorder, citizen_id, slot_id, today=services.today, language=language)
    return _answer(shown.list_id, shown.view if caller.sees_needs else explained_without_needs(shown.view))


@router.get(
    "/citizens/{citizen_id}/without-place",
    summary="Why a citizen has no place",
    response_model=WithoutPlaceView,
    responses=_ANSWERS,
)
def read_without_place(
    citizen_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    language: In = Language.DANISH,
) -> Response:
    """Every rule and limit that closes places for the citizen, with its source, and the reasons as a letter."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_without_place(view, recorder, citizen_id, today=services.today, language=language)
    return _answer(shown.list_id, shown.view if caller.sees_needs else without_place_without_needs(shown.view))


@router.get(
    "/slots/{slot_id}/candidates",
    summary="Citizens whom a slot fits",
    response_model=CandidatesView,
    responses=_ANSWERS,
)
def list_candidates(
    slot_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    places: Places = 10,
    language: In = Language.DANISH,
) -> Response:
    """Citizens whom the slot fits best, by value less what the citizen could get elsewhere."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_candidates(view, recorder, slot_id, today=services.today, places=places, language=language)
    return _answer(shown.list_id, shown.view if caller.sees_needs else candidates_without_needs(shown.view))


def _answer(list_id: str, view: BaseModel) -> Response:
    """The view as JSON, written in one go: it is a quarter of a megabyte, and valid already."""
    return Response(view.model_dump_json(), media_type="application/json", headers={LIST_ID: list_id})
