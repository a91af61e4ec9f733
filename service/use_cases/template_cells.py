"""What a cell of the workbook may hold: how it is read, written and offered for choice; Danish for the typist."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

SEPARATOR = ";"
TEXT_FORMAT = "@"
DATE_FORMAT = "dd-mm-yyyy"
_SHOWN_CHOICES = 8


class CellError(Exception):
    """A cell that cannot be read: the problem and the fix, in Danish."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Cell:
    """How a kind of cell is read into JSON and written from JSON. `choices` become a drop-down list."""

    read: Callable[[object], Any]
    write: Callable[[Any], object]
    hint: str
    choices: tuple[str, ...] = ()
    number_format: str = "General"
    several: bool = False


def _same(value: Any) -> object:
    return value


def _as_text(value: object) -> str:
    """The text of a cell; a number as a Danish Excel shows it."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _read_number(value: object) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = _as_text(value).strip().replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,15}", text):
        return int(text)
    if re.fullmatch(r"[+-]?\d{1,15}\.\d{1,17}", text):
        return float(text)
    raise CellError("er ikke et tal", "skriv et tal, fx 7,5")


def _read_whole(value: object) -> int:
    number = _read_number(value)
    if isinstance(number, float) and not number.is_integer():
        raise CellError("er ikke et helt tal", "skriv et helt tal")
    return int(number)


def _read_level(value: object) -> int | float:
    """A number, or ja/nej for a condition that is there or not."""
    answer = _YES_NO.get(_as_text(value).strip().casefold())
    return _read_number(value) if answer is None else int(answer)


def _read_yes_no(value: object) -> bool:
    answer = _YES_NO.get(_as_text(value).strip().casefold())
    if answer is None:
        raise CellError("er hverken ja eller nej", "skriv ja eller nej")
    return answer


_YES_NO = {"ja": True, "nej": False}


def _read_date(value: object) -> str:
    if isinstance(value, datetime):
        if value.time() != time():
            raise CellError("er en dato med klokkeslæt", "skriv kun datoen, fx 01-10-2026")
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        for pattern in ("%d-%m-%Y", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
            try:
                return datetime.strptime(value.strip(), pattern).date().isoformat()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
    raise CellError("er ikke en dato, der findes", "skriv en dato, fx 01-10-2026")


def _read_minutes(value: object) -> int:
    """Minutes after midnight."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    if isinstance(value, float) and 0 <= value < 1:  # Excel keeps a time of day as a share of the day
        return round(value * 24 * 60)
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?", _as_text(value).strip())
    if found:
        minutes = int(found[1]) * 60 + int(found[2] or 0)
        if minutes <= 24 * 60 and int(found[2] or 0) < 60:
            return minutes
    raise CellError("er ikke et klokkeslæt", "skriv et klokkeslæt, fx 08:00")


def _write_minutes(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _write_date(day: str) -> date:
    return date.fromisoformat(day)


TEXT = Cell(_as_text, _same, "tekst", number_format=TEXT_FORMAT)
ID = Cell(
    lambda value: _as_text(value).strip(), _same, "id: bogstaver (a-z), tal og . _ : -", number_format=TEXT_FORMAT
)
NUMBER = Cell(_read_number, _same, "tal")
SHARE = Cell(_read_number, _same, "andel fra 0 til 1")
WHOLE = Cell(_read_whole, _same, "helt tal")
LEVEL = Cell(_read_level, _same, "tal, eller ja/nej")
DATE = Cell(_read_date, _write_date, "dato", number_format=DATE_FORMAT)
TIME = Cell(_read_minutes, _write_minutes, "klokkeslæt, fx 08:00", number_format=TEXT_FORMAT)
YES_NO = Cell(
    _read_yes_no, lambda answer: "ja" if answer else "nej", "ja eller nej", ("ja", "nej"), number_format=TEXT_FORMAT
)


def choice(labels: Mapping[Any, str], *, open_ended: bool = False) -> Cell:
    """One of some values, chosen by its Danish name or its code.

    `open_ended` lets an unknown text through, for codes that are checked against the catalogue afterwards.
    """
    by_name = {danish.casefold(): value for value, danish in labels.items()}
    by_code = {str(value).casefold(): value for value in labels}
    names = tuple(labels.values())
    few = len(names) <= _SHOWN_CHOICES
    fix = f"vælg en af: {f'{SEPARATOR} '.join(names)}" if few else "vælg fra listen (se arket Lister)"

    def read(value: object) -> Any:
        text = _as_text(value).strip()
        found = by_name.get(text.casefold(), by_code.get(text.casefold()))
        if found is None and not open_ended:
            raise CellError("er ukendt", fix)
        return text if found is None else found

    return Cell(read, lambda value: labels.get(value, str(value)), "vælg fra listen", names, TEXT_FORMAT)


def choices_of(members: Iterable[Enum], name: Callable[[Any], str]) -> Cell:
    """One member of an enumeration."""
    return choice({member.value: name(member) for member in members})


def several(cell: Cell) -> Cell:
    """Any number of values in one cell, with a semicolon between them."""

    def read(value: object) -> list[Any]:
        return [cell.read(part.strip()) for part in _as_text(value).split(SEPARATOR) if part.strip()]

    def write(values: Iterable[Any]) -> object:
        return f"{SEPARATOR} ".join(_as_text(cell.write(value)) for value in values)

    return Cell(read, write, f"{cell.hint}; flere med semikolon imellem", cell.choices, TEXT_FORMAT, several=True)
