"""Errors as `application/problem+json` (RFC 9457): they name fields, never what was sent."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from matcher.domain.validation import InvalidValueError
from service.db.failures import FAILURES, unavailable
from service.problems import (
    RETRY_AFTER_SECONDS,
    FieldError,
    InvalidInput,
    NotPossibleNow,
    NotSignedIn,
    Problem,
    TooManyRequests,
)

PROBLEM_JSON = "application/problem+json"
_NAME = re.compile(r"[A-Za-z_-]{0,60}(\[\d{1,6}\])*")


class FieldErrorOut(BaseModel):
    """One field that is wrong."""

    field: str
    problem: str
    fix: str


class ReasonOut(BaseModel):
    """What stands in the way of a placement: the rule or limit, and why in both languages."""

    id: str
    danish: str
    english: str


class AlternativeOut(BaseModel):
    """A place that is possible instead."""

    slot_id: str
    heading: str
    value: float


class ProblemOut(BaseModel):
    """An error. `request_id` finds it in the log.

    `reasons` and `alternatives` belong to a placement that is not possible: what stands in the way, and the next best
    places of the citizen.
    """

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldErrorOut] = []
    reasons: list[ReasonOut] | None = None
    alternatives: list[AlternativeOut] | None = None
    request_id: str | None = None


def declares(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What an endpoint can answer besides success, for `responses=`."""
    titles: dict[int | str, list[str]] = {}
    for problem in problems:
        titles.setdefault(problem.status, []).append(problem.title)
    return {
        status: {"model": ProblemOut, "description": "; ".join(names), "content": {PROBLEM_JSON: {}}}
        for status, names in titles.items()
    }


def _respond(
    request: Request,
    status: int,
    type_: str,
    title: str,
    detail: str = "",
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
    not_possible: NotPossibleNow | None = None,
) -> JSONResponse:
    body = ProblemOut(
        type=type_,
        title=title,
        status=status,
        detail=detail or None,
        errors=[
            FieldErrorOut(field=_known_path(error.field), problem=error.problem, fix=error.fix) for error in errors
        ],
        request_id=getattr(request.state, "request_id", None),
    )
    if not_possible is not None:
        body.reasons = [ReasonOut(id=id_, danish=da, english=en) for id_, da, en in not_possible.reasons]
        body.alternatives = [AlternativeOut(**asdict(one)) for one in not_possible.alternatives]
    return JSONResponse(body.model_dump(exclude_none=True), status, headers, PROBLEM_JSON)


def _known_path(path: str) -> str:
    """The path of a field, with what cannot be a field's name left out: a name that was sent may be anything."""
    return ".".join(part if _NAME.fullmatch(part) else "…" for part in path.split("."))


def _field(location: Sequence[int | str]) -> str:
    """`("body", "goals", 0, "text")` as `goals[0].text`."""
    parts = list(location[1:]) if location[:1] in (("body",), ("query",), ("path",), ("header",)) else list(location)
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".") or "body"


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """The answer that a problem is."""
    headers = {"WWW-Authenticate": problem.challenge} if isinstance(problem, NotSignedIn) else {}
    if isinstance(problem, TooManyRequests):
        headers["Retry-After"] = str(problem.retry_after_seconds)
    elif problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    not_possible = problem if isinstance(problem, NotPossibleNow) else None
    return _respond(
        request, problem.status, problem.type, problem.title, problem.detail, problem.errors, headers, not_possible
    )


def handle_errors(app: FastAPI) -> None:
    """Answer every error of the application with a problem."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> JSONResponse:
        return problem_response(request, error)

    async def _database(request: Request, error: Exception) -> JSONResponse:
        problem = unavailable(error)
        if problem is None:
            raise error
        return problem_response(request, problem)

    for failure in FAILURES:
        app.add_exception_handler(failure, _database)

    @app.exception_handler(InvalidValueError)
    async def _invalid_value(request: Request, error: InvalidValueError) -> JSONResponse:
        errors = [FieldError(error.field, error.problem, error.fix)]
        return _respond(request, InvalidInput.status, InvalidInput.type, InvalidInput.title, errors=errors)

    @app.exception_handler(RequestValidationError)
    async def _invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            FieldError(_field(tuple(found["loc"])), _WORDS.get(found["type"], "is not as described"), _SEE_SCHEMA)
            for found in error.errors()
        ]
        return _respond(request, InvalidInput.status, InvalidInput.type, InvalidInput.title, errors=errors)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == HTTPStatus.BAD_REQUEST:  # raised of bodies that cannot be read, e.g. nested too deep
            return problem_response(request, InvalidInput(errors=[FieldError("body", "is not JSON", _SEE_SCHEMA)]))
        title = HTTPStatus(error.status_code).phrase
        return _respond(request, error.status_code, "about:blank", title, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - logged by RequestLog
        return _respond(request, 500, "about:blank", HTTPStatus(500).phrase, "the log has it under the request id")


_SEE_SCHEMA = "see /api/v1/openapi.json"
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "json_invalid": "is not JSON",
    "enum": "is not one of the known values",
    "literal_error": "is not one of the known values",
    "string_type": "is not text",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "float_parsing": "is not a number",
    "date_from_datetime_parsing": "is not a date",
    "date_parsing": "is not a date",
    "uuid_parsing": "is not a UUID",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
}
"""What pydantic's error types mean; its own messages may repeat the input."""
