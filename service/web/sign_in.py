"""Signing in and out: with an access token, through the municipality's issuer, or as somebody invented."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from service.danish import ROLES, problem_text
from service.db.purpose import Channel
from service.dependencies import Services, ServicesOf
from service.identity.access import WITH_CITIZENS
from service.identity.break_glass import record_break_glass
from service.identity.callers import caller_of_token, token_digest
from service.identity.client import Attempt, SignInClient
from service.problems import InvalidInput, IssuerUnavailable, NotFound, NotSignedIn
from service.web.rendering import page
from service.web.session import (
    CookiesOf,
    FormUser,
    User,
    development_key,
    development_people,
    opening,
    start,
    start_with_claims,
    token_key,
)

router = APIRouter()
FIRST_PAGE = "/borgere"
ANSWER_PATH = "/log-ind/svar"
NOT_ON_PAGES = "Siderne er for jobkonsulenter, sagsbehandlere og teamledere. Din rolle er en anden."


def see(address: str) -> RedirectResponse:
    """Go on to another page with a GET."""
    return RedirectResponse(address, 303)


def _sign_in_page(
    request: Request, services: Services, *, error: str = "", signed_out: bool = False, status: int = 401
) -> Response:
    people = [
        {"id": person.id, "name": person.name, "role": ROLES[person.role]}
        for person in development_people(services, request)
    ]
    return page(
        request,
        "sign_in.html",
        error=error,
        signed_out=signed_out,
        development_people=people,
        issuer=services.identity.sign_in is not None,
        invented=services.identity.development is not None,
        status=status if error else 200,
    )


@router.get("/")
def first() -> Response:
    """The first page is the list of citizens."""
    return see(FIRST_PAGE)


@router.get("/log-ind")
def sign_in_form(request: Request, services: ServicesOf, ud: bool = False) -> Response:
    """The form to sign in with; `ud` after signing out."""
    return _sign_in_page(request, services, signed_out=ud)


@router.post("/log-ind")
def sign_in(
    request: Request, services: ServicesOf, cookies: CookiesOf, adgangsnoegle: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Sign in with an access token."""
    caller = caller_of_token(services.settings.tokens, adgangsnoegle.strip())
    if caller is None:
        return _sign_in_page(request, services, error="Adgangsnøglen er ikke kendt. Prøv igen.")
    if caller.roles.isdisjoint(WITH_CITIZENS):
        return _sign_in_page(request, services, error=NOT_ON_PAGES)
    response = see(FIRST_PAGE)
    cookies.write(response, start(caller, token_key(token_digest(adgangsnoegle.strip()))))
    return response


@router.post("/log-ind/udvikling")
def sign_in_for_development(
    request: Request, services: ServicesOf, cookies: CookiesOf, person: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Sign in without a token; from the machine itself, where the settings allow it."""
    for caller in development_people(services, request):
        if caller.id == person:
            response = see(FIRST_PAGE)
            cookies.write(response, start(caller, development_key(caller)))
            return response
    raise NotFound


@router.get("/log-ind/kommune")
def sign_in_at_issuer(request: Request, services: ServicesOf, cookies: CookiesOf) -> Response:
    """Go to the municipality's issuer to sign in."""
    attempt = Attempt.new()
    try:
        response = see(_client(services).address(attempt, _answer_address(request, services)))
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
        caller = services.identity.caller_of_claims(claims)
    except NotSignedIn:
        response = _sign_in_page(request, services, error="Login hos kommunen lykkedes ikke. Prøv igen.")
    except IssuerUnavailable as problem:
        response = _sign_in_page(request, services, error=problem_text(problem), status=problem.status)
    else:
        if caller.roles.isdisjoint(WITH_CITIZENS):
            response = _sign_in_page(request, services, error=NOT_ON_PAGES)
        else:
            response = page(request, "signed_in.html", name=caller.name, first_page=FIRST_PAGE)
            response.headers["Refresh"] = f"0; url={FIRST_PAGE}"
            cookies.write(response, start_with_claims(caller))
    cookies.clear_attempt(response)
    return response


@router.post("/log-ud")
def sign_out(user: FormUser, cookies: CookiesOf) -> Response:
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
            error="Skriv borgerens id og en begrundelse på 10 til 400 tegn. Skriv ikke CPR-numre.",
        )
    response = see(f"{FIRST_PAGE}/{borger.strip()}")
    cookies.write(response, opening(user, borger.strip()))
    return response


@router.get("/adgang")
def open_citizen_form(request: Request, user: User, borger: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The form to open a citizen with."""
    return page(request, "break_glass.html", user, citizen_id=borger, reason="", error="")


def _client(services: Services) -> SignInClient:
    """The pages at the issuer; NotFound where no issuer knows them."""
    if services.identity.sign_in is None:
        raise NotFound
    return services.identity.sign_in


def _answer_address(request: Request, services: Services) -> str:
    """Where the issuer sends the browser back to."""
    return (services.settings.public_url or str(request.base_url).rstrip("/")) + ANSWER_PATH
