"""A citizen's places on a map drawn here: postcodes, rings of travel time, and a list that says the same."""

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from features.postcodes import Postcodes
from features.travel import MODE_MODELS
from matcher.arrays import MatchInput
from matcher.domain.citizen import Citizen
from matcher.domain.geography import Position, TravelMode
from matcher.pair import Pair
from service.db.purpose import Channel
from service.dependencies import ServicesOf, View
from service.use_cases import records
from service.use_cases.desk import desk_of
from service.use_cases.town_names import town_name
from service.web.citizens_profile import PLACES
from service.web.rendering import page
from service.web.session import User
from service.web.translation import _, current_language

router = APIRouter(prefix="/borgere")
KM_PER_DEGREE: Final = 111.2
"""Length of a degree of latitude, km."""
RINGS_MINUTES: Final = (15, 30, 45, 60, 90)
WIDTH: Final = 480.0
"""Width of the drawing; its other lengths are in the same unit, so that markers and text keep their size."""
MARGIN: Final = 36.0
SMALLEST_KM: Final = 20.0
"""Width and height at least of what is drawn."""
APART: Final = 27.0
"""Least distance of two markers."""
GOLDEN_ANGLE: Final = 2.4
"""Radians; multiples of it point in ever new directions."""
ROUNDS: Final = 200
LETTER: Final = 6.5
"""Width of a letter, about."""
LINE: Final = 11.0
"""Height of a line."""
Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Something on the map. `x`, `y`: where it is drawn; `at_x`, `at_y`: where it is."""

    x: float
    y: float
    at_x: float
    at_y: float
    label: str

    @property
    def moved(self) -> bool:
        """Whether it had to make room for others."""
        return math.hypot(self.x - self.at_x, self.y - self.at_y) > APART / 4


@dataclass(frozen=True, slots=True)
class Words:
    """A text on the map, centred on `x` with its line at `y`."""

    x: float
    y: float
    text: str

    @property
    def box(self) -> Box:
        """What it covers."""
        wide = LETTER * len(self.text) / 2
        return self.x - wide, self.y - LINE, self.x + wide, self.y + 2


@dataclass(frozen=True, slots=True)
class Listed:
    """A place as the list beside the map has it; `at`: where it is, as far as it is known."""

    rank: int
    slot_id: str
    heading: str
    minutes: float | None
    mode: TravelMode | None
    at: Position | None


@dataclass(frozen=True, slots=True)
class Projection:
    """Positions to the drawing: a plane is exact enough within a municipality.

    x = MARGIN + (longitude - west) km_east scale, y = MARGIN + (north - latitude) KM_PER_DEGREE scale
    """

    west: float
    north: float
    km_east: float
    scale: float

    def of(self, at: Position) -> tuple[float, float]:
        """Where a position is drawn."""
        east_km, south_km = (at.longitude - self.west) * self.km_east, (self.north - at.latitude) * KM_PER_DEGREE
        return MARGIN + east_km * self.scale, MARGIN + south_km * self.scale


@router.get("/{citizen_id}/kort")
def show_map(request: Request, citizen_id: str, user: User, view: View, services: ServicesOf) -> Response:
    """Where the places of the citizen's list are, and how long the way takes."""
    recorder = services.recorder(user.caller, Channel.PAGE)
    found = records.show_list(
        view, recorder, citizen_id, today=services.today, places=PLACES, language=current_language()
    ).view
    desk = desk_of(view, user.caller.municipality, services.match_inputs, services.today)
    row, postcodes = desk.citizen_row(citizen_id), Postcodes.builtin()
    listed = []
    for rank, place in enumerate(found.places, 1):
        pair = Pair(desk.match_input, row, desk.slot_row(place.slot_id))
        worksite = pair.context.worksite
        at = worksite.position or postcodes.position(worksite.postcode)
        heading = place.explanation.heading
        listed.append(Listed(rank, place.slot_id, heading, pair.travel_minutes, pair.travel_mode, at))
    drawing = _drawing(desk.match_input, desk.match_input.citizen_values[row], listed, postcodes)
    return page(request, "citizens/map.html", user, section="citizens", found=found, listed=listed, drawing=drawing)


