"""Rows of a workbook made from the template. Formulas are refused, never computed; sizes are limited before reading."""

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from service.problems import FieldError
from service.use_cases.import_report import KINDS, Place, Record, RowError, UnreadableFile, megabytes, sha256_of
from service.use_cases.template_cells import CellError
from service.use_cases.template_sheets import SHEETS, Column, Sheet, children_of

ZIP_MARK = b"PK\x03\x04"
MOST_BYTES = 50_000_000
"""Largest workbook, bytes."""
MOST_UNPACKED_BYTES = 500_000_000
"""Largest workbook once unpacked, bytes; a small file that unpacks to more is no workbook of people."""
MOST_PARTS = 1_000
MOST_ROWS = 200_000
"""Most rows in one sheet that hold anything."""
MOST_BLANK_ROWS = 10_000
"""After so many blank rows a sheet is taken to have ended."""

_OF_A_MUNICIPALITY = frozenset({"consultant", "company", "citizen", "agreement"})
_BEGINS = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?[^>]*>\s*)*<[A-Za-z]")
"""How a part in UTF-8 begins whose first element comes at once: nothing can be declared after it."""
_BROKEN = (InvalidFileException, zipfile.BadZipFile, SyntaxError, KeyError, ValueError, TypeError, EOFError, OSError)
"""What openpyxl raises on a file that is damaged or made up; broken XML is a SyntaxError."""


@dataclass(slots=True)
class _Item:
    """A row, its object, and the rows below it in other sheets."""

    sheet: Sheet
    row: int
    payload: dict[str, Any]
    unreadable: dict[str, FieldError]
    parent_id: str = ""
    below: dict[str, list["_Item"]] = field(default_factory=dict)


class WorkbookFile:
    """A workbook. Rows that belong together stand in several sheets and become one record."""

    def __init__(self, name: str, stream: IO[bytes], municipality: str) -> None:
        self.name = name
        self._stream = stream
        self._municipality = municipality
        self._records: dict[str, list[Record]] = {kind: [] for kind in KINDS}

    def scan(self) -> list[RowError]:
        """Read all sheets; a row that belongs to no row is an error."""
        _check_package(self._stream)
        errors: list[RowError] = []
        items = _read_workbook(self._stream)
        for sheet in SHEETS:
            if sheet.parent:
                errors += self._attach(sheet, items[sheet.name], items[sheet.parent])
        for sheet in SHEETS:
            if not sheet.parent:
                self._records[sheet.kind] += map(self._record, items[sheet.name])
        if not errors and not self.count():
            raise UnreadableFile("er tom", "udfyld mindst én række i et af arkene")
        return errors

    def count(self) -> int:
        """Rows that stand for themselves."""
        return sum(map(len, self._records.values()))

    def records(self, kind: str) -> Iterator[Record]:
        """Rows of a kind, in the sheet's order."""
        return iter(self._records[kind])

    def digest(self) -> str:
        """SHA-256 of the file."""
        return sha256_of(self._stream)

    def _attach(self, sheet: Sheet, rows: Iterable[_Item], parents: Iterable[_Item]) -> Iterator[RowError]:
        """Hang each row on the row that its key names."""
        by_id: dict[object, _Item] = {}
        for parent in parents:
            by_id.setdefault(parent.payload.get("id"), parent)
        for row in rows:
            owner = by_id.get(row.parent_id)
            if owner is not None:
                owner.below.setdefault(sheet.list_field, []).append(row)
                continue
            problem = f"findes ikke i arket {sheet.parent}" if row.parent_id else "mangler"
            fix = f"skriv id'et på en række i arket {sheet.parent}"
            yield RowError(self.name, row.row, sheet.key, problem, fix, sheet.name)

    def _record(self, item: _Item) -> Record:
        places: dict[str, _Item] = {}
        unreadable: dict[str, FieldError] = {}
        payload = _assemble(item, "", places, unreadable)
        if item.sheet.kind in _OF_A_MUNICIPALITY:
            payload["municipality"] = self._municipality
        not_carried = ("work_agreement",) if item.sheet.kind == "placement" else ()
        return Record(self.name, item.sheet.kind, payload, partial(_place, places), unreadable, not_carried)


def _assemble(item: _Item, path: str, places: dict[str, _Item], unreadable: dict[str, FieldError]) -> dict[str, Any]:
    """The object of a row with the lists of the sheets below it; notes where each path stands."""
    places[path] = item
    prefix = f"{path}." if path else ""
    for name, error in item.unreadable.items():
        unreadable[prefix + name] = FieldError(prefix + name, error.problem, error.fix)
    payload = dict(item.payload)
    for child in children_of(item.sheet):
        rows = item.below.get(child.list_field, [])
        if rows or child.list_field in ("worksites", "slots"):
            payload[child.list_field] = [
                _assemble(row, f"{prefix}{child.list_field}[{index}]", places, unreadable)
                for index, row in enumerate(rows)
            ]
    return payload


