"""Who may sign in: the access tokens of the settings and the issuer. They are changed where the service is set up."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from service.dependencies import ServicesOf
from service.identity.access import PLANS
from service.web.administration import labels
from service.web.administration.sections import section_page
from service.web.session import SignedIn, reads
from service.web.words import role_name

router = APIRouter(prefix="/administration/brugere")


@router.get("")
def list_users(request: Request, user: Annotated[SignedIn, Depends(reads(PLANS))], services: ServicesOf) -> Response:
    """The municipality's people and systems, with role, rights and limits; no secrets."""
    settings = services.settings
    users = sorted(
        (one for one in settings.tokens if one.municipality == user.caller.municipality),
        key=lambda one: (one.name.casefold(), one.id),
    )
    return section_page(
        request,
        "users.html",
        user,
        "users",
        users=users,
        role_name=role_name,
        labels=labels,
        issuer=settings.oidc_issuer,
        invented=settings.development_sign_in,
    )