def _drawing(
    match_input: MatchInput, citizen: Citizen, listed: Sequence[Listed], postcodes: Postcodes
) -> dict[str, Any] | None:
    """What the map draws: the municipality's towns, the home, how far one comes, and the places; None without a home
    or places."""
    home = citizen.home or postcodes.position(citizen.home_postcode)
    placed = [one for one in listed if one.at is not None]
    if home is None or not placed:
        return None
    towns = _towns(match_input, postcodes)
    projection, height = _projection([home, *(one.at for one in placed if one.at), *towns.values()])
    centre = projection.of(home)
    exact = [projection.of(one.at) for one in placed if one.at]
    shown = spread(exact, centre, height)
    taken = [(x - APART / 2, y - APART / 2, x + APART / 2, y + APART / 2) for x, y in (centre, *shown)]
    fastest = min(
        (MODE_MODELS[mode] for mode in citizen.travel_modes),
        key=lambda one: one.fixed_minutes + 10 * one.minutes_per_km,
    )
    rings = [
        (minutes, (minutes - fastest.fixed_minutes) / fastest.minutes_per_km * projection.scale)
        for minutes in sorted({*RINGS_MINUTES, citizen.longest_travel_minutes})
        if fastest.fixed_minutes < minutes <= citizen.longest_travel_minutes
    ]
    dots = [(*projection.of(at), town_name(code)) for code, at in sorted(towns.items())]
    return {
        "width": WIDTH,
        "height": height,
        "home": centre,
        "places": [Spot(*drawn, *at, str(one.rank)) for one, drawn, at in zip(placed, shown, exact, strict=True)],
        "towns": dots,
        "names": [one for x, y, text in dots if (one := _written(text, _around(x, y, text), taken, height))],
        "rings": rings,
        "minutes": [one for of in rings if (one := _on_ring(centre, *of, taken, height))],
    }


def _around(x: float, y: float, text: str) -> list[tuple[float, float]]:
    """Where the name of a spot may stand: below, above, beside."""
    beside = LETTER * len(text) / 2 + 6
    near = [(x, y + 14), (x, y - 6), (x + beside, y + 4), (x - beside, y + 4)]
    return [*near, (x, y + 28), (x, y - 20), (x + beside + APART, y + 4), (x - beside - APART, y + 4)]


def _on_ring(centre: tuple[float, float], minutes: int, radius: float, taken: list[Box], height: float) -> Words | None:
    """How many minutes a ring stands for, somewhere on it."""
    ways = [cmath.rect(radius, math.radians(degrees)) for degrees in (-90, 90, -45, -135, 45, 135, 180, 0)]
    spots = [(centre[0] + way.real, centre[1] + way.imag + 4) for way in ways]
    return _written(_("%(minutes)d min.") % {"minutes": minutes}, spots, taken, height)


def _written(text: str, spots: Sequence[tuple[float, float]], taken: list[Box], height: float) -> Words | None:
    """The text on the first spot where it covers nothing and is within the drawing, which it then takes; None where
    there is none."""
    for x, y in spots:
        words = Words(x, y, text)
        left, upper, right, lower = words.box
        free = all(left > one[2] or right < one[0] or upper > one[3] or lower < one[1] for one in taken)
        if free and left >= 0 and upper >= 0 and right <= WIDTH and lower <= height:
            taken.append(words.box)
            return words
    return None


def _towns(match_input: MatchInput, postcodes: Postcodes) -> dict[str, Position]:
    """The municipality's postcodes, as far as somebody lives there, and where they lie."""
    found = {citizen.home_postcode: postcodes.position(citizen.home_postcode) for citizen in match_input.citizen_values}
    return {code: at for code, at in found.items() if at is not None}


def _projection(positions: Sequence[Position]) -> tuple[Projection, float]:
    """A projection that has all positions within the drawing, and the drawing's height."""
    west, east = (pick(one.longitude for one in positions) for pick in (min, max))
    south, north = (pick(one.latitude for one in positions) for pick in (min, max))
    km_east = KM_PER_DEGREE * math.cos(math.radians((north + south) / 2))
    wide_km, high_km = (east - west) * km_east, (north - south) * KM_PER_DEGREE
    shown_km = max(SMALLEST_KM, wide_km, high_km / 1.4)
    scale = (WIDTH - 2 * MARGIN) / shown_km
    west -= (shown_km - wide_km) / 2 / km_east
    return Projection(west, north, km_east, scale), max(SMALLEST_KM, high_km) * scale + 2 * MARGIN


def spread(
    points: Sequence[tuple[float, float]], fixed: tuple[float, float], height: float = math.inf
) -> list[tuple[float, float]]:
    """The points, moved until any two are `APART` and all are so from the fixed one, and within the drawing.

    Whoever is too near another takes half a step in a direction of its own, since points on one spot or one line find
    no room beside each other. Then, in turns, each pair that is too near is pushed apart along its line. The same
    points are always spread in the same way.
    """
    given = [complex(*fixed), *(complex(*one) for one in points)]
    shown = list(given)
    for index in range(1, len(given)):
        if any(abs(given[index] - other) < APART for other in given[:index] + given[index + 1 :]):
            shown[index] += cmath.rect(APART / 2, GOLDEN_ANGLE * index)
    for _round in range(ROUNDS):
        before = list(shown)
        for second in range(1, len(shown)):
            for first in range(second):
                apart = shown[second] - shown[first]
                if abs(apart) < APART - 0.01:
                    push = (APART - abs(apart)) * (apart / abs(apart) if apart else 1)
                    shown[first] -= push / 2 if first else 0
                    shown[second] += push / 2 if first else push
        shown = [shown[0], *(_within(one, height) for one in shown[1:])]
        if shown == before:
            break
    return [(one.real, one.imag) for one in shown[1:]]


def _within(at: complex, height: float) -> complex:
    edge = APART / 2
    return complex(min(max(at.real, edge), WIDTH - edge), min(max(at.imag, edge), height - edge))
