"""The job club's board, for citizens and consultants together at a large screen."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from matcher import english, wording
from matcher.domain.agreement import PlacementForm, SlotSetting
from service.dependencies import ServicesOf, View
from service.identity.access import ON_PAGES
from service.use_cases.board import BoardPlace, board
from service.web.rendering import page
from service.web.session import SignedIn, reads
from service.web.translation import either

router = APIRouter(prefix="/tavle")
Looking = Annotated[SignedIn, Depends(reads(ON_PAGES))]
PAID: Final = frozenset((PlacementForm.ORDINARY_HOURS, PlacementForm.WAGE_SUBSIDY, PlacementForm.FLEXI_JOB))
"""Forms in which the person has a wage."""


def _hours_danish(place: BoardPlace) -> str:
    most = wording.hours_per_week(place.hours_to)
    return most if place.hours_from == place.hours_to else f"{wording.number(place.hours_from)}–{most}"


def _hours_english(place: BoardPlace) -> str:
    most = english.hours_per_week(place.hours_to)
    return most if place.hours_from == place.hours_to else f"{english.number(place.hours_from)}–{most}"


hours_of = either(_hours_danish, _hours_english)
"""5–20 timer om ugen."""


@router.get("")
def show_board(
    request: Request,
    user: Looking,
    view: View,
    services: ServicesOf,
    side: Annotated[int, Query(ge=1, le=100_000)] = 1,
    interesse: Annotated[str, Query(max_length=64)] = "",
    omraade: Annotated[str, Query(max_length=4)] = "",
) -> Response:
    """Open places, filtered by area of work and town. Nothing on it is about a citizen."""
    found = board(view, user.caller.municipality, services.today, interest=interesse, postcode=omraade, page=side)
    asked = urlencode({"interesse": interesse, "omraade": omraade}).replace("%", "%%")
    return page(
        request,
        "board/board.html",
        user,
        section="board",
        found=found,
        interest=interesse,
        postcode=omraade,
        address=f"/tavle?{asked}&side=%d",
        today=services.today,
        hours_of=hours_of,
        paid=PAID,
        single=SlotSetting.SINGLE,
    )
