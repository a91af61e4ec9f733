"""Signing in and out: with an access token, through the municipality's issuer, or as somebody invented."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from service.db.purpose import Channel
from service.dependencies import Services, ServicesOf, address_of
from service.identity.access import ON_PAGES
from service.identity.break_glass import record_break_glass
from service.identity.callers import Caller, caller_of_token, token_digest
from service.identity.client import Attempt, SignInClient
from service.identity.sign_ins import Way
from service.problems import Forbidden, InvalidInput, IssuerUnavailable, NotFound, NotSignedIn
from service.sign_in_problems import SignInTooWeak, TooManyFailedSignIns, UnknownCredentials
from service.web.menu import first_page
from service.web.rendering import page
from service.web.session import (
    Cookies,
    CookiesOf,
    FormUser,
    PageFormUser,
    PageUser,
    SignedIn,
    User,
    cookies_of,
    development_key,
    development_people,
    opening,
    start,
    start_with_claims,
    token_key,
)
from service.web.translation import N_, _, ngettext
from service.web.words import problem_text, role_name

router = APIRouter()
ANSWER_PATH = "/log-ind/svar"
NOT_ON_PAGES = N_("Siderne er for medarbejdere. Adgangsnøglen er et fagsystems.")

FAILED = N_("Login hos kommunen lykkedes ikke. Prøv igen.")
TOO_WEAK = N_(
    "Dit login hos kommunen var ikke sikkert nok til tjenesten. Log ind igen, og bekræft, at det er dig, fx med en "
    "kode eller en app."
)


def see(address: str) -> RedirectResponse:
    """Go on to another page with a GET."""
    return RedirectResponse(address, 303)


def _sign_in_page(
    request: Request,
    services: Services,
    *,
    error: str = "",
    of_token: bool = False,
    signed_out: bool = False,
    status: int = 401,
) -> Response:
    """The form; `of_token`: the error is about the token that was typed."""
    people = [
        {"id": person.id, "name": person.name, "role": role_name(person.role)}
        for person in development_people(services, request)
    ]
    return page(
        request,
        "sign_in.html",
        error=error,
        of_token=of_token,
        signed_out=signed_out,
        ended=cookies_of(request).remembers(request) and not error and not signed_out,
        development_people=people,
        issuer=services.identity.sign_in is not None,
        again=bool(cookies_of(request).current(request)),
        invented=services.identity.development is not None,
        status=status if error else 200,
    )


@router.get("/")
def first(user: PageUser) -> Response:
    """The first page is the first of the menu."""
    return see(first_page(user.caller))


@router.get("/log-ind")
def sign_in_form(request: Request, services: ServicesOf, ud: bool = False) -> Response:
    """The form to sign in with; `ud` after signing out."""
    return _sign_in_page(request, services, signed_out=ud)


@router.post("/log-ind")
def sign_in(
    request: Request, services: ServicesOf, cookies: CookiesOf, adgangsnoegle: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Sign in with an access token."""
    token, address = adgangsnoegle.strip(), address_of(request)
    try:
        caller = services.sign_ins.attempt(Way.TOKEN, address, token, lambda: _known(services, token))
    except UnknownCredentials:
        return _sign_in_page(request, services, error=_("Adgangsnøglen er ikke kendt. Prøv igen."), of_token=True)
    except TooManyFailedSignIns as problem:
        return _held_back(request, services, problem.retry_after_seconds)
    if caller.roles.isdisjoint(ON_PAGES):
        return _not_on_pages(request, services, Way.TOKEN, caller)
    return _begin(request, cookies, start(caller, token_key(token_digest(token))))


