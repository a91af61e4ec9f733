"""How many requests a caller may send: a bucket of tokens each, in memory or shared by several processes."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from service.problems import TooManyRequests

MOST_BUCKETS = 10_000
"""Callers that are remembered; the one that was quiet for longest is forgotten first, with a full bucket."""


Caller = tuple[str, str]
"""Municipality and id; or nothing, and what else requests are counted by."""


class Limits(Protocol):
    """Counts requests."""

    def take(self, caller: Caller) -> None:
        """Count one request; raises TooManyRequests, which says when the next one is taken, where none is left."""

    def give_back(self, caller: Caller) -> None:
        """A request that was counted does not count after all."""


@dataclass(slots=True)
class RateLimits:
    """A bucket a caller: it holds `burst` requests, each request takes one, and `per_second` come back.

    After t seconds without a request the bucket holds min(burst, before + t * per_second). `clock` gives seconds.
    """

    per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[Caller, tuple[float, float]] = field(default_factory=OrderedDict)
    """By caller: what the bucket held, and when."""
    _lock: Lock = field(default_factory=Lock)

    def take(self, caller: Caller) -> None:
        """Count one request; raises TooManyRequests, which says when the next one is taken, where none is left."""
        now = self.clock()
        with self._lock:
            held, since = self._buckets.pop(caller, (float(self.burst), now))
            held = min(float(self.burst), held + (now - since) * self.per_second)
            self._buckets[caller] = (held - 1 if held >= 1 else held, now)
            while len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        if held < 1:
            raise TooManyRequests(math.ceil((1 - held) / self.per_second))

    def give_back(self, caller: Caller) -> None:
        """A request that was counted does not count after all."""
        with self._lock:
            if caller in self._buckets:
                held, since = self._buckets[caller]
                self._buckets[caller] = (held + 1, since)


@dataclass(slots=True)
class SharedLimits:
    """Requests out of buckets that several processes share, some at a time: so that not every request asks for them.

    `lend` takes at most so many out of a caller's bucket; it says how many, and the seconds until there is one more.
    Together the processes take no more than the bucket gives; one that has some left over takes them later.
    """

    lend: Callable[[Caller, int], tuple[int, float]]
    at_a_time: int
    _left: OrderedDict[Caller, int] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, caller: Caller) -> None:
        """Count one request; raises TooManyRequests, which says when the next one is taken, where none is left."""
        with self._lock:
            left = self._left.get(caller, 0)
            if left:
                self._left[caller] = left - 1
                return
        lent, wait_s = self.lend(caller, self.at_a_time)
        if not lent:
            raise TooManyRequests(max(1, math.ceil(wait_s)))
        self._keep(caller, lent - 1)

    def give_back(self, caller: Caller) -> None:
        """A request that was counted does not count after all: this process has it left over."""
        self._keep(caller, 1)

    def _keep(self, caller: Caller, more: int) -> None:
        with self._lock:
            self._left[caller] = self._left.get(caller, 0) + more
            self._left.move_to_end(caller)
            while len(self._left) > MOST_BUCKETS:
                self._left.popitem(last=False)
