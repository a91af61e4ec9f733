"""Who did what: the chain's entries by day, person, action and object, and a check that recomputes it part by part."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import Response

from service.audit_chain import NO_ENTRIES, Action, Head
from service.db.audit_repositories import AuditEntries
from service.dependencies import ServicesOf, View
from service.identity.access import AUDITS
from service.problems import Forbidden
from service.use_cases.audit import audit_page, verified_part
from service.web.administration import labels
from service.web.administration.rules import names_of
from service.web.administration.searching import Search, address_of, read_search
from service.web.administration.sections import section_page
from service.web.rendering import page
from service.web.session import SignedIn, reads, sends
from service.web.sign_in import see
from service.web.translation import _
from service.web.work import HX_REQUEST

router = APIRouter(prefix="/administration/revision")
LINES: Final = 50
PART: Final = 2_000
"""Entries that one request of a check recomputes: well under a second."""
WHOLE: Final = 10_000_000
"""Without scripts a check is one request."""
Looking = Annotated[SignedIn, Depends(reads(AUDITS))]
Sending = Annotated[SignedIn, Depends(sends(AUDITS))]


def whole_municipality_only(user: SignedIn) -> None:
    """Raises Forbidden for somebody who is limited to a part of the municipality: the chain is of all of it."""
    if user.caller.scope.limited:
        raise Forbidden("the chain is of the whole municipality; the caller is limited to a part of it")


@router.get("")
def show_audit(
    request: Request,
    user: Looking,
    view: View,
    services: ServicesOf,
    dag: Annotated[date | None, Query()] = None,
    af: Annotated[str, Query(max_length=64)] = "",
    om: Annotated[str, Query(max_length=64)] = "",
    slags: Annotated[str, Query(max_length=64)] = "",
    efter: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The chain's head, its entries, newest first, and the form to look for some."""
    whole_municipality_only(user)
    action = Action(slags) if slags in set(Action) else None
    found = audit_page(
        view,
        user.caller.municipality,
        after=efter,
        limit=LINES + 1,
        action=action,
        object_id=om or None,
        actor_id=af or None,
        day=dag,
    )
    search = Search(dag, af, om, action.value if action else "")
    return section_page(
        request,
        "audit.html",
        user,
        "audit",
        entries=found[:LINES],
        next=address_of("/administration/revision", search, efter=found[LINES - 1].n) if len(found) > LINES else None,
        head=AuditEntries(view, user.caller.municipality).head(),
        search=search,
        errors={},
        names=names_of(services.settings, user.caller),
        labels=labels,
        after=efter,
    )


@router.post("/soeg")
def search_audit(
    user: Sending,
    dag: Annotated[str, Form(max_length=20)] = "",
    af: Annotated[str, Form(max_length=100)] = "",
    om: Annotated[str, Form(max_length=100)] = "",
    slags: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Look for entries. What may be a name or a CPR number never comes into an address."""
    whole_municipality_only(user)
    return see(address_of("/administration/revision", read_search(dag, af, om, slags)))


@router.post("/kontrol")
def check_chain(
    request: Request,
    user: Sending,
    view: View,
    gemt_hoved: Annotated[str, Form(max_length=100)] = "",
    fra: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Recompute the chain: a part at a time for htmx, which asks for the next; else all of it."""
    whole_municipality_only(user)
    parts = HX_REQUEST in request.headers
    error, kept, begun = "", None, NO_ENTRIES
    values: dict[str, Any]
    try:
        kept = Head.parse(gemt_hoved) if gemt_hoved.strip() else None
        begun = Head.parse(fra) if fra and parts else NO_ENTRIES
    except ValueError:
        error = _("Skriv hovedet, som det blev gemt: et nummer, kolon og 64 tegn.")
    if error:
        values = {"error": error, "kept": gemt_hoved, "found": None, "labels": labels}
    else:
        found = verified_part(view, user.caller.municipality, begun=begun, most=PART if parts else WHOLE, kept=kept)
        values = {"error": "", "kept": gemt_hoved, "found": found, "labels": labels}
    if parts:
        return page(request, "administration/_check.html", user, **values)
    return section_page(request, "check.html", user, "audit", status=422 if error else 200, **values)
