"""Writes the workbook that the import reads: empty with examples, or filled with a municipality's own values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from service.codec import CODECS, DomainValue
from service.use_cases.template_example import EXAMPLE, GUIDANCE
from service.use_cases.template_sheets import SHEETS, Column, Sheet, children_of

_ROWS_WITH_LISTS = 5_000
"""Rows that get drop-down lists and formats."""
_HEAD = PatternFill("solid", fgColor="D5E5F0")
_HEAD_REQUIRED = PatternFill("solid", fgColor="F6E1B5")
_BOLD = Font(bold=True)
_TOP = Alignment(vertical="top", wrap_text=True)


def write_template(path: Path) -> None:
    """Write the template: guidance, one sheet a kind of row, drop-down lists, and examples that can be imported."""
    write_workbook(path, EXAMPLE)


def write_workbook(path: Path, objects: Mapping[str, Iterable[dict[str, Any]]]) -> None:
    """Write JSON objects by kind (see `service.codec`) into the template's sheets.

    A work agreement inside a placement has no column: such placements belong in NDJSON.
    """
    book = Workbook()
    guidance = book.active
    if not isinstance(guidance, Worksheet):
        raise TypeError("a new workbook begins with a sheet")
    guidance.title = "Vejledning"
    _write_guidance(guidance)
    tables = {sheet.name: _Table(book.create_sheet(sheet.name), sheet) for sheet in SHEETS}
    lists = _write_lists(book.create_sheet("Lister"))
    for table in tables.values():
        table.write_header(lists)
    for sheet in SHEETS:
        if not sheet.parent:
            for found in objects.get(sheet.kind, ()):
                _write_object(tables, sheet, found, "")
    book.save(path)


def as_objects(values: Mapping[str, Iterable[DomainValue]]) -> dict[str, Iterator[dict[str, Any]]]:
    """JSON objects of domain values by kind."""
    return {kind: map(CODECS[kind].encode, found) for kind, found in values.items()}


@dataclass(slots=True)
class _Table:
    """One sheet under way."""

    page: Worksheet
    sheet: Sheet
    row: int = 1

    def write_header(self, lists: Mapping[tuple[str, ...], str]) -> None:
        """Headers with a star where a cell must be filled, widths, formats and drop-down lists."""
        for number, column in enumerate(self.sheet.all_columns, start=1):
            letter = get_column_letter(number)
            cell = self.page.cell(1, number, f"{column.header} *" if column.required else column.header)
            cell.font = _BOLD
            cell.fill = _HEAD_REQUIRED if column.required else _HEAD
            self.page.column_dimensions[letter].width = max(14, min(40, len(column.header) + 4))
            self.page.column_dimensions[letter].number_format = column.cell.number_format
            if column.cell.choices and not column.cell.several:
                self._offer(f"{letter}2:{letter}{_ROWS_WITH_LISTS}", lists[column.cell.choices])
        self.page.freeze_panes = "B2"

    def _offer(self, cells: str, source: str) -> None:
        validation = DataValidation(type="list", formula1=source, allow_blank=True)
        validation.errorTitle = "Ukendt værdi"
        validation.error = "Vælg en værdi fra listen."
        validation.add(cells)
        self.page.add_data_validation(validation)

    def write(self, found: Mapping[str, Any], parent_id: str) -> None:
        """One row."""
        self.row += 1
        for number, column in enumerate(self.sheet.all_columns, start=1):
            value = _at(found, column.path) if column.path else parent_id
            if value not in (None, "", []):
                _fill(self.page.cell(self.row, number), column, value)


def _fill(cell: Any, column: Column, value: Any) -> None:
    """Write a value; a text that looks like a formula stays a text."""
    written = column.cell.write(value)
    cell.value = written
    if isinstance(written, str):
        cell.data_type = "s"
        cell.quotePrefix = written.startswith("=")
    cell.number_format = column.cell.number_format


def _write_object(tables: Mapping[str, _Table], sheet: Sheet, found: Mapping[str, Any], parent_id: str) -> None:
    tables[sheet.name].write(found, parent_id)
    for child in children_of(sheet):
        for below in found.get(child.list_field) or ():
            _write_object(tables, child, below, found["id"])


def _at(found: Mapping[str, Any], path: str) -> Any:
    value: Any = found
    for step in path.split("."):
        value = None if value is None else value.get(step)
    return value


def _write_lists(page: Worksheet) -> dict[tuple[str, ...], str]:
    """Every list of choices as a column; gives the address of each."""
    addresses: dict[tuple[str, ...], str] = {}
    for sheet in SHEETS:
        for column in sheet.columns:
            choices = column.cell.choices
            if not choices or choices in addresses:
                continue
            number = len(addresses) + 1
            letter = get_column_letter(number)
            page.cell(1, number, column.header).font = _BOLD
            for row, name in enumerate(choices, start=2):
                page.cell(row, number, name)
            page.column_dimensions[letter].width = 40
            addresses[choices] = f"Lister!${letter}$2:${letter}${len(choices) + 1}"
    page.freeze_panes = "A2"
    return addresses


def _write_guidance(page: Worksheet) -> None:
    page.column_dimensions["A"].width = 20
    page.column_dimensions["B"].width = 32
    page.column_dimensions["C"].width = 14
    page.column_dimensions["D"].width = 48
    page.column_dimensions["E"].width = 70
    page.append(["Sådan udfylder du arkene"])
    page["A1"].font = Font(bold=True, size=14)
    for line in GUIDANCE:
        page.append([line])
    page.append([])
    page.append(["Ark", "Kolonne", "Skal udfyldes", "Indhold", "Betydning"])
    for cell in page[page.max_row]:
        cell.font = _BOLD
        cell.fill = _HEAD
    for sheet in SHEETS:
        for column in sheet.all_columns:
            page.append([sheet.name, column.header, "ja" if column.required else "", column.cell.hint, column.help])
            for cell in page[page.max_row]:
                cell.alignment = _TOP
