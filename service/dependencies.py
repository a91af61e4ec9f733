"""What an endpoint may ask for, as typed parameters: the caller, the caller's role, a database session, the services.

Access is a parameter: an endpoint that names `JobConsultant` cannot be reached by anybody else, and its repositories
filter by `caller.municipality`. A request's database session reads nothing before it is known who is calling, and then
nothing outside the caller's scope (`service/db/scoping.py`). Who may what stands in `service/identity/access.py`.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from service.clock import local_day
from service.db.acting import act_as
from service.db.purpose import Channel, Viewer
from service.db.query_time import hold_queries_to
from service.db.scoping import hold_to
from service.db.session import SessionFactory, read_only, unit_of_work
from service.identity.access import AGREES, AUDITS, DECIDES, FIGURES, KEEPS, PLANS, READS, RECORDS, Roles
from service.identity.break_glass import record_break_glass
from service.identity.callers import Caller, caller_of_token
from service.identity.identity import Identity
from service.problems import Forbidden, NotSignedIn
from service.rate_limits import RateLimits
from service.scope import Scope
from service.settings import Settings
from service.use_cases.access_log import CASE_HEADER, Reading, reading_for, write_down
from service.use_cases.matching import MatchInputs
from service.use_cases.placements import Person
from service.use_cases.records import Recorder

WRITERS_AT_ONCE: Final = 8
"""Requests of one process that write at the same time; well below its threads and the connections to the database."""
_TURNS: Final = RunVar[CapacityLimiter]("turns to write")


@dataclass(frozen=True, slots=True)
class Services:
    """What the application is built from; one value for API and pages."""

    settings: Settings
    sessions: SessionFactory
    match_inputs: MatchInputs = field(default_factory=MatchInputs)
    identity: Identity = field(default_factory=Identity)
    rates: RateLimits = field(init=False)

    def __post_init__(self) -> None:
        rates = RateLimits(self.settings.requests_per_second, self.settings.requests_at_once)
        object.__setattr__(self, "rates", rates)

    @property
    def today(self) -> date:
        """Today in Denmark, or the day that the settings name."""
        return local_day(self.settings)

    def recorder(self, caller: Caller, channel: Channel, case: str | None = None) -> Recorder:
        """What writes down that a caller is shown a list, and the case that it is for."""
        viewer = Viewer(caller.id, caller.role, channel)
        return Recorder(self.sessions, caller.municipality, self.match_inputs, viewer, caller.sees_needs, case)


def services_of(request: Request) -> Services:
    """The services of the running application."""
    services: Services = request.app.state.services
    return services


def admit(request: Request, caller: Caller, opened_citizen: str | None = None, channel: Channel = Channel.PAGE) -> None:
    """From here on, the request's database sessions read what the caller may see, and act as the caller.

    `opened_citizen`: a citizen outside the caller's limits whom the caller has opened with a reason (break-glass).
    """
    request.state.scope = caller.scope.opening(opened_citizen) if opened_citizen else caller.scope
    request.state.viewer = Viewer(caller.id, caller.role, channel)


def _viewer_of(request: Request) -> Viewer:
    """Who acts in a request; raises NotSignedIn where nobody was admitted."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    if viewer is None:
        raise NotSignedIn
    return viewer


def scope_of(request: Request) -> Scope:
    """The scope of a request; raises NotSignedIn where nobody was admitted."""
    scope: Scope | None = getattr(request.state, "scope", None)
    if scope is None:
        raise NotSignedIn
    return scope


async def _turn(services: Annotated[Services, Depends(services_of)]) -> AsyncIterator[None]:
    """Wait for one's turn to write without holding a thread or a connection: whoever writes needs both to go on.

    On SQLite turns are taken one by one: it lets one writer in at a time, and not in the order of their coming.
    """
    try:
        turns = _TURNS.get()
    except LookupError:
        alone = services.settings.database_url.startswith("sqlite")
        turns = CapacityLimiter(1 if alone else WRITERS_AT_ONCE)
        _TURNS.set(turns)
    async with turns:
        yield


