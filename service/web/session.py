"""Who is signed in to the pages: a signed cookie that names a known caller, and a token against forged forms."""

import hmac
import ipaddress
import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Form, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import Response

from service.dependencies import Caller, Services, services_of
from service.problems import Forbidden
from service.settings import Role

COOKIE = "matcher_session"
LONGEST_SECONDS = 8 * 3600
"""A working day; then the person signs in again."""
DEVELOPMENT_PERSON = "demo.konsulent"


class SignInNeeded(Exception):  # noqa: N818 - leads to the sign-in page, not to an error
    """Nobody is signed in, or the sign-in has run out."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request. `search` is what was last searched for: kept here, since a name has no place in
    an address."""

    caller: Caller
    key: str
    csrf: str
    search: str = ""


class Cookies:
    """Writes and reads the signed cookie."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="matcher session")
        self._secure = secure

    def write(self, response: Response, signed_in: SignedIn) -> None:
        """Set the cookie: not readable by scripts, not sent from other sites."""
        value = self._signer.dumps({"key": signed_in.key, "csrf": signed_in.csrf, "search": signed_in.search})
        response.set_cookie(
            COOKIE, value, max_age=LONGEST_SECONDS, httponly=True, secure=self._secure, samesite="strict", path="/"
        )

    def clear(self, response: Response) -> None:
        """Remove the cookie."""
        response.delete_cookie(COOKIE, path="/", httponly=True, secure=self._secure, samesite="strict")

    def read(self, request: Request) -> dict[str, Any] | None:
        """What the cookie holds; None where it is missing, forged or too old."""
        try:
            held = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=LONGEST_SECONDS)
        except BadSignature:
            return None
        return held if isinstance(held, dict) else None


def cookies_of(request: Request) -> Cookies:
    """The cookies of the running application."""
    cookies: Cookies = request.app.state.cookies
    return cookies


def from_this_machine(request: Request) -> bool:
    """Whether the request comes from a loopback address."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def development_people(services: Services, request: Request) -> tuple[Caller, ...]:
    """Whom one can sign in as without a token: nobody, unless the settings allow it and the request is local."""
    if not services.settings.development_sign_in or not from_this_machine(request):
        return ()
    return (Caller(DEVELOPMENT_PERSON, "Demo Konsulent", services.settings.municipality, Role.JOB_CONSULTANT),)


def start(caller: Caller, key: str) -> SignedIn:
    """A new session."""
    return SignedIn(caller, key, secrets.token_urlsafe(24))


def token_key(digest: str) -> str:
    """How the cookie names a caller with an access token."""
    return f"token:{digest}"


def development_key(caller: Caller) -> str:
    """How the cookie names somebody who signed in without a token."""
    return f"development:{caller.id}"


def signed_in(
    request: Request,
    services: Annotated[Services, Depends(services_of)],
    cookies: Annotated[Cookies, Depends(cookies_of)],
) -> SignedIn:
    """The person who is signed in. A token that has been taken out of the settings stops working at once."""
    held = cookies.read(request)
    if held is None:
        raise SignInNeeded
    known = {
        token_key(token.token_sha256): Caller(token.id, token.name, token.municipality, token.role)
        for token in services.settings.tokens
    }
    known |= {development_key(caller): caller for caller in development_people(services, request)}
    caller = known.get(str(held.get("key")))
    if caller is None or caller.role is not Role.JOB_CONSULTANT:
        raise SignInNeeded
    user = SignedIn(caller, str(held["key"]), str(held.get("csrf")), str(held.get("search", "")))
    request.state.signed_in = user  # for the menu of an error page
    return user


def own_form(user: Annotated[SignedIn, Depends(signed_in)], csrf: Annotated[str, Form(max_length=64)] = "") -> SignedIn:
    """The person who sent a form that this service made for that person."""
    if not hmac.compare_digest(user.csrf.encode(), csrf.encode()):
        raise Forbidden("the form has run out")
    return user


def searching(user: SignedIn, text: str) -> SignedIn:
    """The same session with another search."""
    return replace(user, search=text)


User = Annotated[SignedIn, Depends(signed_in)]
FormUser = Annotated[SignedIn, Depends(own_form)]
CookiesOf = Annotated[Cookies, Depends(cookies_of)]