def _place(places: dict[str, _Item], path: str) -> Place:
    """Where a field stands: the row of the longest path that leads to it, and the header of its column."""
    known = path
    while known not in places:
        known = known.rpartition(".")[0]
    item = places[known]
    rest = path[len(known) :].lstrip(".")
    name = rest.partition("[")[0]
    for column in item.sheet.columns:
        if name and (column.path == name or column.path.startswith(f"{name}.")):
            return Place(item.sheet.name, item.row, column.header)
    for child in children_of(item.sheet):
        if child.list_field == name:
            return Place(item.sheet.name, item.row, f"rækkerne i arket {child.name}")
    return Place(item.sheet.name, item.row, rest)


def _check_package(stream: IO[bytes]) -> None:
    """Refuse what is too large or not a plain workbook, before anything is unpacked."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > MOST_BYTES:
        raise UnreadableFile(f"fylder over {megabytes(MOST_BYTES)}", "del den i flere filer, eller brug NDJSON")
    try:
        with zipfile.ZipFile(stream) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise UnreadableFile(
                    f"fylder over {megabytes(MOST_UNPACKED_BYTES)}, når den er pakket ud",
                    "fjern tomme rækker og billeder, del den i flere filer, eller brug NDJSON",
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and not _BEGINS.match(package.open(part).read(1024)):
                    raise _no_workbook()  # document types and entities have no place in a workbook
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _no_workbook() from None
    stream.seek(0)


def _no_workbook() -> UnreadableFile:
    return UnreadableFile("er ikke en Excel-fil, der kan læses", "gem den som .xlsx fra Excel eller LibreOffice")


def _read_workbook(stream: IO[bytes]) -> dict[str, list[_Item]]:
    """Rows of each known sheet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl warns of formatting that it does not read
        try:
            book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        except _BROKEN:
            raise _no_workbook() from None
        try:
            tables = {table.title: table for table in book.worksheets}
            if not any(sheet.name in tables for sheet in SHEETS):
                raise UnreadableFile("har ingen af skabelonens ark", "brug skabelonen: matcher import --template FIL")
            return {
                sheet.name: list(_read_sheet(sheet, _rows(tables[sheet.name]))) if sheet.name in tables else []
                for sheet in SHEETS
            }
        finally:
            book.close()


def _rows(table: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a sheet, which openpyxl unpacks one by one."""
    rows = iter(table.iter_rows())
    while True:
        try:
            row = next(rows, None)
        except _BROKEN:
            raise _no_workbook() from None
        if row is None:
            return
        yield row


def _read_sheet(sheet: Sheet, rows: Iterator[tuple[Any, ...]]) -> Iterator[_Item]:
    columns = _read_header(sheet, next(rows, ()))
    found = blank = 0
    for number, cells in enumerate(rows, start=2):
        filled = [(column, cell) for column, cell in zip(columns, cells, strict=False) if not _is_blank(cell.value)]
        if not any(column is not None for column, _ in filled):
            blank += 1
            if blank > MOST_BLANK_ROWS:
                return
            continue
        found, blank = found + 1, 0
        if found > MOST_ROWS:
            raise UnreadableFile(
                f"har over {MOST_ROWS} rækker i arket {sheet.name}", "del den i flere filer, eller brug NDJSON"
            )
        yield _read_row(sheet, number, [(column, cell) for column, cell in filled if column is not None])


def _read_header(sheet: Sheet, cells: Iterable[Any]) -> list[Column | None]:
    """The column of each cell of the first row; every one must be known, and none twice."""
    by_name = {column.header.casefold(): column for column in sheet.all_columns}
    columns: list[Column | None] = []
    for cell in cells:
        if _is_blank(cell.value):
            columns.append(None)
            continue
        column = by_name.get(str(cell.value).rstrip(" *").casefold())
        where = f"i arket {sheet.name} (celle {cell.coordinate})"
        if column is None:
            raise UnreadableFile(f"har en ukendt kolonne {where}", "brug skabelonens overskrifter, eller slet kolonnen")
        if column in columns:
            raise UnreadableFile(f"har kolonnen {column.header} to gange {where}", "behold den ene")
        columns.append(column)
    missing = [column.header for column in sheet.all_columns if column.required and column not in columns]
    if missing and columns:
        raise UnreadableFile(
            f"mangler kolonner i arket {sheet.name}: {', '.join(missing)}", "brug skabelonens overskrifter i række 1"
        )
    return columns


def _read_row(sheet: Sheet, number: int, cells: Iterable[tuple[Column, Any]]) -> _Item:
    item = _Item(sheet, number, {}, {})
    for column, cell in cells:
        try:
            value = _read_cell(column, cell)
        except CellError as error:
            item.unreadable[column.path] = FieldError(column.path, error.problem, error.fix)
            continue
        if not column.path:
            item.parent_id = value
            continue
        *outer, name = column.path.split(".")
        target = item.payload
        for step in outer:
            target = target.setdefault(step, {})
        target[name] = value
    return item


def _read_cell(column: Column, cell: Any) -> Any:
    if cell.data_type == "f":
        raise CellError("er en formel", "kopiér cellen, og indsæt den som værdi")
    if cell.data_type == "e":
        raise CellError("er en regnefejl", "skriv værdien i stedet for formlen")
    return column.cell.read(cell.value)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
