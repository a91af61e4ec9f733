"""What another plan is to be made with, as a form holds it until the plan is tried: pairs and numbers of places.

Each change is a hidden field of the form: `held B0001 A004-3`, `rejected …`, `free …` or `places A004-3 4`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.decided import held_on, rejected_on
from matcher.domain.agreement import MOST_PLACES, SlotAgreement
from matcher.domain.decided import DecidedPair
from service.clock import now
from service.db.citizen_lists import names_match
from service.db.decided_pairs import decided_pairs
from service.db.listings import citizen_names
from service.db.night_lists import place_names
from service.db.pairs import PairVerdict
from service.db.repositories import Agreements
from service.dependencies import person_of
from service.identity.callers import Caller
from service.use_cases.plan_changes import PairChange, PlacesChange, PlanChanges, places_stated
from service.use_cases.rules import rulebook_of
from service.web.translation import N_, _, ngettext

PLACES: Final = "places"
MOST_MATCHES: Final = 50
"""How many citizens or places a search offers to choose from."""
CITIZEN, PLACE, NUMBER_AT, NUMBER = "borger", "plads", "antal_plads", "antal"
"""Ids of the fields that may be wrong."""


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What is said of a search that found none or several."""

    nothing: str
    nobody: str
    several: str
    many: str


OF_CITIZENS: Final = SearchWords(
    N_("Skriv en del af borgerens navn, eller id'et."),
    N_("Ingen borger har det navn. Prøv en mindre del af det."),
    N_("Flere borgere passer. Vælg på listen."),
    N_("Over %(most)d borgere passer. Skriv mere af navnet."),
)
OF_PLACES: Final = SearchWords(
    N_("Skriv en del af pladsens eller virksomhedens navn."),
    N_("Ingen plads har det navn. Prøv en mindre del af det."),
    N_("Flere pladser passer. Vælg på listen."),
    N_("Over %(most)d pladser passer. Skriv mere af navnet."),
)


@dataclass(frozen=True, slots=True)
class DraftPair:
    """A citizen and a place, and what the plan is told about them."""

    verdict: PairVerdict
    citizen_id: str
    slot_id: str

    def __str__(self) -> str:
        return f"{self.verdict} {self.citizen_id} {self.slot_id}"


@dataclass(frozen=True, slots=True)
class DraftPlaces:
    """A number of places at a slot, or of the cluster that the slot belongs to."""

    slot_id: str
    number: int

    def __str__(self) -> str:
        return f"{PLACES} {self.slot_id} {self.number}"


@dataclass(frozen=True)
class Known:
    """What a draft may name, as far as the person may see it.

    Attributes
    ----------
    names, places : of the citizens by id, and what each slot is called
    read_agreements : reads the agreements with their versions, by slot
    decided : what is stored about citizens and places, and counts
    """

    names: Mapping[str, str]
    places: Mapping[str, str]
    read_agreements: Callable[[], Mapping[str, tuple[SlotAgreement, int]]]
    decided: Sequence[DecidedPair]

    @classmethod
    def read(cls, view: Session, municipality: str, on: date) -> "Known":
        """Everything of a municipality that counts on a day."""
        names = citizen_names(view, municipality)

        def read_agreements() -> dict[str, tuple[SlotAgreement, int]]:
            held = Agreements(view, municipality).held({})
            return {slot.id: (one.value, one.version) for one in held.values() for slot in one.value.slots}

        stored, rulebook = decided_pairs(view, municipality), rulebook_of(view, municipality)
        counting = [*held_on(stored, on, rulebook), *rejected_on(stored, on, rulebook).values()]
        decided = [one for one in counting if one.citizen_id in names]
        return cls(names, place_names(view, municipality), read_agreements, decided)

    @cached_property
    def agreements(self) -> Mapping[str, tuple[SlotAgreement, int]]:
        """The agreement of each slot, with its version; read when it is first asked for."""
        return self.read_agreements()

    def citizen(self, id_: str) -> str:
        """What a citizen is called."""
        return self.names.get(id_) or id_

    def place(self, slot_id: str) -> str:
        """What a place is called, and where it is."""
        return self.places.get(slot_id, slot_id)

    def shared(self, slot_id: str) -> bool:
        """Whether the number of places is that of a cluster."""
        return self.number(slot_id)[0] != slot_id

    def slots(self) -> dict[str, str]:
        """What every slot is called."""
        return {slot_id: self.place(slot_id) for slot_id in self.agreements}

    def number(self, slot_id: str) -> tuple[str, int]:
        """Where the number of places of a slot is stated (the slot, or its cluster's agreement), and the number."""
        agreement, _version = self.agreements[slot_id]
        stated_at, number = places_stated(agreement, slot_id)
        return stated_at or agreement.id, number


