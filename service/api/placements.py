"""Placements: what people agreed, from the first day that was planned to how it ended."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Response, status
from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.agreement import PlacementForm
from matcher.domain.placement import Outcome, Placement, PlacementStatus, WorkAgreement
from matcher.domain.validation import check_id
from service.api.documents import etag, expected_version
from service.api.errors import declares
from service.api.idempotency import REPEATED, Once, RepeatableRoute
from service.api.models import DEFAULT_PAGE, LARGEST_PAGE, Day, Page
from service.codec import Codec
from service.db.personal import ReadPurpose
from service.db.placing import PlacementEvents
from service.db.purpose import Channel
from service.db.records import PlacementChange, PlacementEvent
from service.db.repositories import Placements
from service.dependencies import Agreeing, Db, Reader, ReadingOf, ServicesOf, View, person_of
from service.problems import (
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    NotPossibleNow,
    NotRecorded,
    NotSignedIn,
    UnknownReference,
    VersionConflict,
    VersionRequired,
    WrongStep,
)
from service.use_cases.capacity import Wanted
from service.use_cases.placements import change_placement, choose_place, refused_with_next_best

router = APIRouter(prefix="/placements", tags=["placements"], route_class=RepeatableRoute)

WORK_AGREEMENT: Final = Codec(WorkAgreement)
PlacementId = Annotated[str, Path(max_length=64)]
IfMatch = Annotated[str | None, Header(description="the ETag of the placement that is changed; required")]


class PlacementIn(BaseModel):
    """A place that a named person chooses for a citizen, on the list or beside it."""

    model_config = ConfigDict(extra="forbid")

    citizen_id: str = Field(min_length=1, max_length=64, description="id of the citizen", examples=["B0001"])
    slot_id: str = Field(min_length=1, max_length=64, description="id of the slot", examples=["P0001"])
    reason: str = Field(
        min_length=1, max_length=4000, description="why this place", examples=["Borgeren ønsker selv stedet."]
    )
    starts_on: Day | None = Field(
        default=None, description="first day; the earliest possible, where it is left out", examples=["2026-12-01"]
    )
    ends_on: Day | None = Field(
        default=None,
        description="last day; where it is left out, as late as place and target group allow",
        examples=["2027-02-28"],
    )
    hours_per_week: float | None = Field(
        default=None, ge=0.5, le=37, description="hours a week; what the citizen can manage, where it is left out"
    )
    overrides: dict[str, str] = Field(
        default_factory=dict,
        max_length=10,
        description="rules that are set aside for this citizen and place, by id, each with the reason that the rule "
        "book asks for",
        examples=[{"former_employer": "Borgeren er tryg ved stedet."}],
    )
    decided_by: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="the person who decided: required of the case system, else the caller where it is left out; who "
        "wrote it down stands in `history`",
        examples=["karen"],
    )


class PlacementPatch(BaseModel):
    """Fields to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=4000, description="why it is changed; written down beside the change")
    status: PlacementStatus | None = Field(default=None, description="planned, then running, then ended")
    outcome: Outcome | None = Field(default=None, description="how it ended; required with status ended")
    starts_on: Day | None = Field(default=None, description="first day")
    ends_on: Day | None = Field(default=None, description="last day")
    hours_per_week: float | None = Field(default=None, ge=0.5, le=37, description="hours a week")
    statement_confirmed_on: Day | None = Field(
        default=None, description="day on which employer and employees' representative confirmed the limits in writing"
    )
    work_agreement: dict[str, Any] | None = Field(
        default=None, description="functions, sub_goals, hours (steps), call_on_absence, mentor_id, tasks"
    )

    def changes(self) -> dict[str, Any]:
        """Fields that were sent, as the placement has them."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"reason"}}
        if sent.get("work_agreement") is not None:
            sent["work_agreement"] = WORK_AGREEMENT.decode(sent["work_agreement"])
        empty = sorted(name for name, value in sent.items() if value is None and name in _NEVER_EMPTY)
        if empty or not sent:
            names = empty or ["body"]
            raise InvalidInput(errors=[FieldError(name, "is empty", "send what it is to become") for name in names])
        return sent


_NEVER_EMPTY: Final = frozenset(("status", "starts_on", "ends_on", "hours_per_week"))


class PlacementOut(BaseModel):
    """What people agreed."""

    id: str
    citizen_id: str
    slot_id: str
    form: PlacementForm
    status: PlacementStatus
    hours_per_week: float = Field(description="hours a week")
    starts_on: date
    ends_on: date
    decided_by: str
    reason: str
    statement_confirmed_on: date | None
    outcome: Outcome | None
    work_agreement: dict[str, Any] | None

    @classmethod
    def of(cls, placement: Placement) -> "PlacementOut":
        """The placement as the API shows it."""
        agreed = placement.work_agreement
        values = {name: getattr(placement, name) for name in PlacementOut.model_fields if name != "work_agreement"}
        return cls(**values, work_agreement=None if agreed is None else WORK_AGREEMENT.encode(agreed))


class PlacementEventOut(BaseModel):
    """What was done to a placement, by whom and why."""

    change: PlacementChange
    recorded_by: str
    recorded_at: datetime
    reason: str
    proposal_id: str | None = Field(description="the proposal that it came of; null where the place was chosen")
    details: dict[str, Any]

    @classmethod
    def of(cls, event: PlacementEvent) -> "PlacementEventOut":
        """The event as the API shows it."""
        return cls(**{name: getattr(event, name) for name in cls.model_fields})


class PlacementWithHistory(PlacementOut):
    """A placement and what was done to it, oldest first; empty of one that came with an import."""

    history: list[PlacementEventOut]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Agree a placement",
    responses=declares(
        NotSignedIn,
        Forbidden,
        NotFound,
        InvalidInput,
        UnknownReference,
        NotPossibleNow,
        VersionConflict,
        NotRecorded,
        *REPEATED,
    ),
)
def agree_placement(
    wanted: PlacementIn, caller: Agreeing, db: Db, services: ServicesOf, response: Response, _once: Once
) -> PlacementOut:
    """Agree a place that a named person has chosen. Rules that the rule book lets that person set aside need a reason
    in `overrides`; any other rule or limit in the way is answered 409 with `reasons` and the next best places."""
    check_id("citizen_id", wanted.citizen_id)
    check_id("slot_id", wanted.slot_id)
    person = person_of(caller)
    if person.keeps_only_own and wanted.decided_by is None:
        raise InvalidInput(errors=[FieldError("decided_by", "is missing", "name the person who decided")])
    asked = Wanted(wanted.citizen_id, wanted.slot_id, wanted.starts_on, wanted.ends_on, wanted.hours_per_week)
    try:
        placement = choose_place(
            db,
            caller.municipality,
            asked,
            person,
            decided_by=wanted.decided_by or caller.id,
            reason=wanted.reason,
            overrides=wanted.overrides,
            today=services.today,
        )
    except NotPossibleNow as problem:
        recorder = services.recorder(caller, Channel.API)
        raise refused_with_next_best(db, recorder, asked, problem, services.today) from None
    response.headers["ETag"] = etag(1)
    return PlacementOut.of(placement)


@router.get(
    "", summary="List placements", responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded)
)
def list_placements(
    caller: Reader,
    view: View,
    reading: ReadingOf,
    citizen_id: Annotated[str | None, Query(max_length=64, description="only this citizen's")] = None,
    slot_id: Annotated[str | None, Query(max_length=64, description="only in this slot")] = None,
    status: Annotated[PlacementStatus | None, Query(description="only with this status")] = None,
    after: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = DEFAULT_PAGE,
) -> Page[PlacementOut]:
    """Placements by id, of the citizens whom the caller may see."""
    found = Placements(view, caller.municipality).having(
        citizen_id=citizen_id, slot_id=slot_id, status=status, after=after, limit=limit + 1
    )
    reading.about(ReadPurpose.PLACEMENTS, [one.citizen_id for one in found[:limit]])
    return Page(
        items=[PlacementOut.of(one) for one in found[:limit]], next=found[limit - 1].id if len(found) > limit else None
    )


@router.get(
    "/{placement_id}",
    summary="Read a placement",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded),
)
def read_placement(
    placement_id: PlacementId, caller: Reader, view: View, reading: ReadingOf, response: Response
) -> PlacementWithHistory:
    """One placement with what was done to it; its version as ETag."""
    placement, version = Placements(view, caller.municipality).get_versioned(placement_id)
    reading.about(ReadPurpose.PLACEMENTS, [placement.citizen_id])
    history = PlacementEvents(view, caller.municipality).of_placement(placement_id)
    response.headers["ETag"] = etag(version)
    return PlacementWithHistory(
        **PlacementOut.of(placement).model_dump(), history=[PlacementEventOut.of(one) for one in history]
    )


@router.patch(
    "/{placement_id}",
    summary="Change a placement",
    responses=declares(
        NotSignedIn, Forbidden, NotFound, InvalidInput, VersionConflict, VersionRequired, WrongStep, NotPossibleNow
    ),
)
def patch_placement(
    placement_id: PlacementId,
    wanted: PlacementPatch,
    caller: Agreeing,
    db: Db,
    services: ServicesOf,
    response: Response,
    if_match: IfMatch = None,
) -> PlacementOut:
    """Change the placement whose ETag is sent as If-Match. The case system changes only what it has agreed itself."""
    Placements(db, caller.municipality).get(placement_id)
    expected = expected_version(if_match)
    if expected is None:
        raise VersionRequired("send the placement's ETag as If-Match")
    placement, version = change_placement(
        db,
        caller.municipality,
        placement_id,
        wanted.changes(),
        person_of(caller),
        expected_version=expected,
        reason=wanted.reason,
        today=services.today,
    )
    response.headers["ETag"] = etag(version)
    return PlacementOut.of(placement)
