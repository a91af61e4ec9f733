"""What an endpoint may ask for, as typed parameters: the caller, the caller's role, a database session, the services.

Access is a parameter: an endpoint that names `JobConsultant` cannot be reached by anybody else, and its repositories
filter by `caller.municipality`. A request's database session reads nothing before it is known who is calling, and then
nothing outside the caller's scope (`service/db/scoping.py`). Who may what stands in `service/identity/access.py`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Annotated, Final

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from fastapi import Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from service.clock import local_day
from service.db.acting import act_as
from service.db.purpose import Channel, Viewer
from service.db.scoping import hold_to
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.identity.access import AGREES, AUDITS, DECIDES, FIGURES, KEEPS, PLANS, READS, RECORDS, Roles
from service.identity.break_glass import record_break_glass
from service.identity.callers import Caller, caller_of_token
from service.identity.identity import Identity
from service.identity.sign_ins import SignIns, Way
from service.problems import Forbidden, NotSignedIn
from service.rate_limits import Limits, RateLimits, SharedLimits
from service.scope import Scope
from service.settings import Settings
from service.use_cases.access_log import CASE_HEADER, Reading, reading_for, write_down
from service.use_cases.matching import MatchInputs
from service.use_cases.night_background import InBackground
from service.use_cases.placements import Person
from service.use_cases.records import Recorder
from service.use_cases.shared_rates import lender

WRITERS_AT_ONCE: Final = 8
"""Requests of one process that write at the same time; well below its threads."""
READERS_AT_ONCE: Final = 12
"""Requests of one process that hold a view at the same time.

Whoever holds a view may need a second connection, to write down what is shown. So readers and writers at once are well
below `session.CONNECTIONS`: there is always one left for somebody who can go on."""
SHARE_LENT: Final = 10
"""All processes together hold at most a tenth of a bucket of requests that was taken out and not used yet."""
_TURNS_TO_WRITE: Final = RunVar[CapacityLimiter]("turns to write")
_TURNS_TO_READ: Final = RunVar[CapacityLimiter]("turns to read")


@dataclass(frozen=True, slots=True)
class Services:
    """What the application is built from; one value for API and pages. `nights`: where nights that are asked for over
    the API are planned."""

    settings: Settings
    sessions: SessionFactory
    nights: InBackground
    match_inputs: MatchInputs = field(default_factory=MatchInputs)
    identity: Identity = field(default_factory=Identity)
    rates: Limits = field(init=False)
    sign_ins: SignIns = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        failed = self._counted(settings.failed_sign_ins_per_minute / 60, settings.failed_sign_ins_at_once)
        object.__setattr__(self, "rates", self._counted(settings.requests_per_second, settings.requests_at_once))
        object.__setattr__(self, "sign_ins", SignIns(self.sessions, settings.municipality, failed))

    def _counted(self, per_second: float, burst: int) -> Limits:
        """Buckets of requests: in memory, or where there are several processes, for all of them together."""
        if self.settings.workers == 1:
            return RateLimits(per_second, burst)
        at_a_time = max(1, burst // (SHARE_LENT * self.settings.workers))
        return SharedLimits(lender(self.sessions, per_second, burst), at_a_time)

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


async def given_services(request: Request) -> Services:
    """`services_of` as a parameter. What only looks something up is asynchronous: it takes no thread, and waits for
    none."""
    return services_of(request)


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy that the service trusts, what the proxy says."""
    return request.client.host if request.client else ""


def admit(request: Request, caller: Caller, opened_citizen: str | None = None, channel: Channel = Channel.PAGE) -> None:
    """From here on, the request's database sessions read what the caller may see, and act as the caller.

    `opened_citizen`: a citizen outside the caller's limits whom the caller has opened with a reason (break-glass).
    """
    request.state.scope = caller.scope.opening(opened_citizen) if opened_citizen else caller.scope
    request.state.viewer = Viewer(caller.id, caller.role, channel)


def viewer_of(request: Request) -> Viewer:
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


def _turns(turns: RunVar[CapacityLimiter], at_once: int) -> CapacityLimiter:
    """The turns of this event loop."""
    try:
        return turns.get()
    except LookupError:
        turns.set(made := CapacityLimiter(at_once))
        return made


def _turns_to_write(services: Services) -> CapacityLimiter:
    """Turns of those who write. On SQLite one by one: it lets one writer in at a time, and not in the order of their
    coming."""
    alone = services.settings.database_url.startswith("sqlite")
    return _turns(_TURNS_TO_WRITE, 1 if alone else WRITERS_AT_ONCE)


async def _turn(services: Annotated[Services, Depends(given_services)]) -> AsyncIterator[None]:
    """Wait for one's turn to write without holding a thread or a connection: whoever writes needs both to go on."""
    async with _turns_to_write(services):
        yield


