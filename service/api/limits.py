"""How large a request's body may be. Imports have a limit of their own: their lines are not held in memory."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.errors import problem_response
from service.problems import TooLarge

LARGEST_BODY_BYTES = 5_000_000
"""An agreement with all the slots that it may have."""
STREAMED = "/api/v1/imports"
"""The path whose body is read piece by piece, by the endpoint itself."""


class BodyLimit:
    """ASGI middleware: reads a body before the endpoint does, and answers 413 as soon as it is too large.

    `larger`: paths that take more than `most_bytes`, each with its limit.
    """

    def __init__(
        self, app: ASGIApp, most_bytes: int = LARGEST_BODY_BYTES, larger: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] == STREAMED:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        most_bytes = self.larger.get(scope["path"], self.most_bytes)
        announced = request.headers.get("content-length", "0")
        messages: list[Message] = []
        size = int(announced) if announced.isdecimal() else 0
        more = size <= most_bytes
        size = 0 if more else size
        while more:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            more = message.get("more_body", False) and size <= most_bytes
        if size > most_bytes:
            problem = TooLarge(f"send at most {most_bytes // 1_000_000} MB at a time, or use /imports")
            await problem_response(request, problem)(scope, receive, send)
            return
        replay = iter(messages)

        async def again() -> Message:
            return next(replay, None) or await receive()

        await self.app(scope, again, send)
