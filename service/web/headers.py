"""Headers that keep a page from running or loading anything that is not its own."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEPT_NOWHERE = "no-store"
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
"""Files whose address names their content (`?v=…`)."""
KEPT_A_DAY = "public, max-age=86400"
HTTPS_ONLY = "max-age=31536000; includeSubDomains"
"""A year of HTTPS for the host and the names below it (RFC 6797)."""


class SecurityHeaders:
    """ASGI middleware: adds `HEADERS` to each response; what may hold personal data is kept in no cache.

    `secure`: the service is reached over HTTPS, and browsers are told to use nothing else.
    """

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self.app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": HTTPS_ONLY} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers["Cache-Control"] = _kept(scope, message["status"])
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _kept(scope: Scope, status: int) -> str:
    """How long an answer may be kept."""
    if not scope["path"].startswith("/static/") or status >= 400:
        return KEPT_NOWHERE
    return KEPT_FOR_GOOD if scope["query_string"].startswith(b"v=") else KEPT_A_DAY
