"""What an import hands from its readers to its caller: rows, what is wrong with them, and the report; Danish texts."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple, Protocol

from service.db.documents import Change
from service.problems import FieldError
from service.use_cases.import_wording import danish

MOST_ERRORS = 10_000
"""Errors that a report lists; the rest is counted."""

KINDS: Mapping[str, str] = {
    "consultant": "jobkonsulenter",
    "company": "virksomheder",
    "citizen": "borgere",
    "agreement": "aftaler",
    "placement": "forløb",
}
"""The kinds of rows with their Danish names; in an order in which each refers only to those before it."""


class Place(NamedTuple):
    """Where a field stands: the sheet of a workbook ("" in NDJSON), the row from 1 (0 = the file), and its label."""

    sheet: str
    row: int
    label: str


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that is wrong in a file: where, what, and what to do; in Danish, and never the value itself."""

    file: str
    row: int
    field: str
    problem: str
    fix: str
    sheet: str = ""

    def __str__(self) -> str:
        where = [self.file, f"ark {self.sheet}" if self.sheet else "", f"række {self.row}" if self.row else ""]
        return f"{', '.join(filter(None, where))}: {' '.join(filter(None, (self.field, self.problem)))} – {self.fix}"

    def as_record(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "field": self.field,
            "problem": self.problem,
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row. A refused one is named by its number alone: its id may be anything.

    Attributes
    ----------
    row : number of the row, from 1
    kind : word of `KINDS`; empty where the row does not tell
    id : the value's id, where the row was good
    result : created, updated, unchanged or refused
    """

    row: int
    kind: str
    id: str | None = None
    result: str = "refused"
    errors: tuple[RowError, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """JSON-ready; what is not there is left out."""
        record: dict[str, Any] = {"row": self.row, "type": self.kind or None, "id": self.id, "result": self.result}
        if self.errors:
            record["errors"] = [
                {"field": error.field, "problem": error.problem, "fix": error.fix} for error in self.errors
            ]
        return {name: value for name, value in record.items() if value is not None}


@dataclass(slots=True)
class Record:
    """One row as it was read: the object it describes, where its fields stand, and what the reader could not read."""

    file: str
    kind: str
    payload: dict[str, Any]
    place: Callable[[str], Place]
    unreadable: Mapping[str, FieldError] = field(default_factory=dict)
    """By path: fields that have a value which is none, already worded in Danish."""
    not_carried: tuple[str, ...] = ()
    """Fields that this kind of file cannot hold: what is stored of them stays."""

    def error(self, wrong: FieldError) -> RowError:
        """A field's error at its place in the file."""
        at = self.place(wrong.field)
        fix = "udfyld cellen" if at.sheet and wrong.problem == "is missing" else danish(wrong.fix)
        return RowError(self.file, at.row, at.label, danish(wrong.problem), fix, at.sheet)


class Source(Protocol):
    """A file that rows are read from, kind by kind."""

    name: str

    def scan(self) -> list[RowError]:
        """Find the rows; errors of the file itself and of rows that cannot be told apart."""

    def count(self) -> int:
        """Rows found."""

    def records(self, kind: str) -> Iterator[Record]:
        """Rows of a kind, in the file's order."""

    def digest(self) -> str:
        """SHA-256 of the file."""


class UnreadableFile(Exception):  # noqa: N818 - a finding about a file, reported like those about rows
    """A file of which nothing can be taken; in Danish."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix


@dataclass(slots=True)
class KindCount:
    """Rows of one kind."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0

    @property
    def good(self) -> int:
        """Rows without an error."""
        return self.created + self.updated + self.unchanged

    def note(self, change: Change) -> None:
        """Count a row that was taken."""
        match change:
            case Change.CREATED:
                self.created += 1
            case Change.UPDATED:
                self.updated += 1
            case Change.UNCHANGED:
                self.unchanged += 1

    def as_record(self) -> dict[str, int]:
        """JSON-ready."""
        return {"created": self.created, "updated": self.updated, "unchanged": self.unchanged, "bad": self.bad}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `taken` is False where all or nothing was asked for and it came to nothing."""

    rows: Mapping[str, KindCount]
    errors: tuple[RowError, ...]
    errors_left_out: int
    taken: bool

    @property
    def good(self) -> int:
        """Rows without an error."""
        return sum(count.good for count in self.rows.values())

    @property
    def bad(self) -> int:
        """Rows with an error, among those whose kind could be told."""
        return sum(count.bad for count in self.rows.values())

    def as_record(self) -> dict[str, Any]:
        """JSON-ready."""
        rows = {kind: count.as_record() for kind, count in self.rows.items()}
        errors = [error.as_record() for error in self.errors]
        return {"taken": self.taken, "rows": rows, "errors": errors, "errors_left_out": self.errors_left_out}


@dataclass(slots=True)
class Errors:
    """Errors so far: as many as a report lists, and how many more there were."""

    listed: list[RowError] = field(default_factory=list)
    left_out: int = 0

    def add(self, error: RowError) -> None:
        """Note an error."""
        if len(self.listed) < MOST_ERRORS:
            self.listed.append(error)
        else:
            self.left_out += 1

    def __bool__(self) -> bool:
        return bool(self.listed)


def sha256_of(stream: IO[bytes]) -> str:
    """SHA-256 of a whole file, hexadecimal."""
    digest = hashlib.sha256()
    stream.seek(0)
    while piece := stream.read(1_000_000):
        digest.update(piece)
    return digest.hexdigest()


def megabytes(size: int) -> str:
    """A size for a sentence."""
    return f"{size / 1_000_000:.0f} MB"