async def _turn_to_read() -> AsyncIterator[None]:
    """Wait for one's turn to read, likewise. Whoever reads and writes takes this turn first."""
    async with _turns(_TURNS_TO_READ, READERS_AT_ONCE):
        yield


async def _afterwards(
    services: Annotated[Services, Depends(given_services)],
) -> AsyncIterator[list[Callable[[], None]]]:
    """What a request does once its own view and transaction are over, before its answer is sent.

    Views and transactions depend on it, so that it ends after them whatever an endpoint names first: nobody waits for a
    connection to write here while holding another.
    """
    acts: list[Callable[[], None]] = []
    yield acts
    for act in acts:
        async with _turns_to_write(services):
            await run_in_threadpool(act)


Afterwards = Annotated[list[Callable[[], None]], Depends(_afterwards, scope="function")]


def _session(
    request: Request,
    services: Annotated[Services, Depends(given_services)],
    _after: Afterwards,
    _mine: Annotated[None, Depends(_turn, scope="function")],
) -> Iterator[Session]:
    with unit_of_work(services.sessions) as session:
        request.state.session = session
        hold_to(session, lambda: scope_of(request))
        act_as(session, lambda: viewer_of(request))
        yield session


def _transactions(
    request: Request,
    services: Annotated[Services, Depends(given_services)],
    _after: Afterwards,
    _mine: Annotated[None, Depends(_turn, scope="function")],
) -> Callable[[], AbstractContextManager[Session]]:
    @contextmanager
    def begin() -> Iterator[Session]:
        with unit_of_work(services.sessions) as session:
            hold_to(session, lambda: scope_of(request))
            act_as(session, lambda: viewer_of(request))
            yield session

    return begin


def _view(
    request: Request,
    services: Annotated[Services, Depends(given_services)],
    _after: Afterwards,
    _mine: Annotated[None, Depends(_turn_to_read, scope="function")],
) -> Iterator[Session]:
    with read_only(services.sessions) as session:
        hold_to(session, lambda: scope_of(request))
        yield session


@lru_cache(maxsize=4)
def _report_sessions(database_url: str) -> SessionFactory:
    """Sessions of the user that may read protected traits."""
    return sessions_of(create_database_engine(database_url))


def report_sessions(services: Services) -> SessionFactory:
    """Sessions that may read protected traits: of the database role for reports, where the settings name one."""
    address = services.settings.report_database_url
    return services.sessions if address is None else _report_sessions(address)


def _report_view(
    request: Request,
    services: Annotated[Services, Depends(given_services)],
    _after: Afterwards,
    _mine: Annotated[None, Depends(_turn_to_read, scope="function")],
) -> Iterator[Session]:
    with read_only(report_sessions(services)) as session:
        hold_to(session, lambda: Scope(scope_of(request).municipality))
        yield session


Case = Annotated[
    str | None,
    Header(alias=CASE_HEADER, description="the case that this is read for, as the case system calls it; written down"),
]


async def _reading(
    request: Request,
    services: Annotated[Services, Depends(given_services)],
    after: Afterwards,
    case: Case = None,
) -> Reading:
    reading = reading_for(case)

    def write() -> None:
        if reading.seen:
            write_down(services.sessions, scope_of(request).municipality, viewer_of(request), reading)

    after.append(write)
    return reading


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
    services: Annotated[Services, Depends(given_services)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    break_glass_reason: BreakGlassReason = None,
) -> Caller:
    if credentials is None:
        raise NotSignedIn("send a known access token or the issuer's token as `Authorization: Bearer …`")
    token, known = credentials.credentials, services.settings.tokens
    caller = services.sign_ins.attempt(
        Way.BEARER,
        address_of(request),
        token,
        lambda: caller_of_token(known, token) or services.identity.caller_of_bearer(token),
    )
    services.rates.take((caller.municipality, caller.id))
    opened = None
    if break_glass_reason is not None:
        opened = request.path_params.get("citizen_id") or request.path_params.get("id", "")
        record_break_glass(services.sessions, caller, str(opened), break_glass_reason, Channel.API)
    admit(request, caller, opened, Channel.API)
    return caller


def requires(roles: Roles) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that lets only callers with one of these roles pass."""

    async def check(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
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


ServicesOf = Annotated[Services, Depends(given_services)]
Db = Annotated[Session, Depends(_session, scope="function")]
"""One request, one transaction that writes: it commits before the response is sent."""
Begin = Annotated[Callable[[], AbstractContextManager[Session]], Depends(_transactions, scope="function")]
"""Begins transactions that write, each committed at its end: for a request of many acts that stand by themselves."""
View = Annotated[Session, Depends(_view, scope="function")]
"""One request, one consistent view; nothing is written."""
ReportView = Annotated[Session, Depends(_report_view, scope="function")]
"""A view of the caller's whole municipality, whichever teams the caller is limited to: reports are about groups."""
ReadingOf = Annotated[Reading, Depends(_reading)]
"""What the request shows of citizens: it is written down after the endpoint and before the answer is sent."""
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
