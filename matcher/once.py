"""What follows from a match input alone, or from its places alone, is computed once for it, and forgotten with it."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import NamedTuple, Protocol, TypeVar
from weakref import WeakKeyDictionary

from matcher.arrays import MatchInput, SlotArrays, SlotContext
from matcher.domain.rulebook import RuleBook

_Made = TypeVar("_Made")
_Of = TypeVar("_Of", bound="OfCitizen")
_Key = TypeVar("_Key")


def once_for_input(make: Callable[[MatchInput], _Made]) -> Callable[[MatchInput], _Made]:
    """A function of a match input that computes each answer once. The answer is shared: nobody may change it.

    It must not refer to the match input itself, which would then never be forgotten.
    """
    made: WeakKeyDictionary[MatchInput, _Made] = WeakKeyDictionary()

    @wraps(make)
    def of(match_input: MatchInput) -> _Made:
        found = made.get(match_input)
        if found is None:
            found = made[match_input] = make(match_input)
        return found

    return of


class WithPlaces(Protocol):
    """A match input, or the part of it that is about places."""

    @property
    def slots(self) -> SlotArrays: ...
    @property
    def slot_values(self) -> tuple[SlotContext, ...]: ...
    @property
    def rulebook(self) -> RuleBook: ...
    @property
    def on(self) -> date: ...


class Places(NamedTuple):
    """What a match input has of places, and nothing of citizens."""

    slots: SlotArrays
    slot_values: tuple[SlotContext, ...]
    rulebook: RuleBook
    on: date


def once_for_places(make: Callable[[Places], _Made]) -> Callable[[WithPlaces], _Made]:
    """As `once_for_input`, for what no citizen has a part in: it stays while only citizens change.

    The answer is shared by all match inputs with the same objects as places and rules, of the same day. It must not
    refer to the arrays of the slots.
    """
    made: WeakKeyDictionary[SlotArrays, tuple[tuple[SlotContext, ...], RuleBook, date, _Made]] = WeakKeyDictionary()

    @wraps(make)
    def of(places: WithPlaces) -> _Made:
        known, on = made.get(places.slots), places.on
        if known is None or known[0] is not places.slot_values or known[1] is not places.rulebook or known[2] != on:
            found = make(Places(places.slots, places.slot_values, places.rulebook, on))
            known = made[places.slots] = places.slot_values, places.rulebook, on, found
        return known[3]

    return of


class OfCitizen(Protocol):
    """A pair, of which the citizen is read."""

    @property
    def match_input(self) -> MatchInput: ...
    @property
    def citizen_row(self) -> int: ...


def once_for_citizen(make: Callable[[_Of, _Key], _Made]) -> Callable[[_Of, _Key], _Made]:
    """A function of a pair's citizen and one thing more that keeps its answer until another is asked for.

    A list asks for the same citizen's again and again, and then for another's.
    """
    last: WeakKeyDictionary[MatchInput, tuple[int, _Key, _Made]] = WeakKeyDictionary()

    @wraps(make)
    def of(pair: _Of, key: _Key) -> _Made:
        known = last.get(pair.match_input)
        if known is None or known[:2] != (pair.citizen_row, key):
            known = last[pair.match_input] = pair.citizen_row, key, make(pair, key)
        return known[2]

    return of
