"""Sign-in, errors and the accessibility statement."""

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI, Request
from sqlalchemy.exc import OperationalError
from starlette.responses import Response
from starlette.routing import Mount

from service.problems import NothingToPlan
from service.web.session import PageUser
from service.web.work import Work, working_page
from tests.browsing import State, Visit
from tests.serving import AUDITOR, CONSULTANT


def _failing(error: Exception) -> Callable[[Visit], str]:
    """An address that fails in a way that no page foresees."""

    def made(window: Visit) -> str:
        def fails(user: PageUser) -> None:  # noqa: ARG001 - somebody is signed in
            raise error

        address = f"/fejl-{type(error).__name__}"
        _pages_of(window).add_api_route(address, fails)
        return address

    return made


def _waiting(name: str, work: Work) -> Callable[[Visit], str]:
    """An address whose page waits for work."""

    def made(window: Visit) -> str:
        def waits(request: Request, user: PageUser) -> Response:
            return working_page(request, user, work, "overview")

        address = f"/{name}"
        _pages_of(window).add_api_route(address, waits)
        return address

    return made


def _pages_of(window: Visit) -> FastAPI:
    found = next(one.app for one in window.site.app.routes if isinstance(one, Mount) and one.path == "")
    assert isinstance(found, FastAPI)
    return found


def _issuer(window: Visit) -> str:
    """Where signing in at the development issuer leads; the issuer names the service's usual port."""
    sent = httpx.get(window.site.address + "/log-ind/kommune").headers["location"]
    return urlsplit(sent)._replace(scheme="", netloc="").geturl()


STATES = (
    State("log-ind", "", "/log-ind"),
    State("log-ind-logget-ud", "", "/log-ind?ud=true"),
    State(
        "log-ind-ukendt-noegle",
        "",
        "/log-ind",
        status=401,
        prepare=lambda page: (page.fill("#token", "ukendt"), page.locator("form[action='/log-ind'] button").click()),
    ),
    State("udviklingslogin", "", _issuer),
    State("tilgaengelighed", "", "/tilgaengelighed"),
    State("findes-ikke", CONSULTANT, "/findes-ikke", status=404),
    State("fejl-hos-os", CONSULTANT, _failing(ValueError("en fejl i programmet")), status=500),
    State("database-svarer-ikke", CONSULTANT, _failing(OperationalError("", {}, Exception("lukket"))), status=503),
    State("beregner", CONSULTANT, _waiting("beregner", Work(1))),
    State("beregner-mislykket", CONSULTANT, _waiting("beregner-fejl", Work(1, failed=True))),
    State("beregner-umuligt", CONSULTANT, _waiting("beregner-nej", Work(1, failed=True, problem=NothingToPlan()))),
    State("ingen-adgang", AUDITOR, "/borgere", status=403),
    State("adgang-med-begrundelse", CONSULTANT, "/adgang"),
    State("logget-ind", CONSULTANT, "/logget-ind"),
)
