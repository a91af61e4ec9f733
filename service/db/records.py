"""What a run leaves behind, as plain values: the repositories take and return these, never rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from matcher.domain.placement import Decision

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MatchRun:
    """One plan of a night.

    Attributes
    ----------
    planned_on : the day that the plan is made for
    value, upper_bound, gap : of the plan, as the solver states them
    seconds : by phase;  counts : what the report shows;  versions : of weights, rules and program
    resources : one object a resource of the plan: what it is, its limit, its use and its price
    withdrawn_at : when somebody went back to the plan before; None = nobody has
    """

    id: str
    created_at: datetime
    planned_on: date
    seed: int
    status: str
    value: float
    upper_bound: float
    gap: float
    input_hash: str
    seconds: Mapping[str, float]
    counts: Mapping[str, Any]
    versions: Mapping[str, Any]
    resources: tuple[JsonObject, ...] = ()
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """What a run suggests for a citizen, with its reasons and the parallel support attached to it."""

    id: str
    run_id: str
    citizen_id: str
    slot_id: str
    starts_on: date
    hours_per_week: float
    value: float
    price: float
    explanation: JsonObject = field(default_factory=dict)
    support: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedPair:
    """The pair of a proposal."""

    id: str
    citizen_id: str
    slot_id: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A citizen that a run could not place: the reason's code, and why, in Danish and in English.

    The first line says it of all places, each line after it of one place or rule. `text_english` is None in runs of
    versions that did not write it.
    """

    run_id: str
    citizen_id: str
    reason: str
    text: str
    text_english: str | None = None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A named person's decision on a proposal. `decided_by_name`: what the person is called, where it is known.

    One that was taken back, when and by whom, counts no more.
    """

    id: str
    proposal_id: str
    decision: Decision
    decided_at: datetime
    decided_by_name: str | None = None
    taken_back_at: datetime | None = None
    taken_back_by_name: str | None = None


class PlacementChange(StrEnum):
    """What was done to a placement."""

    MADE = "made"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PlacementEvent:
    """What was done to a placement, by whom and why.

    Attributes
    ----------
    proposal_id : the proposal that the placement came of; None where a person chose the place beside the proposals
    details : of one that was made: `source` and the rules that were set aside, with their reasons; of one that was
        changed: the fields
    """

    id: str
    placement_id: str
    citizen_id: str
    slot_id: str
    change: PlacementChange
    recorded_by: str
    recorded_at: datetime
    reason: str
    proposal_id: str | None = None
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredImport:
    """One import that changed something. `files` gives each file's name, bytes and SHA-256."""

    id: str
    imported_at: datetime
    files: tuple[JsonObject, ...]
    counts: Mapping[str, Any]
