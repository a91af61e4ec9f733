"""What an endpoint may ask for, as typed parameters: the caller, the caller's role, a database session, the services.

Access is a parameter: an endpoint that names `JobConsultant` cannot be reached by anybody else, and its repositories
filter by `caller.municipality`.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from service.clock import local_day
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import Forbidden, NotSignedIn
from service.settings import AccessToken, Role, Settings
from service.use_cases.matching import MatchInputs


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a named person or system, in one municipality, with one role."""

    id: str
    name: str
    municipality: str
    role: Role


@dataclass(frozen=True, slots=True)
class Services:
    """What the application is built from; one value for API and pages."""

    settings: Settings
    sessions: SessionFactory
    match_inputs: MatchInputs = field(default_factory=MatchInputs)

    @property
    def today(self) -> date:
        """Today in Denmark, or the day that the settings name."""
        return local_day(self.settings)


def token_digest(token: str) -> str:
    """SHA-256 of a token, hexadecimal: what the settings keep instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def caller_of_token(tokens: tuple[AccessToken, ...], token: str) -> Caller | None:
    """The caller that a token stands for. Every known token is compared, each in constant time."""
    digest = token_digest(token)
    found: Caller | None = None
    for known in tokens:
        if hmac.compare_digest(known.token_sha256, digest):
            found = Caller(known.id, known.name, known.municipality, known.role)
    return found


def services_of(request: Request) -> Services:
    """The services of the running application."""
    services: Services = request.app.state.services
    return services


def _session(services: Annotated[Services, Depends(services_of)]) -> Iterator[Session]:
    with unit_of_work(services.sessions) as session:
        yield session


def _view(services: Annotated[Services, Depends(services_of)]) -> Iterator[Session]:
    with read_only(services.sessions) as session:
        yield session


bearer = HTTPBearer(auto_error=False, description="Adgangsnøgle / access token")


def _caller(
    services: Annotated[Services, Depends(services_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Caller:
    caller = credentials and caller_of_token(services.settings.tokens, credentials.credentials)
    if not caller:
        raise NotSignedIn("send a known access token as `Authorization: Bearer …`")
    return caller


def requires(*roles: Role) -> Callable[[Caller], Caller]:
    """A dependency that lets only these roles pass."""

    def check(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        if caller.role not in roles:
            raise Forbidden(f"this needs the role {' or '.join(roles)}")
        return caller

    return check


ServicesOf = Annotated[Services, Depends(services_of)]
Db = Annotated[Session, Depends(_session, scope="function")]
"""One request, one transaction that writes: it commits before the response is sent."""
View = Annotated[Session, Depends(_view, scope="function")]
"""One request, one consistent view; nothing is written."""
Reader = Annotated[Caller, Depends(requires(Role.JOB_CONSULTANT, Role.CASE_SYSTEM))]
"""May read citizens, suggestions and proposals."""
JobConsultant = Annotated[Caller, Depends(requires(Role.JOB_CONSULTANT))]
"""A named person who decides about proposals."""
CaseSystem = Annotated[Caller, Depends(requires(Role.CASE_SYSTEM))]
"""The system that keeps citizens, companies and agreements up to date."""
Planner = Annotated[Caller, Depends(requires(Role.OPERATIONS))]
"""Starts plans."""
AnyCaller = Annotated[Caller, Depends(_caller)]
"""Whoever is known; for what names no citizen."""
