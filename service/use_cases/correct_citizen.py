"""A person corrects a part of a citizen's profile, sees what it moved on the citizen's list, and may take it back.

What stood there before needs no store of its own: the list that the person looked at was recorded with what it was made
from and what it said (`service/use_cases/records.py`).
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from matcher.domain.citizen import Citizen
from service.db.personal_repositories import Corrections
from service.db.purpose import Purpose, ShownList
from service.db.record_repositories import ShownLists, Snapshots
from service.db.repositories import Citizens
from service.problems import NotFound, VersionConflict
from service.use_cases.views import ExplanationView, ListView, PlaceView, TermView

CITIZENS: Final = "citizens"
"""Kind of a citizen's document in a snapshot."""
SMALLEST_CHANGE: Final = 0.005
"""A term that moves less than this on the value is not named as what moved a place."""


class Section(StrEnum):
    """A part of the profile that is corrected by itself."""

    GOALS = "goals"
    COMPETENCES = "competences"
    NEEDS = "needs"
    HOURS = "hours"
    TRAVEL = "travel"
    SUPPORT = "support"


FIELDS: Final[Mapping[Section, tuple[str, ...]]] = MappingProxyType(
    {
        Section.GOALS: ("goals",),
        Section.COMPETENCES: ("competences",),
        Section.NEEDS: ("accommodations",),
        Section.HOURS: ("hours_now", "hours_target", "schedule"),
        Section.TRAVEL: ("travel_modes", "longest_travel_minutes"),
        Section.SUPPORT: ("support_problems", "mentor_hours_per_week"),
    }
)
OF_NEEDS: Final = frozenset((Section.NEEDS, Section.SUPPORT))
"""Sections that only those see who may see health-related needs."""


@dataclass(frozen=True, slots=True)
class Move:
    """A place that is elsewhere on the list than before. Ranks count from 1; None = not on the list.

    `before_term` and `after_term` are the term whose contribution changed most; `rules` what the rules say that it
    breaks now, or broke before.
    """

    slot_id: str
    heading: str
    before: int | None
    after: int | None
    before_term: TermView | None = None
    after_term: TermView | None = None
    rules: tuple[str, ...] = ()


def correct(
    session: Session, municipality: str, citizen_id: str, changes: Mapping[str, Any], expected_version: int
) -> None:
    """Write some fields of a citizen. Raises NotFound, InvalidValueError, InvalidInput, and VersionConflict where
    somebody else has changed the citizen."""
    citizens = Citizens(session, municipality)
    citizens.put(replace(citizens.get(citizen_id), **changes), expected_version)


def take_back(session: Session, municipality: str, citizen_id: str, section: Section, list_id: str, by: str) -> None:
    """Write a section as it was when a list of the citizen was shown; `by`: the id of who takes back.

    Raises NotFound, and VersionConflict where somebody else has corrected the section since.
    """
    shown = _shown(session, municipality, citizen_id, list_id)
    if any(
        one.corrected_by != by
        and one.corrected_at >= shown.shown_at
        and not set(FIELDS[section]).isdisjoint(one.fields)
        for one in Corrections(session, municipality).of_citizen(citizen_id)
    ):
        raise VersionConflict("somebody else has corrected it since")
    before = _citizen_of(session, municipality, citizen_id, shown)
    citizens = Citizens(session, municipality)
    changes = {name: getattr(before, name) for name in FIELDS[section]}
    citizens.put(replace(citizens.get(citizen_id), **changes))


def earlier_list(session: Session, municipality: str, citizen_id: str, list_id: str, viewer_id: str) -> ListView | None:
    """A list of the citizen as the same person was shown it; None where there is no such list any more."""
    try:
        shown = _shown(session, municipality, citizen_id, list_id)
    except NotFound:
        return None
    if shown.viewer.id != viewer_id:
        return None
    return ListView.model_validate(json.loads(zlib.decompress(shown.shown))["view"])


def moves(before: ListView, after: ListView) -> tuple[Move, ...]:
    """What is elsewhere on the list, in the order of the new list; places that left it come last."""
    ranks = {one.slot_id: rank for rank, one in enumerate(before.places, 1)}
    found = [
        _move(one, ranks.get(one.slot_id), rank, before)
        for rank, one in enumerate(after.places, 1)
        if ranks.get(one.slot_id) != rank
    ]
    here = {one.slot_id for one in after.places}
    failing = {one.slot_id: _broken(one.explanation) for one in after.near_misses}
    gone = [
        Move(one.slot_id, one.explanation.heading, rank, None, rules=failing.get(one.slot_id, ()))
        for rank, one in enumerate(before.places, 1)
        if one.slot_id not in here
    ]
    return (*found, *gone)


def _move(place: PlaceView, before: int | None, after: int, earlier: ListView) -> Move:
    heading = place.explanation.heading
    if before is None:
        missed = next((one.explanation for one in earlier.near_misses if one.slot_id == place.slot_id), None)
        return Move(place.slot_id, heading, None, after, rules=_broken(missed) if missed else ())
    old = {term.id: term for term in earlier.places[before - 1].explanation.terms}
    changes = [(abs(term.contribution - old[term.id].contribution), term) for term in place.explanation.terms]
    most, term = max(changes, key=lambda one: one[0])
    if most < SMALLEST_CHANGE:
        return Move(place.slot_id, heading, before, after)
    return Move(place.slot_id, heading, before, after, before_term=old[term.id], after_term=term)


def _broken(explanation: ExplanationView) -> tuple[str, ...]:
    return tuple(text for rule in explanation.rules if not rule.passed for text in rule.texts)


def _shown(session: Session, municipality: str, citizen_id: str, list_id: str) -> ShownList:
    """A list of the citizen that was shown to somebody; raises NotFound."""
    shown = ShownLists(session, municipality).get(list_id)
    kept = shown.purpose is Purpose.SUGGESTIONS and shown.erased_on is None
    if not kept or citizen_id not in shown.citizen_ids:
        raise NotFound
    return shown


def _citizen_of(session: Session, municipality: str, citizen_id: str, shown: ShownList) -> Citizen:
    """The citizen as a list was made from; raises NotFound."""
    snapshots = Snapshots(session, municipality)
    of_citizens = [entry for entry in snapshots.entries(shown.snapshot) if entry[0] == CITIZENS]
    document = snapshots.about(citizen_id, CITIZENS, {digest for _, digest in of_citizens})
    citizen: Citizen = Citizens.codec.decode_stored(document)
    return citizen
