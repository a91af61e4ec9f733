"""Occupations: the built-in catalogue or the official ESCO download, and search in them by Danish text."""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from features.title_search import TitleDocument, TitleSearch
from matcher.domain.catalogue import OCCUPATIONS, Occupation

OCCUPATIONS_FILE: Final = "occupations_da.csv"
ISCO_FILE: Final = "isco08_da_en.csv"
_OCCUPATION_COLUMNS: Final = ("conceptUri", "iscoGroup", "preferredLabel", "altLabels", "description")
_ISCO_COLUMNS: Final = ("code", "title_da")


class TaxonomyError(ValueError):
    """A taxonomy file is missing, partial or of another form; says which file, what is wrong and what to do."""


@dataclass(frozen=True)
class Taxonomy:
    """Occupations by URI, with what search reads: descriptions and the names of ISCO-08 groups.

    Attributes
    ----------
    occupations : URI → occupation
    descriptions : URI → Danish description; may be empty
    group_names : ISCO-08 code of 1-4 digits → Danish name; may be empty
    version : what the occupations come from; for files a digest, so that two downloads can be told apart
    """

    occupations: Mapping[str, Occupation]
    descriptions: Mapping[str, str]
    group_names: Mapping[str, str]
    version: str

    @staticmethod
    def builtin() -> "Taxonomy":
        """The catalogue that comes with the service: some hundred occupations of company-directed work."""
        return _builtin()

    @staticmethod
    def from_esco(folder: Path | str) -> "Taxonomy":
        """The official ESCO download (Danish CSV): ``occupations_da.csv`` and ``isco08_da_en.csv`` of a folder.

        Occupations that the catalogue knows too keep its job functions and everyday names. TaxonomyError where a file
        is missing, is not UTF-8, lacks a column, or has a row without URI, label or ISCO-08 group.
        """
        folder = Path(folder)
        groups = {row["code"]: row["title_da"] for row in _rows(folder / ISCO_FILE, _ISCO_COLUMNS)}
        occupations: dict[str, Occupation] = {}
        descriptions: dict[str, str] = {}
        path = folder / OCCUPATIONS_FILE
        for number, row in enumerate(_rows(path, _OCCUPATION_COLUMNS), start=2):
            occupation = _occupation(row, path, number, groups)
            if occupation.uri in occupations:
                raise TaxonomyError(f"{path.name}, record {number}: the URI occurs twice; use the file as downloaded")
            occupations[occupation.uri] = occupation
            descriptions[occupation.uri] = row["description"].strip()
        if not occupations:
            raise TaxonomyError(f"{path.name}: has no occupations; download it again")
        version = f"esco-da-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
        return Taxonomy(
            MappingProxyType(occupations), MappingProxyType(descriptions), MappingProxyType(groups), version
        )

    def search(self, texts: Sequence[str], k: int = 5) -> list[list[tuple[str, float]]]:
        """For each text the `k` most similar occupations: (URI, similarity in [0, 1]), best first.

        A text without a single known letter sequence gets an empty list. ValueError where `k` is below 1.
        """
        if k < 1:
            raise ValueError("k: must be at least 1")
        uris = self._uris
        return [[(uris[index], similarity) for index, similarity in hits] for hits in self._search.best(texts, k)]

    def labels(self, uri: str) -> tuple[str, ...]:
        """Danish names of an occupation, the preferred one first; KeyError where the URI is unknown."""
        occupation = self.occupations[uri]
        return (occupation.danish, *occupation.alternative_labels)

    @cached_property
    def _uris(self) -> tuple[str, ...]:
        return tuple(self.occupations)

    @cached_property
    def _search(self) -> TitleSearch:
        return TitleSearch(
            [
                TitleDocument(
                    self.labels(uri),
                    self.descriptions.get(uri, ""),
                    self.group_names.get(occupation.isco08, ""),
                )
                for uri, occupation in self.occupations.items()
            ]
        )


@lru_cache(maxsize=1)
def _builtin() -> Taxonomy:
    return Taxonomy(OCCUPATIONS, MappingProxyType({}), MappingProxyType({}), "catalogue-2026-10")


def _rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    if not path.is_file():
        raise TaxonomyError(f"{path.name}: is not in {path.parent}; download ESCO in Danish as CSV and name the folder")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            lacking = [column for column in columns if column not in (reader.fieldnames or ())]
            if lacking:
                raise TaxonomyError(
                    f"{path.name}: lacks the column(s) {', '.join(lacking)}; use the file as downloaded"
                )
            for number, row in enumerate(reader, start=2):
                if any(row[column] is None for column in columns):
                    raise TaxonomyError(f"{path.name}, record {number}: has too few columns; download it again")
                yield row
    except UnicodeDecodeError:
        raise TaxonomyError(f"{path.name}: is not UTF-8; save it as UTF-8 or download it again") from None
    except csv.Error as error:
        raise TaxonomyError(f"{path.name}: is not a CSV file ({error}); download it again") from None


def _occupation(row: Mapping[str, str], path: Path, number: int, groups: Mapping[str, str]) -> Occupation:
    uri, danish, isco08 = row["conceptUri"].strip(), row["preferredLabel"].strip(), row["iscoGroup"].strip()
    if not uri.startswith(("http://", "https://")) or not danish:
        raise TaxonomyError(f"{path.name}, record {number}: lacks a URI or a label; download it again")
    if isco08 not in groups:
        raise TaxonomyError(
            f"{path.name}, record {number}: its ISCO-08 group is not in {ISCO_FILE}; use both as downloaded"
        )
    known = OCCUPATIONS.get(uri)
    official = tuple(label for label in (line.strip() for line in row["altLabels"].splitlines()) if label)
    extra = () if known is None else (known.danish, *known.alternative_labels)
    alternatives = tuple(dict.fromkeys(label for label in (*official, *extra) if label != danish))
    if known is None:
        return Occupation(uri, danish, "", isco08, (), alternatives)
    return Occupation(uri, danish, known.english, isco08, known.functions, alternatives)
