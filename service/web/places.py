"""Companies and their places: a list to search and narrow, and one place with all that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from matcher.domain.agreement import AgreementModel
from matcher.limits import ResourceKind
from matcher.outreach_market import ASKED
from matcher.wording.rests import rest_text
from service.db.contact_repositories import Contacts
from service.db.personal import ReadPurpose
from service.db.place_lists import PlaceLists, Wanted
from service.db.purpose import Channel
from service.db.repositories import Consultants
from service.dependencies import ReadingOf, ServicesOf, View
from service.use_cases import records
from service.use_cases.desk import desk_of
from service.use_cases.discretion import candidates_without_needs
from service.use_cases.outreach import contact_to_undo
from service.use_cases.place_page import call_of, place_page
from service.web.calls_forms import Undone, form_values
from service.web.rendering import page
from service.web.session import User
from service.web.translation import N_, _, current_language

router = APIRouter(prefix="/pladser")
LINES: Final = 50
CANDIDATES: Final = 10
CONTACTS: Final = 10
FREE: Final = "ledig"
LIMITS: Final[Mapping[ResourceKind, str]] = MappingProxyType(
    {
        ResourceKind.FULL_TIME_PERSONS: N_("Fuldtidspersoner i praktik, løntilskud og nytteindsats"),
        ResourceKind.MENTOR_HOURS: N_("Mentortimer om ugen"),
        ResourceKind.CLUSTER_PLACES: N_("Klyngens fælles pladser"),
        ResourceKind.CASELOAD: N_("Forløb, jobkonsulenten kan følge"),
    }
)


def limit_titles() -> dict[ResourceKind, str]:
    """What the limits are called in the page's language."""
    return {kind: _(title) for kind, title in LIMITS.items()}


PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Short = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed by, as the address has it: names of companies and places, none of people."""

    soeg: Short = ""
    aftale: Short = ""
    konsulent: Short = ""
    postnr: Short = ""
    pladser: Short = ""

    def wanted(self) -> Wanted:
        """Which places they leave; a kind of agreement that the list does not offer leaves nothing out."""
        known = {model.value: model for model in AgreementModel}
        return Wanted(
            text=self.soeg,
            model=known.get(self.aftale),
            consultant_id=self.konsulent,
            postcode=self.postnr.strip(),
            free=self.pladser == FREE,
        )

    def pages(self) -> str:
        """The address of any page of the list: its number is to be filled in."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        query = urlencode({name: value for name, value in given.items() if value}).replace("%", "%%")
        return f"/pladser?{query}&side=%d" if query else "/pladser?side=%d"

    @property
    def narrowing(self) -> bool:
        """Whether anything narrows the list."""
        return any(getattr(self, one.name) for one in fields(self))


@router.get("")
def list_places(
    request: Request,
    user: User,
    view: View,
    services: ServicesOf,
    filters: Annotated[Filters, Depends()],
    side: PageNumber = 1,
) -> Response:
    """Places by company: whose agreement, how many are free today."""
    municipality = user.caller.municipality
    places, wanted = PlaceLists(view, municipality, services.today), filters.wanted()
    total = places.count(wanted)
    pages = max(1, -(-total // LINES))
    current = min(side, pages)
    return page(
        request,
        "places/list.html",
        user,
        section="places",
        lines=places.page(wanted, first=(current - 1) * LINES, limit=LINES),
        total=total,
        current=current,
        pages=pages,
        filters=filters,
        models=tuple(AgreementModel),
        consultants={one.id: one.name for one in Consultants(view, municipality).all()},
        today=services.today,
    )


@router.get("/{slot_id}")
def show_place(
    request: Request,
    slot_id: str,
    user: User,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    gemt: Annotated[str, Query(max_length=64)] = "",
    fortrudt: Undone = "",
) -> Response:
    """One place: agreement, worksite, week by week, limits, candidates with reasons, contacts and the next call."""
    municipality, today = user.caller.municipality, services.today
    recorder = services.recorder(user.caller, Channel.PAGE)
    found = records.show_candidates(
        view, recorder, slot_id, today=today, places=CANDIDATES, language=current_language()
    ).view
    desk = desk_of(view, municipality, services.match_inputs, today)
    place = place_page(desk, slot_id, today=today)
    contacts = Contacts(view, municipality).of_company(place.context.company.id)
    call = call_of(desk, contacts, asked=place.context.agreement.model in ASKED, today=today)
    reading.about(ReadPurpose.PLACEMENTS, [one.citizen_id for one in place.occupants if one.citizen_id])
    return page(
        request,
        "places/place.html",
        user,
        section="places",
        place=place,
        candidates=found if user.caller.sees_needs else candidates_without_needs(found),
        contacts=contacts[:CONTACTS],
        earlier=max(0, len(contacts) - CONTACTS),
        call=call,
        written=contact_to_undo(view, municipality, gemt, consultant_id=user.caller.id) if gemt else None,
        rest_text=rest_text(call.rest, place.context.company.name, with_reason=True) if call.rest else None,
        titles=limit_titles(),
        undone=fortrudt,
        **form_values(user, today),
    )
