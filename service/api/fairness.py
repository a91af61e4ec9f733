"""The fairness report of a run: figures of groups, never of a person."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from service.api.errors import declares
from service.db.scoping import hold_to
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of
from service.dependencies import Figures, ServicesOf, scope_of
from service.problems import Forbidden, NotFound, NotSignedIn, TraitsOutOfReach
from service.scope import Scope
from service.use_cases.fairness import report_of_run
from service.use_cases.fairness_record import report_record

router = APIRouter(tags=["runs"])


class Named(BaseModel):
    """A name or statement in both languages."""

    danish: str
    english: str


class EstimateOut(BaseModel):
    """A rate or mean of `count` people with its 95 % interval; `median` where it is a mean."""

    count: int
    mean: float
    low: float
    high: float
    median: float | None


class GroupOut(Named):
    """A group; null where it is too small to be shown, or would tell another that is."""

    group: str
    citizens: int | None
    estimates: dict[str, EstimateOut | None]


class DimensionOut(Named):
    """A way of grouping citizens."""

    dimension: str
    groups: list[GroupOut]


class ComparisonOut(Named):
    """A group against the others; `exceeds_chance` is corrected for all comparisons (Holm)."""

    dimension: str
    group: str
    measure: str
    difference: float
    p_value: float
    exceeds_chance: bool


class NullCheckOut(Named):
    """The largest difference beside those that chance makes when the labels are dealt anew."""

    dimension: str
    largest: float
    chance_median: float
    chance_high: float
    p_value: float


class FairnessOut(BaseModel):
    """Figures of one run by group."""

    run_ids: list[str]
    quarter: str | None
    first_on: str
    last_on: str
    has_traits: bool
    measures: dict[str, Named]
    everybody: GroupOut
    dimensions: list[DimensionOut]
    comparisons: list[ComparisonOut]
    null_checks: list[NullCheckOut]
    statements: list[Named]


@lru_cache(maxsize=4)
def _report_sessions(database_url: str) -> SessionFactory:
    """Sessions of the user that may read protected traits."""
    return sessions_of(create_database_engine(database_url))


def _view(request: Request, services: ServicesOf) -> Iterator[Session]:
    """A view of the caller's whole municipality, whichever teams the caller is limited to: groups are of everybody."""
    address = services.settings.report_database_url
    with read_only(services.sessions if address is None else _report_sessions(address)) as session:
        hold_to(session, lambda: Scope(scope_of(request).municipality))
        yield session


ReportView = Annotated[Session, Depends(_view, scope="function")]


@router.get(
    "/runs/{run_id}/fairness",
    summary="What a run came to for each group",
    response_model=FairnessOut,
    responses=declares(NotSignedIn, Forbidden, NotFound, TraitsOutOfReach),
)
def read_fairness(run_id: str, caller: Figures, services: ServicesOf, view: ReportView) -> dict[str, Any]:
    """Figures by gender, age, origin, target group and distance to town, with intervals; small groups are hidden."""
    return report_record(report_of_run(view, caller.municipality, services.match_inputs, run_id))
