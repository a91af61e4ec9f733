"""Positions, postcodes and ways of travelling."""

import re
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.validation import check_number, check_pattern

_POSTCODE = re.compile(r"\d{4}", re.ASCII)
_MUNICIPALITY = re.compile(r"0\d{3}", re.ASCII)


class TravelMode(StrEnum):
    """How a citizen can get to work."""

    WALK = "walk"
    BICYCLE = "bicycle"
    BUS = "bus"
    CAR = "car"


@dataclass(frozen=True, slots=True)
class Position:
    """WGS84, degrees; within Denmark's bounding box."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        check_number("latitude", self.latitude, 54.5, 57.8, "degrees")
        check_number("longitude", self.longitude, 8.0, 15.2, "degrees")


def check_postcode(field: str, postcode: str) -> None:
    """A Danish postcode: four digits."""
    check_pattern(field, postcode, _POSTCODE, "is not a postcode", "write four digits, e.g. 6950")


def check_municipality(field: str, code: str) -> None:
    """A Danish municipality code: four digits, beginning with 0."""
    check_pattern(field, code, _MUNICIPALITY, "is not a municipality code", "write four digits, e.g. 0760")
