"""What towns are called, where their postcode is known here; others are called by their postcode."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_TOWNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "6700": "Esbjerg",
        "6800": "Varde",
        "6823": "Ansager",
        "6830": "Nørre Nebel",
        "6840": "Oksbøl",
        "6851": "Janderup",
        "6854": "Henne",
        "6855": "Outrup",
        "6862": "Tistrup",
        "6870": "Ølgod",
        "6880": "Tarm",
        "6893": "Hemmet",
        "6900": "Skjern",
        "6920": "Videbæk",
        "6933": "Kibæk",
        "6940": "Lem",
        "6950": "Ringkøbing",
        "6960": "Hvide Sande",
        "6971": "Spjald",
        "6973": "Ørnhøj",
        "6980": "Tim",
        "6990": "Ulfborg",
        "7200": "Grindsted",
        "7260": "Sønder Omme",
        "7280": "Sønder Felding",
        "7330": "Brande",
        "7400": "Herning",
        "7430": "Ikast",
        "7451": "Sunds",
        "7480": "Vildbjerg",
        "7490": "Aulum",
        "7500": "Holstebro",
        "7550": "Sørvad",
        "7570": "Vemb",
        "7620": "Lemvig",
    }
)
"""Towns of western Jutland. Source: general knowledge, as the positions in `features/postcodes.py`."""


def town_name(postcode: str) -> str:
    """6900 Skjern, or the postcode alone."""
    name = _TOWNS.get(postcode)
    return f"{postcode} {name}" if name else postcode
