r"""Minutes from home to worksite by the fastest of the citizen's ways of travelling, from coordinates alone.

For a straight-line distance d[i, j] in km and a mode t:

    d[i, j]^2 = chord(i, j)^2 + spread[i]^2 + spread[j]^2
    minutes[i, j] = min over modes t of citizen i of fixed[t] + 60 detour[t] d[i, j] / speed[t]

The chord through the globe differs from the arc by less than a metre at 100 km. `spread` is 0 km for an exact position
and SPREAD_KM where only the centre of a postcode is known. Where neither is known, the travel time is unknown (NaN).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from features.postcodes import Postcodes
from matcher.arrays import MODES, Codes, Floats
from matcher.domain.geography import Position, TravelMode

EARTH_RADIUS_KM: Final = 6371.0
SPREAD_KM: Final = 3.0
"""Typical distance from the centre of a rural postcode to a home in it. Assumption: some 80 km² a postcode."""


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
        self._homes, self._worksites = homes, worksites
        self._fixed = np.full((len(modes), len(MODES)), np.inf)
        for row, own in enumerate(modes):
            for mode in own:
                self._fixed[row, MODES.index(mode)] = MODE_MODELS[mode].fixed_minutes

    def kilometres(self, rows: Codes, cols: Codes) -> Floats:
        """Straight-line distance d[i, j], km; NaN where a position is not known."""
        squared = self._homes.spread_squared[rows] + self._worksites.spread_squared[cols]
        for home, worksite in zip(self._homes.points, self._worksites.points, strict=True):
            difference = home[rows] - worksite[cols]
            difference *= difference
            squared += difference
        return np.sqrt(squared, out=squared)

    def minutes(self, rows: Codes, cols: Codes) -> Floats:
        """Minutes one way by the fastest mode; NaN where a position is not known."""
        kilometres = self.kilometres(rows, cols)
        fastest = np.full(kilometres.shape, np.inf)
        for mode, model in MODE_MODELS.items():
            fixed = self._fixed[rows, MODES.index(mode)]
            if np.isfinite(fixed).any():
                np.minimum(fastest, fixed + model.minutes_per_km * kilometres, out=fastest)
        return fastest

    def best_mode(self, rows: Codes, cols: Codes) -> Codes:
        """Index into MODES of the fastest mode; -1 where a position is not known."""
        kilometres = self.kilometres(rows, cols)
        by_mode = np.stack(
            [self._fixed[rows, t] + MODE_MODELS[mode].minutes_per_km * kilometres for t, mode in enumerate(MODES)]
        )
        best = np.argmin(by_mode, axis=0)
        return np.where(np.isnan(kilometres), -1, best).astype(np.int32)
