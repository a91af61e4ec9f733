"""Going back from a plan that somebody took into use: the plan before holds again, or it is said why not."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from service.dependencies import Db, person_of
from service.problems import AgreementChanged
from service.use_cases.replanning import Stays, go_back
from service.web.rendering import page
from service.web.session import DecidingUser
from service.web.translation import N_, _

router = APIRouter(prefix="/forslag")
WHY_IT_STAYS: Final[Mapping[Stays, str]] = MappingProxyType(
    {
        Stays.NEWER: N_("Der er kommet en nyere plan, eller planen er allerede taget tilbage."),
        Stays.FIRST: N_("Der er ingen plan før den."),
        Stays.NIGHTLY: N_(
            "Planen er lagt af natten. Det er kun planer, en medarbejder har taget i brug, der kan tages tilbage."
        ),
        Stays.DECIDED: N_(
            "Der er allerede truffet en afgørelse om et af planens forslag. Fortryd den, eller læg planen om igen."
        ),
        Stays.AGREEMENT: N_(
            "En aftale, som fik et andet antal pladser med planen, er ændret siden. Få antallet rettet på aftalen, og "
            "læg planen om igen."
        ),
    }
)


@router.post("/tilbage")
def go_back_from(
    request: Request, user: DecidingUser, db: Db, plan: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Let the plan before `plan` hold again, by the person's name."""
    try:
        found = go_back(db, user.caller.municipality, plan, person_of(user.caller))
    except AgreementChanged:
        found = Stays.AGREEMENT
    if isinstance(found, Stays):
        db.rollback()
        why = _(WHY_IT_STAYS[found])
        return page(request, "night/back.html", user, status=409, section="proposals", why=why)
    return page(request, "night/back.html", user, section="proposals", run=found)
