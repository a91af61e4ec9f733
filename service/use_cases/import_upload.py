"""A file that somebody sends from the pages: tried first, with nothing kept, then taken in while a page tells how far.

Both read the file as `matcher import` does and report each bad row with sheet, row, field and fix.
"""

import shutil
from collections.abc import Iterator
from datetime import date
from tempfile import SpooledTemporaryFile
from threading import Thread
from typing import IO

from service.clock import now
from service.db.purpose import Viewer
from service.db.session import SessionFactory, unit_of_work
from service.use_cases.import_files import import_sources, source_of
from service.use_cases.import_report import ImportReport
from service.use_cases.import_stream import IN_MEMORY_BYTES, ImportStream


class _Tried(Exception):  # noqa: N818 - no error: it ends the transaction without keeping anything
    def __init__(self, report: ImportReport) -> None:
        self.report = report
        super().__init__()


def try_file(sessions: SessionFactory, municipality: str, name: str, stream: IO[bytes], *, on: date) -> ImportReport:
    """What an import of a file would do; nothing is kept."""
    try:
        with unit_of_work(sessions) as session:
            raise _Tried(import_sources(session, municipality, [source_of(name, stream, municipality)], on=on))
    except _Tried as tried:
        return tried.report


def begin_import(
    sessions: SessionFactory, municipality: str, name: str, stream: IO[bytes], *, on: date, actor: Viewer
) -> str:
    """Begin to take a file in and answer with the import's id; the rest is done in a thread of its own.

    The file is copied: the caller may close it. Where the program ends meanwhile, the import has been cut off, and the
    same file sent again takes what is missing.
    """
    kept = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed by the thread
    stream.seek(0)
    shutil.copyfileobj(stream, kept)
    kept.seek(0)
    source = source_of(name, kept, municipality)
    under_way = ImportStream(sessions, municipality, source, on=on, clock=now, actor=actor)
    lines = under_way.lines()
    next(lines)  # from here on the import can be asked for

    def work() -> None:
        with kept:
            _exhaust(lines)

    Thread(target=work, name=f"import-{under_way.id[:8]}", daemon=True).start()
    return under_way.id


def _exhaust(lines: Iterator[bytes]) -> None:
    for _ in lines:
        pass
