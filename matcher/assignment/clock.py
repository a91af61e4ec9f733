"""The time that a search may take, and whether it ever decided anything: if not, the same input gives the same plan.

The engine's decisions rest on counts of work; the clock may only end a step early. Every look at it goes through a
`Clock`, which remembers when the answer was "time is up". Solvers that others wrote look at a clock of their own: when
they have used up what they were given, it is taken to have ended them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LEAST_S = 0.01
"""Seconds that a solver is given even when time is nearly up."""
_NEARLY = 0.99
"""Share of its seconds after which a solver is taken to have been ended by them: its clock starts and reads apart."""


class Clock:
    """A stretch of time that begins now.

    Parameters
    ----------
    seconds : >= 0, its length
    whole : the clock that it is a part of; what this one decides, that one has decided

    Attributes
    ----------
    decided : whether it ended anything
    """

    def __init__(self, seconds: float, whole: "Clock | None" = None) -> None:
        self._end = time.monotonic() + seconds
        self._whole = whole
        self.decided = False

    @property
    def left(self) -> float:
        """Seconds that are left, >= 0."""
        return max(0.0, self._end - time.monotonic())

    def over(self) -> bool:
        """Whether time is up; ask last, when nothing else ends the step."""
        up = time.monotonic() > self._end
        if up:
            self._decide()
        return up

    def share(self, share: float) -> "Clock":
        """A part of what is left, share in [0, 1]."""
        return Clock(share * self.left, self)

    @contextmanager
    def lent(self, at_least: float) -> Iterator[float]:
        """Seconds that a solver with a clock of its own is given: what is left, or ``at_least``."""
        seconds = max(at_least, self.left)
        begun = time.monotonic()
        yield seconds
        if time.monotonic() - begun >= _NEARLY * seconds:
            self._decide()

    def _decide(self) -> None:
        self.decided = True
        if self._whole is not None:
            self._whole._decide()
