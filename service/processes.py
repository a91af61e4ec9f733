"""`matcher serve --workers N`: N processes answer the API, and one has the pages.

Every process listens at the service's address. The pages keep work of theirs in memory (tries, replays, needs that are
being found), so whatever is not the API's is handed on to the one process that has them, over a socket of the file
system that only this user reaches. What else the processes share stands in the database.
"""

from collections.abc import AsyncIterator, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.supervisors import Multiprocess

from service.app import create_app
from service.db.session import session_factory
from service.logs import configure_logging
from service.settings import Settings
from service.use_cases.night_background import in_a_process

OWN: Final = ("/api/", "/static/", "/livez", "/readyz", "/metrics")
"""What each process answers itself: where a path begins with."""
CLIENT: Final = b"x-matcher-client"
"""Header between the processes: the address that a request came from. From outside it is dropped."""
SETTINGS_OF_UVICORN: Final[dict[str, Any]] = {"log_config": None, "access_log": False, "server_header": False}
STARTS_WITHIN_S: Final = 120
"""Seconds that a process may say nothing, as when it starts on a busy machine, before it is begun anew."""
_OF_A_CONNECTION: Final = frozenset((b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"))
"""Headers that are about one connection, and are not handed on (RFC 9110, 7.6.1)."""
_KEPT_OPEN_S: Final = 60
_NOT_YET: Final = "Siderne starter. Prøv igen om et øjeblik.\nThe pages are starting. Try again in a moment.\n"


class PagesElsewhere:
    """ASGI middleware: hands on what the process does not answer itself."""

    def __init__(self, app: ASGIApp, socket: str) -> None:
        self.app = app
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        self.transport = httpx.AsyncHTTPTransport(uds=socket, limits=limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(OWN):
            await self.app(scope, receive, send)
            return
        request = self._request(scope, receive)
        try:
            response = await self.transport.handle_async_request(request)
        except httpx.ConnectError:
            await _answer(send, 503, [(b"retry-after", b"5")], _NOT_YET.encode())
            return
        try:
            start = {"type": "http.response.start", "status": response.status_code}
            await send(start | {"headers": list(_handed_on(response.headers.raw))})
            async for part in response.stream:  # type: ignore[union-attr]  # of an asynchronous transport
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await response.aclose()

    def _request(self, scope: Scope, receive: Receive) -> httpx.Request:
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        client = scope["client"] or ("", 0)
        headers = [one for one in _handed_on(scope["headers"]) if one[0] != CLIENT]
        headers.append((CLIENT, f"{client[0]} {client[1]}".encode()))
        body = {b"content-length", b"transfer-encoding"} & {name for name, _ in scope["headers"]}
        return httpx.Request(
            scope["method"],
            "http://pages/",
            headers=headers,
            content=_body(receive) if body else None,
            extensions={"target": target},
        )


class FromWorkers:
    """ASGI middleware of the process with the pages: a request came from where the other process says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            host, _, port = dict(scope["headers"]).get(CLIENT, b"").decode("latin-1").rpartition(" ")
            client = (host, int(port)) if host else None
            headers = [one for one in scope["headers"] if one[0] != CLIENT]
            scope = {**scope, "client": client, "headers": headers}
        await self.app(scope, receive, send)


def serve_here(settings: Settings) -> None:
    """Serve API and pages in this process until somebody ends it."""
    uvicorn.run(_application(settings), host=settings.host, port=settings.port, **SETTINGS_OF_UVICORN)


def serve_in_processes(settings: Settings) -> None:
    """Serve until somebody ends it; a process that ends by itself is begun anew.

    The settings name a session secret, the same for all.
    """
    with TemporaryDirectory(prefix="matcher-") as folder:
        socket = str(Path(folder) / "pages")
        pages = uvicorn.Server(
            uvicorn.Config(
                FromWorkers(_application(settings)),
                uds=socket,
                proxy_headers=False,
                timeout_keep_alive=_KEPT_OPEN_S,
                **SETTINGS_OF_UVICORN,
            )
        )
        thread = Thread(target=pages.run, name="pages", daemon=True)
        thread.start()
        config = uvicorn.Config(
            partial(_worker, settings, socket),
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            timeout_worker_healthcheck=STARTS_WITHIN_S,
            **SETTINGS_OF_UVICORN,
        )
        try:
            Multiprocess(config, sockets=[config.bind_socket()]).run()
        finally:
            pages.should_exit = True
            thread.join()


def _application(settings: Settings) -> FastAPI:
    sessions = session_factory(settings, for_requests=True)
    return create_app(settings, sessions, nights=in_a_process(settings, sessions))


def _worker(settings: Settings, socket: str) -> ASGIApp:
    """What a process answers with."""
    configure_logging(settings.log_level)
    return PagesElsewhere(_application(settings), socket)


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise httpx.ReadError("the client is gone")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def _handed_on(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    return (one for one in headers if one[0].lower() not in _OF_A_CONNECTION)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers = [*headers, (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
