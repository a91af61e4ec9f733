"""`POST /imports` to a server that may be killed meanwhile: one request, what was answered of it, and no more."""

import http.client
import json
import socket
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from service.app import create_app
from service.db.session import SessionFactory
from service.settings import Settings
from tests.serving import SYSTEM, TOKENS

LONGEST_S = 120.0


def listening() -> socket.socket:
    """A socket that a server will listen at."""
    made = socket.create_server(("127.0.0.1", 0))
    made.settimeout(LONGEST_S)
    return made


def answer_once(sessions: SessionFactory, url: str, on: str, at: socket.socket) -> None:
    """Serve the application until one request has been answered."""
    app = create_app(Settings(database_url=url, tokens=TOKENS, today=date.fromisoformat(on)), sessions)

    async def once(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        server.should_exit = True

    server = uvicorn.Server(uvicorn.Config(once, log_config=None, access_log=False, lifespan="off"))
    server.run(sockets=[at])


def sent(file: Path, port: int) -> list[dict[str, Any]]:
    """The lines that came back, whole, until the server was done or gone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST_S)
    headers = {"Authorization": f"Bearer {SYSTEM}", "Content-Type": "application/x-ndjson"}
    lines: list[bytes] = []
    try:
        connection.request("POST", "/api/v1/imports", file.read_bytes(), headers)
        answer = connection.getresponse()
        while line := answer.readline():
            lines.append(line)
    except (ConnectionError, http.client.HTTPException):
        pass
    finally:
        connection.close()
    return [json.loads(line) for line in lines if line.endswith(b"\n")]
