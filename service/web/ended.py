"""Sessions that were ended by signing out, so that a copy of their cookie is worth nothing."""

import time
from collections.abc import Callable
from threading import Lock


class EndedSessions:
    """Ids of ended sessions, each until the session would have run out anyway. In this process; safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        """Id and moment (of `clock`, seconds) when it may be forgotten."""
        self._lock = Lock()

    def add(self, session_id: str, until: float) -> None:
        """End a session; `until` is when it runs out (of `clock`, seconds)."""
        with self._lock:
            now = self._clock()
            self._until = {known: end for known, end in self._until.items() if end > now}
            self._until[session_id] = until

    def __contains__(self, session_id: object) -> bool:
        with self._lock:
            return session_id in self._until

    def __len__(self) -> int:
        with self._lock:
            return len(self._until)
