"""What belongs to no one page: the reader's language, the accessibility statement, a page without a connection."""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from matcher.language import Language
from service.dependencies import ServicesOf
from service.web.rendering import STATIC, own_address, page, templates
from service.web.session import Reader
from service.web.translation import COOKIE

router = APIRouter()
A_YEAR_SECONDS: Final = 365 * 24 * 3600
STATEMENT_CHANGED: Final = date(2026, 11, 30)
COMPLAINTS: Final = "https://digst.dk/digital-inklusion/webtilgaengelighed/oplever-du-ikke-tilgaengeligt-indhold/"
"""Where whoever is not answered by the municipality complains: the body that enforces the act."""


@router.post("/sprog")
def choose_language(
    services: ServicesOf,
    til: Annotated[Language, Form()] = Language.DANISH,
    tilbage: Annotated[str, Form(max_length=400)] = "/",
) -> Response:
    """Show the pages in another language from now on, beginning with the one that was left."""
    response = RedirectResponse(own_address(tilbage), 303)
    response.set_cookie(
        COOKIE, til, max_age=A_YEAR_SECONDS, httponly=True, secure=services.settings.secure_cookies, samesite="strict"
    )
    return response


@router.get("/offline.js")
def offline_worker() -> Response:
    """The worker that shows `static/offline.html` where the service does not answer; it keeps nothing else."""
    return Response(_offline_worker(), media_type="text/javascript")


@lru_cache
def _offline_worker() -> str:
    """Another script whenever what it keeps is another: browsers then fetch that anew."""
    kept = b"".join((STATIC / name).read_bytes() for name in ("offline.html", "offline.css", "icon.svg"))
    return templates.get_template("offline.js").render(version=sha256(kept).hexdigest()[:12])


@router.get("/tilgaengelighed")
def accessibility(request: Request, user: Reader, services: ServicesOf) -> Response:
    """The accessibility statement, for anybody, with the content that the law asks for.

    Source: lov nr. 692 af 8. juni 2018 § 4; BEK 904 of 22/08/2019; the model of (EU) 2018/1523.
    """
    values: dict[str, Any] = {"changed": STATEMENT_CHANGED, "settings": services.settings, "complaints": COMPLAINTS}
    return page(request, "accessibility.html", user, **values)
