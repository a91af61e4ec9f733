"""Rows of an NDJSON file: one JSON object a line. The file is read line by line, never as a whole."""

import json
import os
from collections.abc import Collection, Iterator
from functools import partial
from typing import IO, Any

from service.use_cases.import_report import KINDS, Place, Record, RowError, UnreadableFile, megabytes, sha256_of

MOST_BYTES = 2_000_000_000
"""Largest file, bytes: some 800,000 citizens."""
MOST_LINE_BYTES = 5_000_000
"""Longest line, bytes: an agreement with all the slots it may have."""

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_STARTS = {
    b"[": ("er én stor liste", "skriv ét objekt pr. linje, uden [ ] om og uden komma imellem"),
    b"<": ("er ikke NDJSON, men ligner HTML eller XML", "gem som NDJSON (ét JSON-objekt pr. linje) eller XLSX"),
    b"%": ("er ikke NDJSON, men ligner PDF", "gem som NDJSON (ét JSON-objekt pr. linje) eller XLSX"),
    b"\x00": ("er ikke tekst", "gem som NDJSON (ét JSON-objekt pr. linje) eller XLSX"),
    b"\xd0": ("er en ældre Excel-fil (.xls)", "åbn den i Excel, og gem den som .xlsx"),
}


class NdjsonFile:
    """A seekable stream of lines; `kinds` are those that its objects may be of."""

    def __init__(self, name: str, stream: IO[bytes], kinds: Collection[str] = KINDS) -> None:
        self.name = name
        self._stream = stream
        self._lines: dict[str, list[tuple[int, int]]] = {kind: [] for kind in kinds}

    def scan(self) -> list[RowError]:
        """Find each line's kind; a line that is not an object with a known `type` is an error."""
        self._check_start()
        errors = []
        for row, offset, line in self._read_lines():
            try:
                kind = _object(line).get("type")
            except _BadLine as bad:
                errors.append(RowError(self.name, row, "", *bad.args))
                continue
            if isinstance(kind, str) and kind in self._lines:
                self._lines[kind].append((row, offset))
            else:
                problem = "mangler" if kind is None else "er ukendt"
                errors.append(RowError(self.name, row, "type", problem, f"brug en af: {', '.join(self._lines)}"))
        if not errors and not self.count():
            raise UnreadableFile("er tom", "skriv mindst ét objekt i filen")
        return errors

    def count(self) -> int:
        """Lines with a known kind."""
        return sum(map(len, self._lines.values()))

    def records(self, kind: str) -> Iterator[Record]:
        """Lines of a kind."""
        for row, offset in self._lines[kind]:
            self._stream.seek(offset)
            payload = _object(self._stream.readline().removeprefix(_UTF8_MARK))
            del payload["type"]
            yield Record(self.name, kind, payload, partial(Place, "", row))

    def digest(self) -> str:
        """SHA-256 of the file."""
        return sha256_of(self._stream)

    def _check_start(self) -> None:
        size = self._stream.seek(0, os.SEEK_END)
        if size > MOST_BYTES:
            raise UnreadableFile(f"fylder over {megabytes(MOST_BYTES)}", "del den i flere filer")
        self._stream.seek(0)
        start = self._stream.read(64)
        self._stream.seek(0)
        if start.startswith(_UTF16_MARKS):
            raise UnreadableFile("er ikke i UTF-8, men i UTF-16", "gem filen med tegnsættet UTF-8")
        first = start.removeprefix(_UTF8_MARK).lstrip()[:1]
        if first in _OTHER_STARTS:
            raise UnreadableFile(*_OTHER_STARTS[first])

    def _read_lines(self) -> Iterator[tuple[int, int, bytes]]:
        """Row from 1, offset and bytes of each line that is not blank."""
        row, offset = 0, 0
        while line := self._stream.readline(MOST_LINE_BYTES + 1):
            row += 1
            length, piece = len(line), line
            while len(piece) > MOST_LINE_BYTES and not piece.endswith(b"\n"):
                piece = self._stream.readline(MOST_LINE_BYTES + 1)  # skip to the line's end
                length += len(piece)
            if row == 1:
                line = line.removeprefix(_UTF8_MARK)
            if line.strip():
                yield row, offset, line
            offset += length


class _BadLine(Exception):  # noqa: N818 - problem and fix of a line
    """What is wrong with a line, and what to do."""


def _object(line: bytes) -> dict[str, Any]:
    """The object of a line: no name twice, no NaN, no infinity."""
    if len(line) > MOST_LINE_BYTES:
        raise _BadLine(f"er længere end {megabytes(MOST_LINE_BYTES)}", "skriv ét objekt pr. linje")
    try:
        found = json.loads(line.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise _BadLine("er ikke i UTF-8", "gem filen med tegnsættet UTF-8") from None
    except json.JSONDecodeError as error:
        raise _BadLine(f"er ikke JSON (fra tegn {error.pos + 1})", "skriv ét JSON-objekt på linjen") from None
    except RecursionError:
        raise _BadLine("har for mange lag af lister eller objekter", "brug kun felterne fra formatet") from None
    except ValueError:  # a whole number with thousands of digits
        raise _BadLine("har et tal, der er alt for langt", "skriv et almindeligt tal") from None
    if not isinstance(found, dict):
        raise _BadLine("er ikke et objekt", "skriv felter og værdier i { }")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _BadLine("har det samme felt to gange", "skriv hvert felt én gang")
    return found


def _refuse_constant(_constant: str) -> float:
    raise _BadLine("har NaN eller Infinity, som ikke er tal", "skriv et tal, eller udelad feltet")
