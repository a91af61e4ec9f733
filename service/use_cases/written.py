"""What this process has written into snapshots already, so that it is neither made nor looked for again."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Stored = TypeVar("Stored")
Entry = tuple[str, str]
"""Kind and digest of a document."""


@dataclass(frozen=True, eq=False)
class LastSnapshot(Generic[Stored]):
    """The last snapshot of a municipality that was committed.

    Attributes
    ----------
    mark, digest : of what was stored, and of the snapshot
    stored, entry_of : what was stored, and the document of each of its values by the identity of the value
    """

    mark: str
    digest: str
    stored: Stored
    entry_of: Mapping[int, Entry]


class Written(Generic[Stored]):
    """Documents and the last snapshot that were committed. Safe for threads."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._digests: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._snapshots: dict[str, LastSnapshot[Stored]] = {}
        self._lock = Lock()

    def knows(self, municipality: str, digest: str) -> bool:
        """Whether a document is known to be written."""
        with self._lock:
            return (municipality, digest) in self._digests

    def add(self, municipality: str, *digests: str) -> None:
        """Remember documents that have been committed."""
        with self._lock:
            self._digests.update(dict.fromkeys((municipality, digest) for digest in digests))
            while len(self._digests) > self._most:
                self._digests.popitem(last=False)

    def last_snapshot(self, municipality: str) -> LastSnapshot[Stored] | None:
        """The last snapshot that was committed, if any."""
        with self._lock:
            return self._snapshots.get(municipality)

    def add_snapshot(self, municipality: str, snapshot: LastSnapshot[Stored]) -> None:
        """Remember a snapshot that has been committed."""
        with self._lock:
            self._snapshots[municipality] = snapshot
