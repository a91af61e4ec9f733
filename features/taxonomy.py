"""Occupations: the built-in catalogue or the official ESCO download, and search in them by Danish text."""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from features.esco import ISCO_FILE, OCCUPATIONS_FILE, TaxonomyError, read_official
from features.state import read_state, write_state
from features.text import NgramRelevance
from features.title_search import TitleDocument, TitleSearch
from matcher.domain.catalogue import OCCUPATIONS, Occupation

__all__ = ["ISCO_FILE", "OCCUPATIONS_FILE", "Taxonomy", "TaxonomyError"]

FORMAT: Final = "1"
"""Of a stored taxonomy; raised whenever the meaning of its arrays or the reading of text changes."""
_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True)
class Taxonomy:
    """Occupations by URI, with what search reads: descriptions and the names of ISCO-08 groups.

    Attributes
    ----------
    occupations : URI → occupation
    descriptions : URI → Danish description; may be empty
    group_names : ISCO-08 code of 1-4 digits → Danish name; may be empty
    version : what the occupations come from; for files a digest, so that two downloads can be told apart
    essential_skills : URI → URIs of essential skills; empty where no relations were imported
    industries : DB07 code of six digits → Danish name; empty where they were not imported
    fitted : a search that was fitted to these occupations before; None: it is fitted when it is first asked
    """

    occupations: Mapping[str, Occupation]
    descriptions: Mapping[str, str]
    group_names: Mapping[str, str]
    version: str
    essential_skills: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    industries: Mapping[str, str] = field(default_factory=dict, repr=False)
    fitted: TitleSearch | None = field(default=None, repr=False, compare=False)

    @staticmethod
    def builtin() -> "Taxonomy":
        """The catalogue that comes with the service: some hundred occupations of company-directed work."""
        return _builtin()

    @staticmethod
    def from_esco(folder: Path | str) -> "Taxonomy":
        """The official ESCO download (Danish CSV) in a folder; see `features.esco` for its files.

        Occupations that the catalogue knows too keep its job functions and everyday names. TaxonomyError where a file
        is missing, is not UTF-8, lacks a column, or has a row without URI, label or ISCO-08 group.
        """
        files = read_official(Path(folder))
        return Taxonomy(
            MappingProxyType(dict(files.occupations)),
            MappingProxyType(dict(files.descriptions)),
            MappingProxyType(dict(files.group_names)),
            f"esco-da-{files.digest[:12]}",
            MappingProxyType(dict(files.essential_skills)),
            MappingProxyType(dict(files.industries)),
        )

    def save(self, path: Path) -> None:
        """Store the taxonomy with its fitted search in one file, so that a process starts without fitting it."""
        skills = sorted({skill for own in self.essential_skills.values() for skill in own})
        number = {skill: index for index, skill in enumerate(skills)}
        header = {
            "version": self.version,
            "occupations": [
                [own.uri, own.danish, own.english, own.isco08, own.functions, own.alternative_labels]
                for own in self.occupations.values()
            ],
            "group_names": dict(self.group_names),
            "industries": dict(self.industries),
            "descriptions": dict(self.descriptions),
            "skills": skills,
            "essential": {uri: sorted(number[one] for one in own) for uri, own in self.essential_skills.items()},
        }
        write_state(path, _versions(), header, self._search.state())

    @staticmethod
    def load(path: Path) -> "Taxonomy":
        """A stored taxonomy; `features.state.StateError` where the file is missing, foreign, damaged or stale."""
        header, state = read_state(path, _versions())
        rows = [
            Occupation(uri, danish, english, isco08, tuple(functions), tuple(others))
            for uri, danish, english, isco08, functions, others in header["occupations"]
        ]
        skills = header["skills"]
        return Taxonomy(
            MappingProxyType({row.uri: row for row in rows}),
            MappingProxyType(header["descriptions"]),
            MappingProxyType(header["group_names"]),
            header["version"],
            MappingProxyType({uri: frozenset(skills[one] for one in own) for uri, own in header["essential"].items()}),
            MappingProxyType(header["industries"]),
            TitleSearch.restore([(row.danish, *row.alternative_labels) for row in rows], state),
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

    def skill_overlap(self, ones: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
        r"""float64 (ones, others), share in [0, 1]: essential skills that two occupations share.

        overlap[a, b] = 2 sum_{s in a and b} idf[s] / (sum_{s in a} idf[s] + sum_{s in b} idf[s])

        idf[s] = ln(occupations / occupations with s) + 1; 0 where one of the two has no skills on record.
        Source: Dice's coefficient, skills weighted by how few occupations need them.
        """
        a, b = self._skill_rows(ones), self._skill_rows(others)
        shared = (a @ b.T).toarray()
        whole = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :]
        overlap: NDArray[np.float64] = np.divide(2 * shared, whole, out=np.zeros(shared.shape), where=shared > 0)
        return np.clip(overlap, 0.0, 1.0)

    def _skill_rows(self, uris: Sequence[str]) -> sparse.csr_array:
        """(occupations, skills): the root of idf where the skill is essential."""
        column, idf = self._skill_idf
        own = [sorted(column[skill] for skill in self.essential_skills.get(uri, ())) for uri in uris]
        columns = np.array([index for indices in own for index in indices], dtype=np.int32)
        ends = np.cumsum([0, *map(len, own)])
        return sparse.csr_array((np.sqrt(idf[columns]), columns, ends), shape=(len(own), len(idf)))

    @cached_property
    def _skill_idf(self) -> tuple[dict[str, int], NDArray[np.float64]]:
        """Column of each skill, and its idf."""
        count = Counter(skill for own in self.essential_skills.values() for skill in own)
        skills = sorted(count)
        idf = [math.log(len(self.essential_skills) / count[skill]) + 1 for skill in skills]
        return {skill: index for index, skill in enumerate(skills)}, np.array(idf, dtype=np.float64)

    @cached_property
    def _uris(self) -> tuple[str, ...]:
        return tuple(self.occupations)

    @cached_property
    def _search(self) -> TitleSearch:
        return self.fitted or TitleSearch.fit(
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
    return Taxonomy(OCCUPATIONS, _EMPTY, _EMPTY, "catalogue-2026-10")


def _versions() -> dict[str, str]:
    """What a stored taxonomy depends on beside its files: a change of any makes it stale."""
    catalogue = hashlib.sha256(repr(sorted(OCCUPATIONS.items())).encode()).hexdigest()[:12]
    return {
        "taxonomy format": FORMAT,
        "catalogue": catalogue,
        "relevance": f"K1={NgramRelevance.K1} B={NgramRelevance.B}",
    }
