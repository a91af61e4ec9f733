"""What a person says about a citizen and a place when planning again, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PairVerdict(StrEnum):
    """What the plan is told about a citizen and a place."""

    HELD = "held"
    """The citizen must have the place."""
    REJECTED = "rejected"
    """The citizen must not have it."""
    FREE = "free"
    """Neither any more."""


@dataclass(frozen=True, slots=True)
class PairDecision:
    """What one named person said about one citizen and one place, in the plan of a run."""

    id: str
    run_id: str
    citizen_id: str
    slot_id: str
    verdict: PairVerdict
    reason: str
    decided_at: datetime
    decided_by: str
    decided_by_name: str
