"""What a citizen asks for about what is kept of them: that something is corrected, or that they object."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RequestKind(StrEnum):
    """What is asked for."""

    CORRECTION = "correction"
    """Ønske om rettelse (GDPR article 16): something that is kept is wrong or lacking."""
    OBJECTION = "objection"
    """Indsigelse (GDPR article 21): against how it is used, or against a suggestion."""


@dataclass(frozen=True, slots=True)
class CitizenRequest:
    """One request, in the citizen's words; it needs attention until it is answered.

    Attributes
    ----------
    recorded_by, recorded_by_name : the employee who wrote it down together with the citizen
    answer, answered_at, answered_by, answered_by_name : None until somebody has answered
    """

    id: str
    citizen_id: str
    kind: RequestKind
    text: str
    recorded_at: datetime
    recorded_by: str
    recorded_by_name: str
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answered_by_name: str | None = None
