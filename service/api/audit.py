"""The chain of who did what, for auditors."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.api.errors import declares
from service.api.models import DEFAULT_PAGE, LARGEST_PAGE, Page
from service.audit_chain import Action, AuditEntry
from service.dependencies import Auditor, View
from service.problems import Forbidden, InvalidInput, NotSignedIn
from service.use_cases.audit import audit_page

router = APIRouter(tags=["audit"])

After = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="entries on a page")]
OfAction = Annotated[Action | None, Query(description="only entries of this action")]
OfObject = Annotated[str | None, Query(max_length=64, description="only entries about what has this id")]
OfActor = Annotated[str | None, Query(max_length=64, description="only what this person or system did")]


class AuditEntryOut(BaseModel):
    """One entry of the chain; docs/audit.md says how its hash is recomputed."""

    n: int = Field(description="1, 2, 3 … without gaps", examples=[17])
    at: str = Field(description="UTC, with microseconds, as it is hashed", examples=["2026-11-23T02:00:07.120000Z"])
    actor_id: str = Field(description="who did it", examples=["karen"])
    actor_role: str = Field(description="in which role", examples=["job_consultant"])
    channel: str = Field(description="where: api, page or command_line", examples=["page"])
    action: str = Field(description="what was done", examples=["proposal.decided"])
    object_kind: str = Field(description="to what", examples=["proposal"])
    object_id: str = Field(description="its id", examples=["0f2c0c7e-3b1f-4b0e-9d0e-0a6f3f1f6b11"])
    details: dict[str, Any] = Field(description="codes, ids and numbers", examples=[{"verdict": "approved"}])
    municipality: str = Field(description="municipality code", examples=["0760"])
    previous: str = Field(description="hash of entry n - 1; 64 zeros for the first")
    hash: str = Field(description="SHA-256 of this entry with `previous`, hexadecimal")

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditEntryOut":
        """The entry as the API shows it."""
        return cls.model_validate(entry.as_record())


@router.get("/audit", summary="Who did what", responses=declares(NotSignedIn, Forbidden, InvalidInput))
def list_audit(
    caller: Auditor,
    view: View,
    action: OfAction = None,
    object_id: OfObject = None,
    actor_id: OfActor = None,
    after: After = None,
    limit: Limit = DEFAULT_PAGE,
) -> Page[AuditEntryOut]:
    """Entries of the municipality's chain, newest first. Not for callers who are limited to teams or target groups."""
    if caller.scope.limited:
        raise Forbidden("the chain is of the whole municipality; the caller is limited to a part of it")
    found = audit_page(
        view,
        caller.municipality,
        after=after,
        limit=limit + 1,
        action=action,
        object_id=object_id,
        actor_id=actor_id,
    )
    return Page(
        items=[AuditEntryOut.of(entry) for entry in found[:limit]],
        next=str(found[limit - 1].n) if len(found) > limit else None,
    )
