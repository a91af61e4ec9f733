"""The catalogue: job functions with their usual demands, occupations, certificates and short courses.

Competences, slots and goals name its codes. The data stand as literals in the ``catalogue_*`` files; here they become
values, checked when the module is first read: a code that is used twice or that does not exist stops the program.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from matcher.domain import catalogue_functions, catalogue_occupations, catalogue_training
from matcher.domain.conditions import Condition, Demand
from matcher.domain.validation import check_unique

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Area:
    """Area of work (brancheområde) that job functions belong to."""

    code: str
    danish: str
    english: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Certificate, licence or attestation that a place may require."""

    code: str
    danish: str
    english: str


@dataclass(frozen=True, slots=True)
class Course:
    """Short course of a job package: what it teaches and which certificates it gives."""

    code: str
    danish: str
    english: str
    days: int
    functions: tuple[str, ...]
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occupation:
    """Occupation of ESCO. `functions` are the job functions it consists of, the most typical first.

    `alternative_labels` are everyday Danish names, as people say them when they tell what they would like to do.
    """

    uri: str
    danish: str
    english: str
    isco08: str
    functions: tuple[str, ...]
    alternative_labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobFunction:
    """Jobfunktion: a task that a person can master and a place can ask for or teach.

    `usual_demands` is the ordinary case; a slot states its own levels. `certificates` are those usually required.
    """

    code: str
    danish: str
    english: str
    area: str
    occupations: tuple[str, ...]
    usual_demands: tuple[Demand, ...]
    certificates: tuple[str, ...]


def _usual_demands(area: str, own: Mapping[str, float]) -> tuple[Demand, ...]:
    levels = {**catalogue_functions.EVERYWHERE, **catalogue_functions.AREAS[area][2], **own}
    return tuple(Demand(condition, levels[condition]) for condition in Condition if condition in levels)


def _areas() -> Mapping[str, Area]:
    rows = catalogue_functions.AREAS.items()
    return MappingProxyType({code: Area(code, danish, english) for code, (danish, english, _) in rows})


def _certificates() -> Mapping[str, Certificate]:
    return _by_code([(row[0], Certificate(*row)) for row in catalogue_training.CERTIFICATES])


def _courses() -> Mapping[str, Course]:
    return _by_code([(row[0], Course(*row)) for row in catalogue_training.COURSES])


def _occupations() -> Mapping[str, Occupation]:
    prefix = catalogue_occupations.ESCO_OCCUPATION
    return _by_code(
        [(prefix + row[0], Occupation(prefix + row[0], *row[1:])) for row in catalogue_occupations.OCCUPATIONS]
    )


def _job_functions() -> Mapping[str, JobFunction]:
    uris: dict[str, list[str]] = {row[0]: [] for row in catalogue_functions.FUNCTIONS}
    for occupation in OCCUPATIONS.values():
        for code in occupation.functions:
            uris[code].append(occupation.uri)
    return _by_code(
        [
            (code, JobFunction(code, danish, english, area, tuple(uris[code]), _usual_demands(area, own), certificates))
            for code, danish, english, area, own, certificates in catalogue_functions.FUNCTIONS
        ]
    )


def _by_code(pairs: list[tuple[str, _Item]]) -> Mapping[str, _Item]:
    check_unique("code", [code for code, _ in pairs])
    return MappingProxyType(dict(pairs))


AREAS: Mapping[str, Area] = _areas()
CERTIFICATES: Mapping[str, Certificate] = _certificates()
OCCUPATIONS: Mapping[str, Occupation] = _occupations()
JOB_FUNCTIONS: Mapping[str, JobFunction] = _job_functions()
COURSES: Mapping[str, Course] = _courses()
