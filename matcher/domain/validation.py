"""How domain values refuse bad data: one error type that names the field, the problem and the fix."""

import math
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from enum import Enum

LIKE_CPR = "looks like a CPR number"
MAX_TEXT = 4000
"""Longest free text, characters: about two pages, more than any job goal or task list needs."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_CPR_SHAPE = re.compile(r"(?<!\d)(\d\d)(\d\d)(\d\d)(?:\s?[-‐‑–—−_./:]\s?|\s|%2D)?\d{4}(?!\d)", re.ASCII | re.IGNORECASE)
_NO_PERSON = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bp-?(?:nr|nummer|number|enhed)\.?:?\s*10\d{8}\b",
    re.ASCII | re.IGNORECASE,
)
"""UUIDs, and P-numbers that are called so: both may have the digits of a CPR number in them."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MANY_DIGITS = re.compile(r"\d{6}", re.ASCII)
_KEPT: ContextVar[bool] = ContextVar("kept", default=False)
_P_NUMBER = re.compile(r"10\d{8}", re.ASCII)


class InvalidValueError(ValueError):
    """A value that the domain refuses.

    Attributes
    ----------
    field : the field's name as in the class, e.g. ``hours_now``
    problem : what is wrong, without echoing the value (it may be personal data)
    fix : what to write instead
    """

    def __init__(self, field: str, problem: str, fix: str) -> None:
        super().__init__(f"{field}: {problem}; {fix}")
        self.field = field
        self.problem = problem
        self.fix = fix

    def within(self, parent: str) -> "InvalidValueError":
        """The same error, with the field's path seen from ``parent``."""
        return InvalidValueError(f"{parent}.{self.field}", self.problem, self.fix)


def holds_cpr(text: str) -> bool:
    """Whether a Danish civil registration number (DDMMYY-XXXX) stands somewhere in a text.

    Numbers without modulus 11 count, and replacement numbers (day + 60); a day that no year has does not.
    """
    if not _MANY_DIGITS.search(text):  # nearly every text
        return False
    return any(
        _is_day(int(found[1]), int(found[2]), int(found[3])) for found in _CPR_SHAPE.finditer(_NO_PERSON.sub(" ", text))
    )


def _is_day(day: int, month: int, year_of_century: int) -> bool:
    try:
        date(2000 + year_of_century, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


@contextmanager
def kept_already() -> Iterator[None]:
    """In here values are read that were kept before: numbers in texts that were let through then do not close them."""
    token = _KEPT.set(True)
    try:
        yield
    finally:
        _KEPT.reset(token)


def check_no_cpr(field: str, value: str, fix: str = "leave the number out") -> None:
    """No CPR number stands in it, where it was not `kept_already`."""
    if not _KEPT.get() and holds_cpr(value):
        raise InvalidValueError(field, LIKE_CPR, fix)


def check_id(field: str, value: str) -> None:
    """An id is the case system's own string or a UUID: 1-64 of letters, digits and ``. _ : -``; never a CPR number."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidValueError(
            field, "is not an id", "use 1-64 letters, digits or . _ : - and begin with a letter or digit"
        )
    check_no_cpr(field, value, "use the case system's own id; a CPR number is never an id")


def check_worksite_id(field: str, value: str) -> None:
    """As ``check_id``, but a P-number will do as the id of a worksite, though many have the shape of a CPR number.

    P-numbers are ten digits that begin with 10. Source: the Central Business Register's numbering of production units.
    """
    if not (isinstance(value, str) and _P_NUMBER.fullmatch(value)):
        check_id(field, value)


def check_pattern(field: str, value: str, pattern: re.Pattern[str], problem: str, fix: str) -> None:
    """A text that a pattern matches from end to end."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidValueError(field, problem, fix)


def check_member(field: str, value: object, members: type[Enum]) -> None:
    """A member of an enumeration."""
    if not isinstance(value, members):
        known = (member.value if isinstance(member, str) else member.name for member in members)
        raise InvalidValueError(field, "is unknown", f"use one of: {', '.join(known)}")


def check_ids(field: str, values: Iterable[str]) -> None:
    """Every element is an id."""
    for index, value in enumerate(values):
        check_id(f"{field}[{index}]", value)


def check_text(field: str, value: str, *, required: bool = False) -> None:
    """Free text of at most MAX_TEXT characters, without control characters and CPR numbers."""
    if not isinstance(value, str):
        raise InvalidValueError(field, "is not text", "write text in quotes")
    if required and not value.strip():
        raise InvalidValueError(field, "is empty", "write a text")
    if len(value) > MAX_TEXT:
        raise InvalidValueError(field, f"has more than {MAX_TEXT} characters", "shorten it")
    if _CONTROL.search(value):
        raise InvalidValueError(field, "has control characters", "remove them")
    check_no_cpr(field, value)


def check_number(field: str, value: float, low: float, high: float, unit: str) -> None:
    """A finite number in [low, high]."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (isinstance(value, float) and not math.isfinite(value))  # a whole number may be too long for a float
    ):
        raise InvalidValueError(
            field, "is not a finite number", f"write a number from {low:g} to {high:g} {unit}".rstrip()
        )
    if not low <= value <= high:
        raise InvalidValueError(field, "is out of range", f"write a number from {low:g} to {high:g} {unit}".rstrip())


def check_whole(field: str, value: int, low: int, high: int, unit: str) -> None:
    """A whole number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValueError(
            field, "is not a whole number", f"write a whole number from {low} to {high} {unit}".rstrip()
        )
    check_number(field, value, low, high, unit)


def check_share(field: str, value: float) -> None:
    """A share in [0, 1]."""
    check_number(field, value, 0, 1, "(a share)")


def check_date(field: str, value: date) -> None:
    """A date without a time of day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValueError(field, "is not a date", "write a date as 2026-10-01, without a time")


def check_period(start_field: str, start: date, end_field: str, end: date | None) -> None:
    """Both are dates, and the end, if there is one, is not before the start."""
    check_date(start_field, start)
    if end is None:
        return
    check_date(end_field, end)
    if end < start:
        raise InvalidValueError(end_field, f"is before {start_field}", f"write a date on or after {start_field}")


def check_unique(field: str, values: Collection[object]) -> None:
    """No element twice."""
    if len(set(values)) != len(values):
        raise InvalidValueError(field, "has an element twice", "name each once")
