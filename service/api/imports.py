"""Many rows at once: NDJSON, one object a line, as `matcher import` reads it from files."""

from collections.abc import AsyncIterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from service.api.errors import declares
from service.clock import now
from service.db.import_progress import ImportProgress, ImportProgresses, ImportState
from service.db.purpose import Channel, Viewer
from service.dependencies import CaseSystem, ServicesOf, View
from service.problems import Forbidden, NotFound, NotSignedIn, TooLarge
from service.settings import Right
from service.use_cases.import_ndjson import NdjsonFile
from service.use_cases.import_stream import ImportStream

router = APIRouter(tags=["imports"])

LARGEST_BODY_BYTES = 200_000_000
"""Some 100,000 citizens."""
IN_MEMORY_BYTES = 5_000_000


async def _body(request: Request) -> AsyncIterator[IO[bytes]]:
    """The body in a temporary file, so that a large one is never held in memory."""
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as spooled:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > LARGEST_BODY_BYTES:
                raise TooLarge(f"send at most {LARGEST_BODY_BYTES // 1_000_000} MB at a time")
            await run_sync(spooled.write, piece)
        spooled.seek(0)
        yield spooled


Body = Annotated[IO[bytes], Depends(_body)]
NDJSON = "application/x-ndjson"
IMPORT_ID = "X-Import-Id"
"""Header with the id that an import can be asked for by."""
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            NDJSON: {
                "schema": {"type": "string"},
                "example": '{"type": "consultant", "id": "K01", "municipality": "0760", "name": "Karen Konsulent", '
                '"outreach_hours": 12, "caseload": 15}\n',
            }
        },
    }
}
_LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A line of JSON for each row (`row`, `type`, `id`, `result`: created, updated, unchanged or "
        "refused, and `errors`), then one for the import (`import_id`, `state`, `rows_total`, `rows_done`, `rows`)",
        "content": {
            NDJSON: {
                "schema": {"type": "string"},
                "example": '{"row":1,"type":"consultant","id":"K01","result":"created"}\n'
                '{"import_id":"0b3e…","state":"finished","rows_total":1,"rows_done":1,"rows":{}}\n',
            }
        },
        "headers": {IMPORT_ID: {"description": "the id of the import", "schema": {"type": "string"}}},
    }
}


class ImportErrorOut(BaseModel):
    """One field of a row that is wrong, in Danish; never the value itself."""

    row: int = Field(description="number of the line, from 1; 0 = the whole body")
    field: str
    problem: str
    fix: str


class KindCountOut(BaseModel):
    """Rows of one kind."""

    created: int = Field(description="rows that added something")
    updated: int = Field(description="rows that changed something")
    unchanged: int = Field(description="rows that were stored alike already")
    bad: int = Field(description="rows that were refused")


class ImportOut(BaseModel):
    """How far an import has come, or what it came to."""

    id: str = Field(description="the import's id, as in the header `X-Import-Id`")
    state: ImportState = Field(
        description="running; finished; interrupted: send the same content again, and what is missing is taken; "
        "refused: all or nothing was asked for and a row was bad"
    )
    started_at: datetime = Field(description="when it began")
    updated_at: datetime = Field(description="when rows were last taken")
    content_sha256: str = Field(description="SHA-256 of the body, to know it by when it is sent again")
    rows_total: int = Field(description="rows whose type is known")
    rows_done: int = Field(description="rows that were taken or refused")
    rows: dict[str, KindCountOut] = Field(description="what became of them, by type")
    errors: list[ImportErrorOut] = Field(description="the first errors")
    errors_left_out: int = Field(description="errors that are not listed")

    @classmethod
    def of(cls, found: ImportProgress, at: datetime) -> "ImportOut":
        """The import as the API shows it at a moment."""
        found = found.now(at)
        return cls(
            id=found.id,
            state=found.state,
            started_at=found.started_at,
            updated_at=found.updated_at,
            content_sha256=found.content_sha256,
            rows_total=found.rows_total,
            rows_done=found.rows_done,
            rows={kind: KindCountOut.model_validate(counts) for kind, counts in found.counts.items()},
            errors=[ImportErrorOut.model_validate(error) for error in found.errors],
            errors_left_out=found.errors_left_out,
        )


@router.post(
    "/imports",
    summary="Import many rows",
    responses={**_LINES, **declares(NotSignedIn, Forbidden, TooLarge)},
    response_class=StreamingResponse,
    openapi_extra=_BODY,
)
def import_rows(
    caller: CaseSystem, services: ServicesOf, body: Body, all_or_nothing: Annotated[bool, Query()] = False
) -> StreamingResponse:
    """Take the good rows, answer a line for each, and name each bad one with row, field and fix.

    `all_or_nothing` takes all or none. Needs the right `needs`, since citizens come with theirs, and a caller who is
    not limited to teams or target groups. The same content sent again changes nothing; after an import that was cut
    off it takes what is missing. A placement that has ended is history; a planned one is asked what one agreed over
    `POST /placements` is asked, and one that runs needs a free place.
    """
    caller.needs_right(Right.NEEDS)
    caller.needs_whole_municipality()
    under_way = ImportStream(
        services.sessions,
        caller.municipality,
        NdjsonFile("body", body),
        on=services.today,
        clock=now,
        actor=Viewer(caller.id, caller.role, Channel.API),
    )
    lines = under_way.lines(all_or_nothing=all_or_nothing)
    return StreamingResponse(lines, media_type=NDJSON, headers={IMPORT_ID: under_way.id})


@router.get("/imports/{import_id}", summary="Read an import", responses=declares(NotSignedIn, Forbidden, NotFound))
def read_import(
    import_id: Annotated[str, Path(max_length=64, description="as in the header `X-Import-Id`")],
    caller: CaseSystem,
    view: View,
) -> ImportOut:
    """How far an import has come, and the rows that were refused."""
    return ImportOut.of(ImportProgresses(view, caller.municipality).get(import_id), now())
