"""The first page of the administration: what there is for whoever looks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from service.identity.access import FIGURES
from service.web.administration.sections import section_page
from service.web.session import SignedIn, reads

router = APIRouter(prefix="/administration")


@router.get("")
def show_sections(request: Request, user: Annotated[SignedIn, Depends(reads(FIGURES))]) -> Response:
    """Every section that the role gives, with what is done there."""
    return section_page(request, "front.html", user, "")
