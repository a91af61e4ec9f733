"""Random choices from one seed: far cheaper than drawing every field of a domain value through Hypothesis."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

_Value = TypeVar("_Value")

seeds = st.integers(0, 2**32 - 1)
"""One seed makes one whole domain value; equal seeds make values that tie. Hypothesis shrinks how many there are."""


class Chance:
    """Choices that follow from a seed alone."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def one(self, *values: _Value) -> _Value:
        """One of the values."""
        return self._random.choice(values)

    def of(self, values: Sequence[_Value]) -> _Value:
        """One of a sequence, or of the members of an enumeration."""
        return self._random.choice(values)

    def mostly(self, usual: _Value, *others: _Value) -> _Value:
        """The usual value five times in six, else one of the others: rules meet and pairs are still left."""
        return usual if self._random.random() < 5 / 6 else self._random.choice(others)

    def some(self, values: Sequence[_Value], most: int | None = None) -> tuple[_Value, ...]:
        """From none to `most` of the values (None: all), each at most once, in any order."""
        limit = len(values) if most is None else min(most, len(values))
        return tuple(self._random.sample(list(values), self._random.randint(0, limit)))

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends possible."""
        return self._random.randint(low, high)

    def share(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number between the ends, now and then one of them."""
        return self._random.choice((low, high, *(self._random.uniform(low, high) for _ in range(6))))
