"""All that a citizen and a consultant look at together: what is kept, what was agreed, who has read, what was asked.

The list of places with its reasons is shown and recorded as every list is (`service/use_cases/records.py`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from matcher.domain.citizen import Citizen
from matcher.domain.placement import Placement
from matcher.language import Language
from matcher.wording.addressed import to_citizen
from service.clock import DANISH_TIME
from service.db.personal import Correction, ReadPurpose
from service.db.personal_repositories import AccessLog, Corrections, CprNumbers
from service.db.purpose import Channel, Purpose
from service.db.repositories import Citizens, Companies, Consultants, Placements
from service.db.request_repositories import CitizenRequests
from service.db.requests import CitizenRequest
from service.db.slot_names import slot_names
from service.settings import Role
from service.use_cases.views import ListView, PlaceView

MOST_READS: Final = 2000
"""Entries of the log that are looked at, newest first."""


@dataclass(frozen=True, slots=True)
class ReadOfDay:
    """Reads of one day, role, place and purpose, and how often; readers are told by role, not by name."""

    on: date
    role: Role
    channel: Channel
    purpose: Purpose | ReadPurpose
    times: int


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What is kept of one citizen.

    Attributes
    ----------
    companies, slots : names by id, of those that the citizen's data mentions
    has_cpr : whether a CPR number is kept; it is not shown
    reads : newest first; `all_reads` is False where there were more than are looked at
    """

    citizen: Citizen
    consultant: str
    companies: Mapping[str, str]
    placements: tuple[Placement, ...]
    slots: Mapping[str, str]
    has_cpr: bool
    corrections: tuple[Correction, ...]
    reads: tuple[ReadOfDay, ...]
    all_reads: bool
    requests: tuple[CitizenRequest, ...]


def own_page(session: Session, municipality: str, citizen_id: str) -> OwnPage:
    """Everything but the list. Raises NotFound where the caller sees no such citizen."""
    citizen = Citizens(session, municipality).get(citizen_id)
    placements = Placements(session, municipality).having(citizen_id=citizen_id)
    named = {one.company_id for one in citizen.earlier_placements}
    named |= {*citizen.wishes_for, *citizen.wishes_against, *citizen.former_employers_allowed}
    entries = AccessLog(session, municipality).of_citizen(citizen_id, limit=MOST_READS)
    reads = Counter(
        (one.at.astimezone(DANISH_TIME).date(), one.viewer.role, one.viewer.channel, one.purpose) for one in entries
    )
    consultants = Consultants(session, municipality).among([citizen.consultant_id])
    return OwnPage(
        citizen,
        consultants[0].name if consultants else "",
        {one.id: one.name for one in Companies(session, municipality).among(named)},
        tuple(sorted(placements, key=lambda one: (one.starts_on, one.id), reverse=True)),
        slot_names(session, municipality, {one.slot_id for one in placements}),
        CprNumbers(session, municipality).get(citizen_id) is not None,
        Corrections(session, municipality).of_citizen(citizen_id),
        tuple(ReadOfDay(*what, times) for what, times in sorted(reads.items(), reverse=True)),
        len(entries) < MOST_READS,
        CitizenRequests(session, municipality).of_citizen(citizen_id),
    )


def list_to_citizen(view: ListView, language: Language) -> ListView:
    """A citizen's list with what it says of the citizen said to the citizen; it has been shown and recorded before."""
    return view.model_copy(
        update={
            "places": tuple(_place_to_citizen(place, language) for place in view.places),
            "placement": view.placement and to_citizen(view.placement, language),
            "unplaced": view.unplaced and to_citizen(view.unplaced, language),
        }
    )


def _place_to_citizen(place: PlaceView, language: Language) -> PlaceView:
    reasons = ("reasons_for", "reasons_against", "must_confirm", "missing")
    said = {name: tuple(to_citizen(text, language) for text in getattr(place.explanation, name)) for name in reasons}
    return place.model_copy(update={"explanation": place.explanation.model_copy(update=said)})
