"""Whom the latest plan could not place, and why: by reason, by consultant, by name."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.db.listings import citizen_names, consultants_of
from service.db.personal import ReadPurpose
from service.db.records import MatchRun, Unplaced
from service.db.repositories import Consultants, MatchRuns
from service.dependencies import ReadingOf, View
from service.use_cases.discretion import unplaced_without_needs
from service.use_cases.runs import unplaced_of
from service.use_cases.unplaced_text import reason_text, unplaced_text
from service.web.night import LINES, Filters, FiltersOf, PageNumber, head_of, no_plan
from service.web.rendering import page
from service.web.session import SignedIn, User
from service.web.translation import current_language

router = APIRouter(prefix="/forslag")


@dataclass(frozen=True, slots=True)
class UnplacedLine:
    """One citizen without a place: the reason that is counted, where it may be shown, and what the run wrote."""

    citizen_id: str
    name: str
    consultant_id: str
    reason: str
    texts: tuple[str, ...]


@router.get("/uden-plads")
def list_unplaced(
    request: Request, user: User, view: View, reading: ReadingOf, filters: FiltersOf, side: PageNumber = 1
) -> Response:
    """Whom the latest plan could not place, and why; by name, a page at a time."""
    municipality = user.caller.municipality
    run = MatchRuns(view, municipality).latest()
    if run is None:
        return no_plan(request, user)
    left = unplaced_lines(user, view, run, filters)
    pages = max(1, -(-len(left) // LINES))
    side = min(side, pages)
    found = left[(side - 1) * LINES :][:LINES]
    reading.about(ReadPurpose.UNPLACED, [one.citizen_id for one in found])
    values: dict[str, Any] = {
        "unplaced": found,
        "side": side,
        "pages": pages,
        "total": len(left),
        "filters": filters,
        "consultants": {one.id: one.name for one in Consultants(view, municipality).all()},
    }
    return page(request, "night/unplaced.html", user, **head_of(run, user, "unplaced"), **values)


def unplaced_lines(user: SignedIn, view: Session, run: MatchRun, filters: Filters) -> list[UnplacedLine]:
    """Those without a place whom the filters leave, by name."""
    municipality = user.caller.municipality
    names, consultant_of = citizen_names(view, municipality), consultants_of(view, municipality)
    searched = filters.found(view, municipality)
    reason = filters.grund if user.caller.sees_needs else ""  # a reason may tell of a need
    left = [
        _line(user, one, names.get(one.citizen_id, ""), consultant_of.get(one.citizen_id, ""))
        for one in unplaced_of(view, municipality, run.id)
        if (searched is None or one.citizen_id in searched)
        and filters.konsulent in ("", consultant_of.get(one.citizen_id))
        and reason in ("", one.reason)
    ]
    return sorted(left, key=lambda one: (one.name, one.citizen_id))


def _line(user: SignedIn, one: Unplaced, name: str, consultant_id: str) -> UnplacedLine:
    """A citizen without a place, as far as the person may see why."""
    text = unplaced_text(one.text, one.text_english, one.reason, current_language())
    shown = text if user.caller.sees_needs else unplaced_without_needs(text)
    reason = reason_text(one.reason, current_language()) if user.caller.sees_needs else ""
    return UnplacedLine(one.citizen_id, name, consultant_id, reason, tuple(shown.splitlines()))
