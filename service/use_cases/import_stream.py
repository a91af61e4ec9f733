"""An import that answers row by row, and can be cut off at any point: what was said to be taken is stored.

Rows are taken in batches, a transaction each, in the order in which kinds refer to one another. Where it has come to,
and in the audit chain what it has changed, is written with each batch. The same content sent again finds the rows done
unchanged and takes the others, so an import that was cut off comes to the same as one that was not.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from uuid import uuid4

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from service.db.failures import unavailable
from service.db.import_progress import ImportProgress, ImportProgresses, ImportState
from service.db.purpose import Viewer
from service.db.session import SessionFactory, unit_of_work
from service.problems import Problem
from service.use_cases.import_files import ImportUnderWay, batches
from service.use_cases.import_report import Errors, RowResult, Source

MOST_KEPT_ERRORS = 1_000
"""Errors that are kept of an import for whoever asks later; the answer itself names all."""
IN_MEMORY_BYTES = 5_000_000

_ALWAYS = ("row", "field", "problem", "fix")
_KEPT = (*_ALWAYS, "sheet")
"""What is kept of an error; the sheet where the file has some."""

log = structlog.get_logger("matcher.imports")

Clock = Callable[[], datetime]


class ImportStream:
    """One import: `id` is known before the first row, `lines` does the work."""

    def __init__(
        self,
        sessions: SessionFactory,
        municipality: str,
        source: Source,
        *,
        on: date,
        clock: Clock,
        actor: Viewer | None = None,
    ) -> None:
        self.id = str(uuid4())
        self._sessions = sessions
        self._municipality = municipality
        self._source = source
        self._on = on
        self._clock = clock
        self._actor = actor
        self._started_at = clock()
        self._errors = Errors()
        self._digest = ""
        self._total = 0
        self._done = 0
        self._rows: dict[str, dict[str, int]] = {}
        self._run: ImportUnderWay

    def lines(self, *, all_or_nothing: bool = False) -> Iterator[bytes]:
        """A line of JSON for each row, in the order in which they are taken, then one for the whole import.

        The last line's `state` says what became of it. A line is given when its row is stored; with `all_or_nothing`
        when all are, or none.
        """
        try:
            yield from self._all_or_nothing() if all_or_nothing else self._batches()
        except GeneratorExit:
            self._save_apart(ImportState.INTERRUPTED)
            raise
        except Problem as problem:
            yield self._cut_off(problem)
        except Exception as error:  # an answer that is under way cannot turn into another
            log.exception("import failed", import_id=self.id)
            yield self._cut_off(unavailable(error) if isinstance(error, DBAPIError) else None)

    def _cut_off(self, problem: Problem | None) -> bytes:
        self._save_apart(ImportState.INTERRUPTED)
        told = {"problem": problem.type} if problem else {}
        return _line(self._summary(ImportState.INTERRUPTED) | told)

    def _batches(self) -> Iterator[bytes]:
        with unit_of_work(self._sessions) as session:
            bad = self._start(session)
            self._save(ImportState.RUNNING)
        yield from bad
        for kind, batch in batches([self._source]):
            with unit_of_work(self._sessions) as session:
                self._run.goes_on_in(session)
                results = self._run.take(kind, batch)
                self._run.tell()
                self._run.log([self._source])
                self._save(ImportState.RUNNING, taken=len(batch))
            self._settle(len(batch))
            yield from (_line(result.as_record()) for result in results)
        with unit_of_work(self._sessions) as session:
            self._run.goes_on_in(session)
            self._save(ImportState.FINISHED)
        yield _line(self._summary(ImportState.FINISHED))

    def _all_or_nothing(self) -> Iterator[bytes]:
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as kept:
            with unit_of_work(self._sessions) as session:
                kept.writelines(self._start(session))
                attempt = session.begin_nested()
                for kind, batch in batches([self._source]):
                    kept.writelines(_line(result.as_record()) for result in self._run.take(kind, batch))
                    self._settle(len(batch))
                state = ImportState.REFUSED if self._errors else ImportState.FINISHED
                if self._errors:
                    attempt.rollback()
                else:
                    attempt.commit()
                    self._run.tell()
                    self._run.log([self._source])
                self._save(state)
            kept.seek(0)
            yield from kept
        yield _line(self._summary(state))

    def _start(self, session: Session) -> list[bytes]:
        """Find the rows; lines for those that cannot be read at all."""
        self._run = ImportUnderWay(session, self._municipality, self._on, self._errors, self._actor, self.id)
        self._rows = self._counted()
        self._run.scan(self._source)
        self._total = self._source.count()
        self._digest = self._source.digest()
        return [_line(RowResult(error.row, "", errors=(error,)).as_record()) for error in self._errors.listed]

    def _settle(self, taken: int) -> None:
        """From here on, rows taken count as done."""
        self._done += taken
        self._rows = self._counted()

    def _counted(self) -> dict[str, dict[str, int]]:
        return {kind: count.as_record() for kind, count in self._run.counts.items()}

    def _save(self, state: ImportState, *, taken: int = 0) -> None:
        """Write the state in the batch's own transaction, with the rows that it takes."""
        progress = replace(self._progress(state), rows_done=self._done + taken, counts=self._counted())
        ImportProgresses(self._run.session, self._municipality).save(progress)

    def _save_apart(self, state: ImportState) -> None:
        """Write the state in a transaction of its own; where even that fails, the last one written stands."""
        try:
            with unit_of_work(self._sessions) as session:
                ImportProgresses(session, self._municipality).save(self._progress(state))
        except (Problem, SQLAlchemyError):
            log.warning("the state of an import could not be written", import_id=self.id, state=state)

    def _progress(self, state: ImportState) -> ImportProgress:
        listed = [error.as_record() for error in self._errors.listed[:MOST_KEPT_ERRORS]]
        return ImportProgress(
            self.id,
            self._started_at,
            self._clock(),
            state,
            self._digest,
            self._total,
            self._done,
            self._rows,
            tuple({name: error[name] for name in _KEPT if name in _ALWAYS or error[name]} for error in listed),
            len(self._errors.listed) - len(listed) + self._errors.left_out,
        )

    def _summary(self, state: ImportState) -> dict[str, object]:
        progress = self._progress(state)
        return {
            "import_id": self.id,
            "state": state.value,
            "rows_total": progress.rows_total,
            "rows_done": progress.rows_done,
            "rows": progress.counts,
        }


def _line(record: dict[str, object]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
