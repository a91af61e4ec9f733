"""Many rows at once: NDJSON, one object a line, as `matcher import` reads it from files."""

from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request

from service.api.errors import declares
from service.db.session import unit_of_work
from service.dependencies import CaseSystem, ServicesOf
from service.problems import Forbidden, NotSignedIn, TooLarge
from service.settings import Right
from service.use_cases.import_files import import_sources
from service.use_cases.import_ndjson import NdjsonFile

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
_NDJSON: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"type": "consultant", "id": "K01", "municipality": "0760", "name": "Karen Konsulent", '
                '"outreach_hours": 12, "caseload": 15}\n',
            }
        },
    }
}


@router.post(
    "/imports",
    summary="Import many rows",
    responses=declares(NotSignedIn, Forbidden, TooLarge),
    openapi_extra=_NDJSON,
)
def import_rows(
    caller: CaseSystem, services: ServicesOf, body: Body, all_or_nothing: Annotated[bool, Query()] = False
) -> dict[str, Any]:
    """Take the good rows and report each bad one with row, field and fix; `all_or_nothing` takes all or none.

    Needs the right `needs`, since citizens come with theirs.
    """
    caller.needs_right(Right.NEEDS)
    with unit_of_work(services.sessions) as session:
        report = import_sources(
            session,
            caller.municipality,
            [NdjsonFile("body", body)],
            all_or_nothing=all_or_nothing,
            on=services.today,
        )
    return report.as_record()
