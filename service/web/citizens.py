"""My citizens: what to do today, and a list to search and narrow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from service.db.citizen_lists import Attention, CitizenLine, CitizenLists, Wanted
from service.db.personal import ReadPurpose
from service.db.repositories import Consultants, MatchRuns
from service.dependencies import ReadingOf, ServicesOf, View
from service.web.rendering import page
from service.web.session import CookiesOf, FormUser, SignedIn, User, searching
from service.web.sign_in import see
from service.web.translation import N_

router = APIRouter(prefix="/borgere")
LINES: Final = 50
TODAY_LINES: Final = 3
"""How many names each part of what to do today shows."""
EVERYBODY: Final = "alle"
"""What the filter of consultants calls all of them; without a choice it is the person's own citizens."""
WAITING_DAYS: Final[Mapping[str, int]] = MappingProxyType({"3": 91, "6": 182, "12": 365, "24": 730})
"""Months waited at least, and days."""
FOCUS: Final[Mapping[str, Attention]] = MappingProxyType(
    {
        "afgoerelse": Attention.DECIDE,
        "svar": Attention.ANSWER,
        "oensker": Attention.ASKED,
        "slutter": Attention.ENDS,
        "laenge": Attention.LONG_WAIT,
    }
)
ANY_FOCUS: Final = "alt"
HEADINGS: Final[Mapping[Attention, str]] = MappingProxyType(
    {
        Attention.DECIDE: N_("Forslag, der venter på en afgørelse"),
        Attention.ANSWER: N_("Svar og bekræftelser, der mangler"),
        Attention.ASKED: N_("Ønsker og indsigelser, der venter på svar"),
        Attention.ENDS: N_("Forløb, der slutter inden for fire uger"),
        Attention.LONG_WAIT: N_("Har ventet over et år uden forslag"),
    }
)

PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Short = Annotated[str, Query(max_length=64)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed by, as the address has it."""

    konsulent: str = ""
    ventet: str = ""
    gruppe: str = ""
    forslag: str = ""
    fokus: str = ""

    def wanted(self, consultant_id: str, text: str, today: date) -> Wanted:
        """Whom they leave; a choice that the list does not offer leaves nobody out."""
        days = WAITING_DAYS.get(self.ventet)
        return Wanted(
            text=text,
            consultant_id=consultant_id,
            target_group=self.gruppe,
            waiting_before=None if days is None else today - timedelta(days=days),
            has_proposal={"med": True, "uden": False}.get(self.forslag),
            attention=FOCUS.get(self.fokus),
            any_attention=self.fokus == ANY_FOCUS,
        )

    def address(self, **changes: str) -> str:
        """The list with these filters, some of them changed."""
        values = {name: getattr(self, name) for name in self.__slots__} | changes
        given = urlencode({name: value for name, value in values.items() if value})
        return f"/borgere?{given}" if given else "/borgere"

    def pages(self) -> str:
        """The address of any page of the list: its number is to be filled in."""
        address = self.address().replace("%", "%%")
        return f"{address}{'&' if '?' in address else '?'}side=%d"

    @property
    def narrowing(self) -> bool:
        """Whether something beside the consultant narrows the list."""
        return any((self.ventet, self.gruppe, self.forslag, self.fokus))


@router.get("")
def list_citizens(
    request: Request,
    user: User,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    side: PageNumber = 1,
    konsulent: Short = "",
    ventet: Short = "",
    gruppe: Short = "",
    forslag: Short = "",
    fokus: Short = "",
) -> Response:
    """Citizens, longest waiting first. A name is searched for with the form, which keeps it out of addresses."""
    municipality, today = user.caller.municipality, services.today
    run = MatchRuns(view, municipality).latest()
    lists = CitizenLists(view, municipality, run.id if run else None, today)
    consultants = {one.id: one.name for one in Consultants(view, municipality).all()}
    filters = Filters(konsulent, ventet, gruppe, forslag, fokus)
    consultant_id = _consultant(user, konsulent, consultants)
    lines, total = lists.page(filters.wanted(consultant_id, user.search, today), (side - 1) * LINES, LINES)
    to_do = () if user.search or side > 1 or filters.narrowing else _to_do(lists, consultant_id)
    reading.about(ReadPurpose.SEARCH, [line.id for line in (*lines, *(line for one in to_do for line in one["lines"]))])
    return page(
        request,
        "citizens/list.html",
        user,
        section="citizens",
        lines=lines,
        total=total,
        first=(side - 1) * LINES + 1,
        side=side,
        pages=max(1, -(-total // LINES)),
        filters=filters,
        consultants=consultants,
        consultant_id=consultant_id,
        own=user.caller.id if user.caller.id in consultants else "",
        groups=lists.target_groups(),
        headings=HEADINGS,
        focus={attention: slug for slug, attention in FOCUS.items()},
        to_do=to_do,
        search=user.search,
        run=run,
        today=today,
    )


def _consultant(user: SignedIn, asked: str, consultants: Mapping[str, str]) -> str:
    """Whose citizens are shown: who is asked for, else one's own; a search goes through everybody's."""
    if asked == EVERYBODY or (user.search and not asked):
        return ""
    return asked or (user.caller.id if user.caller.id in consultants else "")


def _to_do(lists: CitizenLists, consultant_id: str) -> tuple[dict[str, Any], ...]:
    """What asks for attention: how many, and those who have waited longest."""
    found = []
    for attention in Attention:
        lines: tuple[CitizenLine, ...]
        wanted = Wanted(consultant_id=consultant_id, attention=attention)
        lines, count = lists.page(wanted, 0, TODAY_LINES)
        found.append({"attention": attention, "count": count, "lines": lines})
    return tuple(found)


@router.post("")
def search_citizens(user: FormUser, cookies: CookiesOf, navn: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Remember what to search for, and show the list."""
    response = see("/borgere")
    cookies.write(response, searching(user, navn.strip()))
    return response
