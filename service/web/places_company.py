"""One company: agreements, worksites and their limits, places, who is proposed and placed there, contacts."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from matcher.wording.rests import rest_text
from service.db.contact_repositories import Contacts
from service.db.personal import ReadPurpose
from service.db.place_lists import PlaceLists, Wanted
from service.dependencies import ReadingOf, Services, ServicesOf, View
from service.use_cases.access_log import Reading
from service.use_cases.company_page import company_page
from service.use_cases.desk import desk_of
from service.use_cases.outreach import contact_to_undo
from service.use_cases.place_page import call_of
from service.web.calls_forms import NOTHING_TYPED, Typed, Undone, form_values
from service.web.places import limit_titles
from service.web.rendering import page
from service.web.session import SignedIn, User

router = APIRouter(prefix="/virksomheder")
CONTACTS: Final = 50
MOST_PLACES: Final = 200


@router.get("/{company_id}")
def show_company(
    request: Request,
    company_id: str,
    user: User,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    gemt: Annotated[str, Query(max_length=64)] = "",
    fortrudt: Undone = "",
) -> Response:
    """A company with all that the municipality has agreed with it and talked with it about."""
    return show_company_page(request, user, view, services, reading, company_id, saved=gemt, undone=fortrudt)


def show_company_page(
    request: Request,
    user: SignedIn,
    view: Session,
    services: Services,
    reading: Reading,
    company_id: str,
    *,
    saved: str = "",
    undone: str = "",
    typed: Typed = NOTHING_TYPED,
) -> Response:
    """The page, with what was just written down or taken back, or with what could not be written down."""
    municipality, today = user.caller.municipality, services.today
    desk = desk_of(view, municipality, services.match_inputs, today)
    found = company_page(desk, company_id, today=today)
    contacts = Contacts(view, municipality).of_company(company_id)
    call = call_of(desk, contacts, asked=bool(found.asked_about), today=today)
    reading.about(ReadPurpose.PLACEMENTS, [one.citizen_id for one in found.occupants if one.citizen_id])
    reading.about(ReadPurpose.PROPOSALS, [one.citizen_id for one in found.proposed])
    return page(
        request,
        "places/company.html",
        user,
        section="places",
        found=found,
        lines=PlaceLists(view, municipality, today).page(Wanted(company_id=company_id), first=0, limit=MOST_PLACES),
        contacts=contacts[:CONTACTS],
        earlier=max(0, len(contacts) - CONTACTS),
        call=call,
        rest_text=rest_text(call.rest, found.company.name, with_reason=True) if call.rest else None,
        written=contact_to_undo(view, municipality, saved, consultant_id=user.caller.id) if saved else None,
        undone=undone,
        titles=limit_titles(),
        status=422 if typed.errors else 200,
        **form_values(user, today, typed),
    )
