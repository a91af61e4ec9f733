"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from service.danish import ROLES
from service.dependencies import ServicesOf, caller_of_token, token_digest
from service.problems import NotFound
from service.settings import Role
from service.web.rendering import page
from service.web.session import CookiesOf, FormUser, development_key, development_people, start, token_key

router = APIRouter()
FIRST_PAGE = "/borgere"


def see(address: str) -> RedirectResponse:
    """Go on to another page with a GET."""
    return RedirectResponse(address, 303)


def _sign_in_page(request: Request, services: ServicesOf, *, error: str = "", signed_out: bool = False) -> Response:
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
        status=401 if error else 200,
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
    if caller.role is not Role.JOB_CONSULTANT:
        return _sign_in_page(request, services, error="Adgangsnøglen hører ikke til en jobkonsulent.")
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


@router.post("/log-ud")
def sign_out(user: FormUser, cookies: CookiesOf) -> Response:  # noqa: ARG001 - only a person's own form signs out
    """Sign out."""
    response = see("/log-ind?ud=true")
    cookies.clear(response)
    return response
