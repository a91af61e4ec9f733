"""Who read about which citizen, when, for what and for which case.

A read is written down in a transaction of its own before the answer is sent: what cannot be written down is not shown.
Lists, candidates and explanations are recorded whole (`service/use_cases/records.py`) and count as reads of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matcher.domain.validation import check_id
from service.clock import now
from service.db.acting import at_the_terminal
from service.db.personal import AccessEntry, Read, ReadPurpose
from service.db.personal_repositories import AccessLog
from service.db.purpose import Viewer
from service.db.repositories import Citizens
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import NotRecorded, VersionConflict

CASE_HEADER = "X-Case"


@dataclass(slots=True)
class Reading:
    """What is read about citizens while something is made for somebody."""

    case: str | None = None
    _seen: dict[ReadPurpose, set[str]] = field(default_factory=dict)

    def about(self, purpose: ReadPurpose, citizen_ids: Iterable[str]) -> None:
        """Somebody is about to be shown these citizens."""
        self._seen.setdefault(purpose, set()).update(citizen_ids)

    @property
    def seen(self) -> Mapping[ReadPurpose, tuple[str, ...]]:
        """Citizens by what was read about them."""
        return {purpose: tuple(sorted(ids)) for purpose, ids in self._seen.items() if ids}


def reading_for(case: str | None) -> Reading:
    """A reading for a case; raises InvalidValueError where the case's name is none, or may be a CPR number."""
    if case is not None:
        check_id(CASE_HEADER, case)
    return Reading(case)


def write_down(sessions: SessionFactory, municipality: str, viewer: Viewer, reading: Reading) -> None:
    """Write what was read, one row a purpose; raises NotRecorded where it cannot be written."""
    at = now()
    reads = [
        Read(str(uuid4()), at, viewer, purpose, reading.case, citizen_ids)
        for purpose, citizen_ids in reading.seen.items()
    ]
    if not reads:
        return
    try:
        with unit_of_work(sessions) as session:
            AccessLog(session, municipality).add(reads)
    except (OperationalError, VersionConflict) as error:
        raise NotRecorded("the database was busy; ask again in a moment") from error


def shown_at_the_terminal(
    sessions: SessionFactory, municipality: str, purpose: ReadPurpose, citizen_ids: Iterable[str]
) -> None:
    """Write down that a command is about to show citizens; raises NotRecorded where it cannot be written."""
    reading = Reading()
    reading.about(purpose, citizen_ids)
    write_down(sessions, municipality, at_the_terminal(), reading)


def all_exported(sessions: SessionFactory, municipality: str) -> None:
    """Write down that a command is about to write all citizens to a file."""
    with read_only(sessions) as session:
        ids = Citizens(session, municipality).ids()
    shown_at_the_terminal(sessions, municipality, ReadPurpose.EXPORT, ids)


def access_log_of(
    session: Session, municipality: str, citizen_id: str, *, after: str | None = None, limit: int = 100
) -> tuple[AccessEntry, ...]:
    """Who read about a citizen, newest first, from after a given entry; raises NotFound where there is no such entry.

    Once a citizen is erased, the log is found under the pseudonym that the erasure gave.
    """
    log = AccessLog(session, municipality)
    return log.of_citizen(citizen_id, before=log.entry(citizen_id, after) if after else None, limit=limit)
