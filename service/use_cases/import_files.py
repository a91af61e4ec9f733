"""Import of consultants, companies, citizens, agreements and placements from files.

Every bad row is reported with file, row, field and fix; the good ones are taken, or none where all or nothing is asked
for. Rows may stand in any order and refer to one another across files: kinds are read in the order of `KINDS`.
Importing the same file again changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from sqlalchemy.orm import Session

from service.audit_chain import Action
from service.codec import CODECS
from service.db.audit_repositories import audited
from service.db.documents import Saved
from service.db.import_progress import take_turn
from service.db.purpose import Viewer
from service.db.records import StoredImport
from service.db.repositories import REPOSITORIES, Imports
from service.db.session import SessionFactory, unit_of_work
from service.problems import FieldError, InvalidInput, MissingReference
from service.use_cases.import_checks import known_codes
from service.use_cases.import_ndjson import NdjsonFile
from service.use_cases.import_placements import ImportedPlacements, Outcome
from service.use_cases.import_report import (
    KINDS,
    Errors,
    ImportReport,
    KindCount,
    Place,
    Record,
    RowError,
    RowResult,
    Source,
    UnreadableFile,
)
from service.use_cases.import_xlsx import ZIP_MARK, WorkbookFile
from service.use_cases.placement_steps import Step, tell_step

CHUNK = 500
"""Rows that are taken at once."""
AT_ONCE: Mapping[str, int] = {"placement": 50}
"""Fewer of a kind: what placements share limits with is locked while they are taken."""
Progress = Callable[[int, int], None]
"""Called with the rows handled so far, and all rows."""


def import_files(
    sessions: SessionFactory,
    municipality: str,
    paths: Sequence[Path],
    *,
    all_or_nothing: bool = False,
    on: date | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import NDJSON and XLSX files in one transaction. `on` is the day that target groups must be valid on (today)."""
    errors = Errors()
    with ExitStack() as open_files:
        sources = []
        for path in paths:
            try:
                stream = open_files.enter_context(path.open("rb"))
            except OSError as error:
                errors.add(_unopened(path, error))
                continue
            sources.append(source_of(path.name, stream, municipality))
        with unit_of_work(sessions) as session:
            return import_sources(
                session, municipality, sources, all_or_nothing=all_or_nothing, on=on, progress=progress, errors=errors
            )


def source_of(name: str, stream: IO[bytes], municipality: str) -> Source:
    """A file's reader by its first bytes: a ZIP file is a workbook, anything else is lines."""
    start = stream.read(len(ZIP_MARK))
    stream.seek(0)
    return WorkbookFile(name, stream, municipality) if start == ZIP_MARK else NdjsonFile(name, stream)


def import_sources(
    session: Session,
    municipality: str,
    sources: Sequence[Source],
    *,
    all_or_nothing: bool = False,
    on: date | None = None,
    progress: Progress | None = None,
    errors: Errors | None = None,
) -> ImportReport:
    """Import within a transaction that the caller commits; `errors` are those already found."""
    run = ImportUnderWay(session, municipality, on or datetime.now(UTC).date(), errors or Errors())
    readable = [source for source in sources if run.scan(source)]
    total = sum(source.count() for source in readable)
    attempt = session.begin_nested()
    done = 0
    for kind, batch in batches(readable):
        run.take(kind, batch)
        done += len(batch)
        if progress is not None:
            progress(done, total)
    taken = not (all_or_nothing and run.errors)
    if taken:
        attempt.commit()
        run.tell()
        run.log(readable)
    else:
        attempt.rollback()
    order = {source.name: index for index, source in enumerate(sources)}
    listed = sorted(run.errors.listed, key=lambda error: (order.get(error.file, -1), error.sheet, error.row))
    return ImportReport(run.counts, tuple(listed), run.errors.left_out, taken)


def batches(sources: Sequence[Source]) -> Iterator[tuple[str, list[Record]]]:
    """Rows of sources in batches of one kind, in the order in which kinds refer to one another."""
    for kind in KINDS:
        records = (record for source in sources for record in source.records(kind))
        while batch := list(islice(records, AT_ONCE.get(kind, CHUNK))):
            yield kind, batch


