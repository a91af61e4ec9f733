"""What an auditor looks for, as an address that names no person: ids only, never what may be a CPR number or a name."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from matcher.domain.validation import InvalidValueError, check_id


@dataclass(frozen=True, slots=True)
class Search:
    """Day, person who did it, what it was about, and the kind."""

    day: date | None = None
    by: str = ""
    about: str = ""
    kind: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for."""
        return self != Search()


NOT_AN_ID = "–"
"""Stands in an address for what cannot be an id, and is found nowhere."""


def read_search(day: str, by: str, about: str, kind: str = "") -> Search:
    """What was written in the form; what cannot be an id finds nothing, and is not kept."""
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        on = None
    return Search(on, _id(by), _id(about), kind)


def _id(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        check_id("id", text)
    except InvalidValueError:
        return NOT_AN_ID
    return text


def address_of(path: str, search: Search, **more: object) -> str:
    """The address of what was found."""
    parts = {
        "dag": search.day.isoformat() if search.day else "",
        "af": search.by,
        "om": search.about,
        "slags": search.kind,
        **more,
    }
    given = {name: value for name, value in parts.items() if value not in ("", None)}
    return f"{path}?{urlencode(given)}" if given else path
