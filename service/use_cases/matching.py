"""What is stored of a municipality as the arrays that matching reads; made anew only when something has changed."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Lock
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from features.renewal import renewed
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
from service.db.documents import Documents, Held
from service.db.marks import MATCHED, Marks, marks_of
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Placements
from service.db.scoping import whole_municipality
from service.use_cases.memory import keep_for_long
from service.use_cases.rules import rulebook_of
from service.use_cases.scored import carry_over
from service.use_cases.written import Written


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
class Loaded:
    """What is stored, and which change of each value it is: what a later loading goes on from."""

    marks: Marks
    stored: Stored
    held: Mapping[str, Mapping[str, Held[Any]]]


_DOCUMENTS: Mapping[str, type[Documents[Any, Any]]] = MappingProxyType(
    {
        "citizens": Citizens,
        "companies": Companies,
        "agreements": Agreements,
        "consultants": Consultants,
        "placements": Placements,
    }
)
"""Repositories by the kind of marks, which is also the field of `Stored`."""


def load_again(session: Session, municipality: str, marks: Marks, before: Loaded | None) -> Loaded:
    """As `load`; what has not changed since before is the same object, and is not read."""
    held: dict[str, Mapping[str, Held[Any]]] = {}
    values: dict[str, Any] = {}
    with whole_municipality(session):
        for kind, repository in _DOCUMENTS.items():
            if before is not None and before.marks[kind] == marks[kind]:
                held[kind], values[kind] = before.held[kind], getattr(before.stored, kind)
            else:
                held[kind] = repository(session, municipality).held(before.held[kind] if before else {})
                values[kind] = tuple(one.value for one in held[kind].values())
        readers: dict[str, tuple[tuple[str, ...], Callable[[], Any]]] = {
            "contacts": (("contacts",), Contacts(session, municipality).all),
            "rulebook": (("rule_changes",), lambda: rulebook_of(session, municipality)),
            "decided": (("decisions", "pair_decisions"), lambda: decided_pairs(session, municipality)),
        }
        for field, (kinds, read) in readers.items():
            same = before is not None and all(before.marks[kind] == marks[kind] for kind in kinds)
            values[field] = getattr(before.stored, field) if before is not None and same else read()
    return Loaded(marks, Stored(**values), held)


@dataclass(frozen=True, eq=False)
class Kept:
    """What was stored at one moment, with its mark, and the arrays made of it for a day."""

    mark: str
    stored: Stored
    match_input: MatchInput


def arrays_of(
    stored: Stored, *, on: date, taxonomy: Taxonomy | None = None, before: MatchInput | None = None
) -> MatchInput:
    """Everything that is stored as the arrays of a day; from earlier ones, what has not changed is taken over."""
    make = vectorise if before is None else partial(renewed, before)
    return make(
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
    """Match inputs by municipality and day, kept until something changes; then only what has changed is read anew.

    Safe for threads: whoever asks for a municipality that is being read waits for it, others do not.
    """

    def __init__(self, taxonomy: Taxonomy | None = None, most: int = 8) -> None:
        self.taxonomy = taxonomy
        self.written: Written[Stored] = Written()
        self._most = most
        self._kept: OrderedDict[tuple[str, date], Kept] = OrderedDict()
        self._loaded: dict[str, Loaded] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def get(self, session: Session, municipality: str, on: date) -> MatchInput:
        """The match input of what is stored now, for a day."""
        return self.kept(session, municipality, on).match_input

    def kept(self, session: Session, municipality: str, on: date, marks: Marks | None = None) -> Kept:
        """What is stored now, and its match input for a day; `marks`: of now, where the session has read them."""
        marks = marks or marks_of(session, municipality)
        key, mark = (municipality, on), " ".join(marks[kind] for kind in MATCHED)
        with self._lock:
            mine = self._locks.setdefault(municipality, Lock())
        with mine:
            kept = self._kept.get(key)
            if kept is None or kept.mark != mark:
                kept = self._made(session, municipality, on, marks, mark, kept)
            self._keep(key, kept)
        return kept

    def _keep(self, key: tuple[str, date], kept: Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                (gone, _), _ = self._kept.popitem(last=False)
                if all(municipality != gone for municipality, _ in self._kept):
                    self._loaded.pop(gone, None)

    def _made(
        self, session: Session, municipality: str, on: date, marks: Marks, mark: str, before: Kept | None
    ) -> Kept:
        loaded = self._loaded.get(municipality)
        if loaded is None or any(loaded.marks[kind] != marks[kind] for kind in MATCHED):
            loaded = self._loaded[municipality] = load_again(session, municipality, marks, loaded)
        arrays = arrays_of(loaded.stored, on=on, taxonomy=self.taxonomy, before=before.match_input if before else None)
        if before is not None:
            carry_over(before.match_input, arrays)
        if before is None or arrays.slots is not before.match_input.slots:
            keep_for_long(len(loaded.stored.citizens))
        return Kept(mark, loaded.stored, arrays)
