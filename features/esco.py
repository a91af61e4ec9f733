"""The official files that a taxonomy is made from: ESCO in Danish, its relations to skills, and DB07 industry codes.

Files are known by name, as in the download of ESCO (``occupations_da.csv``, ``ISCOGroups_da.csv``,
``occupationSkillRelations_da.csv``) or in a tidied form of it; they lie in the folder itself or in its subfolders
``esco`` and ``db07``. Relations and industry codes may be absent. A file that is there is read whole or refused.
"""

import csv
import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matcher.domain.catalogue import OCCUPATIONS, Occupation

OCCUPATIONS_FILE: Final = "occupations_da.csv"
ISCO_FILE: Final = "isco08_da_en.csv"


class TaxonomyError(ValueError):
    """A taxonomy file is missing, partial or of another form; says which file, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of a file: its name, and which of its columns holds what."""

    name: str
    columns: Mapping[str, str]


_OCCUPATIONS = (
    _Form(
        OCCUPATIONS_FILE,
        {
            "uri": "conceptUri",
            "isco08": "iscoGroup",
            "label": "preferredLabel",
            "others": "altLabels",
            "description": "description",
        },
    ),
)
_GROUPS = (
    _Form(ISCO_FILE, {"code": "code", "name": "title_da"}),
    _Form("ISCOGroups_da.csv", {"code": "code", "name": "preferredLabel"}),
)
_TIDY_RELATION: Final = {"occupation": "occupation_uri", "relation": "relation", "skill": "skill_uri"}
_ESCO_RELATION: Final = {"occupation": "occupationUri", "relation": "relationType", "skill": "skillUri"}
_RELATIONS = (
    _Form("occupationSkillRelations_da.csv", _ESCO_RELATION),
    _Form("occupationSkillRelations.csv", _ESCO_RELATION),
    _Form("occupation_skill_relations.csv", _TIDY_RELATION),
    _Form("occupation_skill_relations_v1.2.0.csv.gz", _TIDY_RELATION),
)
_INDUSTRIES = (_Form("db07_tidy.csv", {"level": "level", "code": "code", "name": "title_da"}),)
_SIX_DIGITS: Final = "4"
"""The level of DB07 whose codes companies are registered with."""


@dataclass(frozen=True)
class OfficialFiles:
    """What the official files of a folder say.

    Attributes
    ----------
    occupations : URI → occupation, joined with the catalogue where it knows it too
    descriptions : URI → Danish description; may be empty
    group_names : ISCO-08 code of 1-4 digits → Danish name
    essential_skills : URI → URIs of the skills that are essential; only occupations that have any
    industries : DB07 code of six digits → Danish name
    digest : SHA-256 over the files that were read, hexadecimal
    """

    occupations: Mapping[str, Occupation]
    descriptions: Mapping[str, str]
    group_names: Mapping[str, str]
    essential_skills: Mapping[str, frozenset[str]]
    industries: Mapping[str, str]
    digest: str


def read_official(folder: Path) -> OfficialFiles:
    """All files of a folder; TaxonomyError where one is missing, not UTF-8, lacks a column or has a broken record."""
    group_path, group_form = _needed(folder, _GROUPS)
    groups = {row["code"].strip(): row["name"].strip() for _, row in _rows(group_path, group_form)}
    path, form = _needed(folder, _OCCUPATIONS)
    occupations: dict[str, Occupation] = {}
    descriptions: dict[str, str] = {}
    for number, row in _rows(path, form):
        occupation = _occupation(row, f"{path.name}, record {number}", groups, group_path.name)
        if occupation.uri in occupations:
            raise TaxonomyError(f"{path.name}, record {number}: the URI occurs twice; use the file as downloaded")
        occupations[occupation.uri] = occupation
        descriptions[occupation.uri] = row["description"].strip()
    if not occupations:
        raise TaxonomyError(f"{path.name}: has no occupations; download it again")
    relations, industries = _found(folder, _RELATIONS), _found(folder, _INDUSTRIES)
    read = [path, group_path, *(found[0] for found in (relations, industries) if found)]
    digest = hashlib.sha256(b"".join(hashlib.sha256(one.read_bytes()).digest() for one in read)).hexdigest()
    return OfficialFiles(
        occupations,
        descriptions,
        groups,
        _essential_skills(*relations, occupations) if relations else {},
        _industries(*industries) if industries else {},
        digest,
    )


