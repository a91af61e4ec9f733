"""Any other place for a citizen: all of the municipality's places to search, each one click from being chosen."""

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from service.db.personal import ReadPurpose
from service.db.place_lists import PlaceLists, Wanted
from service.db.repositories import Citizens
from service.dependencies import ReadingOf, ServicesOf, View
from service.identity.access import DECIDES
from service.web.rendering import page
from service.web.session import SignedIn, reads

router = APIRouter(prefix="/borgere")
LINES: Final = 25
FREE: Final = "ledig"
Deciding = Annotated[SignedIn, Depends(reads(DECIDES))]


@dataclass(frozen=True, slots=True)
class Search:
    """What the places are searched for, as the address has it: names of companies and places, none of people."""

    soeg: Annotated[str, Query(max_length=100)] = ""
    pladser: Annotated[str, Query(max_length=16)] = ""
    side: Annotated[int, Query(ge=1, le=100_000)] = 1

    def pages(self, address: str) -> str:
        """The address of any page of what is found: its number is to be filled in."""
        given = urlencode({name: value for name in ("soeg", "pladser") if (value := getattr(self, name))})
        return f"{address}?{given + '&' if given else ''}".replace("%", "%%") + "side=%d"


@router.get("/{citizen_id}/andre-pladser")
def other_places(
    request: Request,
    citizen_id: str,
    user: Deciding,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    search: Annotated[Search, Depends()],
) -> Response:
    """Places to choose for a citizen, on the citizen's list or beside it, by company."""
    municipality = user.caller.municipality
    citizen = Citizens(view, municipality).get(citizen_id)
    reading.about(ReadPurpose.PROFILE, [citizen_id])
    places = PlaceLists(view, municipality, services.today)
    wanted = Wanted(text=search.soeg, free=search.pladser == FREE)
    total = places.count(wanted)
    pages = max(1, -(-total // LINES))
    current = min(search.side, pages)
    return page(
        request,
        "citizens/other_places.html",
        user,
        section="citizens",
        citizen=citizen,
        lines=places.page(wanted, first=(current - 1) * LINES, limit=LINES),
        total=total,
        current=current,
        pages=pages,
        search=search,
    )
