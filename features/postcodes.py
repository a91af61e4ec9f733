"""Where a postcode lies, for homes and worksites without an exact position."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from matcher.domain.geography import Position
from matcher.domain.validation import InvalidValueError

_TOWNS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "6700": (55.47, 8.45),  # Esbjerg
        "6800": (55.62, 8.48),  # Varde
        "6823": (55.70, 8.75),  # Ansager
        "6830": (55.77, 8.30),  # Nørre Nebel
        "6840": (55.63, 8.28),  # Oksbøl
        "6851": (55.61, 8.38),  # Janderup
        "6854": (55.73, 8.23),  # Henne
        "6855": (55.72, 8.34),  # Outrup
        "6862": (55.71, 8.61),  # Tistrup
        "6870": (55.81, 8.63),  # Ølgod
        "6880": (55.91, 8.52),  # Tarm
        "6893": (55.84, 8.39),  # Hemmet
        "6900": (55.94, 8.49),  # Skjern
        "6920": (56.09, 8.63),  # Videbæk
        "6933": (56.03, 8.85),  # Kibæk
        "6940": (56.02, 8.39),  # Lem
        "6950": (56.09, 8.24),  # Ringkøbing
        "6960": (56.00, 8.13),  # Hvide Sande
        "6971": (56.11, 8.51),  # Spjald
        "6973": (56.20, 8.57),  # Ørnhøj
        "6980": (56.19, 8.31),  # Tim
        "6990": (56.27, 8.32),  # Ulfborg
        "7200": (55.76, 8.93),  # Grindsted
        "7260": (55.84, 8.90),  # Sønder Omme
        "7280": (55.94, 8.79),  # Sønder Felding
        "7330": (55.94, 9.13),  # Brande
        "7400": (56.14, 8.97),  # Herning
        "7430": (56.14, 9.16),  # Ikast
        "7451": (56.21, 9.01),  # Sunds
        "7480": (56.20, 8.77),  # Vildbjerg
        "7490": (56.26, 8.79),  # Aulum
        "7500": (56.36, 8.62),  # Holstebro
        "7550": (56.26, 8.66),  # Sørvad
        "7570": (56.35, 8.34),  # Vemb
        "7620": (56.55, 8.31),  # Lemvig
    }
)
"""Positions of towns in western Jutland to about a kilometre, WGS84 degrees. Source: general knowledge, set by hand."""

_COLUMNS: Final = ("postnr", "centroid_lat", "centroid_lon")
_FIRST, _LAST = 800, 9999


@dataclass(frozen=True)
class Postcodes:
    """Postcode → position of its centre. A postcode that is not there is not known: travel from it is unknown."""

    positions: Mapping[str, Position]

    @staticmethod
    def builtin() -> "Postcodes":
        """Towns of western Jutland."""
        return Postcodes(MappingProxyType({code: Position(*place) for code, place in _TOWNS.items()}))

    @staticmethod
    def from_csv(path: Path | str) -> "Postcodes":
        """A CSV file (UTF-8) with the columns postnr, centroid_lat, centroid_lon (WGS84 degrees).

        ``postnr`` is a postcode or a range of them ("1000-1499"). ValueError names the file, record and fault.
        """
        path = Path(path)
        positions: dict[str, Position] = {}
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            lacking = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
            if lacking:
                raise ValueError(f"{path.name}: lacks the column(s) {', '.join(lacking)}")
            for number, row in enumerate(reader, start=2):
                try:
                    first, _, last = row["postnr"].partition("-")
                    position = Position(float(row["centroid_lat"]), float(row["centroid_lon"]))
                    codes = range(int(first), int(last or first) + 1)
                except InvalidValueError as error:
                    raise ValueError(f"{path.name}, record {number}: {error}") from None
                except ValueError:
                    raise ValueError(f"{path.name}, record {number}: is not a postcode with two degrees") from None
                if not codes or codes[0] < _FIRST or codes[-1] > _LAST:
                    raise ValueError(f"{path.name}, record {number}: postnr is outside {_FIRST:04d}-{_LAST}")
                positions |= {f"{code:04d}": position for code in codes}
        return Postcodes(MappingProxyType(positions))

    def position(self, postcode: str) -> Position | None:
        """Centre of a postcode; None where it is not known."""
        return self.positions.get(postcode)
