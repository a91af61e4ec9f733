"""The groups that a fairness report compares: three by protected traits, two by what matching knows itself."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np

from features.fairness import Dimension
from features.postcodes import Postcodes
from features.travel import Places, StraightLineTravel
from matcher.arrays import SlotContext
from matcher.domain.citizen import Citizen
from matcher.domain.geography import Position, TravelMode
from matcher.domain.traits import Gender, Origin, ProtectedTraits

GENDER, AGE, ORIGIN = "gender", "age", "origin"
TARGET_GROUP, DISTANCE = "target_group", "distance_to_town"
AGE_FROM: Final = (0, 25, 30, 40, 50, 60)
"""Youngest age of each band, years: under 25 and 25-29 as employment law groups the young, then decades."""
KM_FROM: Final = (0, 5, 10, 20)
"""Shortest straight-line distance of each band, km: assumption."""


def dimensions_of(
    citizens: Sequence[Citizen],
    slots: Sequence[SlotContext],
    traits: Mapping[str, ProtectedTraits],
    on: date,
) -> tuple[Dimension, ...]:
    """Each way of grouping the citizens, on a day; protected traits come first."""
    registered = [traits.get(citizen.id) or ProtectedTraits(citizen.id) for citizen in citizens]
    ages = np.array([on.year - one.birth_year if one.birth_year else -1 for one in registered], dtype=np.float64)
    known = sorted({citizen.target_group for citizen in citizens})
    return (
        _listed(GENDER, tuple(Gender), [one.gender for one in registered]),
        _banded(AGE, AGE_FROM, 1, np.where(ages < 0, np.nan, ages)),
        _listed(ORIGIN, tuple(Origin), [one.origin for one in registered]),
        _listed(TARGET_GROUP, known, [citizen.target_group for citizen in citizens]),
        _banded(DISTANCE, KM_FROM, 0, kilometres_to_town(citizens, slots)),
    )


def band_names(starts: Sequence[int], unit: int) -> tuple[str, ...]:
    """Names of bands: with a unit of 1 (whole years) 0, 25, 30 → 0-24, 25-29, 30+; with 0 (km) 0, 5 → 0-5, 5+."""
    return (*(f"{low}-{high - unit}" for low, high in pairwise(starts)), f"{starts[-1]}+")


def kilometres_to_town(
    citizens: Sequence[Citizen], slots: Sequence[SlotContext], postcodes: Postcodes | None = None
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """float64 (n,), km in a straight line from home to the town: the postcode with the most places; NaN where unknown.

    The town's position is that of its first worksite with one, else the postcode's centre.
    """
    postcodes = postcodes or Postcodes.builtin()
    places: dict[str, int] = {}
    for context in slots:
        places[context.worksite.postcode] = places.get(context.worksite.postcode, 0) + context.slot.capacity
    if not places or not citizens:
        return np.full(len(citizens), np.nan)
    town = max(sorted(places), key=lambda postcode: places[postcode])
    centre = postcodes.position(town) or _first_position(slots, town)
    homes = Places.of([(citizen.home, citizen.home_postcode) for citizen in citizens], postcodes)
    there = Places.of([(centre, town)], postcodes)
    travel = StraightLineTravel(homes, there, [(TravelMode.WALK,)] * len(citizens))
    rows = np.arange(len(citizens), dtype=np.int32)
    return travel.kilometres(rows, np.zeros_like(rows)).astype(np.float64)


def _first_position(slots: Sequence[SlotContext], postcode: str) -> Position | None:
    """Where a worksite of the postcode lies, if any has a position."""
    at = (context.worksite.position for context in slots if context.worksite.postcode == postcode)
    return next((position for position in at if position is not None), None)


def _listed(name: str, groups: Sequence[str], values: Sequence[str | None]) -> Dimension:
    index = {group: code for code, group in enumerate(groups)}
    codes = np.array([-1 if value is None else index[value] for value in values], dtype=np.int64)
    return Dimension(name, tuple(str(group) for group in groups), codes)


def _banded(name: str, starts: Sequence[int], unit: int, values: Collection[float]) -> Dimension:
    figures = np.asarray(values, dtype=np.float64)
    codes = np.searchsorted(np.array(starts, dtype=np.float64), np.nan_to_num(figures), side="right") - 1
    return Dimension(name, band_names(starts, unit), np.where(np.isnan(figures), -1, codes).astype(np.int64))
