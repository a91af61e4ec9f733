"""The chain of who did what: each entry holds the hash of the one before it, so that a change anywhere shows.

    hash[n] = SHA-256(canonical JSON of entry n with hash[n - 1]),   hash[0] = 64 zeros

Canonical: UTF-8, keys sorted, no spaces; texts, whole numbers, truth values, lists and objects only, so that every
language writes the same bytes (it is RFC 8785 as long as keys are ASCII, which is checked). `docs/audit.md` shows how
others recompute it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

START: Final = "0" * 64
"""What the first entry has as the hash before it."""


class Action(StrEnum):
    """What was done."""

    RUN_PUBLISHED = "run.published"
    RUN_WITHDRAWN = "run.withdrawn"
    """Somebody went back to the plan before."""
    PROPOSAL_DECIDED = "proposal.decided"
    DECISION_TAKEN_BACK = "decision.taken_back"
    PAIR_DECIDED = "pair.decided"
    """A citizen must have, or must not have, a place: said when planning again."""
    PLACES_CHANGED = "places.changed"
    """The number of places of an agreement, with a plan that was taken into use or gone back from."""
    PLACEMENT_CREATED = "placement.created"
    PLACEMENT_CHANGED = "placement.changed"
    PLACEMENT_REMOVED = "placement.removed"
    RULES_PREVIEWED = "rules.previewed"
    RULES_CHANGED = "rules.changed"
    WEIGHTS_CHOSEN = "weights.chosen"
    DATA_IMPORTED = "data.imported"
    DATA_EXPORTED = "data.exported"
    TRAITS_IMPORTED = "traits.imported"
    CITIZEN_OPENED = "citizen.opened"
    """Somebody opened a citizen outside their limits (break-glass)."""
    CITIZEN_CORRECTED = "citizen.corrected"
    CITIZEN_EXPORTED = "citizen.exported"
    CITIZEN_ERASED = "citizen.erased"
    KEYS_ROTATED = "keys.rotated"
    SESSION_BEGUN = "session.begun"
    """Somebody signed in to the pages."""
    SESSION_ENDED = "session.ended"
    SIGN_IN_REFUSED = "sign_in.refused"
    ACCESS_CHANGED = "access.changed"
    """The access tokens of the settings, or the rights of the database's roles."""
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_REMOVED = "webhook.removed"
    WEBHOOKS_REPLAYED = "webhooks.replayed"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of a municipality's chain.

    Attributes
    ----------
    n : 1, 2, 3 … without gaps
    at : UTC
    actor_id, actor_role, channel : who did it, in which role, and where (api, page, command_line)
    object_kind, object_id : what it was done to, e.g. `proposal` and its id
    details : codes, ids and numbers; the person's words and the data itself stand elsewhere
    previous : hash of entry n - 1, `START` for the first
    """

    municipality: str
    n: int
    at: datetime
    actor_id: str
    actor_role: str
    channel: str
    action: str
    object_kind: str
    object_id: str
    details: Mapping[str, Any]
    previous: str
    hash: str = ""

    def as_record(self) -> dict[str, Any]:
        """The entry as JSON, with its hash."""
        return {**self._content(), "hash": self.hash}

    def computed_hash(self) -> str:
        """What the hash of this content is. Raises TypeError or ValueError where the details have no canonical form."""
        return hashlib.sha256(canonical(self._content())).hexdigest()

    def _content(self) -> dict[str, Any]:
        return {
            "municipality": self.municipality,
            "n": self.n,
            "at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "actor_id": self.actor_id,
            "actor_role": self.actor_role,
            "channel": self.channel,
            "action": self.action,
            "object_kind": self.object_kind,
            "object_id": self.object_id,
            "details": dict(self.details),
            "previous": self.previous,
        }


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed. Raises TypeError, ValueError (UnicodeEncodeError) where there is no such form."""
    _check(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _check(value: object) -> None:
    """Only what every language writes alike: decimal fractions are not."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError("a key of an audit entry is ASCII text")
            _check(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _check(one)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"an audit entry holds no {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: kept elsewhere, it shows that entries after which the chain ended are still there."""

    n: int
    hash: str

    def __str__(self) -> str:
        return f"{self.n}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """What `str` wrote; raises ValueError."""
        number, _, digest = text.strip().partition(":")
        if not number.isdecimal() or len(digest) != len(START) or set(digest) - set("0123456789abcdef"):
            raise ValueError("a head is a number, a colon and 64 hexadecimal digits")
        return cls(int(number), digest)


NO_ENTRIES: Final = Head(0, START)
"""The head of an empty chain."""


class Fault(StrEnum):
    """What is wrong with the first broken entry."""

    MISSING = "missing"
    """There is no entry with the number."""
    ALTERED = "altered"
    """Its hash is not that of its content."""
    UNCHAINED = "unchained"
    """It does not hold the hash of the entry before it: that one was replaced."""
    NOT_AS_KEPT = "not_as_kept"
    """Its hash is not the one that was kept elsewhere: the chain up to it was written anew."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a chain came to: entries that hold, their head, and the first that does not (None: all hold)."""

    entries: int
    head: Head
    broken: int | None = None
    fault: Fault | None = None


def verify(entries: Iterable[AuditEntry], kept: Head | None = None, begun: Head = NO_ENTRIES) -> Verdict:
    """Recompute a chain in order of number; `kept` is a head that was kept elsewhere.

    `begun`: the head of what was recomputed before; the entries go on from there.
    """
    head = begun
    for entry in entries:
        fault = _fault(entry, head, kept)
        if fault is not None:
            return Verdict(head.n, head, head.n + 1, fault)
        head = Head(entry.n, entry.hash)
    if kept is not None and kept.n > head.n:
        return Verdict(head.n, head, head.n + 1, Fault.MISSING)
    if kept is not None and kept.n == 0 and kept != NO_ENTRIES:
        return Verdict(head.n, head, 0, Fault.NOT_AS_KEPT)
    return Verdict(head.n, head)


def _fault(entry: AuditEntry, head: Head, kept: Head | None) -> Fault | None:
    if entry.n != head.n + 1:
        return Fault.MISSING
    if entry.previous != head.hash:
        return Fault.UNCHAINED
    if _altered(entry):
        return Fault.ALTERED
    if kept is not None and entry.n == kept.n and entry.hash != kept.hash:
        return Fault.NOT_AS_KEPT
    return None


def _altered(entry: AuditEntry) -> bool:
    try:
        return entry.computed_hash() != entry.hash
    except (TypeError, ValueError):  # it holds what no entry is written with
        return True
