"""What a named person decided last about one citizen and one place, where it has a bearing on later plans."""

from dataclasses import dataclass
from datetime import date

from matcher.domain.placement import Verdict
from matcher.domain.validation import InvalidValueError, check_date, check_id, check_member, check_text


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """A proposal that was rejected or put on hold, or a pair that was excluded or pinned when planning again.

    Attributes
    ----------
    id : of the proposal, or of what was said when planning again
    decided_by : what the person is called
    """

    id: str
    citizen_id: str
    slot_id: str
    verdict: Verdict
    decided_on: date
    decided_by: str

    def __post_init__(self) -> None:
        for name in ("id", "citizen_id", "slot_id"):
            check_id(name, getattr(self, name))
        check_member("verdict", self.verdict, Verdict)
        if self.verdict is Verdict.APPROVED:
            raise InvalidValueError("verdict", "is an approval", "an approved proposal is a placement")
        check_date("decided_on", self.decided_on)
        check_text("decided_by", self.decided_by, required=True)
