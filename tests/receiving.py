"""A case system on loopback that is told of events: it answers as it is told to, and keeps what it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

DROPS = 0
"""An answer that is none: the connection is closed."""


@dataclass
class Receiver:
    """What was received, and the answers to come; 204 where none is left."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        """The ids of the messages, in the order of their arrival."""
        return [headers["webhook-id"] for headers, _ in self.received]

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """The bodies, each verified by the library as a receiver does."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.received]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens until the end; while `held` is cleared, it does not answer."""
    found = Receiver()
    found.held.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = found.answers.pop(0) if found.answers else 204
            found.held.wait(10)
            if status == DROPS:
                self.close_connection = True
                return
            self.send_response(status)
            if status == 302:
                self.send_header("Location", found.url + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # as many as all senders send at once

    server = Server(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.held.set()
        server.shutdown()
        server.server_close()
        thread.join()
