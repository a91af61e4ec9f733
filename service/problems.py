"""Business errors: each is a type with its HTTP status, type address and title (RFC 9457). No web imports here.

A problem never repeats what it was given: the input may be personal data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Final

RETRY_AFTER_SECONDS: Final = 5
"""When to try again where the service cannot answer for a while (503)."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field: its path (``competences[2].level``), what is wrong, and what to write instead; in English."""

    field: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}; {self.fix}"


@dataclass(frozen=True, slots=True)
class MissingReference(FieldError):  # noqa: N818 - a value, not an exception
    """A field that names something that does not exist: its kind (`company`, `slot` …) and id, never shown."""

    kind: str = field(repr=False)
    id: str = field(repr=False)


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A business error. `detail` and `errors` are safe to show: they name fields, never values."""

    status: ClassVar[int]
    type: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str = "", errors: Iterable[FieldError] = ()) -> None:
        self.detail = detail
        self.errors = tuple(errors)
        super().__init__("; ".join([text for text in (detail or self.title, *map(str, self.errors)) if text]))


class NotFound(Problem):
    """What was asked for does not exist in the caller's municipality."""

    status = 404
    type = "/problems/not-found"
    title = "Not found"


class InvalidInput(Problem):
    """Fields that the domain refuses; `errors` names each."""

    status = 422
    type = "/problems/invalid-input"
    title = "Invalid input"


class UnknownReference(InvalidInput):
    """Fields that name something that does not exist in the municipality; `errors` names each."""

    type = "/problems/unknown-reference"
    title = "Reference to something unknown"


class InUse(Problem):
    """Something else refers to what was to be removed."""

    status = 409
    type = "/problems/in-use"
    title = "In use"


class TaxonomyRefused(Problem):
    """Files of occupations that are not as downloaded, or a stored taxonomy that cannot be used."""

    status = 422
    type = "/problems/taxonomy-refused"
    title = "The taxonomy cannot be used"


class VersionConflict(Problem):
    """Somebody else has changed it since it was read."""

    status = 412
    type = "/problems/version-conflict"
    title = "Changed by somebody else"


class AgreementChanged(Problem):
    """Somebody has changed an agreement since its number of places was stated; nothing is stored."""

    status = 409
    type = "/problems/agreement-changed"
    title = "The agreement has been changed since"


class VersionRequired(Problem):
    """A change of what exists must say which version it changes."""

    status = 428
    type = "/problems/version-required"
    title = "Version required"


class TooLarge(Problem):
    """More data than the service takes at a time."""

    status = 413
    type = "/problems/too-large"
    title = "Too large"


class TooManyRequests(Problem):
    """The caller sends more requests than the service takes from one caller."""

    status = 429
    type = "/problems/too-many-requests"
    title = "Too many requests"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"wait {retry_after_seconds} s, then try again")
        self.retry_after_seconds = retry_after_seconds


class QueryTooSlow(Problem):
    """A query of a request took longer than the service lets it; nothing is changed."""

    status = 503
    type = "/problems/query-too-slow"
    title = "The database took too long"


class NotSignedIn(Problem):
    """The caller did not say who is calling, or nobody knows the caller."""

    status = 401
    type = "/problems/not-signed-in"
    title = "Not signed in"
    challenge = "Bearer"
    """How to sign in, as the answer says it (`WWW-Authenticate`)."""


class Forbidden(Problem):
    """The caller is known, but may not do this."""

    status = 403
    type = "/problems/forbidden"
    title = "Not allowed"


class IssuerUnavailable(Problem):
    """The issuer of bearer tokens does not answer, and its keys are not known."""

    status = 503
    type = "/problems/issuer-unavailable"
    title = "The issuer of sign-ins does not answer"


class UnsafeSettings(Problem):
    """Settings that production refuses; the program does not start with them."""

    status = 500
    type = "/problems/unsafe-settings"
    title = "Settings that are not for production"


class NothingToPlan(Problem):
    """There are no citizens or no agreements to make a plan from."""

    status = 409
    type = "/problems/nothing-to-plan"
    title = "Nothing to plan"


class AlreadyRunning(Problem):
    """A night of the municipality is being planned; there is one at a time."""

    status = 409
    type = "/problems/already-running"
    title = "A night is being planned already"


class NightTakenOver(Problem):
    """The program that planned the night was silent for too long; another one plans it now."""

    status = 409
    type = "/problems/night-taken-over"
    title = "The night was taken over by another program"