@dataclass(slots=True)
class ImportUnderWay:
    """One import under way."""

    session: Session
    municipality: str
    on: date
    errors: Errors
    actor: Viewer | None = None
    """Who imports; None = who acts in the session."""
    id: str = field(default_factory=lambda: str(uuid4()))
    counts: dict[str, KindCount] = field(default_factory=lambda: {kind: KindCount() for kind in KINDS})
    seen: dict[tuple[str, str], tuple[str, Place]] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)
    """Kind and id of what bad rows would have brought."""
    _steps: list[Step] = field(default_factory=list)
    _files: tuple[dict[str, str], ...] = ()
    _logged: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        take_turn(self.session, self.municipality)

    def goes_on_in(self, session: Session) -> None:
        """From here on in another transaction."""
        self.session = session
        take_turn(session, self.municipality)

    def scan(self, source: Source) -> bool:
        """Find a source's rows; False where nothing of it can be taken."""
        try:
            found = source.scan()
        except UnreadableFile as error:
            self.errors.add(RowError(source.name, 0, "", f"filen {error.problem}", error.fix))
            return False
        for one in found:
            self.errors.add(one)
        return True

    def take(self, kind: str, batch: Sequence[Record]) -> list[RowResult]:
        """Write the good rows of a batch and note the errors of the bad ones; what became of each, in their order."""
        repository = REPOSITORIES[kind](self.session, self.municipality)
        results: dict[int, RowResult] = {}
        read = []
        for record in batch:
            value = self._read(kind, record)
            if isinstance(value, RowResult):
                results[value.row] = value
            else:
                read.append((record, value))
        stored = repository.known(value.id for record, value in read if record.not_carried)
        read = [
            (record, _completed(value, repository.get(value.id), record) if value.id in stored else value)
            for record, value in read
        ]
        good = []
        for (record, value), wrong in zip(read, repository.problems_of([value for _, value in read]), strict=True):
            if wrong:
                results[record.place("").row] = self._refuse(kind, record, wrong)
            else:
                good.append((record, value))
        outcomes = self._put(kind, [value for _, value in good])
        for (record, value), outcome in zip(good, outcomes, strict=True):
            row = record.place("").row
            if isinstance(outcome, Saved):
                self.counts[kind].note(outcome.change)
                results[row] = RowResult(row, kind, value.id, outcome.change.value)
            else:
                results[row] = self._refuse(kind, record, outcome)
        return [results[record.place("").row] for record in batch]

    def _put(self, kind: str, values: Sequence[Any]) -> Sequence[Outcome]:
        if kind != "placement":
            return REPOSITORIES[kind](self.session, self.municipality).put_many(values)
        outcomes, steps = ImportedPlacements(self.session, self.municipality, self.on, self.actor).put(values)
        self._steps += steps
        return outcomes

    def tell(self) -> None:
        """Tell of the steps of placements; called in the transaction of their rows, once these are sure to stay."""
        for step in self._steps:
            tell_step(self.session, self.municipality, step, self.actor)
        self._steps.clear()

    def log(self, sources: Sequence[Source]) -> None:
        """Note what has changed since this was last called, if anything; called in the transaction of those rows."""
        changed = {kind: {"created": n.created, "updated": n.updated} for kind, n in self.counts.items()}
        before, self._logged = self._logged, changed
        rows = {
            kind: {what: n - before.get(kind, {}).get(what, 0) for what, n in counts.items()}
            for kind, counts in changed.items()
        }
        if not any(n for counts in rows.values() for n in counts.values()):
            return
        self._files = self._files or tuple({"name": one.name, "sha256": one.digest()} for one in sources)
        whole = StoredImport(self.id, datetime.now(UTC), self._files, changed)
        Imports(self.session, self.municipality).save(whole)
        details = {"sha256": [one["sha256"] for one in self._files], "rows": rows}
        audited(self.session, self.municipality, Action.DATA_IMPORTED, "import", self.id, details, actor=self.actor)

    def _read(self, kind: str, record: Record) -> Any:
        """The domain value of a row; its result, with its errors noted, where it is none."""
        wrong = [*self._twice(kind, record), *record.unreadable.values()]
        try:
            value = CODECS[kind].decode(record.payload)
            wrong += known_codes(value, self.on)
        except InvalidInput as error:
            wrong += [one for one in error.errors if not _within(one.field, record.unreadable)]
        if wrong:
            return self._refuse(kind, record, wrong)
        return value

    def _twice(self, kind: str, record: Record) -> Iterator[FieldError]:
        id_ = record.payload.get("id")
        if not isinstance(id_, str):
            return
        here = (record.file, record.place("id"))
        file, first = self.seen.setdefault((kind, id_), here)
        if (file, first) != here:
            where = f"{file}, {f'ark {first.sheet}, ' if first.sheet else ''}række {first.row}"
            yield FieldError("id", f"er allerede brugt i {where}", "brug hvert id én gang")

    def _refuse(self, kind: str, record: Record, wrong: Sequence[FieldError]) -> RowResult:
        self.counts[kind].bad += 1
        self.refused.update(_brings(kind, record.payload))
        errors = tuple(record.error(self._explained(one)) for one in wrong)
        for error in errors:
            self.errors.add(error)
        return RowResult(record.place("").row, kind, errors=errors)

    def _explained(self, wrong: FieldError) -> FieldError:
        """A reference to what a bad row would have brought says so."""
        if isinstance(wrong, MissingReference) and (wrong.kind, wrong.id) in self.refused:
            return FieldError(wrong.field, "henviser til en række, der selv har fejl", "ret den række først")
        return wrong


def _completed(value: Any, stored: Any, record: Record) -> Any:
    """The value with what its file cannot hold taken from what is stored."""
    return replace(value, **{name: getattr(stored, name) for name in record.not_carried})


def _brings(kind: str, payload: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and id of what a row would bring: itself and, for an agreement, its slots."""
    if isinstance(payload.get("id"), str):
        yield kind, payload["id"]
    slots = payload.get("slots") if kind == "agreement" else None
    for slot in slots if isinstance(slots, list) else ():
        if isinstance(slot, dict) and isinstance(slot.get("id"), str):
            yield "slot", slot["id"]


def _within(path: str, unreadable: Iterable[str]) -> bool:
    """Whether a field, or what it stands in, could not be read at all: one error is enough."""
    return any(path == other or other.startswith((f"{path}.", f"{path}[")) for other in unreadable)


def _unopened(path: Path, error: OSError) -> RowError:
    if isinstance(error, FileNotFoundError):
        return RowError(path.name, 0, "", "filen findes ikke", "se efter, om navn og mappe er skrevet rigtigt")
    if isinstance(error, IsADirectoryError):
        return RowError(path.name, 0, "", "filen er en mappe", "nævn filerne i den")
    return RowError(path.name, 0, "", "filen kan ikke åbnes", "se efter, om programmet har adgang til den")