def _session(
    request: Request,
    services: Annotated[Services, Depends(services_of)],
    _mine: Annotated[None, Depends(_turn, scope="function")],
) -> Iterator[Session]:
    with unit_of_work(services.sessions) as session:
        request.state.session = session
        hold_to(session, lambda: scope_of(request))
        act_as(session, lambda: _viewer_of(request))
        hold_queries_to(session, services.settings.query_seconds)
        yield session


def _view(request: Request, services: Annotated[Services, Depends(services_of)]) -> Iterator[Session]:
    with read_only(services.sessions) as session:
        hold_to(session, lambda: scope_of(request))
        hold_queries_to(session, services.settings.query_seconds)
        yield session


Case = Annotated[
    str | None,
    Header(alias=CASE_HEADER, description="the case that this is read for, as the case system calls it; written down"),
]


def _reading(
    request: Request, services: Annotated[Services, Depends(services_of)], case: Case = None
) -> Iterator[Reading]:
    reading = reading_for(case)
    yield reading
    write_down(services.sessions, scope_of(request).municipality, _viewer_of(request), reading)


bearer = HTTPBearer(
    auto_error=False, description="Adgangsnøgle eller udstederens token / access token or issuer's token"
)
BreakGlassReason = Annotated[
    str | None,
    Header(
        alias="X-Break-Glass-Reason",
        description="why a citizen outside the caller's limits is opened; written down; needs the right `break_glass`",
    ),
]


def _caller(
    request: Request,
    services: Annotated[Services, Depends(services_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    break_glass_reason: BreakGlassReason = None,
) -> Caller:
    if credentials is None:
        raise NotSignedIn("send a known access token or the issuer's token as `Authorization: Bearer …`")
    settings = services.settings
    caller = caller_of_token(settings.tokens, credentials.credentials)
    if caller is None:
        caller = services.identity.caller_of_bearer(credentials.credentials)
    services.rates.take((caller.municipality, caller.id))
    opened = None
    if break_glass_reason is not None:
        opened = request.path_params.get("citizen_id") or request.path_params.get("id", "")
        record_break_glass(services.sessions, caller, str(opened), break_glass_reason, Channel.API)
    admit(request, caller, opened, Channel.API)
    return caller


def requires(roles: Roles) -> Callable[[Caller], Caller]:
    """A dependency that lets only callers with one of these roles pass."""

    def check(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        if caller.roles.isdisjoint(roles):
            raise Forbidden(f"this needs the role {' or '.join(sorted(roles))}")
        return caller

    return check


def person_of(caller: Caller) -> Person:
    """The caller as somebody who decides; one who is the case system alone is a program."""
    return Person(
        caller.id,
        caller.name,
        frozenset(caller.roles),
        keeps_only_own=caller.roles == KEEPS,
        sees_needs=caller.sees_needs,
    )


ServicesOf = Annotated[Services, Depends(services_of)]
Db = Annotated[Session, Depends(_session, scope="function")]
"""One request, one transaction that writes: it commits before the response is sent."""
View = Annotated[Session, Depends(_view, scope="function")]
"""One request, one consistent view; nothing is written."""
ReadingOf = Annotated[Reading, Depends(_reading, scope="function")]
"""What the request shows of citizens: it is written down after the endpoint and before the answer is sent.

An endpoint that also takes `Db` names this one first, so that the transaction is over when it is written down."""
Reader = Annotated[Caller, Depends(requires(READS))]
"""May read citizens, suggestions and proposals."""
JobConsultant = Annotated[Caller, Depends(requires(DECIDES))]
"""A named person who decides about proposals."""
Agreeing = Annotated[Caller, Depends(requires(AGREES))]
"""Agrees placements and says how they go on: who decides, and the system that keeps what was decided elsewhere."""
CaseSystem = Annotated[Caller, Depends(requires(KEEPS))]
"""The system that keeps citizens, companies and agreements up to date."""
Planner = Annotated[Caller, Depends(requires(PLANS))]
"""Starts plans."""
Figures = Annotated[Caller, Depends(requires(FIGURES))]
"""May read figures of the whole municipality that name no citizen."""
RecordReader = Annotated[Caller, Depends(requires(RECORDS))]
"""May read what was planned, shown and decided."""
Auditor = Annotated[Caller, Depends(requires(AUDITS))]
"""May read who did what."""
AnyCaller = Annotated[Caller, Depends(_caller)]
"""Whoever is known; for what names no citizen."""
