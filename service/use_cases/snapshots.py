"""Everything that a plan or a list is made from, as documents named by their content, and back again.

A document is self-contained JSON, written and read by the same codec as the tables' documents; it does not change when
the tables do. The digest of a snapshot follows from those of its documents, so equal content is kept once.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from matcher.domain.citizen import Citizen, TargetGroupProfile
from matcher.weights import Weights
from service.codec import Codec
from service.db.purpose import SnapshotDocument
from service.db.record_repositories import Entry, KeptDocument
from service.problems import SnapshotUnreadable
from service.use_cases.matching import Stored

WEIGHTS, PLAN = "weights", "plan"
"""Kinds of documents beside those that `Stored` names: the weights, and a run with the prices of its places."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is stored of a municipality at one moment."""

    digest: str
    documents: tuple[SnapshotDocument, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Kind and digest of each document."""
        return tuple((one.kind, one.digest) for one in self.documents)


@dataclass(frozen=True, slots=True)
class _Part:
    """A field of `Stored`: a tuple of values, or one value."""

    kind: str
    codec: Codec[Any]
    many: bool


@cache
def _parts() -> tuple[_Part, ...]:
    found = []
    for name, hint in get_type_hints(Stored).items():
        many = get_origin(hint) is tuple
        found.append(_Part(name, Codec(get_args(hint)[0] if many else hint), many))
    return tuple(found)


def canonical(document: Any) -> str:
    """JSON text that is the same for the same content."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_digest(document: Any) -> str:
    """SHA-256 of a JSON value, hexadecimal."""
    return text_digest(canonical(document))


def text_digest(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def snapshot_of(stored: Stored) -> Snapshot:
    """The snapshot of what is stored."""
    documents = []
    for part in _parts():
        values = getattr(stored, part.kind)
        documents += [_document(part, value) for value in (values if part.many else (values,))]
    return Snapshot(_digest((one.kind, one.digest) for one in documents), tuple(documents))


@dataclass(frozen=True, eq=False)
class SnapshotChange:
    """A snapshot, and what of it an earlier one does not have.

    Attributes
    ----------
    entry_of : the document of each value by the identity of the value
    new : documents of values that are not the same objects as in the earlier one
    """

    digest: str
    entry_of: Mapping[int, Entry]
    new: tuple[SnapshotDocument, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Kind and digest of each document."""
        return tuple(self.entry_of.values())


def snapshot_after(stored: Stored, known: Mapping[int, Entry]) -> SnapshotChange:
    """The snapshot of what is stored, after one whose values `known` names: those are not written as documents again.

    The digest is that of `snapshot_of`. The values behind `known` must still exist: an identity is used again.
    """
    new: list[SnapshotDocument] = []
    entry_of: dict[int, Entry] = {}
    for part in _parts():
        values = getattr(stored, part.kind)
        for value in values if part.many else (values,):
            entry = known.get(id(value))
            if entry is None:
                new.append(_document(part, value))
                entry = (part.kind, new[-1].digest)
            entry_of[id(value)] = entry
    return SnapshotChange(_digest(entry_of.values()), entry_of, tuple(new))


def _document(part: _Part, value: Any) -> SnapshotDocument:
    document = part.codec.encode(value)
    return SnapshotDocument(part.kind, content_digest(document), document, _about(value))


def _digest(entries: Iterable[Entry]) -> str:
    return text_digest("".join(sorted(f"{kind} {digest}\n" for kind, digest in entries)))


def stored_of(documents: Iterable[KeptDocument]) -> Stored:
    """What was stored, from its documents; erased ones are left out, each kind is in the order of its ids.

    Raises SnapshotUnreadable where a document is of a kind or form that this program does not know.
    """
    by_kind: dict[str, list[Any]] = {}
    parts = {part.kind: part for part in _parts()}
    for one in documents:
        if one.erased_on is not None:
            continue
        if one.kind not in parts:
            raise SnapshotUnreadable(f"it has {one.kind}, which this version of the program does not know")
        try:
            by_kind.setdefault(one.kind, []).append(parts[one.kind].codec.decode_stored(one.document))
        except (ValidationError, ValueError) as error:
            raise SnapshotUnreadable(f"this version of the program cannot read its {one.kind}") from error
    values: dict[str, Any] = {}
    for field in fields(Stored):
        part, found = parts[field.name], by_kind.get(field.name, [])
        if part.many and (found or field.default is MISSING):
            values[field.name] = tuple(sorted(found, key=lambda value: value.id))
        elif found:
            values[field.name] = found[0]
    return Stored(**values)


def weights_document(weights: Weights) -> SnapshotDocument:
    """Weights as a document."""
    record = {
        "id": weights.id,
        "by_profile": {profile.value: dict(terms) for profile, terms in weights.by_profile.items()},
        "rationale": {profile.value: text for profile, text in weights.rationale.items()},
    }
    return SnapshotDocument(WEIGHTS, content_digest(record), record)


def weights_of(record: Mapping[str, Any]) -> Weights:
    """The weights of a document; SnapshotUnreadable where the program's terms are others now."""
    try:
        return Weights(
            record["id"],
            {TargetGroupProfile(profile): terms for profile, terms in record["by_profile"].items()},
            {TargetGroupProfile(profile): text for profile, text in record["rationale"].items()},
        )
    except (KeyError, ValueError) as error:
        raise SnapshotUnreadable("its weights are for other terms than this version of the program has") from error


def _about(value: Any) -> str | None:
    """Whom a value is about."""
    if isinstance(value, Citizen):
        return value.id
    about: str | None = getattr(value, "citizen_id", None)
    return about
