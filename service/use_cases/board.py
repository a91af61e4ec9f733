"""The job club's board: open places as citizens and consultants look at them together, with nobody's data on it.

A place is told by its title, area, hours, kind and what one does there. Who the company is, is not told: what it has
agreed with the municipality is its own matter until a citizen and a consultant ask for the place.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from matcher.domain.agreement import PlacementForm, SlotSetting
from matcher.domain.catalogue import AREAS, CERTIFICATES, JOB_FUNCTIONS
from matcher.language import Text
from service.db.board_repositories import OpenPlace, OpenPlaces
from service.db.scoping import whole_municipality
from service.use_cases.town_names import town_name

PLACES_SHOWN: Final = 24
"""Places on one page of the board."""


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """One place on the board; hours are a week, `tasks` what one does, `taught` what one can learn."""

    title: str
    what: Text
    town: str
    setting: SlotSetting
    form: PlacementForm
    hours_from: float
    hours_to: float
    free: int
    starts_on: date
    tasks: tuple[str, ...]
    taught: tuple[Text, ...]
    certificates: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by, and how many places it leaves."""

    code: str
    name: Text
    count: int


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board. `pages` is at least 1; a number beyond it shows the last one."""

    places: tuple[BoardPlace, ...]
    total: int
    page: int
    pages: int
    interests: tuple[Choice, ...]
    towns: tuple[Choice, ...]


def board(
    session: Session, municipality: str, today: date, *, interest: str = "", postcode: str = "", page: int = 1
) -> Board:
    """Open places of an area of work and a postcode; "" asks for all, and an unknown one leaves none."""
    with whole_municipality(session):
        places = OpenPlaces(session, municipality, today)
        counts = places.counts()
        wanted = sorted({code for code, _ in counts if _area(code) == interest}) if interest else None
        total = sum(
            count
            for (code, town), count in counts.items()
            if (wanted is None or code in wanted) and postcode in ("", town)
        )
        pages = max(1, -(-total // PLACES_SHOWN))
        page = min(page, pages)
        found = places.page(wanted, postcode, (page - 1) * PLACES_SHOWN, PLACES_SHOWN)
    by_area = dict.fromkeys(AREAS, 0)
    by_town: Counter[str] = Counter()
    for (code, town), count in counts.items():
        by_town[town] += count
        if _area(code) in by_area:
            by_area[_area(code)] += count
    interests = [
        Choice(code, Text(AREAS[code].danish, AREAS[code].english), count) for code, count in by_area.items() if count
    ]
    towns = [Choice(code, Text(town_name(code), town_name(code)), count) for code, count in by_town.items()]
    return Board(
        tuple(_place(one) for one in found),
        total,
        page,
        pages,
        tuple(sorted(interests, key=lambda one: one.name.danish)),
        tuple(sorted(towns, key=lambda one: one.code)),
    )


def _area(function: str) -> str:
    return JOB_FUNCTIONS[function].area if function in JOB_FUNCTIONS else ""


def _place(found: OpenPlace) -> BoardPlace:
    slot = found.slot
    function = JOB_FUNCTIONS.get(slot.function)
    what = Text(function.danish, function.english) if function else Text(slot.title, slot.title)
    title = what.danish if _names(slot.title, found.names) else slot.title
    return BoardPlace(
        title[:1].upper() + title[1:],
        what,
        town_name(found.postcode),
        slot.setting,
        slot.form,
        slot.hours_from,
        slot.hours_to,
        found.free,
        found.opens_on,
        tuple(task for task in slot.tasks if not _names(task, found.names)),
        tuple(
            Text(JOB_FUNCTIONS[code].danish, JOB_FUNCTIONS[code].english)
            for code in slot.taught
            if code in JOB_FUNCTIONS
        ),
        tuple(
            Text(CERTIFICATES[code].danish, CERTIFICATES[code].english)
            for code in slot.certificates
            if code in CERTIFICATES
        ),
    )


def _names(text: str, names: tuple[str, ...]) -> bool:
    """Whether a text that the company wrote says who it is."""
    return any(re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) for name in names)
