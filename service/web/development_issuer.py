"""The service's own issuer, for development: served to the machine itself, where the settings switch it on."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from service.danish import ROLES
from service.dependencies import Services, given_services
from service.identity.issuer import DevelopmentIssuer, Refused, Wanted
from service.problems import NotFound
from service.settings import DEVELOPMENT_ISSUER
from service.web.rendering import page
from service.web.session import from_this_machine

router = APIRouter(prefix=DEVELOPMENT_ISSUER)

Text = Annotated[str, Query(max_length=500)]


def _issuer(request: Request, services: Annotated[Services, Depends(given_services)]) -> DevelopmentIssuer:
    """The issuer; NotFound where it is off or the request is not local: there it does not exist."""
    if services.identity.development is None or not from_this_machine(request):
        raise NotFound
    return services.identity.development


IssuerOf = Annotated[DevelopmentIssuer, Depends(_issuer)]


@router.get("/.well-known/openid-configuration")
def issuer_discovery(issuer: IssuerOf) -> JSONResponse:
    """The discovery document."""
    return JSONResponse(issuer.discovery())


@router.get("/jwks")
def issuer_keys(issuer: IssuerOf) -> JSONResponse:
    """The public key."""
    return JSONResponse(issuer.key_set())


@router.get("/authorize")
def issuer_authorize(
    request: Request,
    issuer: IssuerOf,
    client_id: Text = "",
    redirect_uri: Text = "",
    response_type: Text = "",
    code_challenge: Text = "",
    code_challenge_method: Text = "",
    state: Text = "",
    nonce: Text = "",
    person: Text = "",
) -> Response:
    """Whom to sign in as; then back to the client with a code."""
    wanted = Wanted(client_id, redirect_uri, code_challenge, nonce)
    try:
        issuer.check(wanted, response_type=response_type, method=code_challenge_method)
        if person:
            code = issuer.code(wanted, person)
            return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 303)
    except Refused as refused:
        return _refusal(refused)
    people = [
        {"name": one.name, "role": ROLES[one.role], "address": f"?{_with_person(request.query_params, one.id)}"}
        for one in issuer.people
    ]
    return page(request, "development_issuer.html", people=people)


@router.post("/token")
async def issuer_token(request: Request, issuer: IssuerOf) -> JSONResponse:
    """Tokens for a code, or for an invented person or system by its id (`client_credentials`)."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        return JSONResponse(await run_in_threadpool(issuer.tokens, form))
    except Refused as refused:
        return _refusal(refused)


def _refusal(refused: Refused) -> JSONResponse:
    return JSONResponse({"error": refused.error}, 400)


def _with_person(query: Mapping[str, Any], person_id: str) -> str:
    return urlencode({**query, "person": person_id})