@dataclass(frozen=True, slots=True)
class Draft:
    """The changes so far. `errors`: what was wrong with the last one, by the id of the field; `typed`: what it held.

    `choices`: what a text may mean, by the id of the field, where it means several.
    """

    pairs: tuple[DraftPair, ...] = ()
    places: tuple[DraftPlaces, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, fields: Iterable[str], known: Known) -> "Draft":
        """The changes of a form; one that names what is not there, or that nobody made, is left out."""
        draft = cls()
        for text in fields:
            match text.split():
                case [("held" | "rejected" | "free") as verdict, citizen_id, slot_id] if (
                    citizen_id in known.names and slot_id in known.agreements
                ):
                    draft = draft.with_pair(DraftPair(PairVerdict(verdict), citizen_id, slot_id))
                case ["places", slot_id, number] if slot_id in known.agreements and _is_number(number):
                    draft = draft.with_places(DraftPlaces(slot_id, int(number)), known)
        return draft

    @property
    def fields(self) -> tuple[str, ...]:
        """As hidden fields of a form."""
        return tuple(map(str, (*self.pairs, *self.places)))

    def with_pair(self, pair: DraftPair) -> "Draft":
        """The draft with what is said about a pair in place of what was said before."""
        others = [one for one in self.pairs if (one.citizen_id, one.slot_id) != (pair.citizen_id, pair.slot_id)]
        return replace(self, pairs=(*others, pair))

    def with_places(self, places: DraftPlaces, known: Known) -> "Draft":
        """The draft with a number of places in place of the one before."""
        at = known.number(places.slot_id)[0]
        others = [one for one in self.places if known.number(one.slot_id)[0] != at]
        return replace(self, places=(*others, places))

    def without(self, text: str) -> "Draft":
        """The draft without one change."""
        return replace(
            self,
            pairs=tuple(one for one in self.pairs if str(one) != text),
            places=tuple(one for one in self.places if str(one) != text),
        )

    def add_pair(self, verdict: PairVerdict, citizen: str, place: str, known: Known) -> "Draft":
        """The draft with a pair that was typed, or what is wrong with it."""
        found = {
            CITIZEN: _found(citizen, known.names, OF_CITIZENS),
            PLACE: _found(place, known.slots(), OF_PLACES),
        }
        draft = self._asking(found, {CITIZEN: citizen, PLACE: place})
        if draft.errors:
            return draft
        pair = DraftPair(verdict, found[CITIZEN].id, found[PLACE].id)
        contradiction = self._contradiction(pair, known)
        if contradiction:
            return replace(draft, errors={CITIZEN: contradiction})
        return self.with_pair(pair)

    def add_places(self, place: str, number: str, known: Known) -> "Draft":
        """The draft with a number of places that was typed, or what is wrong with it."""
        found = {NUMBER_AT: _found(place, known.slots(), OF_PLACES)}
        draft = self._asking(found, {NUMBER_AT: place, NUMBER: number})
        errors = dict(draft.errors)
        if not _is_number(number.strip()):
            errors[NUMBER] = _("Skriv et helt tal fra 0 til %(most)d.") % {"most": MOST_PLACES}
        if errors:
            return replace(draft, errors=errors)
        slot_id = found[NUMBER_AT].id
        places, stored = DraftPlaces(slot_id, int(number)), known.number(slot_id)[1]
        if places.number == stored:
            return replace(draft, errors={NUMBER: _("Antallet er det samme som nu. Skriv et andet.")})
        added = self.with_places(places, known)
        held = added.held_at(slot_id, known)
        if len(held) > places.number:
            return replace(draft, errors={NUMBER: _too_many(slot_id, places.number, held, known)})
        return added

    def held_at(self, slot_id: str, known: Known) -> list[str]:
        """Citizens who must have a place of a slot, by what is stored and by the draft."""
        said = {(one.citizen_id, one.slot_id): one.verdict for one in self.pairs}
        stored = {(one.citizen_id, one.slot_id): PairVerdict(one.verdict) for one in known.decided}
        return [
            pair[0] for pair, verdict in (stored | said).items() if verdict is PairVerdict.HELD and pair[1] == slot_id
        ]

    def changes(self, caller: Caller, known: Known) -> PlanChanges:
        """The changes as the planning takes them, by the caller's name and from this moment."""
        moment = now()
        pairs = [PairChange(str(uuid4()), one.citizen_id, one.slot_id, one.verdict, moment) for one in self.pairs]
        places = []
        for one in self.places:
            agreement, version = known.agreements[one.slot_id]
            stated_at, before = places_stated(agreement, one.slot_id)
            places.append(PlacesChange(agreement.id, version, stated_at, before, one.number))
        return PlanChanges(person_of(caller), tuple(places), tuple(pairs))

    def _asking(self, found: Mapping[str, "_Found"], typed: Mapping[str, str]) -> "Draft":
        errors = {id_: one.error for id_, one in found.items() if one.error}
        choices = {id_: one.choices for id_, one in found.items() if one.choices}
        typed = {**typed, **{id_: one.id for id_, one in found.items() if one.id}}
        return replace(self, errors=errors, choices=choices, typed=typed)

    def _contradiction(self, pair: DraftPair, known: Known) -> str:
        """Why a pair cannot be said beside the others, by name; empty where it can."""
        values = {"name": known.citizen(pair.citizen_id), "place": known.place(pair.slot_id)}
        before = next(
            (one for one in self.pairs if (one.citizen_id, one.slot_id) == (pair.citizen_id, pair.slot_id)), pair
        )
        if before.verdict is not pair.verdict:
            return (
                _("%(name)s kan ikke både have og ikke have %(place)s. Fjern den ændring, der står i forvejen.")
                % values
            )
        if pair.verdict is not PairVerdict.HELD:
            return ""
        other = next((at for at in self._held_of(pair.citizen_id, known) if at != pair.slot_id), None)
        if other is not None:
            values["other"] = known.place(other)
            return _("%(name)s er allerede fastholdt på %(other)s og kan ikke også fastholdes på %(place)s.") % values
        added = self.with_pair(pair)
        held, number = added.held_at(pair.slot_id, known), self._number(pair.slot_id, known)
        return _too_many(pair.slot_id, number, held, known) if len(held) > number else ""

    def _held_of(self, citizen_id: str, known: Known) -> list[str]:
        said = {one.slot_id: one.verdict for one in self.pairs if one.citizen_id == citizen_id}
        stored = {one.slot_id: PairVerdict(one.verdict) for one in known.decided if one.citizen_id == citizen_id}
        return [slot_id for slot_id, verdict in (stored | said).items() if verdict is PairVerdict.HELD]

    def _number(self, slot_id: str, known: Known) -> int:
        """Places of a slot, or of its cluster, by the draft."""
        at, stored = known.number(slot_id)
        return next((one.number for one in self.places if known.number(one.slot_id)[0] == at), stored)


