"""What is stored of a municipality as the arrays that matching reads; made anew only when something has changed."""

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from features.taxonomy import Taxonomy
from features.vectorise import vectorise
from matcher.arrays import MatchInput
from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.contact import Contact
from matcher.domain.decided import DecidedPair
from matcher.domain.placement import Placement
from matcher.domain.rulebook import RuleBook
from matcher.domain.staff import JobConsultant
from matcher.domain.statute import STATUTE
from service.codec import AGREEMENT, CITIZEN, COMPANY, CONSULTANT, CONTACT, DECIDED, PLACEMENT, Codec
from service.db.contact_repositories import Contacts
from service.db.decided_pairs import decided_pairs
from service.db.listings import fingerprint
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Placements
from service.db.scoping import whole_municipality
from service.use_cases.rules import rulebook_of


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that a plan is made from, each kind in the order of its ids."""

    citizens: tuple[Citizen, ...]
    companies: tuple[Company, ...]
    agreements: tuple[SlotAgreement, ...]
    consultants: tuple[JobConsultant, ...]
    placements: tuple[Placement, ...]
    contacts: tuple[Contact, ...] = ()
    rulebook: RuleBook = STATUTE
    decided: tuple[DecidedPair, ...] = ()

    def digest(self) -> str:
        """SHA-256 over every stored value and the rules, hexadecimal: the same values, the same digest."""
        digest = hashlib.sha256(self.rulebook.fingerprint().encode())
        kinds: tuple[tuple[Codec[Any], tuple[Any, ...]], ...] = (
            (CITIZEN, self.citizens),
            (COMPANY, self.companies),
            (AGREEMENT, self.agreements),
            (CONSULTANT, self.consultants),
            (PLACEMENT, self.placements),
            (CONTACT, self.contacts),
            (DECIDED, self.decided),
        )
        for codec, values in kinds:
            for value in values:
                digest.update(json.dumps(codec.encode(value), sort_keys=True).encode())
        return digest.hexdigest()


def load(session: Session, municipality: str) -> Stored:
    """Everything of a municipality that a plan is made from, whoever asks."""
    with whole_municipality(session):
        return Stored(
            Citizens(session, municipality).all(),
            Companies(session, municipality).all(),
            Agreements(session, municipality).all(),
            Consultants(session, municipality).all(),
            Placements(session, municipality).all(),
            Contacts(session, municipality).all(),
            rulebook_of(session, municipality),
            decided_pairs(session, municipality),
        )


@dataclass(frozen=True, eq=False)
class Kept:
    """What was stored at one moment, with its mark, and the arrays made of it for a day."""

    mark: str
    stored: Stored
    match_input: MatchInput


class Written:
    """What this process has written into snapshots already, so that it is not looked for again. Safe for threads."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._digests: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._snapshots: dict[str, tuple[str, str]] = {}
        self._lock = Lock()

    def knows(self, municipality: str, digest: str) -> bool:
        """Whether a document is known to be written."""
        with self._lock:
            return (municipality, digest) in self._digests

    def add(self, municipality: str, *digests: str) -> None:
        """Remember documents that have been committed."""
        with self._lock:
            self._digests.update(dict.fromkeys((municipality, digest) for digest in digests))
            while len(self._digests) > self._most:
                self._digests.popitem(last=False)

    def snapshot_at(self, municipality: str, mark: str) -> str | None:
        """Digest of the snapshot with a mark, if it is the last one that was committed."""
        with self._lock:
            known, digest = self._snapshots.get(municipality, ("", ""))
            return digest if known == mark else None

    def add_snapshot(self, municipality: str, mark: str, digest: str) -> None:
        """Remember the snapshot that has been committed."""
        with self._lock:
            self._snapshots[municipality] = (mark, digest)


def arrays_of(stored: Stored, *, on: date, taxonomy: Taxonomy | None = None) -> MatchInput:
    """Everything that is stored as the arrays of a day."""
    return vectorise(
        stored.citizens,
        stored.companies,
        stored.agreements,
        on=on,
        taxonomy=taxonomy,
        rulebook=stored.rulebook,
        contacts=stored.contacts,
        decided=stored.decided,
    )


class MatchInputs:
    """Match inputs by municipality and day, kept until a citizen, company or agreement changes. Safe for threads."""

    def __init__(self, taxonomy: Taxonomy | None = None, most: int = 8) -> None:
        self.taxonomy = taxonomy
        self.written = Written()
        self._most = most
        self._kept: OrderedDict[tuple[str, date], Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, session: Session, municipality: str, on: date) -> MatchInput:
        """The match input of what is stored now, for a day."""
        return self.kept(session, municipality, on).match_input

    def kept(self, session: Session, municipality: str, on: date) -> Kept:
        """What is stored now, and its match input for a day."""
        key, mark = (municipality, on), fingerprint(session, municipality)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.mark != mark:
                stored = load(session, municipality)
                kept = self._kept[key] = Kept(mark, stored, arrays_of(stored, on=on, taxonomy=self.taxonomy))
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return kept