def _found(folder: Path, forms: Sequence[_Form]) -> tuple[Path, _Form] | None:
    places = (folder, folder / "esco", folder / "db07")
    return next(
        ((place / form.name, form) for form in forms for place in places if (place / form.name).is_file()), None
    )


def _needed(folder: Path, forms: Sequence[_Form]) -> tuple[Path, _Form]:
    found = _found(folder, forms)
    if found is None:
        names = " or ".join(form.name for form in forms)
        raise TaxonomyError(f"{names}: is not in {folder}; download ESCO in Danish as CSV and name the folder")
    return found


def _rows(path: Path, form: _Form) -> Iterator[tuple[int, dict[str, str]]]:
    """(record number as in a spreadsheet, values by our names) of a CSV file, plain or gzipped."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig", newline="")
        ) as file:
            reader = csv.DictReader(file, strict=True)
            lacking = [column for column in form.columns.values() if column not in (reader.fieldnames or ())]
            if lacking:
                raise TaxonomyError(
                    f"{path.name}: lacks the column(s) {', '.join(lacking)}; use the file as downloaded"
                )
            for number, row in enumerate(reader, start=2):
                values = {name: row[column] for name, column in form.columns.items()}
                if any(value is None for value in values.values()):
                    raise TaxonomyError(f"{path.name}, record {number}: has too few columns; download it again")
                yield number, values
    except UnicodeDecodeError:
        raise TaxonomyError(f"{path.name}: is not UTF-8; save it as UTF-8 or download it again") from None
    except csv.Error as error:
        raise TaxonomyError(f"{path.name}: is not a CSV file ({error}); download it again") from None
    except (OSError, EOFError):
        raise TaxonomyError(f"{path.name}: cannot be read to its end; download it again") from None


def _occupation(row: Mapping[str, str], where: str, groups: Mapping[str, str], group_file: str) -> Occupation:
    uri, danish, isco08 = row["uri"].strip(), row["label"].strip(), row["isco08"].strip()
    if not uri.startswith(("http://", "https://")) or not danish:
        raise TaxonomyError(f"{where}: lacks a URI or a label; download it again")
    if isco08 not in groups:
        raise TaxonomyError(f"{where}: its ISCO-08 group is not in {group_file}; use both as downloaded")
    known = OCCUPATIONS.get(uri)
    official = tuple(label for label in (line.strip() for line in row["others"].splitlines()) if label)
    extra = () if known is None else (known.danish, *known.alternative_labels)
    alternatives = tuple(dict.fromkeys(label for label in (*official, *extra) if label != danish))
    if known is None:
        return Occupation(uri, danish, "", isco08, (), alternatives)
    return Occupation(uri, danish, known.english, isco08, known.functions, alternatives)


def _essential_skills(path: Path, form: _Form, occupations: Mapping[str, Occupation]) -> dict[str, frozenset[str]]:
    """Records without a skill, or with an occupation of another version of ESCO, are left out."""
    skills: dict[str, set[str]] = {}
    for _, row in _rows(path, form):
        if row["relation"] == "essential" and row["skill"] and row["occupation"] in occupations:
            skills.setdefault(row["occupation"], set()).add(row["skill"])
    if not skills:
        raise TaxonomyError(f"{path.name}: has no essential skill of any of the occupations; download both again")
    return {uri: frozenset(own) for uri, own in skills.items()}


def _industries(path: Path, form: _Form) -> dict[str, str]:
    names = {row["code"]: row["name"].strip() for _, row in _rows(path, form) if row["level"] == _SIX_DIGITS}
    if not names:
        raise TaxonomyError(f"{path.name}: has no industry codes of six digits; download it again")
    return names
