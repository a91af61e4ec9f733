"""Where somebody goes on after signing in again: the page that was open, or the nearest that can be read."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.routing import BaseRoute, Match

CURRENT_PAGE: Final = "hx-current-url"
"""Header of a request for a part of a page: the page's own address."""


def readable_address(request: Request, routes: Sequence[BaseRoute]) -> str | None:
    """The address to go on to after a request that nobody was signed in for; None where there is none.

    What was read is read again. A part of a page leads to the page that it stands on. A form leads to its own address
    where that can be read too (it then shows the form), else to the nearest address above it.
    """
    if request.method != "GET":
        return _nearest(request.url.path, routes)
    page = urlsplit(request.headers.get(CURRENT_PAGE, ""))
    path, query = (page.path, page.query) if page.path else (request.url.path, request.url.query)
    return f"{path}?{query}" if query else path


def _nearest(path: str, routes: Sequence[BaseRoute]) -> str | None:
    """The longest beginning of a path that answers GET."""
    while path.strip("/"):
        scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        if any(route.matches(scope)[0] is Match.FULL for route in routes):
            return path
        path = path.rpartition("/")[0]
    return None