class DatabaseUnavailable(Problem):
    """The database does not answer, or the connection to it broke; what was under way is not stored."""

    status = 503
    type = "/problems/database-unavailable"
    title = "The database does not answer; try again"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A place that is possible instead: its slot, its name and how well it fits, share in [0, 1]."""

    slot_id: str
    heading: str
    value: float


class NotPossibleNow(Problem):
    """A placement cannot be agreed as things stand; says what is in the way and names the next best places.

    `reasons` are (id of the rule or limit, Danish, English); `detail` is their English.
    """

    status = 409
    type = "/problems/not-possible-now"
    title = "The placement is not possible now"

    def __init__(self, reasons: Iterable[tuple[str, str, str]], alternatives: Iterable[Alternative] = ()) -> None:
        self.reasons = tuple(reasons)
        self.alternatives = tuple(alternatives)
        super().__init__(" ".join(english for _, _, english in self.reasons))

    @property
    def danish(self) -> str:
        """What is in the way, in Danish."""
        return " ".join(danish for _, danish, _ in self.reasons)


class ProposalOutdated(NotPossibleNow):
    """What a run proposed has become impossible since."""

    type = "/problems/proposal-outdated"
    title = "The proposal is out of date"


class PlacementBegun(Problem):
    """A decision cannot be taken back once its placement has begun."""

    status = 409
    type = "/problems/placement-begun"
    title = "The placement has begun"


class DecidedAgain(Problem):
    """A decision cannot be taken back once another one on the same proposal holds, or once it has been taken back."""

    status = 409
    type = "/problems/decided-again"
    title = "The decision does not hold any more"


class WrongStep(Problem):
    """A placement cannot go from its status to the one that was asked for."""

    status = 409
    type = "/problems/wrong-step"
    title = "The placement cannot take that step"


class KeyReused(Problem):
    """The Idempotency-Key belongs to another request."""

    status = 422
    type = "/problems/key-reused"
    title = "The Idempotency-Key was used for another request"


class SameRequestRunning(Problem):
    """The same request, with the same Idempotency-Key, is being answered at this moment."""

    status = 409
    type = "/problems/same-request-running"
    title = "The same request is being answered"


class TooFewPlacements(Problem):
    """There are too few ended placements to learn from, or they show nothing."""

    status = 409
    type = "/problems/too-few-placements"
    title = "Too few ended placements"


class WeightsOutdated(Problem):
    """Learnt weights belong to other terms than the program's."""

    status = 409
    type = "/problems/weights-outdated"
    title = "The learnt weights are outdated"


class PlanRefused(Problem):
    """A plan that breaks a rule is never published."""

    status = 500
    type = "/problems/plan-refused"
    title = "The plan broke a rule and was not published"


class NotRecorded(Problem):
    """A list could not be written down; what cannot be accounted for is not shown."""

    status = 503
    type = "/problems/not-recorded"
    title = "The list could not be recorded and is not shown"


class SnapshotUnreadable(Problem):
    """What a run or list was made from does not fit this version of the program, or is no longer there."""

    status = 409
    type = "/problems/snapshot-unreadable"
    title = "It cannot be replayed by this version of the program"


class ErasedSince(Problem):
    """A citizen that a run or list was made from has been erased."""

    status = 410
    type = "/problems/erased-since"
    title = "It cannot be replayed: a citizen in it was erased"


class TraitsOutOfReach(Problem):
    """The database does not let this user read protected traits; the fairness report signs in as another."""

    status = 503
    type = "/problems/traits-out-of-reach"
    title = "The fairness report needs a database user of its own"


class CprNotConfigured(Problem):
    """The settings hold no keys to seal CPR numbers with, so none are taken in."""

    status = 503
    type = "/problems/cpr-not-configured"
    title = "CPR numbers are not in use here"


class CprTaken(Problem):
    """Another citizen of the municipality has the CPR number."""

    status = 409
    type = "/problems/cpr-taken"
    title = "The CPR number belongs to another citizen"


class SealBroken(Problem):
    """A sealed text cannot be opened: its key is missing, or it was changed."""

    status = 500
    type = "/problems/seal-broken"
    title = "A sealed number cannot be opened"


class NotErasable(Problem):
    """A citizen has a placement that has not ended; the municipality still needs the data."""

    status = 409
    type = "/problems/not-erasable"
    title = "The citizen has a placement that has not ended"


class BackupRefused(Problem):
    """A backup that is damaged or of another revision, or a database that is not empty; nothing was restored."""

    status = 409
    type = "/problems/backup-refused"
    title = "The backup cannot be restored"


class WebhooksNotConfigured(Problem):
    """There is no key to seal the secrets of webhooks with."""

    status = 503
    type = "/problems/webhooks-not-configured"
    title = "Webhooks are not configured"


class SchemaOutdated(Problem):
    """The database is not at the program's revision."""

    status = 503
    type = "/problems/schema-outdated"
    title = "The database needs `matcher migrate`"
