"""One citizen's list with reasons, and one place in detail."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from matcher.domain.placement import Placement, PlacementStatus
from service.db.purpose import Channel
from service.db.repositories import Citizens, Decisions, Placements, Proposals
from service.dependencies import Services, ServicesOf, View
from service.identity.access import DECIDES
from service.use_cases import records
from service.use_cases.correct_citizen import earlier_list, moves
from service.use_cases.discretion import explained_without_needs, list_without_needs, openings_without_needs
from service.use_cases.openings import OpeningView
from service.use_cases.records import Recorder
from service.use_cases.views import ListView
from service.web.citizens_summary import choices, summary
from service.web.night import shown_explanation
from service.web.rendering import page
from service.web.session import SignedIn, User
from service.web.translation import current_language

router = APIRouter(prefix="/borgere")
PLACES: Final = 8
OPENINGS: Final = 3

Short = Annotated[str, Query(max_length=64)]


@router.get("/{citizen_id}")
def show_citizen(
    request: Request,
    citizen_id: str,
    user: User,
    view: View,
    services: ServicesOf,
    gemt: Short = "",
    rettet: Short = "",
    foer: Short = "",
) -> Response:
    """A citizen's list: places with reasons, and what the nearest others lack.

    `rettet` and `foer`: the part of the profile that was just corrected, and the list that was shown before that.
    """
    values = citizen_values(user, view, services, citizen_id) | {"saved": gemt}
    if rettet:
        before = earlier_list(view, user.caller.municipality, citizen_id, foer, user.caller.id)
        if before is not None and not user.caller.sees_needs:
            before = list_without_needs(before)
        values |= {"corrected": rettet, "before": foer if before else ""}
        values["moves"] = None if before is None else moves(before, values["found"])
    return page(request, "citizens/citizen.html", user, **values)


def citizen_values(user: SignedIn, view: Session, services: Services, citizen_id: str) -> dict[str, Any]:
    """What the page of a citizen shows, as far as the user may see it; the list is recorded."""
    recorder, language = services.recorder(user.caller, Channel.PAGE), current_language()
    shown = records.show_list(view, recorder, citizen_id, today=services.today, places=PLACES, language=language)
    found = shown.view if user.caller.sees_needs else list_without_needs(shown.view)
    citizen, version = Citizens(view, user.caller.municipality).get_versioned(citizen_id)
    taxonomy = services.match_inputs.taxonomy
    return {
        "section": "citizens",
        "found": found,
        "list_id": shown.list_id,
        "openings": _openings(user, view, services, recorder, citizen_id),
        "profile": summary(citizen, version, taxonomy, sees_needs=user.caller.sees_needs),
        "choices": choices,
        "decides": not user.caller.roles.isdisjoint(DECIDES),
        "proposal": _proposal(user, view, found),
        "taken_back": _may_take_back(view, user.caller.municipality, citizen_id, services.today),
        "today": services.today,
    }


def _proposal(user: SignedIn, view: Session, found: ListView) -> dict[str, Any] | None:
    """The night's proposal: its place, explained as of today where the list has it, and the decision that holds.

    `found`: the list as far as the user may see it; so is what the night wrote of the place.
    """
    if found.proposal_id is None:
        return None
    municipality = user.caller.municipality
    stored = Proposals(view, municipality).get(found.proposal_id)
    listed = next((one.explanation for one in found.places if one.slot_id == stored.slot_id), None)
    return {
        "id": stored.id,
        "slot_id": stored.slot_id,
        "explanation": listed or shown_explanation(user, stored),
        "decision": Decisions(view, municipality).holding(found.proposal_id),
    }


def _may_take_back(view: Session, municipality: str, citizen_id: str, today: date) -> Placement | None:
    """A placement that is agreed and has not begun."""
    planned = Placements(view, municipality).having(citizen_id=citizen_id, status=PlacementStatus.PLANNED)
    return next((one for one in planned if one.starts_on > today), None)


@router.get("/{citizen_id}/pladser/{slot_id}")
def show_place(
    request: Request, citizen_id: str, slot_id: str, user: User, view: View, services: ServicesOf
) -> Response:
    """One place for one citizen: every rule, every term, every weight, and the form to choose it with."""
    values = place_values(user, view, services, citizen_id, slot_id)
    return page(request, "citizens/place.html", user, **values)


def place_values(user: SignedIn, view: Session, services: Services, citizen_id: str, slot_id: str) -> dict[str, Any]:
    """What the page of a place shows, as far as the user may see it; it is recorded."""
    recorder = services.recorder(user.caller, Channel.PAGE)
    language = current_language()
    found = records.show_place(view, recorder, citizen_id, slot_id, today=services.today, language=language).view
    if not user.caller.sees_needs:
        found = explained_without_needs(found)
    openings = _openings(user, view, services, recorder, citizen_id, slot_id)
    decides = not user.caller.roles.isdisjoint(DECIDES)
    return {"section": "citizens", "found": found, "openings": openings, "decides": decides}


def _openings(
    user: SignedIn, view: Session, services: Services, recorder: Recorder, citizen_id: str, slot_id: str | None = None
) -> tuple[OpeningView, ...]:
    """What would open places for a citizen, as far as the user may see it."""
    found = records.show_openings(
        view,
        recorder,
        citizen_id,
        today=services.today,
        slot_id=slot_id,
        places=OPENINGS,
        language=current_language(),
    ).view
    return (found if user.caller.sees_needs else openings_without_needs(found)).openings
