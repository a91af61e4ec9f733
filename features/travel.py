r"""Minutes from home to worksite by the fastest of the citizen's ways of travelling, from coordinates alone.

For a straight-line distance d[i, j] in km and a mode t:

    d[i, j]^2 = chord(i, j)^2 + spread[i]^2 + spread[j]^2
    minutes[i, j] = min over modes t of citizen i of fixed[t] + 60 detour[t] d[i, j] / speed[t]

The chord through the globe differs from the arc by less than a metre at 100 km. `spread` is 0 km for an exact position
and SPREAD_KM where only the centre of a postcode is known. Where neither is known, the travel time is unknown (NaN).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from features.postcodes import Postcodes
from matcher.arrays import MODES, Codes, Floats
from matcher.domain.geography import Position, TravelMode
from matcher.kernels import distance, each_pair, least_line

EARTH_RADIUS_KM: Final = 6371.0
SPREAD_KM: Final = 3.0
"""Typical distance from the centre of a rural postcode to a home in it. Assumption: some 80 km² a postcode."""

CELL_KM: Final = 10.0
"""Size of the cells that group homes, and of the steps that group how far people come."""
ROUNDING: Final = 1e-6
"""Added to a reach, km and share of it, so that rounding never leaves out a slot at the very limit."""


@dataclass(frozen=True, slots=True)
class ModeModel:
    """Travel by one mode: detour over the straight line (factor), speed (km/h) and fixed time (minutes one way)."""

    detour: float
    speed_kmh: float
    fixed_minutes: float

    @property
    def minutes_per_km(self) -> float:
        """Minutes for each kilometre of straight line."""
        return 60 * self.detour / self.speed_kmh


MODE_MODELS: Final[Mapping[TravelMode, ModeModel]] = MappingProxyType(
    {
        TravelMode.WALK: ModeModel(1.25, 5, 0),
        TravelMode.BICYCLE: ModeModel(1.25, 15, 2),
        TravelMode.BUS: ModeModel(1.45, 40, 20),
        TravelMode.CAR: ModeModel(1.3, 55, 5),
    }
)
"""Assumptions for a rural municipality: bus 20 minutes for walking to and from stops and waiting, and a route that
winds; car 5 minutes for parking; bicycle 2 minutes for unlocking. A timetable, where there is one, is better."""


def _points(positions: Sequence[Position | None]) -> Floats:
    """(3, n): km from the centre of the globe; NaN where there is no position."""
    degrees = np.array(
        [(place.latitude, place.longitude) if place else (np.nan, np.nan) for place in positions], dtype=np.float64
    ).reshape(-1, 2)
    latitude, longitude = np.radians(degrees).T
    return EARTH_RADIUS_KM * np.stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))
    )


@dataclass(frozen=True, eq=False)
class Places:
    """Positions of n homes or worksites: points (3, n) in km, NaN unknown; squared spread (n,) in km²."""

    points: Floats
    spread_squared: Floats

    @staticmethod
    def of(addresses: Iterable[tuple[Position | None, str]], postcodes: Postcodes) -> "Places":
        """From exact positions where given, else from the centres of postcodes."""
        exact, codes = [], []
        for position, postcode in addresses:
            exact.append(position)
            codes.append(postcode)
        known = [place or postcodes.position(code) for place, code in zip(exact, codes, strict=True)]
        spread = np.array([0.0 if place else SPREAD_KM**2 for place in exact], dtype=np.float64)
        return Places(_points(known), spread)


class StraightLineTravel:
    """The model of this module for given homes, worksites and modes; see `matcher.arrays.Travel`.

    Parameters
    ----------
    homes, worksites : places of the n citizens and of the m slots
    modes : for each citizen the modes that can be used
    """

    def __init__(self, homes: Places, worksites: Places, modes: Sequence[Sequence[TravelMode]]) -> None:
        self._homes, self._worksites = (
            np.column_stack((places.points.T, places.spread_squared)) for places in (homes, worksites)
        )
        self._fixed = np.full((len(modes), len(MODES)), np.inf)
        for row, own in enumerate(modes):
            for mode in own:
                self._fixed[row, MODES.index(mode)] = MODE_MODELS[mode].fixed_minutes
        self._minutes_per_km = np.array([MODE_MODELS[mode].minutes_per_km for mode in MODES])

    def with_homes_of(self, others: "StraightLineTravel", rows: Codes) -> "StraightLineTravel":
        """To the same worksites, from some of the homes of this one and of others: `rows` counts on through both."""
        taken = copy(self)
        taken._homes = np.concatenate((self._homes, others._homes))[rows]
        taken._fixed = np.concatenate((self._fixed, others._fixed))[rows]
        return taken

    def kilometres(self, rows: Codes, cols: Codes) -> Floats:
        """Straight-line distance d[i, j], km; NaN where a position is not known."""
        length: Floats = each_pair(distance, rows, cols, self._homes, self._worksites)
        return length

    def minutes(self, rows: Codes, cols: Codes) -> Floats:
        """Minutes one way by the fastest mode; NaN where a position is not known."""
        way = each_pair(distance, rows, cols, self._homes, self._worksites)
        citizen = np.array(np.broadcast_to(rows, way.shape), dtype=np.int32).ravel()
        return least_line(citizen, way.ravel(), self._fixed, self._minutes_per_km).reshape(way.shape)

    def best_mode(self, rows: Codes, cols: Codes) -> Codes:
        """Index into MODES of the fastest mode; -1 where a position is not known."""
        kilometres = self.kilometres(rows, cols)
        by_mode = np.stack([self._fixed[rows, t] + slope * kilometres for t, slope in enumerate(self._minutes_per_km)])
        best = np.argmin(by_mode, axis=0)
        return np.where(np.isnan(kilometres), -1, best).astype(np.int32)

    def neighbourhoods(self, longest_minutes: Floats) -> Iterator[tuple[Codes, Codes]]:
        """Citizens of one cell of CELL_KM who come about equally far, with the slots that any of them may reach.

        No way is shorter than the straight line, so a slot farther from the box around a group than its longest reach
        is out of reach for each of them. Where a position is not known, nothing is left out.
        """
        reach = ((longest_minutes[:, None] - self._fixed) / self._minutes_per_km).max(axis=1, initial=-np.inf)
        reach = np.maximum(reach, 0) * (1 + ROUNDING) + ROUNDING
        homes, worksites = self._homes[:, :3], self._worksites[:, :3]
        known = ~np.isnan(homes[:, 0])
        cell = np.floor(np.nan_to_num(np.column_stack((homes, reach))) / CELL_KM)
        _, group = np.unique(np.column_stack((known, cell)), axis=0, return_inverse=True)
        order = np.argsort(group.ravel(), kind="stable").astype(np.int32)
        for rows in np.split(order, np.flatnonzero(np.diff(group.ravel()[order])) + 1):
            if not len(rows):
                continue
            low, high = homes[rows].min(axis=0), homes[rows].max(axis=0)
            beyond = np.maximum(np.maximum(low - worksites, worksites - high), 0)
            too_far = (beyond * beyond).sum(axis=1) > reach[rows].max() ** 2
            yield rows, np.flatnonzero(~too_far).astype(np.int32)
