"""The time that a search may take, and whether it ever decided anything: if not, the same input gives the same plan.

The engine's decisions rest on counts of work; the clock may only end the whole. Every look at it goes through a
`Clock`, which remembers when the answer was "time is up". Solvers that others wrote look at a clock of their own:
when they have used up what they were given, it is taken to have ended them. An interrupt from the keyboard ends the
time too.
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

    Attributes
    ----------
    decided : whether it ended anything
    interrupted : whether it was ended from outside
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.decided = False
        self.interrupted = False

    @property
    def left(self) -> float:
        """Seconds that are left, >= 0."""
        return 0.0 if self.interrupted else max(0.0, self._end - time.monotonic())

    def over(self) -> bool:
        """Whether time is up; ask last, when nothing else ends the step."""
        up = self.interrupted or time.monotonic() > self._end
        self.decided |= up
        return up

    def allows(self, seconds: float) -> bool:
        """Whether a step that takes so long, and cannot be ended, may begin."""
        allowed = seconds <= self.left
        self.decided |= not allowed
        return allowed

    def interrupt(self) -> None:
        """Time is up."""
        self.interrupted = True

    @contextmanager
    def lent(self, at_least: float) -> Iterator[float]:
        """Seconds that a solver with a clock of its own is given: what is left, or ``at_least``."""
        seconds = max(at_least, self.left)
        begun = time.monotonic()
        yield seconds
        self.decided |= time.monotonic() - begun >= _NEARLY * seconds
