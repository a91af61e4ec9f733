"""Cells of the workbook: what people may type, and what they are told."""

from datetime import date, datetime, time
from typing import Any

import pytest

from service.use_cases.template_cells import (
    DATE,
    ID,
    LEVEL,
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    YES_NO,
    Cell,
    CellError,
    choice,
    several,
)
from service.use_cases.template_sheets import SHEETS

COLOUR = choice({"r": "rød", "g": "grøn"})


@pytest.mark.parametrize(
    ("cell", "typed", "read"),
    [
        (TEXT, "to linjer\nher", "to linjer\nher"),
        (TEXT, 7.0, "7"),
        (TEXT, 7.5, "7,5"),
        (TEXT, True, "ja"),
        (TEXT, False, "nej"),
        (TEXT, date(2026, 10, 1), "2026-10-01"),
        (ID, " B1 ", "B1"),
        (ID, 6900, "6900"),
        (NUMBER, 7.5, 7.5),
        (NUMBER, "7,5", 7.5),
        (NUMBER, " 7 ", 7),
        (WHOLE, 4.0, 4),
        (WHOLE, "4", 4),
        (LEVEL, "ja", 1),
        (LEVEL, "Nej", 0),
        (LEVEL, "0,25", 0.25),
        (YES_NO, "JA", True),
        (YES_NO, False, False),
        (DATE, date(2026, 10, 1), "2026-10-01"),
        (DATE, datetime(2026, 10, 1), "2026-10-01"),  # noqa: DTZ001 - as openpyxl reads a date
        (DATE, "01-10-2026", "2026-10-01"),
        (DATE, "1.10.2026", "2026-10-01"),
        (DATE, "1/10/2026", "2026-10-01"),
        (DATE, "2026-10-01", "2026-10-01"),
        (TIME, time(8, 30), 510),
        (TIME, datetime(1900, 1, 1, 8, 30), 510),  # noqa: DTZ001 - as openpyxl reads a time
        (TIME, 0.25, 360),
        (TIME, "8", 480),
        (TIME, "8.15", 495),
        (TIME, "24:00", 1440),
        (COLOUR, "Rød", "r"),
        (COLOUR, "G", "g"),
        (several(COLOUR), "rød; grøn;", ["r", "g"]),
        (several(NUMBER), "7,5; 8", [7.5, 8]),
        (choice({"r": "rød"}, open_ended=True), "blå", "blå"),
    ],
)
def test_a_cell_reads_what_people_type(cell: Cell, typed: object, read: Any) -> None:
    found = cell.read(typed)
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("cell", "typed", "problem"),
    [
        (NUMBER, "syv", "er ikke et tal"),
        (NUMBER, "nan", "er ikke et tal"),
        (NUMBER, "1e9", "er ikke et tal"),
        (NUMBER, True, "er ikke et tal"),
        (NUMBER, "9" * 40, "er ikke et tal"),
        (WHOLE, 1.5, "er ikke et helt tal"),
        (YES_NO, "måske", "er hverken ja eller nej"),
        (DATE, "31-02-2026", "er ikke en dato, der findes"),
        (DATE, 46000, "er ikke en dato, der findes"),
        (DATE, datetime(2026, 10, 1, 12), "er en dato med klokkeslæt"),  # noqa: DTZ001 - as openpyxl reads it
        (TIME, "24:01", "er ikke et klokkeslæt"),
        (TIME, "8:75", "er ikke et klokkeslæt"),
        (TIME, "morgen", "er ikke et klokkeslæt"),
        (COLOUR, "blå", "er ukendt"),
        (several(COLOUR), "rød; blå", "er ukendt"),
    ],
)
def test_a_cell_refuses_the_rest_with_a_fix(cell: Cell, typed: object, problem: str) -> None:
    with pytest.raises(CellError) as caught:
        cell.read(typed)
    assert caught.value.problem == problem
    assert caught.value.fix


def test_a_few_choices_are_listed_and_many_are_pointed_at() -> None:
    with pytest.raises(CellError) as few:
        COLOUR.read("blå")
    assert few.value.fix == "vælg en af: rød; grøn"
    with pytest.raises(CellError) as many:
        choice({number: str(number) for number in range(20)}).read("blå")
    assert many.value.fix == "vælg fra listen (se arket Lister)"


def test_every_choice_reads_back_as_itself() -> None:
    for sheet in SHEETS:
        for column in sheet.columns:
            for name in column.cell.choices:
                read = column.cell.read(name)
                assert column.cell.write(read) == name


def test_headers_are_unique_and_children_come_after_what_they_belong_to() -> None:
    seen: set[str] = set()
    for sheet in SHEETS:
        headers = [column.header.casefold() for column in sheet.all_columns]
        assert len(set(headers)) == len(headers)
        assert not sheet.parent or sheet.parent in seen
        seen.add(sheet.name)
