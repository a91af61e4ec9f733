"""How far imports have come: written batch by batch, so that an import that was cut off can be seen and sent again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.db.import_tables import ImportProgressRow
from service.problems import NotFound

SILENT_SECONDS = 300
"""An import that has written nothing for so long was cut off."""


class ImportState(StrEnum):
    """What has become of an import."""

    RUNNING = "running"
    """Rows are being taken."""
    INTERRUPTED = "interrupted"
    """It was cut off: the rows done are stored, the others are not; the same content sent again takes the rest."""
    FINISHED = "finished"
    """Every good row is stored."""
    REFUSED = "refused"
    """All or nothing was asked for and a row was bad: nothing is stored."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """One import. `errors` name rows and fields, never what was in them."""

    id: str
    started_at: datetime
    updated_at: datetime
    state: ImportState
    content_sha256: str
    rows_total: int
    rows_done: int
    counts: Mapping[str, Mapping[str, int]]
    errors: tuple[Mapping[str, Any], ...]
    errors_left_out: int

    def now(self, at: datetime) -> "ImportProgress":
        """The import as it is at a moment: one that has been silent for too long was cut off."""
        silent = self.state is ImportState.RUNNING and (at - self.updated_at).total_seconds() > SILENT_SECONDS
        return replace(self, state=ImportState.INTERRUPTED) if silent else self


def take_turn(session: Session, municipality: str) -> None:
    """Wait until no other import of the municipality is in the middle of its rows; until the end of the transaction.

    On SQLite there is one writer at all.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"import {municipality}", 0))))


class ImportProgresses:
    """Imports of a municipality."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def save(self, progress: ImportProgress) -> None:
        """Write where an import is, over what was written before."""
        fields = {name: getattr(progress, name) for name in ImportProgress.__slots__}
        fields |= {"state": progress.state.value, "errors": list(progress.errors), "counts": dict(progress.counts)}
        self.session.merge(ImportProgressRow(municipality=self.municipality, **fields))
        self.session.flush()

    def get(self, id_: str) -> ImportProgress:
        """One import; raises NotFound."""
        row = self.session.get(ImportProgressRow, (self.municipality, id_))
        if row is None:
            raise NotFound
        return _progress(row)

    def newest(self, limit: int) -> tuple[ImportProgress, ...]:
        """At most `limit` imports, newest first."""
        query = (
            select(ImportProgressRow)
            .where(ImportProgressRow.municipality == self.municipality)
            .order_by(ImportProgressRow.started_at.desc(), ImportProgressRow.id)
            .limit(limit)
        )
        return tuple(_progress(row) for row in self.session.scalars(query))


def _progress(row: ImportProgressRow) -> ImportProgress:
    fields = {name: getattr(row, name) for name in ImportProgress.__slots__}
    return ImportProgress(**fields | {"state": ImportState(row.state), "errors": tuple(row.errors)})
