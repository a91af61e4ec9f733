"""Places for one citizen side by side, and on a map."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from service.db.personal import ReadPurpose
from service.db.purpose import Channel
from service.db.repositories import Citizens
from service.dependencies import ReadingOf, ServicesOf, View
from service.identity.access import DECIDES
from service.use_cases import records
from service.use_cases.discretion import explained_without_needs
from service.web.rendering import page
from service.web.session import User
from service.web.translation import current_language

router = APIRouter(prefix="/borgere")
MOST: Final = 4
"""Places that fit beside each other."""

Places = Annotated[list[Annotated[str, Query(max_length=64)]], Query(max_length=50, default_factory=list)]


@router.get("/{citizen_id}/sammenlign")
def compare_places(
    request: Request, citizen_id: str, user: User, view: View, services: ServicesOf, reading: ReadingOf, plads: Places
) -> Response:
    """Up to four places side by side, term by term; each explanation is recorded."""
    citizen = Citizens(view, user.caller.municipality).get(citizen_id)
    reading.about(ReadPurpose.PROFILE, [citizen_id])
    recorder, language = services.recorder(user.caller, Channel.PAGE), current_language()
    chosen = list(dict.fromkeys(plads))
    found = [
        records.show_place(view, recorder, citizen_id, slot_id, today=services.today, language=language).view
        for slot_id in chosen[:MOST]
    ]
    if not user.caller.sees_needs:
        found = [explained_without_needs(one) for one in found]
    terms = {term.id: term.name for one in found for term in one.place.explanation.terms if term.applies}
    return page(
        request,
        "citizens/compare.html",
        user,
        section="citizens",
        citizen=citizen,
        places=[one.place for one in found],
        term_of=[{term.id: term for term in one.place.explanation.terms if term.applies} for one in found],
        terms=terms,
        left_out=max(0, len(chosen) - MOST),
        most=MOST,
        decides=not user.caller.roles.isdisjoint(DECIDES),
    )
