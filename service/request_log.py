"""One structured line a request, without personal data: no query string, body, name or id of a person."""

import time
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "x-request-id"
log = structlog.get_logger("matcher.http")


class RequestLog:
    """ASGI middleware: gives each request an id, returns it in `X-Request-Id`, and logs method, route and status.

    The id is made here; one sent by a caller is not trusted. The route's template is logged, never the path itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                log.exception("unexpected error")
                raise
            finally:
                endpoint = scope.get("endpoint")
                log.info(
                    "request",
                    method=scope["method"],
                    route=getattr(endpoint, "__name__", "none"),
                    status=status,
                    milliseconds=round(1000 * (time.perf_counter() - started), 1),
                )
