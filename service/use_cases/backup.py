"""Everything in a database as one file, and back into an empty database, SQLite or PostgreSQL alike.

The file is NDJSON under gzip: a line that says what it is, then for each table a line with its name and columns and a
line a row, and a last line with the rows and a SHA-256 of each table. Rows come in an order of their own, so that two
databases hold the same exactly when those sums are the same.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table

from service.clock import now
from service.db.dump import Values, count, rows_of, tables, write_rows
from service.db.migrate import check_revision, program_revision
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import BackupRefused, VersionConflict

FORMAT: Final = "matcher-backup"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class TableSum:
    """What a table holds: how many rows, and the SHA-256 over them in their order."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written or restored."""

    revision: str
    tables: Mapping[str, TableSum]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(one.rows for one in self.tables.values())

    @property
    def sha256(self) -> str:
        """SHA-256 over the sums of all tables: the same content, the same sum, whichever database holds it."""
        return hashlib.sha256(_line({name: one.sha256 for name, one in sorted(self.tables.items())})).hexdigest()


def write_backup(sessions: SessionFactory, file: Path) -> Backup:
    """Write all of a database, as it is at one moment, to a new file that only its owner may read.

    The service may go on meanwhile. Raises FileExistsError rather than replace a file; one that cannot be finished is
    removed.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as raw,
            gzip.open(raw, "wb", compresslevel=6) as out,
            read_only(sessions) as session,
        ):
            connection = session.connection()
            check_revision(connection)
            found = Backup(program_revision(connection), {})
            out.write(
                _line(
                    {
                        "format": FORMAT,
                        "version": VERSION,
                        "revision": found.revision,
                        "database": connection.dialect.name,
                        "made_at": now().isoformat(),
                    }
                )
            )
            sums: dict[str, TableSum] = {}
            for table in tables():
                out.write(_line(_heading(table)))
                summing = _Sum()
                for row in rows_of(connection, table):
                    out.write(summing.add(row))
                sums[table.name] = summing.result()
            found = Backup(found.revision, sums)
            out.write(_line(_ending(found)))
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return found


def restore_backup(sessions: SessionFactory, file: Path) -> Backup:
    """Read a backup into an empty database at the program's revision; all of it, compared row by row, or nothing.

    Raises BackupRefused where the file is damaged, cut off or of another revision, or where the database holds
    anything.
    """
    try:
        with gzip.open(file, "rb") as raw, unit_of_work(sessions) as session:
            return _restore(session.connection(), iter(raw))
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, TypeError, VersionConflict) as error:
        raise BackupRefused("the file is no backup, is damaged or was cut off; nothing was restored") from error


def _restore(connection: Connection, lines: Iterator[bytes]) -> Backup:
    check_revision(connection)
    head = json.loads(next(lines, b"{}"))
    if not isinstance(head, dict) or (head.get("format"), head.get("version")) != (FORMAT, VERSION):
        raise BackupRefused("the file is no backup of this program")
    revision = program_revision(connection)
    if head.get("revision") != revision:
        raise BackupRefused(f"the backup is of another revision than {revision}, which this program needs")
    for table in tables():
        if count(connection, table):
            raise BackupRefused(f"the database is not empty: {table.name} has rows")
    read: dict[str, TableSum] = {}
    line = next(lines, b"")
    for table in tables():
        if json.loads(line) != _heading(table):
            raise BackupRefused(f"the table {table.name} is missing or has other columns")
        rows = _Rows(lines)
        write_rows(connection, table, rows)
        read[table.name], line = rows.sum.result(), rows.after
    if json.loads(line) != _ending(Backup(revision, read)):
        raise BackupRefused("rows are missing or changed in the file; nothing was restored")
    held = _sums(connection)
    different = [name for name, one in read.items() if held[name] != one]
    if different:
        raise BackupRefused(f"the database does not hold what the file says: {', '.join(different)}")
    return Backup(revision, held)


def _sums(connection: Connection) -> dict[str, TableSum]:
    """What every table of a database holds."""
    sums = {}
    for table in tables():
        summing = _Sum()
        for row in rows_of(connection, table):
            summing.add(row)
        sums[table.name] = summing.result()
    return sums


def contents(sessions: SessionFactory) -> Backup:
    """What a database holds, to compare it with another or with a backup."""
    with read_only(sessions) as session:
        connection = session.connection()
        check_revision(connection)
        return Backup(program_revision(connection), _sums(connection))


class _Sum:
    """Counts rows and sums them up."""

    def __init__(self) -> None:
        self._rows, self._digest = 0, hashlib.sha256()

    def add(self, row: Values) -> bytes:
        """Add a row; returns its line."""
        line = _line(row)
        self._rows += 1
        self._digest.update(line)
        return line

    def result(self) -> TableSum:
        return TableSum(self._rows, self._digest.hexdigest())


class _Rows:
    """The rows of one table in a file; `after` is the line behind them."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.after, self.sum = b"", _Sum()
        self._lines = lines

    def __iter__(self) -> Iterator[Values]:
        for line in chain(self._lines, [b""]):
            if not line.startswith(b"["):
                self.after = line
                return
            row: Values = json.loads(line)
            self.sum.add(row)
            yield row


def _heading(table: Table) -> dict[str, Any]:
    return {"table": table.name, "columns": [column.name for column in table.columns]}


def _ending(found: Backup) -> dict[str, Any]:
    sums = {name: {"rows": one.rows, "sha256": one.sha256} for name, one in found.tables.items()}
    return {"end": sums, "sha256": found.sha256}


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
