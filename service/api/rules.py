"""Rules of the municipality: those that hold, what a change would do, and changes with a name and a reason."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from service.api.errors import declares
from service.api.idempotency import REPEATABLE, REPEATED, RepeatableRoute
from service.dependencies import AnyCaller, Db, JobConsultant, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NothingToPlan, NotSignedIn, PlanRefused
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import load
from service.use_cases.rule_preview import PREVIEW_TIME_LIMIT_S, RulePreview, preview_rules
from service.use_cases.rules import RulesOverview, add_changes, change_record, read_changes, rules_overview

router = APIRouter(prefix="/rules", tags=["rules"], route_class=RepeatableRoute)

On = Annotated[date | None, Query(description="day that the rules hold on; today where it is left out")]
Changes = Annotated[
    list[dict[str, Any]],
    Field(
        min_length=1,
        max_length=100,
        description="`kind` (switch_off, restore, set_figures, add), `rule_id`, `valid_from`, `valid_to`, and "
        "`figures` for set_figures or `rule` for add; see docs/rules.md",
    ),
]


class RuleOut(BaseModel):
    """A rule as it reads on a day. `override` says who may set it aside for one pair, and what the reason must say."""

    id: str
    danish: str
    english: str
    source: str
    valid_from: date
    valid_to: date | None
    severity: str = Field(description="closes, limits, duty or advice")
    origin: str = Field(description="law, practice, agreement, choice or local")
    parameters: dict[str, float]
    bounds: dict[str, tuple[float, float]] = Field(description="figures that the municipality may change, from and to")
    override: dict[str, Any] | None
    can_be_switched_off: bool
    condition: dict[str, Any] | None = Field(description="of a local rule: the pairs that it closes")


class RuleChangeOut(BaseModel):
    """A change, who decided it and why. `outdated`: the common rules no longer allow it, and it counts for nothing."""

    number: int
    change: dict[str, Any]
    changed_by: str
    reason: str
    changed_at: str
    outdated: bool


class RulesOut(BaseModel):
    """The rules of a day, and the municipality's changes, the latest first."""

    on: date
    rules: list[RuleOut]
    changes: list[RuleChangeOut]

    @classmethod
    def of(cls, found: RulesOverview) -> "RulesOut":
        """The overview as the API shows it."""
        return cls.model_validate(found.as_record())


class PreviewIn(BaseModel):
    """Changes to try on the plan of a day (today where it is left out)."""

    model_config = ConfigDict(extra="forbid")

    changes: Changes
    on: date | None = None
    time_limit_s: float = Field(default=PREVIEW_TIME_LIMIT_S, ge=0.1, le=120, description="seconds a plan may take")


class PlanFiguresOut(BaseModel):
    """A plan in figures; a difference of value below the gap says nothing."""

    value: float
    gap: float
    proposals: int
    eligible_pairs: int
    with_a_place: int


class DifferenceOut(BaseModel):
    """A citizen whose proposal would be another."""

    citizen_id: str
    move: str = Field(description="gains, loses or changes")
    slot_before: str | None
    place_before: str | None
    slot_after: str | None
    place_after: str | None


class PreviewOut(BaseModel):
    """The plan without and with the changes; nothing is stored."""

    on: date
    before: PlanFiguresOut
    after: PlanFiguresOut
    gains: int
    loses: int
    changes: int
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, found: RulePreview) -> "PreviewOut":
        """The comparison as the API shows it."""
        return cls.model_validate(found.as_record())


class RuleChangesIn(BaseModel):
    """Changes that a named person has decided."""

    model_config = ConfigDict(extra="forbid")

    changes: Changes
    reason: str = Field(min_length=1, max_length=4000)


@router.get("", summary="List rules", responses=declares(NotSignedIn, InvalidInput))
def list_rules(caller: AnyCaller, services: ServicesOf, view: View, on: On = None) -> RulesOut:
    """Every rule that holds on a day, with its source, and the municipality's own changes."""
    return RulesOut.of(rules_overview(view, caller.municipality, on or services.today))


@router.post(
    "/preview",
    summary="Preview a rule change",
    responses=declares(NotSignedIn, Forbidden, InvalidInput, NothingToPlan, PlanRefused),
)
def preview(wanted: PreviewIn, caller: JobConsultant, services: ServicesOf, view: View) -> PreviewOut:
    """Plan the day without and with the changes, in memory, and compare citizen by citizen."""
    found = preview_rules(
        load(view, caller.municipality),
        weights_in_use(view, caller.municipality),
        read_changes({"changes": wanted.changes}),
        on=wanted.on or services.today,
        time_limit_s=wanted.time_limit_s,
        taxonomy=services.match_inputs.taxonomy,
    )
    return PreviewOut.of(found)


@router.post(
    "/changes",
    status_code=status.HTTP_201_CREATED,
    summary="Change rules",
    dependencies=[REPEATABLE],
    responses=declares(NotSignedIn, Forbidden, InvalidInput, *REPEATED),
)
def change_rules(wanted: RuleChangesIn, caller: JobConsultant, db: Db) -> list[RuleChangeOut]:
    """Put changes into force from the day that each names; the caller's id is written beside them."""
    stored = add_changes(
        db,
        caller.municipality,
        read_changes({"changes": wanted.changes}),
        changed_by=caller.id,
        reason=wanted.reason,
    )
    return [RuleChangeOut.model_validate(change_record(one)) for one in stored]
