"""Repository of the audit chain, and the one function that adds to it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from service.audit_chain import NO_ENTRIES, Action, AuditEntry, Head
from service.clock import now
from service.db.acting import actor_of
from service.db.audit_tables import AuditEntryRow
from service.db.purpose import Viewer
from service.db.session import at_the_end

CHUNK = 1000
"""Entries that a check reads at a time."""


def audited(
    session: Session,
    municipality: str,
    action: Action,
    object_kind: str,
    object_id: str,
    details: Mapping[str, Any] | None = None,
    *,
    actor: Viewer | None = None,
) -> None:
    """Add an entry in the unit of work of `session`: it is there if, and only if, what it tells of is.

    Parameters
    ----------
    object_kind, object_id : what it was done to
    details : codes, ids and whole numbers, never personal data or somebody's words
    actor : who did it; None = who acts in the session

    The entry is written as the last thing before the commit: writers of a municipality wait for one another there, and
    only there. Call it outside savepoints that may be taken back.
    """
    who = actor or actor_of(session)
    entry = AuditEntry(
        municipality, 0, now(), who.id, who.role, who.channel, action, object_kind, object_id, dict(details or {}), ""
    )
    entry.computed_hash()  # what has no canonical form fails here, where it was written
    at_the_end(session, lambda: AuditEntries(session, municipality).append(entry))


def audited_municipalities(session: Session) -> tuple[str, ...]:
    """Every municipality that has a chain, in order."""
    query = select(AuditEntryRow.municipality).distinct().order_by(AuditEntryRow.municipality)
    return tuple(session.scalars(query))


class AuditEntries:
    """The chain of a municipality."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def append(self, entry: AuditEntry) -> AuditEntry:
        """Write an entry after the last one; its number, hashes and time are given to it here.

        One writer a municipality at a time: on PostgreSQL by an advisory lock until the end of the transaction, on
        SQLite because there is one writer at all.
        """
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(
                select(func.pg_advisory_xact_lock(func.hashtextextended(f"audit {self.municipality}", 0)))
            )
        head = self.head()
        entry = replace(entry, n=head.n + 1, at=now(), previous=head.hash)
        entry = replace(entry, hash=entry.computed_hash())
        self.session.execute(insert(AuditEntryRow), [_row(entry)])
        return entry

    def head(self) -> Head:
        """The last entry's number and hash."""
        query = (
            select(AuditEntryRow.n, AuditEntryRow.hash)
            .where(AuditEntryRow.municipality == self.municipality)
            .order_by(AuditEntryRow.n.desc())
            .limit(1)
        )
        row = self.session.execute(query).one_or_none()
        return NO_ENTRIES if row is None else Head(row.n, row.hash)

    def iterate(self, after: int = 0) -> Iterator[AuditEntry]:
        """Every entry after the one with a number, in order, without holding them all in memory."""
        query, last = self._query().order_by(AuditEntryRow.n).limit(CHUNK), after
        while rows := self.session.execute(query.where(AuditEntryRow.n > last)).all():
            yield from map(_entry, rows)
            last = rows[-1].n

    def page(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        action: str | None = None,
        object_id: str | None = None,
        actor_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[AuditEntry, ...]:
        """At most `limit` entries, newest first, from before the one with the number `before`; of moments from `since`
        on and before `until`."""
        query = self._query().order_by(AuditEntryRow.n.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditEntryRow.n < before)
        for column, wanted in (
            (AuditEntryRow.action, action),
            (AuditEntryRow.object_id, object_id),
            (AuditEntryRow.actor_id, actor_id),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if since is not None:
            query = query.where(AuditEntryRow.at >= since)
        if until is not None:
            query = query.where(AuditEntryRow.at < until)
        return tuple(_entry(row) for row in self.session.execute(query))

    def _query(self) -> Select[Any]:
        columns = [getattr(AuditEntryRow, name) for name in AuditEntry.__dataclass_fields__]
        return select(*columns).where(AuditEntryRow.municipality == self.municipality)


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__}


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(**row._mapping)
