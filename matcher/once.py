"""What follows from a match input alone is computed once for it, and forgotten with it."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from matcher.arrays import MatchInput

_Made = TypeVar("_Made")


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
