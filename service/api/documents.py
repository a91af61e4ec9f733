"""Citizens, companies and agreements as the case system keeps them: one JSON object each, with a version (ETag)."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Response, status
from pydantic import TypeAdapter

from matcher.domain.validation import check_id
from service.api.errors import declares
from service.codec import AGREEMENT, CITIZEN, COMPANY, Codec
from service.db.documents import Change, Documents
from service.db.personal import ReadPurpose
from service.db.repositories import Agreements, Citizens, Companies
from service.dependencies import CaseSystem, Db, ReadingOf, View
from service.problems import (
    FieldError,
    Forbidden,
    InUse,
    InvalidInput,
    NotFound,
    NotRecorded,
    NotSignedIn,
    UnknownReference,
    VersionConflict,
    VersionRequired,
)
from service.settings import Right
from service.use_cases.discretion import document_without_needs
from service.use_cases.remove_citizen import remove_citizen as remove

router = APIRouter()

IfMatch = Annotated[str | None, Header(description="the ETag of what is changed; leave it out to add something new")]
_STRONG_ETAG = re.compile(r'("?)([0-9]{1,18})\1')
"""Weak ones (`W/`) never match in If-Match (RFC 9110, 13.1.1)."""
_READ = declares(NotSignedIn, Forbidden, NotFound)
_READ_CITIZEN = declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded)
_WRITE = declares(NotSignedIn, Forbidden, InvalidInput, UnknownReference, VersionConflict, VersionRequired)


def etag(version: int) -> str:
    """A version as an ETag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that an If-Match names; VersionConflict where it can be none of ours."""
    if if_match is None:
        return None
    found = _STRONG_ETAG.fullmatch(if_match.strip())
    if found is None:
        raise VersionConflict("If-Match is not an ETag of this service")
    return int(found[2])


def _read(repository: Documents[Any, Any], id_: str, response: Response) -> dict[str, Any]:
    check_id("id", id_)
    value, version = repository.get_versioned(id_)
    response.headers["ETag"] = etag(version)
    return repository.codec.encode(value)


def _write(
    repository: Documents[Any, Any], id_: str, document: dict[str, Any], if_match: str | None, response: Response
) -> dict[str, Any]:
    check_id("id", id_)
    value = repository.codec.decode(document)
    if value.id != id_:
        raise InvalidInput(errors=[FieldError("id", "is not the id of the address", "write the same id in both")])
    expected = expected_version(if_match)
    if repository.known([id_]):
        stored, version = repository.get_versioned(id_)
        if stored == value:  # written before: the answer may have been lost (RFC 9110, 13.1.1)
            response.headers["ETag"] = etag(version)
            return repository.codec.encode(value)
        if expected is None:
            raise VersionRequired("it exists: send its ETag as If-Match")
    saved = repository.put(value, expected_version=expected or 0)
    response.status_code = status.HTTP_201_CREATED if saved.change is Change.CREATED else status.HTTP_200_OK
    response.headers["ETag"] = etag(saved.version)
    return repository.codec.encode(value)


Document = Annotated[dict[str, Any], Body()]
Id = Annotated[str, Path(max_length=64, description="the case system's own id; never a CPR number")]


def _add_routes(path: str, kind: str, repository: type[Documents[Any, Any]]) -> None:
    """`GET` and `PUT` of one kind of value."""

    def read(id: Id, caller: CaseSystem, view: View, response: Response) -> dict[str, Any]:  # noqa: A002 - in the address
        """The object as it was written, and its version as ETag."""
        return _read(repository(view, caller.municipality), id, response)

    def read_citizen(
        id: Id,  # noqa: A002 - in the address
        caller: CaseSystem,
        view: View,
        reading: ReadingOf,
        response: Response,
    ) -> dict[str, Any]:
        """The citizen as written, and the version as ETag; needs take the right `needs`. The read is written down."""
        document = _read(repository(view, caller.municipality), id, response)
        reading.about(ReadPurpose.PROFILE, [id])
        return document if caller.sees_needs else document_without_needs(document)

    def write(
        id: Id,  # noqa: A002 - in the address
        document: Document,
        caller: CaseSystem,
        db: Db,
        response: Response,
        if_match: IfMatch = None,
    ) -> dict[str, Any]:
        """Add it (201), or change the one whose ETag is sent as If-Match (200). A citizen needs the right `needs`.

        What is stored alike already is answered 200 with its ETag, whatever version is named: sent again, nothing is
        done twice.
        """
        if repository is Citizens:
            caller.needs_right(Right.NEEDS)
        return _write(repository(db, caller.municipality), id, document, if_match, response)

    router.add_api_route(
        f"/{path}/{{id}}",
        read_citizen if repository is Citizens else read,
        methods=["GET"],
        tags=[path],
        name=f"read_{kind.split()[1]}",
        summary=f"Read {kind}",
        responses={
            **(_READ_CITIZEN if repository is Citizens else _READ),
            status.HTTP_200_OK: _answer(repository.codec),
        },
    )
    router.add_api_route(
        f"/{path}/{{id}}",
        write,
        methods=["PUT"],
        tags=[path],
        name=f"write_{kind.split()[1]}",
        summary=f"Write {kind}",
        responses={
            **_WRITE,
            status.HTTP_200_OK: _answer(repository.codec, "Changed"),
            status.HTTP_201_CREATED: _answer(repository.codec, "Added"),
        },
        openapi_extra=_body(repository.codec),
    )


def _answer(codec: Codec[Any], description: str = "As it is stored") -> dict[str, Any]:
    """The documented answer: the value, and its version."""
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": REFERENCE.format(model=codec.kind.__name__)}}},
        "headers": {"ETag": {"description": "the version, for If-Match", "schema": {"type": "string"}}},
    }


def _body(codec: Codec[Any]) -> dict[str, Any]:
    """The documented body: the value's own schema. The codec reads it, so that every bad field is named."""
    content = {"application/json": {"schema": {"$ref": REFERENCE.format(model=codec.kind.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


REFERENCE = "#/components/schemas/{model}"


def domain_schemas() -> dict[str, Any]:
    """JSON schemas of the domain values that the bodies name, and of what they are made of, by class."""
    schemas: dict[str, Any] = {}
    for codec in (CITIZEN, COMPANY, AGREEMENT):
        schema = TypeAdapter(codec.kind).json_schema(ref_template=REFERENCE)
        schemas |= schema.pop("$defs", {})
        schemas[codec.kind.__name__] = schema
    return schemas


_add_routes("citizens", "a citizen", Citizens)
_add_routes("companies", "a company", Companies)
_add_routes("agreements", "an agreement", Agreements)


@router.delete(
    "/citizens/{id}",
    tags=["citizens"],
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Remove a citizen",
    responses=declares(NotSignedIn, Forbidden, NotFound, InUse, VersionConflict, VersionRequired),
)
def remove_citizen(id: Id, caller: CaseSystem, db: Db, if_match: IfMatch = None) -> None:  # noqa: A002 - in the address
    """Remove the citizen whose ETag is sent as If-Match, and what runs proposed; not while there are placements.

    What the citizen counts for in the municipality's yearly statistics is kept, without the person.
    """
    check_id("id", id)
    remove(db, caller.municipality, id, expected_version(if_match))
