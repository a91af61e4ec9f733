"""Who is signed in to the pages: a sealed cookie that names a known caller, and a token against forged forms."""

import hmac
import ipaddress
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import structlog
from fastapi import Depends, Form, Request
from itsdangerous import BadSignature
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.clock import now
from service.db.failures import FAILURES
from service.db.session import read_only, unit_of_work
from service.db.shared_repositories import PageSession, PageSessions, session_digest
from service.dependencies import Services, admit, given_services
from service.identity.access import DECIDES, ON_PAGES, WITH_CITIZENS, Roles
from service.identity.callers import Caller, caller_of, claims_of
from service.identity.issuer import development_people as invented_people
from service.identity.sign_ins import Way
from service.problems import Forbidden, NotSignedIn, SealBroken, VersionConflict
from service.settings import Right
from service.web.cookies import SignInCookies, signer

COOKIE = "matcher_session"
RENEWED_SECONDS = 60.0
"""The cookie is renewed, and the session's use written down, at most this often."""
OIDC_KEY: Final = Way.ISSUER.value
log = structlog.get_logger("matcher.sign_in")


class SignInNeeded(Exception):  # noqa: N818 - leads to the sign-in page, not to an error
    """Nobody is signed in, or the sign-in has run out."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request.

    Attributes
    ----------
    search : what was last searched for: kept here, since a name has no place in an address
    started_at : seconds since 1970 when the person signed in
    claims : of the issuer, for who signed in through it; the other keys name somebody whom the settings know
    opened : a citizen outside the person's limits whom the person has opened with a reason
    night_search : as `search`, of last night's plan
    """

    caller: Caller
    key: str
    csrf: str
    search: str = ""
    started_at: float = field(default_factory=time.time)
    claims: dict[str, Any] | None = None
    opened: str = ""
    night_search: str = ""

    @property
    def digest(self) -> str:
        """What the session is known by beside its cookie."""
        return session_digest(self.csrf)


class Cookies(SignInCookies):
    """Writes and reads the cookies: beside those of signing in, the session's.

    `name` is what that is called; `idle_s` and `longest_s` how long a session lasts without a request, and at most,
    seconds.
    """

    def __init__(self, secret: str, services: Services) -> None:
        settings = services.settings
        super().__init__(secret, secure=settings.secure_cookies)
        self._signer = signer(secret, "matcher session")
        self._services = services
        self.name = self.named(COOKIE)
        self.longest_s = settings.session_hours * 3600
        self.idle_s = settings.session_idle_minutes * 60

    def begin(self, request: Request, response: Response, new: SignedIn, replaces: str | None = None) -> None:
        """Begin a session, in place of the one that the browser has.

        `replaces`: that one's digest; None = as the request's cookie says.
        """
        started_at = datetime.fromtimestamp(new.started_at, UTC)
        kept = PageSession(
            digest=new.digest,
            way=new.key.partition(":")[0],
            device=device_of(request.headers.get("user-agent", "")),
            started_at=started_at,
            seen_at=started_at,
            until=started_at + timedelta(seconds=self.longest_s),
        )
        before = self.current(request) if replaces is None else replaces
        self._services.sign_ins.begin(new.caller, kept, before)
        self.write(response, new)

    def write(self, response: Response, signed_in: SignedIn) -> None:
        """Set the cookie: not readable by scripts, not sent from other sites."""
        held = json.dumps(
            {
                "key": signed_in.key,
                "csrf": signed_in.csrf,
                "search": signed_in.search,
                "started": signed_in.started_at,
                "claims": signed_in.claims,
                "opened": signed_in.opened,
                "night_search": signed_in.night_search,
            }
        )
        self._set(response, COOKIE, self._sealed(self._signer, held, COOKIE), self.idle_s, "strict")

    def end(self, response: Response, signed_in: SignedIn) -> None:
        """Remove the cookie, and take no copy of it any more, in whichever process."""
        self._services.sign_ins.end(signed_in.caller, [signed_in.digest], own=signed_in.digest)
        self._delete(response, COOKIE, "strict")

    def read(self, request: Request) -> tuple[dict[str, Any], float] | None:
        """What the cookie holds, and the seconds since it was written; None where it is missing, forged or too old."""
        try:
            text, at = self._opened(self._signer, request.cookies.get(self.name, ""), COOKIE, self.idle_s)
            held = json.loads(text)
        except (BadSignature, SealBroken):
            return None
        if time.time() - float(held["started"]) > self.longest_s:
            return None
        return held, time.time() - at.timestamp()

    def current(self, request: Request) -> str:
        """Digest of the session that the request's cookie is of; nothing where there is none."""
        read = self.read(request)
        return session_digest(str(read[0].get("csrf"))) if read else ""

    def kept(self, signed_in: SignedIn) -> PageSession | None:
        """The session as it is kept; None where it has been ended, in whichever process."""
        with read_only(self._services.sessions) as session:
            return sessions_of_person(session, signed_in.caller).get(signed_in.digest)

    def used(self, signed_in: SignedIn) -> None:
        """Write down that the session is in use; whoever uses it does not wait for that to succeed."""
        try:
            with unit_of_work(self._services.sessions) as session:
                sessions_of_person(session, signed_in.caller).used(signed_in.digest, now())
        except (VersionConflict, *FAILURES) as error:
            log.warning("the use of a session could not be written down", error=type(error).__name__)


def cookies_of(request: Request) -> Cookies:
    """The cookies of the running application."""
    cookies: Cookies = request.app.state.cookies
    return cookies


async def given_cookies(request: Request) -> Cookies:
    """`cookies_of` as a parameter."""
    return cookies_of(request)


