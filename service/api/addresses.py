"""Addresses with a character that no id, name or search has: a database may refuse to look for it."""

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.errors import problem_response
from service.problems import FieldError, InvalidInput, NotFound, Problem

_CONTROL: Final = frozenset(map(chr, (*range(32), 127)))
_ENCODED: Final = tuple(f"%{ord(one):02x}".encode() for one in sorted(_CONTROL - {"\t", "\n", "\r"}))
"""As they stand in a query; a tab or a line's end may be part of a text that is searched for."""


class PlainAddresses:
    """ASGI middleware: a path with a control character names nothing (404), a query with one is invalid (422)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        problem = _problem_of(scope) if scope["type"] == "http" else None
        app = self.app if problem is None else problem_response(Request(scope), problem)
        await app(scope, receive, send)


def _problem_of(scope: Scope) -> Problem | None:
    if not _CONTROL.isdisjoint(scope["path"]):
        return NotFound("the address has a character that no address has")
    query = scope["query_string"].lower()
    if any(code in query for code in _ENCODED):
        fix = "leave control characters out"
        return InvalidInput(errors=[FieldError("query", "has a character that cannot be read", fix)])
    return None