def _too_many(slot_id: str, number: int, held: Sequence[str], known: Known) -> str:
    names = ", ".join(known.citizen(one) for one in held)
    text = ngettext(
        "%(place)s har så kun %(num)d plads, men %(held)d borgere er fastholdt der: %(names)s.",
        "%(place)s har så kun %(num)d pladser, men %(held)d borgere er fastholdt der: %(names)s.",
        number,
    )
    return text % {"place": known.place(slot_id), "num": number, "held": len(held), "names": names}


@dataclass(frozen=True, slots=True)
class _Found:
    """What a text means: the one, or what is wrong, with what it may mean."""

    id: str = ""
    error: str = ""
    choices: Sequence[tuple[str, str]] = ()


def _found(text: str, names: Mapping[str, str], words: SearchWords) -> _Found:
    text = text.strip()
    if text in names:
        return _Found(text)
    if not text:
        return _Found(error=_(words.nothing))
    matches = [(id_, name or id_) for id_, name in names.items() if names_match(text, id_, name)]
    if len(matches) == 1:
        return _Found(matches[0][0])
    if not matches:
        return _Found(error=_(words.nobody))
    if len(matches) > MOST_MATCHES:
        return _Found(error=_(words.many) % {"most": MOST_MATCHES})
    matches.sort(key=lambda one: (one[1], one[0]))
    return _Found(error=_(words.several), choices=matches)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= len(str(MOST_PLACES)) and int(text) <= MOST_PLACES