def sessions_of_person(session: Session, caller: Caller) -> PageSessions:
    """The sessions of whoever is signed in."""
    return PageSessions(session, caller.municipality, caller.id, issued=caller.issued)


_BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Browser and system as people know them by name, e.g. "Firefox, Windows"; nothing else of what was sent."""
    known = (next((name for sign, name in names if sign in user_agent), "") for names in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in known if name)


def from_this_machine(request: Request) -> bool:
    """Whether the request comes from a loopback address, and through no proxy that says it brings others' requests."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip")):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def development_people(services: Services, request: Request) -> tuple[Caller, ...]:
    """Whom one can sign in to the pages as without a token: nobody, unless the settings allow it and the request is
    local."""
    if not services.settings.development_sign_in or not from_this_machine(request):
        return ()
    return tuple(one for one in invented_people(services.settings.municipality) if one.role in ON_PAGES)


def start(caller: Caller, key: str) -> SignedIn:
    """A new session."""
    return SignedIn(caller, key, secrets.token_urlsafe(24))


def start_with_claims(caller: Caller) -> SignedIn:
    """A new session of somebody who signed in through the issuer."""
    return replace(start(caller, OIDC_KEY), claims=claims_of(caller))


def token_key(digest: str) -> str:
    """How the cookie names a caller with an access token."""
    return f"{Way.TOKEN}:{digest}"


def development_key(caller: Caller) -> str:
    """How the cookie names somebody who signed in without a token."""
    return f"{Way.DEVELOPMENT}:{caller.id}"


def _caller(held: dict[str, Any], request: Request, services: Services) -> Caller | None:
    """The caller that a cookie names. One that has been taken out of the settings stops working at once."""
    key = str(held.get("key"))
    if key == OIDC_KEY:
        try:
            return services.identity.caller_of_claims(held.get("claims") or {})
        except NotSignedIn:
            return None
    known = {token_key(token.token_sha256): caller_of(token) for token in services.settings.tokens}
    known |= {development_key(caller): caller for caller in development_people(services, request)}
    return known.get(key)


def signed_in(
    request: Request,
    services: Annotated[Services, Depends(given_services)],
    cookies: Annotated[Cookies, Depends(given_cookies)],
) -> SignedIn:
    """The person who is signed in; the session then goes on for as long as it may be idle."""
    read = cookies.read(request)
    if read is None:
        raise SignInNeeded
    held, age_s = read
    caller = _caller(held, request, services)
    if caller is None or caller.roles.isdisjoint(ON_PAGES):
        raise SignInNeeded
    user = SignedIn(
        caller,
        str(held["key"]),
        str(held.get("csrf")),
        str(held.get("search", "")),
        float(held["started"]),
        held.get("claims"),
        str(held.get("opened", "")),
        str(held.get("night_search", "")),
    )
    kept = cookies.kept(user)
    if kept is None:
        raise SignInNeeded
    admit(request, caller, user.opened if Right.BREAK_GLASS in caller.rights else None)
    request.state.signed_in = user  # for the menu of an error page
    request.state.renew = age_s > RENEWED_SECONDS
    request.state.used = now() - kept.seen_at > timedelta(seconds=RENEWED_SECONDS)
    return user


def reader(
    request: Request,
    services: Annotated[Services, Depends(given_services)],
    cookies: Annotated[Cookies, Depends(given_cookies)],
) -> SignedIn | None:
    """The person who is signed in, if anybody is: for pages that are for everybody."""
    try:
        return signed_in(request, services, cookies)
    except SignInNeeded:
        return None


def reads(roles: Roles) -> Callable[[SignedIn], Awaitable[SignedIn]]:
    """A dependency that lets only people with one of these roles see a page."""

    async def check(user: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
        if user.caller.roles.isdisjoint(roles):
            raise Forbidden(f"this needs the role {' or '.join(sorted(roles))}")
        return user

    return check


async def own_form(
    user: Annotated[SignedIn, Depends(signed_in)], csrf: Annotated[str, Form(max_length=64)] = ""
) -> SignedIn:
    """The person who sent a form that this service made for that person."""
    if not hmac.compare_digest(user.csrf.encode(), csrf.encode()):
        raise Forbidden("the form has run out")
    return user


def sends(roles: Roles) -> Callable[[SignedIn], Awaitable[SignedIn]]:
    """A dependency that takes a form of this service from people with one of these roles only."""

    async def check(user: Annotated[SignedIn, Depends(own_form)]) -> SignedIn:
        if user.caller.roles.isdisjoint(roles):
            raise Forbidden(f"this needs the role {' or '.join(sorted(roles))}")
        return user

    return check


def searching(user: SignedIn, text: str) -> SignedIn:
    """The same session with another search."""
    return replace(user, search=text)


def searching_the_night(user: SignedIn, text: str) -> SignedIn:
    """The same session with another search of last night's plan."""
    return replace(user, night_search=text)


def opening(user: SignedIn, citizen_id: str) -> SignedIn:
    """The same session with one citizen opened outside the person's limits, in place of any other."""
    return replace(user, opened=citizen_id)


Reader = Annotated[SignedIn | None, Depends(reader)]
PageUser = Annotated[SignedIn, Depends(signed_in)]
"""Whoever is signed in."""
PageFormUser = Annotated[SignedIn, Depends(own_form)]
User = Annotated[SignedIn, Depends(reads(WITH_CITIZENS))]
"""Whoever works with citizens."""
FormUser = Annotated[SignedIn, Depends(sends(WITH_CITIZENS))]
DecidingUser = Annotated[SignedIn, Depends(sends(DECIDES))]
CookiesOf = Annotated[Cookies, Depends(given_cookies)]
