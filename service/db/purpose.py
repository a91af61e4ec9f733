"""Purpose records as plain values: who asked for what, what it was made from, what was shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from service.settings import Role


class Channel(StrEnum):
    """Where something was asked for."""

    API = "api"
    PAGE = "page"
    COMMAND_LINE = "command_line"


class Purpose(StrEnum):
    """What a list was for."""

    SUGGESTIONS = "suggestions"
    """Places for a citizen."""
    EXPLANATION = "explanation"
    """Why, or why not, one place for one citizen."""
    CANDIDATES = "candidates"
    """Citizens for a place."""
    OPENINGS = "openings"
    """What would open places for a citizen."""
    NEEDS = "needs"
    """What would help most of those who wait; it names nobody."""
    CALLS = "calls"
    """Companies to call, and for whom."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asked: a person or a system by its id, in which role, and where."""

    id: str
    role: Role
    channel: Channel


OPERATIONS = Viewer("matcher", Role.OPERATIONS, Channel.COMMAND_LINE)
"""The service's own night, where nobody else is named."""


@dataclass(frozen=True, slots=True)
class SnapshotDocument:
    """One value as it was, as JSON. `citizen_id`: whom it is about, if anybody."""

    kind: str
    digest: str
    document: Mapping[str, Any]
    citizen_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run was made from. `repeatable` is False where the clock may have ended the planning."""

    run_id: str
    viewer: Viewer
    snapshot: str
    weights: str
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]
    result_digest: str
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What else a run could have proposed for a citizen: places that fit, and the next best with value and price."""

    citizen_id: str
    eligible: int
    next_best: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list that somebody saw.

    Attributes
    ----------
    citizen_ids : who is in it
    snapshot, plan, weights : digests of what it was made from; `plan` None where no plan had priced anything
    result : ranked ids, values and prices;  shown : the whole, compressed JSON
    erased_on : the day that a citizen in it was erased; then `result` and `shown` are empty
    """

    id: str
    purpose: Purpose
    shown_at: datetime
    viewer: Viewer
    citizen_ids: tuple[str, ...]
    slot_id: str | None
    run_id: str | None
    planned_on: date
    snapshot: str
    plan: str | None
    weights: str
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]
    result: Mapping[str, Any]
    result_digest: str
    shown: bytes
    erased_on: date | None = None
