"""Rules of the municipality: those that hold, what a change would do, and changes with a name and a reason."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from service.api.errors import declares
from service.api.idempotency import REPEATED, Once, RepeatableRoute
from service.api.models import Day
from service.db.scoping import visible_citizens
from service.dependencies import AnyCaller, Begin, Db, JobConsultant, ServicesOf, View
from service.problems import Forbidden, InvalidInput, NothingToPlan, NotSignedIn
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import load
from service.use_cases.plan_comparison import PlanComparison
from service.use_cases.rule_preview import PREVIEW_TIME_LIMIT_S, preview_rules
from service.use_cases.rule_tried import Tried, record_preview
from service.use_cases.rules import RulesOverview, add_changes, change_record, read_changes, rules_overview

router = APIRouter(prefix="/rules", tags=["rules"], route_class=RepeatableRoute)

On = Annotated[Day | None, Query(description="day that the rules hold on; today where it is left out")]
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
    on: Day | None = None
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
    """The plan without and with the changes; nothing is stored. Counts are of all citizens."""

    on: date
    before: PlanFiguresOut
    after: PlanFiguresOut
    gains: int
    loses: int
    changes: int
    differences: list[DifferenceOut]
    preview_id: str = Field(description="names the preview when the changes are put into force")

    @classmethod
    def of(cls, found: PlanComparison, visible: frozenset[str] | None, preview_id: str) -> "PreviewOut":
        """The comparison as the API shows it: with the citizens whom the caller may see (None = all)."""
        return cls.model_validate(found.as_record(visible) | {"preview_id": preview_id})


class RuleChangesIn(BaseModel):
    """Changes that a named person has decided, with the preview that they were tried in or why there is none."""

    model_config = ConfigDict(extra="forbid")

    changes: Changes
    reason: str = Field(min_length=1, max_length=4000)
    preview_id: str = Field(default="", max_length=64, description="the preview of the same changes")
    without_preview: str = Field(default="", max_length=1000, description="why they go into force without a preview")


@router.get("", summary="List rules", responses=declares(NotSignedIn, InvalidInput))
def list_rules(caller: AnyCaller, services: ServicesOf, view: View, on: On = None) -> RulesOut:
    """Every rule that holds on a day, with its source, and the municipality's own changes."""
    return RulesOut.of(rules_overview(view, caller.municipality, on or services.today))


@router.post(
    "/preview",
    summary="Preview a rule change",
    responses=declares(NotSignedIn, Forbidden, InvalidInput, NothingToPlan),
)
def preview(wanted: PreviewIn, caller: JobConsultant, services: ServicesOf, view: View, begin: Begin) -> PreviewOut:
    """Plan the day without and with the changes, in memory, and compare citizen by citizen.

    The figures count everybody; differences name the citizens whom the caller may see.
    """
    changes = read_changes({"changes": wanted.changes})
    found = preview_rules(
        load(view, caller.municipality),
        weights_in_use(view, caller.municipality),
        changes,
        on=wanted.on or services.today,
        time_limit_s=wanted.time_limit_s,
        taxonomy=services.match_inputs.taxonomy,
    )
    with begin() as session:
        preview_id = record_preview(session, caller.municipality, changes)
    return PreviewOut.of(found, visible_citizens(view, caller.municipality), preview_id)


@router.post(
    "/changes",
    status_code=status.HTTP_201_CREATED,
    summary="Change rules",
    responses=declares(NotSignedIn, Forbidden, InvalidInput, *REPEATED),
)
def change_rules(wanted: RuleChangesIn, caller: JobConsultant, db: Db, _once: Once) -> list[RuleChangeOut]:
    """Put changes into force from the day that each names; the caller's id is written beside them."""
    stored = add_changes(
        db,
        caller.municipality,
        read_changes({"changes": wanted.changes}),
        changed_by=caller.id,
        reason=wanted.reason,
        tried=Tried(wanted.preview_id, wanted.without_preview),
    )
    return [RuleChangeOut.model_validate(change_record(one)) for one in stored]
