"""What is made of a few large values that stay the same objects is made once for each."""

from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")


class ByIdentity(Generic[Made]):
    """A function whose last answers are kept, by the identity of what it was asked about."""

    def __init__(self, make: Callable[..., Made], most: int = 8) -> None:
        self._make = make
        self._kept: deque[tuple[tuple[Any, ...], Made]] = deque(maxlen=most)

    def __call__(self, *values: Any) -> Made:
        """What is made of the values."""
        for kept, made in tuple(self._kept):
            if all(one is other for one, other in zip(kept, values, strict=True)):
                return made
        made = self._make(*values)
        self._kept.append((values, made))
        return made
