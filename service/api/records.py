"""Purpose records: what a run was made from, which lists were shown to whom, and what a list said."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.api.errors import declares
from service.api.models import DEFAULT_PAGE, LARGEST_PAGE, Page
from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Purpose, RunRecord, ShownList, Viewer
from service.db.record_repositories import RunRecords, ShownLists
from service.dependencies import ReadingOf, RecordReader, View
from service.problems import Forbidden, InvalidInput, NotFound, NotRecorded, NotSignedIn
from service.settings import Role
from service.use_cases.discretion import result_without_needs

router = APIRouter(tags=["records"])

After = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]
CitizenId = Annotated[str | None, Query(max_length=64, description="only lists that this citizen is in")]


class ViewerOut(BaseModel):
    """Who asked, in which role, and where."""

    id: str
    role: Role
    channel: Channel

    @classmethod
    def of(cls, viewer: Viewer) -> "ViewerOut":
        """The viewer as the API shows it."""
        return cls(id=viewer.id, role=viewer.role, channel=viewer.channel)


class AlternativesOut(BaseModel):
    """What else a run could have proposed for a citizen."""

    citizen_id: str
    eligible: int = Field(description="places that every rule lets through")
    next_best: tuple[Mapping[str, Any], ...] = Field(description="the best others by value less price")


class RunRecordOut(BaseModel):
    """What a run was made from. `matcher replay` makes it again and compares."""

    run_id: str
    asked_by: ViewerOut
    snapshot: str = Field(description="SHA-256 of all that was stored of the municipality")
    weights: str = Field(description="SHA-256 of the weights")
    parameters: Mapping[str, Any] = Field(description="day, seed, what ended the planning, the run before (`before`)")
    versions: Mapping[str, str] = Field(description="of program, rules, weights, occupations and libraries")
    result_digest: str = Field(description="SHA-256 of the plan with its reasons")
    repeatable: bool = Field(description="false: the clock may have ended the planning")
    alternatives: list[AlternativesOut]

    @classmethod
    def of(cls, record: RunRecord, alternatives: list[AlternativesOut]) -> "RunRecordOut":
        """The record as the API shows it."""
        return cls(
            run_id=record.run_id,
            asked_by=ViewerOut.of(record.viewer),
            snapshot=record.snapshot,
            weights=record.weights,
            parameters=record.parameters,
            versions=record.versions,
            result_digest=record.result_digest,
            repeatable=record.repeatable,
            alternatives=alternatives,
        )


class ShownListOut(BaseModel):
    """A list that somebody saw: for what, when, made from what, and what it came to."""

    id: str
    purpose: Purpose
    shown_at: datetime
    shown_to: ViewerOut
    citizen_ids: tuple[str, ...]
    slot_id: str | None
    run_id: str | None = Field(description="the run whose prices it was ranked by")
    planned_on: date
    snapshot: str = Field(description="SHA-256 of all that was stored of the municipality")
    plan: str | None = Field(description="SHA-256 of the run's prices and figures")
    weights: str = Field(description="SHA-256 of the weights")
    parameters: Mapping[str, Any] = Field(description="what was asked; needs: whether health-related needs were shown")
    versions: Mapping[str, str]
    result: Mapping[str, Any] = Field(description="ranked ids with values and prices; empty once erased")
    result_digest: str = Field(description="SHA-256 of all that was shown")
    erased_on: date | None = Field(description="when a citizen in it was erased")

    @classmethod
    def of(cls, shown: ShownList, *, needs: bool) -> "ShownListOut":
        """The list as the API shows it; without `needs`, rules that read health-related needs are not named."""
        return cls(
            id=shown.id,
            purpose=shown.purpose,
            shown_at=shown.shown_at,
            shown_to=ViewerOut.of(shown.viewer),
            citizen_ids=shown.citizen_ids,
            slot_id=shown.slot_id,
            run_id=shown.run_id,
            planned_on=shown.planned_on,
            snapshot=shown.snapshot,
            plan=shown.plan,
            weights=shown.weights,
            parameters=shown.parameters,
            versions=shown.versions,
            result=shown.result if needs else result_without_needs(shown.result),
            result_digest=shown.result_digest,
            erased_on=shown.erased_on,
        )


@router.get(
    "/runs/{run_id}/record",
    summary="What a run was made from",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded),
)
def read_run_record(run_id: str, caller: RecordReader, view: View, reading: ReadingOf) -> RunRecordOut:
    """Who asked for a run, what it was made from, and what else it could have proposed."""
    records = RunRecords(view, caller.municipality)
    found = records.get(run_id)
    alternatives = [
        AlternativesOut(citizen_id=one.citizen_id, eligible=one.eligible, next_best=one.next_best)
        for one in records.alternatives(run_id)
    ]
    reading.about(ReadPurpose.RECORDS, [one.citizen_id for one in alternatives])
    return RunRecordOut.of(found, alternatives)


@router.get(
    "/lists",
    summary="Lists that were shown",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded),
)
def list_shown(
    caller: RecordReader,
    view: View,
    reading: ReadingOf,
    citizen_id: CitizenId = None,
    after: After = None,
    limit: Limit = DEFAULT_PAGE,
) -> Page[ShownListOut]:
    """Who saw which list, newest first."""
    lists = ShownLists(view, caller.municipality)
    found = lists.page(citizen_id=citizen_id, before=lists.get(after) if after else None, limit=limit + 1)
    reading.about(ReadPurpose.RECORDS, [id_ for one in found[:limit] for id_ in one.citizen_ids])
    return Page(
        items=[ShownListOut.of(one, needs=caller.sees_needs) for one in found[:limit]],
        next=found[limit - 1].id if len(found) > limit else None,
    )


@router.get(
    "/lists/{list_id}",
    summary="A list that was shown",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded),
)
def read_shown(list_id: str, caller: RecordReader, view: View, reading: ReadingOf) -> ShownListOut:
    """One list: for what, when, who saw it, what it was made from, and what it came to."""
    found = ShownLists(view, caller.municipality).get(list_id)
    reading.about(ReadPurpose.RECORDS, found.citizen_ids)
    return ShownListOut.of(found, needs=caller.sees_needs)
