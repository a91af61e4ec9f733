"""The fairness report of a run: figures of groups, never of a person."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from service.api.errors import declares
from service.dependencies import Figures, ReportView, ServicesOf
from service.problems import Forbidden, NotFound, NotSignedIn, TraitsOutOfReach
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


@router.get(
    "/runs/{run_id}/fairness",
    summary="What a run came to for each group",
    response_model=FairnessOut,
    responses=declares(NotSignedIn, Forbidden, NotFound, TraitsOutOfReach),
)
def read_fairness(run_id: str, caller: Figures, services: ServicesOf, view: ReportView) -> dict[str, Any]:
    """Figures by gender, age, origin, target group and distance to town, with intervals; small groups are hidden."""
    return report_record(report_of_run(view, caller.municipality, services.match_inputs, run_id))
