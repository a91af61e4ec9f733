"""A citizen's list, why or why not a place, and the candidates of a slot."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from matcher.depth import Depth
from matcher.language import Language
from service.api.errors import declares
from service.api.models import LIST_ID
from service.db.purpose import Channel
from service.dependencies import Reader, ReadingOf, ServicesOf, View
from service.identity.callers import Caller
from service.problems import Forbidden, InvalidInput, NotFound, NotRecorded, NotSignedIn
from service.use_cases.discretion import (
    candidates_without_needs,
    explained_without_needs,
    list_without_needs,
    without_place_without_needs,
)
from service.use_cases.list_kinds import AnyView
from service.use_cases.records import Shown, show_candidates, show_list, show_place, show_without_place
from service.use_cases.views import CandidatesView, ExplainedPlace, ListView, WithoutPlaceView

router = APIRouter(tags=["suggestions"])
_ANSWERS = declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded)

In = Annotated[Language, Query(description="language of the texts: da or en")]
Told = Annotated[
    Literal[Depth.CARD, Depth.RECORD],
    Query(
        description="how much is told: `card`, all sentences, every term with its weight, and the rules and limits "
        "that close a place or must be settled; `record`, every fact, rule and limit too"
    ),
]
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
    depth: Told = Depth.CARD,
) -> Response:
    """Places that fit best, by value less what the place is worth to others, and what the nearest others lack."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_list(view, recorder, citizen_id, today=services.today, places=places, language=language, depth=depth)
    return _answer(shown, caller, list_without_needs)


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
    return _answer(shown, caller, explained_without_needs)


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
    return _answer(shown, caller, without_place_without_needs)


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
    depth: Told = Depth.CARD,
) -> Response:
    """Citizens whom the slot fits best, by value less what the citizen could get elsewhere."""
    recorder = services.recorder(caller, Channel.API, reading.case)
    shown = show_candidates(
        view, recorder, slot_id, today=services.today, places=places, language=language, depth=depth
    )
    return _answer(shown, caller, candidates_without_needs)


def _answer(shown: Shown[AnyView], caller: Caller, without_needs: Callable[[AnyView], AnyView]) -> Response:
    """What is shown, as it was written for the record; less what is about needs, for those who may not see them."""
    told = shown.json if caller.sees_needs else without_needs(shown.view).model_dump_json()
    return Response(told, media_type="application/json", headers={LIST_ID: shown.list_id})
