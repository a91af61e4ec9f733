"""The night's plan as a spreadsheet: a line a proposal, and a sheet of those without a place."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | float | None
_WIDEST = 60


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """A workbook of sheets, each with its name, its headings and its lines. Text is text: nothing is a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, headings, lines in sheets:
        sheet = book.create_sheet(name)
        rows: list[Sequence[Cell]] = [headings, *lines]
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                _write(sheet, number, column, value)
        for column in range(1, len(headings) + 1):
            longest = max(len(str(row[column - 1] or "")) for row in rows)
            sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, longest + 2)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
