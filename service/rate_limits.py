"""How many requests a caller may send: a bucket of tokens each, held in memory by each process."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

from service.problems import TooManyRequests

MOST_BUCKETS = 10_000
"""Callers that are remembered; the one that was quiet for longest is forgotten first, with a full bucket."""


@dataclass(slots=True)
class RateLimits:
    """A bucket a caller: it holds `burst` requests, each request takes one, and `per_second` come back.

    After t seconds without a request the bucket holds min(burst, before + t * per_second). `clock` gives seconds.
    """

    per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[Hashable, tuple[float, float]] = field(default_factory=OrderedDict)
    """By caller: what the bucket held, and when."""
    _lock: Lock = field(default_factory=Lock)

    def take(self, caller: Hashable) -> None:
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
