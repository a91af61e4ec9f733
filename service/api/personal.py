"""CPR numbers, and who read about a citizen. A CPR number stands in a body alone, and in no answer."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from matcher.domain.validation import check_id
from service.api.errors import declares
from service.api.models import DEFAULT_PAGE, LARGEST_PAGE, Page
from service.db.personal import AccessEntry, ReadPurpose
from service.db.purpose import Channel, Purpose
from service.db.repositories import Citizens
from service.dependencies import Auditor, CaseSystem, Db, ReadingOf, ServicesOf, View
from service.problems import (
    CprNotConfigured,
    CprTaken,
    Forbidden,
    InvalidInput,
    NotFound,
    NotRecorded,
    NotSignedIn,
    VersionConflict,
)
from service.settings import Role
from service.use_cases.access_log import access_log_of
from service.use_cases.cpr import CprKeys, citizen_with_cpr, put_cpr, remove_cpr

router = APIRouter(prefix="/citizens", tags=["personal data"])
CitizenId = Annotated[
    str, Path(max_length=64, description="the case system's own id of the citizen; never a CPR number")
]
After = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="entries on a page")]


class CprIn(BaseModel):
    """A CPR number. Valid by its form and its date; numbers without the old check digit are valid."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    cpr: SecretStr = Field(description="DDMMYY-XXXX, with or without hyphen", examples=["010190-0001"], max_length=20)


class FoundCitizen(BaseModel):
    """Who has a CPR number."""

    citizen_id: str = Field(description="the case system's own id of the citizen", examples=["B0001"])


class AccessEntryOut(BaseModel):
    """Somebody read about a citizen."""

    id: str = Field(description="id of the entry")
    at: datetime = Field(description="when, UTC", examples=["2026-10-01T08:30:00Z"])
    viewer_id: str = Field(description="who read: the id of a person or a system", examples=["karen"])
    viewer_role: Role = Field(description="in which role")
    channel: Channel = Field(description="where")
    purpose: ReadPurpose | Purpose = Field(description="what was read about the citizen")
    case: str | None = Field(description="the case it was read for, where the reader named one", examples=["SAG-1"])
    list_id: str | None = Field(description="the shown list that it stands for, see `/lists/{list_id}`; otherwise null")

    @classmethod
    def of(cls, entry: AccessEntry) -> "AccessEntryOut":
        """The entry as the API shows it."""
        return cls(
            id=entry.id,
            at=entry.at,
            viewer_id=entry.viewer.id,
            viewer_role=entry.viewer.role,
            channel=entry.viewer.channel,
            purpose=entry.purpose,
            case=entry.case,
            list_id=entry.list_id,
        )


@router.put(
    "/{citizen_id}/cpr",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Keep a citizen's CPR number",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, CprTaken, VersionConflict, CprNotConfigured),
)
def write_cpr(citizen_id: CitizenId, wanted: CprIn, caller: CaseSystem, db: Db, services: ServicesOf) -> None:
    """Keep the number sealed, in place of any other. No address gives it back: it is there to find the citizen by."""
    check_id("citizen_id", citizen_id)
    put_cpr(db, caller.municipality, CprKeys.of(services.settings), citizen_id, wanted.cpr.get_secret_value())


@router.delete(
    "/{citizen_id}/cpr",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Remove a citizen's CPR number",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput),
)
def delete_cpr(citizen_id: CitizenId, caller: CaseSystem, db: Db) -> None:
    """Remove the number; a citizen without one stays so."""
    check_id("citizen_id", citizen_id)
    remove_cpr(db, caller.municipality, citizen_id)


@router.post(
    "/by-cpr",
    summary="Find a citizen by CPR number",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, CprNotConfigured, NotRecorded),
)
def find_by_cpr(
    wanted: CprIn, caller: CaseSystem, view: View, services: ServicesOf, reading: ReadingOf
) -> FoundCitizen:
    """The id of the citizen who has the number. The number is sent in the body, so that no log of addresses has it."""
    keys = CprKeys.of(services.settings)
    citizen_id = citizen_with_cpr(view, caller.municipality, keys, wanted.cpr.get_secret_value())
    reading.about(ReadPurpose.CPR_SEARCH, [citizen_id])
    return FoundCitizen(citizen_id=citizen_id)


@router.get(
    "/{citizen_id}/access-log",
    summary="Who read about a citizen",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput),
)
def read_access_log(
    citizen_id: CitizenId,
    caller: Auditor,
    view: View,
    after: After = None,
    limit: Limit = DEFAULT_PAGE,
) -> Page[AccessEntryOut]:
    """Who read about a citizen, when, for what and for which case; newest first."""
    check_id("citizen_id", citizen_id)
    if not Citizens(view, caller.municipality).known([citizen_id]):
        raise NotFound
    found = access_log_of(view, caller.municipality, citizen_id, after=after, limit=limit + 1)
    return Page(
        items=[AccessEntryOut.of(one) for one in found[:limit]],
        next=found[limit - 1].id if len(found) > limit else None,
    )
