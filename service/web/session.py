"""Who is signed in to the pages: a sealed cookie that names a known caller, and a token against forged forms."""

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final

from fastapi import Depends, Form, Request
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from starlette.responses import Response

from service.crypto import KeyRing, Sealed
from service.dependencies import Services, admit, services_of
from service.identity.access import DECIDES, WITH_CITIZENS
from service.identity.callers import Caller, caller_of, claims_of
from service.identity.client import Attempt
from service.identity.issuer import development_people as invented_people
from service.problems import Forbidden, NotSignedIn, SealBroken
from service.settings import Right, Settings
from service.web.ended import EndedSessions

COOKIE = "matcher_session"
ATTEMPT_COOKIE = "matcher_sign_in"
OWN_HOST: Final = "__Host-"
"""Prefix of a cookie that browsers take over HTTPS only, from this very host, for all of it (RFC 6265bis)."""
ATTEMPT_SECONDS = 600
"""How long somebody may take to sign in at the issuer."""
RENEWED_SECONDS = 60.0
"""The cookie is renewed at most this often."""
OIDC_KEY: Final = "issuer"


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
    """

    caller: Caller
    key: str
    csrf: str
    search: str = ""
    started_at: float = field(default_factory=time.time)
    claims: dict[str, Any] | None = None
    opened: str = ""


class Cookies:
    """Writes and reads the cookies: signed with the moment they were written, and the session's sealed.

    `name` is what the session's cookie is called.
    """

    def __init__(self, secret: str, settings: Settings) -> None:
        self._signer = TimestampSigner(secret, salt="matcher session", **_SIGNING)
        self._attempts = URLSafeTimedSerializer(secret, salt="matcher sign-in", signer_kwargs=_SIGNING)
        self._ring = KeyRing((hashlib.sha256(b"matcher session content\n" + secret.encode()).digest(),))
        self._secure = settings.secure_cookies
        prefix = OWN_HOST if self._secure else ""
        self.name, self._attempt_name = prefix + COOKIE, prefix + ATTEMPT_COOKIE
        self._ended = EndedSessions()
        self._longest_s = settings.session_hours * 3600
        self._idle_s = settings.session_idle_minutes * 60

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
            }
        )
        content = base64.urlsafe_b64encode(self._ring.seal(held, COOKIE).content)
        response.set_cookie(
            self.name,
            self._signer.sign(content).decode(),
            max_age=int(self._idle_s),
            httponly=True,
            secure=self._secure,
            samesite="strict",
            path="/",
        )

    def end(self, response: Response, signed_in: SignedIn) -> None:
        """Remove the cookie, and take no copy of it any more."""
        self._ended.add(signed_in.csrf, signed_in.started_at + self._longest_s)
        response.delete_cookie(self.name, path="/", httponly=True, secure=self._secure, samesite="strict")

    def read(self, request: Request) -> tuple[dict[str, Any], float] | None:
        """What the cookie holds, and the seconds since it was written; None where it is missing, forged or too old, or
        where its session has been ended."""
        try:
            content, at = self._signer.unsign(
                request.cookies.get(self.name, ""), max_age=int(self._idle_s), return_timestamp=True
            )
            held = json.loads(self._ring.open(Sealed(self._ring.newest, base64.urlsafe_b64decode(content)), COOKIE))
        except (BadSignature, SealBroken):
            return None
        if time.time() - float(held["started"]) > self._longest_s or held["csrf"] in self._ended:
            return None
        return held, time.time() - at.timestamp()

    def write_attempt(self, response: Response, attempt: Attempt) -> None:
        """Remember a sign-in under way. It must come along when the issuer sends the browser back: lax, not strict."""
        value = self._attempts.dumps([attempt.state, attempt.nonce, attempt.verifier])
        response.set_cookie(
            self._attempt_name,
            value,
            max_age=ATTEMPT_SECONDS,
            httponly=True,
            secure=self._secure,
            samesite="lax",
            path="/",
        )

    def read_attempt(self, request: Request) -> Attempt | None:
        """The sign-in that this browser began; None where it began none or took too long."""
        try:
            return Attempt(*self._attempts.loads(request.cookies.get(self._attempt_name, ""), max_age=ATTEMPT_SECONDS))
        except (BadSignature, TypeError):
            return None

    def clear_attempt(self, response: Response) -> None:
        """An attempt is good once."""
        response.delete_cookie(self._attempt_name, path="/", httponly=True, secure=self._secure, samesite="lax")


_SIGNING: Final[dict[str, Any]] = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


def cookies_of(request: Request) -> Cookies:
    """The cookies of the running application."""
    cookies: Cookies = request.app.state.cookies
    return cookies


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
    return tuple(one for one in invented_people(services.settings.municipality) if one.role in WITH_CITIZENS)


def start(caller: Caller, key: str) -> SignedIn:
    """A new session."""
    return SignedIn(caller, key, secrets.token_urlsafe(24))


def start_with_claims(caller: Caller) -> SignedIn:
    """A new session of somebody who signed in through the issuer."""
    return replace(start(caller, OIDC_KEY), claims=claims_of(caller))


def token_key(digest: str) -> str:
    """How the cookie names a caller with an access token."""
    return f"token:{digest}"


def development_key(caller: Caller) -> str:
    """How the cookie names somebody who signed in without a token."""
    return f"development:{caller.id}"


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
    services: Annotated[Services, Depends(services_of)],
    cookies: Annotated[Cookies, Depends(cookies_of)],
) -> SignedIn:
    """The person who is signed in; the session then goes on for as long as it may be idle."""
    read = cookies.read(request)
    if read is None:
        raise SignInNeeded
    held, age_s = read
    caller = _caller(held, request, services)
    if caller is None or caller.roles.isdisjoint(WITH_CITIZENS):
        raise SignInNeeded
    user = SignedIn(
        caller,
        str(held["key"]),
        str(held.get("csrf")),
        str(held.get("search", "")),
        float(held["started"]),
        held.get("claims"),
        str(held.get("opened", "")),
    )
    admit(request, caller, user.opened if Right.BREAK_GLASS in caller.rights else None)
    request.state.signed_in = user  # for the menu of an error page
    request.state.renew = age_s > RENEWED_SECONDS
    return user


def own_form(user: Annotated[SignedIn, Depends(signed_in)], csrf: Annotated[str, Form(max_length=64)] = "") -> SignedIn:
    """The person who sent a form that this service made for that person."""
    if not hmac.compare_digest(user.csrf.encode(), csrf.encode()):
        raise Forbidden("the form has run out")
    return user


def deciding(user: Annotated[SignedIn, Depends(own_form)]) -> SignedIn:
    """The person who sent a form that decides about a proposal, and may."""
    if user.caller.roles.isdisjoint(DECIDES):
        raise Forbidden("a job consultant decides")
    return user


def searching(user: SignedIn, text: str) -> SignedIn:
    """The same session with another search."""
    return replace(user, search=text)


def opening(user: SignedIn, citizen_id: str) -> SignedIn:
    """The same session with one citizen opened outside the person's limits, in place of any other."""
    return replace(user, opened=citizen_id)


User = Annotated[SignedIn, Depends(signed_in)]
FormUser = Annotated[SignedIn, Depends(own_form)]
DecidingUser = Annotated[SignedIn, Depends(deciding)]
CookiesOf = Annotated[Cookies, Depends(cookies_of)]
