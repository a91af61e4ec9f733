"""A contact with a company (virksomhedskontakt): what it was asked for, what it answered, when to ask again."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from matcher.domain.validation import InvalidValueError, check_id, check_member, check_period, check_text


class ContactKind(StrEnum):
    """How a company was contacted."""

    CALL = "call"
    VISIT = "visit"
    MAIL = "mail"


class Answer(StrEnum):
    """What a company answered."""

    YES = "yes"
    NO = "no"
    LATER = "later"
    """Not now; it may be asked again on a day that it named."""
    NOT_REACHED = "not_reached"
    """Nobody who could answer was reached."""
    NOT_ASKED = "not_asked"
    """The company was not asked for a place: a follow-up, a visit, a word about an agreement."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact with a company, written down once and never changed.

    It is about the company alone: whom a place is meant for does not belong in it.

    Attributes
    ----------
    agreement_id : the agreement whose places were asked for; None where the contact was about none in particular
    consultant_id : who had the contact, as the person signs in
    contacted_on : the day of the contact
    recorded_at : when it was written down, UTC; of two contacts on one day the one written down last holds
    asked_for : what the company was asked for
    reason : the company's reason; a no always has one. What the contact was about, where nothing was asked
    next_contact_on : when the company may be asked again, where it named a day; LATER always does. Where nothing was
        asked, the day of the next contact
    """

    id: str
    company_id: str
    consultant_id: str
    kind: ContactKind
    contacted_on: date
    recorded_at: datetime
    answer: Answer
    agreement_id: str | None = None
    asked_for: str = ""
    reason: str = ""
    next_contact_on: date | None = None

    def __post_init__(self) -> None:
        for name in ("id", "company_id", "consultant_id"):
            check_id(name, getattr(self, name))
        if self.agreement_id is not None:
            check_id("agreement_id", self.agreement_id)
        check_member("kind", self.kind, ContactKind)
        check_member("answer", self.answer, Answer)
        check_period("contacted_on", self.contacted_on, "next_contact_on", self.next_contact_on)
        _check_moment("recorded_at", self.recorded_at)
        check_text("asked_for", self.asked_for)
        check_text("reason", self.reason)
        if self.answer is Answer.NO and not self.reason.strip():
            raise InvalidValueError("reason", "is missing for a no", "write the reason that the company gave")
        if self.answer is Answer.LATER and self.next_contact_on is None:
            raise InvalidValueError(
                "next_contact_on", "is missing for an answer later", "write the day when the company may be asked again"
            )
        if not self.asked and not self.reason.strip():
            raise InvalidValueError(
                "reason", "is missing where the company was not asked", "write what the contact was about"
            )

    @property
    def asked(self) -> bool:
        """Whether the company was asked for a place, so that its answer says when it may be asked again."""
        return self.answer is not Answer.NOT_ASKED


def _check_moment(field: str, value: datetime) -> None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidValueError(field, "is not a point in time with a time zone", 'write it as "2026-10-01T08:00:00Z"')
