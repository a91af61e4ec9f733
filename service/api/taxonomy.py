"""Occupations for whoever types a job goal."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.api.errors import declares
from service.dependencies import AnyCaller, ServicesOf
from service.problems import InvalidInput, NotSignedIn
from service.use_cases.taxonomy import OccupationView, search_occupations

router = APIRouter(tags=["occupations"])

Text = Annotated[str, Query(min_length=1, max_length=200, description="Danish, as far as it is typed")]
Limit = Annotated[int, Query(ge=1, le=50)]


@router.get("/occupations", summary="Search occupations", responses=declares(NotSignedIn, InvalidInput))
def search(q: Text, caller: AnyCaller, services: ServicesOf, limit: Limit = 10) -> list[OccupationView]:  # noqa: ARG001 - access is a parameter
    """Occupations that a job goal may mean, most similar first; quick enough to ask at every key."""
    return search_occupations(services.match_inputs.taxonomy, q, limit)