@router.post("/log-ind/udvikling")
def sign_in_for_development(
    request: Request, services: ServicesOf, cookies: CookiesOf, person: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Sign in without a token; from the machine itself, where the settings allow it."""
    for caller in development_people(services, request):
        if caller.id == person:
            return _begin(request, cookies, start(caller, development_key(caller)))
    raise NotFound


@router.get("/log-ind/kommune")
def sign_in_at_issuer(request: Request, services: ServicesOf, cookies: CookiesOf, igen: bool = False) -> Response:
    """Go to the municipality's issuer to sign in; `igen`: once more, though somebody is signed in."""
    attempt = Attempt.new(cookies.current(request))
    try:
        response = see(_client(services).address(attempt, _answer_address(request, services), anew=igen))
    except IssuerUnavailable as problem:
        return _sign_in_page(request, services, error=problem_text(problem), status=problem.status)
    cookies.write_attempt(response, attempt)
    return response


@router.get(ANSWER_PATH)
def answer_of_issuer(
    request: Request,
    services: ServicesOf,
    cookies: CookiesOf,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The issuer sends the browser back: signed in, or why not.

    The answer is a page, not a redirect: the session's cookie is sent to our own pages only from our own pages.
    """
    attempt = cookies.read_attempt(request)
    try:
        if attempt is None or not code:
            raise NotSignedIn
        claims = _client(services).claims(
            attempt, state=state, code=code, redirect_uri=_answer_address(request, services)
        )
        caller = services.identity.caller_of_sign_in(claims)
    except NotSignedIn as problem:
        services.sign_ins.refused(Way.ISSUER, address_of(request), problem)
        error = TOO_WEAK if isinstance(problem, SignInTooWeak) else FAILED
        response = _sign_in_page(request, services, error=_(error))
    except IssuerUnavailable as problem:
        response = _sign_in_page(request, services, error=problem_text(problem), status=problem.status)
    else:
        if caller.roles.isdisjoint(ON_PAGES):
            response = _not_on_pages(request, services, Way.ISSUER, caller)
        else:
            go_on = first_page(caller)
            response = page(request, "signed_in.html", name=caller.name, first_page=go_on)
            response.headers["Refresh"] = f"0; url={cookies.take_remembered(request, response) or go_on}"
            cookies.begin(request, response, start_with_claims(caller), attempt.replaces)
    cookies.clear_attempt(response)
    return response


@router.post("/log-ud")
def sign_out(user: PageFormUser, cookies: CookiesOf) -> Response:
    """Sign out; the browser is asked to forget what it has seen."""
    response = see("/log-ind?ud=true")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    cookies.end(response, user)
    return response


@router.post("/adgang")
def open_citizen(
    request: Request,
    user: FormUser,
    cookies: CookiesOf,
    services: ServicesOf,
    borger: Annotated[str, Form(max_length=64)] = "",
    begrundelse: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Open a citizen outside one's teams and target groups, with a reason that is written down (break-glass)."""
    try:
        record_break_glass(services.sessions, user.caller, borger.strip(), begrundelse, Channel.PAGE)
    except InvalidInput:
        return page(
            request,
            "break_glass.html",
            user,
            status=422,
            citizen_id=borger,
            reason=begrundelse,
            error=_("Skriv borgerens id og en begrundelse på 10 til 400 tegn. Skriv ikke CPR-numre."),
        )
    response = see(f"/borgere/{borger.strip()}")
    cookies.write(response, opening(user, borger.strip()))
    return response


@router.get("/adgang")
def open_citizen_form(request: Request, user: User, borger: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The form to open a citizen with."""
    return page(request, "break_glass.html", user, citizen_id=borger, reason="", error="")


def _begin(request: Request, cookies: Cookies, signed_in: SignedIn) -> Response:
    """Signed in: on to what was asked for before, or to the first page."""
    response = RedirectResponse("/", 303)
    go_on = cookies.take_remembered(request, response)
    response.headers["Location"] = go_on or first_page(signed_in.caller)
    cookies.begin(request, response, signed_in)
    return response


def _known(services: Services, token: str) -> Caller:
    """Whom an access token stands for; raises UnknownCredentials."""
    caller = caller_of_token(services.settings.tokens, token)
    if caller is None:
        raise UnknownCredentials
    return caller


def _held_back(request: Request, services: Services, seconds: int) -> Response:
    """Too many have failed to sign in from here; when to try again."""
    error = ngettext(
        "Der er prøvet for mange gange herfra med en adgangsnøgle, som ikke er kendt. Vent et sekund, og prøv igen.",
        "Der er prøvet for mange gange herfra med en adgangsnøgle, som ikke er kendt. Vent %(num)d sekunder, og prøv "
        "igen.",
        seconds,
    ) % {"num": seconds}
    response = _sign_in_page(request, services, error=error, of_token=True, status=TooManyFailedSignIns.status)
    response.headers["Retry-After"] = str(seconds)
    return response


def _not_on_pages(request: Request, services: Services, way: Way, caller: Caller) -> Response:
    """Somebody is known whom the pages are not for."""
    services.sign_ins.refused(way, address_of(request), Forbidden(), caller)
    return _sign_in_page(request, services, error=_(NOT_ON_PAGES), of_token=way is Way.TOKEN)


def _client(services: Services) -> SignInClient:
    """The pages at the issuer; NotFound where no issuer knows them."""
    if services.identity.sign_in is None:
        raise NotFound
    return services.identity.sign_in


def _answer_address(request: Request, services: Services) -> str:
    """Where the issuer sends the browser back to."""
    return (services.settings.public_url or str(request.base_url).rstrip("/")) + ANSWER_PATH
