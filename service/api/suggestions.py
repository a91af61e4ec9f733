"""A citizen's list, why or why not a place, and the candidates of a slot."""

from typing import Annotated

from fastapi import APIRouter, Query

from matcher.language import Language
from service.api.errors import declares
from service.dependencies import Reader, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NotFound, NotSignedIn
from service.use_cases.suggest import candidates_for_slot, explain_place, list_for_citizen
from service.use_cases.views import CandidatesView, ExplainedPlace, ListView

router = APIRouter(tags=["suggestions"])
_ANSWERS = declares(NotSignedIn, Forbidden, NotFound, InvalidInput)

In = Annotated[Language, Query(description="language of the texts: da or en")]
Places = Annotated[int, Query(ge=1, le=50, description="how long the list is")]


@router.get("/citizens/{citizen_id}/suggestions", summary="A citizen's list", responses=_ANSWERS)
def list_suggestions(
    citizen_id: str,
    caller: Reader,
    view: View,
    services: ServicesOf,
    places: Places = 10,
    language: In = Language.DANISH,
) -> ListView:
    """Places that fit best, by value less what the place is worth to others, and what the nearest others lack."""
    return list_for_citizen(
        view,
        caller.municipality,
        services.match_inputs,
        citizen_id,
        today=services.today,
        places=places,
        language=language,
    )


@router.get("/citizens/{citizen_id}/suggestions/{slot_id}", summary="Why, or why not, a place", responses=_ANSWERS)
def read_suggestion(
    citizen_id: str, slot_id: str, caller: Reader, view: View, services: ServicesOf, language: In = Language.DANISH
) -> ExplainedPlace:
    """Every rule, every term and every weight for one citizen and one slot, eligible or not."""
    return explain_place(
        view, caller.municipality, services.match_inputs, citizen_id, slot_id, today=services.today, language=language
    )


@router.get("/slots/{slot_id}/candidates", summary="Citizens whom a slot fits", responses=_ANSWERS)
def list_candidates(
    slot_id: str, caller: Reader, view: View, services: ServicesOf, places: Places = 10, language: In = Language.DANISH
) -> CandidatesView:
    """Citizens whom the slot fits best, by value less what the citizen could get elsewhere."""
    return candidates_for_slot(
        view,
        caller.municipality,
        services.match_inputs,
        slot_id,
        today=services.today,
        places=places,
        language=language,
    )
