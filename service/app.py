"""The web application: API under /api/v1, pages beside it, health for whoever watches it."""

import secrets
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from service.api import create_api
from service.api.addresses import PlainAddresses
from service.api.health import create_health
from service.api.limits import BodyLimit
from service.db.session import SessionFactory, session_factory
from service.dependencies import Services
from service.identity.identity import Identity, identity_of
from service.metrics import measure
from service.request_log import RequestLog
from service.settings import Settings
from service.traces import telemetry_of
from service.use_cases.matching import MatchInputs
from service.use_cases.night_background import InBackground, in_a_thread
from service.use_cases.readiness import Readiness
from service.use_cases.taxonomy import taxonomy_of
from service.web import create_pages
from service.web.administration.imports import LARGEST_FILE_BYTES
from service.web.headers import SecurityHeaders

LARGER_BODIES = {"/administration/indlaesninger": LARGEST_FILE_BYTES + 100_000}
"""Pages that take files; the form around the file needs some room too."""
STATIC = Path(__file__).parent / "web" / "static"


def create_app(
    settings: Settings,
    sessions: SessionFactory | None = None,
    identity: Identity | None = None,
    nights: InBackground | None = None,
) -> FastAPI:
    """The application for these settings.

    Parameters
    ----------
    sessions, identity : where a database is open, and an issuer reached, already
    nights : where nights that are asked for over the API are planned; None = in threads of this program
    """
    sessions, taxonomy = sessions or session_factory(settings, for_requests=True), taxonomy_of(settings)
    services = Services(
        settings,
        sessions,
        nights or in_a_thread(sessions, taxonomy),
        MatchInputs(taxonomy),
        identity or identity_of(settings),
    )
    secret = settings.session_secret.get_secret_value() if settings.session_secret else secrets.token_urlsafe(32)
    app = FastAPI(
        title="Matcher",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=telemetry_of(settings),
    )
    app.add_middleware(BodyLimit, larger=LARGER_BODIES)
    app.add_middleware(PlainAddresses)
    app.add_middleware(SecurityHeaders, secure=settings.secure_cookies)
    app.add_middleware(RequestLog)

    app.include_router(create_health(sessions, Readiness(settings, sessions, taxonomy)))
    measure(app, services.sessions)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.mount("/api/v1", create_api(services))
    app.mount("/", create_pages(services, secret))
    return app
