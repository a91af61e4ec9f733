"""The company (virksomhed) with its worksites (P-enheder): legal limits count per worksite."""

import re
from dataclasses import dataclass

from matcher.domain.geography import Position, check_municipality, check_postcode
from matcher.domain.validation import (
    InvalidValueError,
    check_id,
    check_ids,
    check_number,
    check_pattern,
    check_text,
    check_unique,
    check_worksite_id,
)

_CVR = re.compile(r"\d{8}", re.ASCII)
_P_NUMBER = re.compile(r"\d{10}", re.ASCII)
_INDUSTRY = re.compile(r"\d{6}", re.ASCII)
MOST_EMPLOYEES = 100_000


@dataclass(frozen=True, slots=True)
class CompanyMentor:
    """Virksomhedsmentor: a colleague at the worksite with set hours a week for the people placed there."""

    id: str
    hours_per_week: float
    trained: bool = False

    def __post_init__(self) -> None:
        check_id("id", self.id)
        check_number("hours_per_week", self.hours_per_week, 0, 37, "hours a week")


@dataclass(frozen=True, slots=True)
class Worksite:
    """P-enhed: one address of a company.

    Attributes
    ----------
    ordinary_employees : ordinary employees as full-time persons, average of the last 4 months; without employees on
        public subsidy and without those under 18
    supported_full_time_persons : people already in work placement, wage subsidy or nytteindsats there that this
        service does not manage (other municipalities, for example), as full-time persons
    ordinary_employees_by_month : ordinary employees of the last 12 months, newest first; empty when not known
    """

    id: str
    p_number: str
    name: str
    postcode: str
    ordinary_employees: float
    position: Position | None = None
    supported_full_time_persons: float = 0.0
    ordinary_employees_by_month: tuple[float, ...] = ()
    mentors: tuple[CompanyMentor, ...] = ()

    def __post_init__(self) -> None:
        check_worksite_id("id", self.id)
        check_pattern("p_number", self.p_number, _P_NUMBER, "is not a P-number", "write its ten digits")
        check_text("name", self.name, required=True)
        check_postcode("postcode", self.postcode)
        check_number("ordinary_employees", self.ordinary_employees, 0, MOST_EMPLOYEES, "full-time persons")
        check_number(
            "supported_full_time_persons", self.supported_full_time_persons, 0, MOST_EMPLOYEES, "full-time persons"
        )
        if len(self.ordinary_employees_by_month) not in (0, 12):
            raise InvalidValueError(
                "ordinary_employees_by_month", "does not have 12 months", "give 12 numbers, newest first, or none"
            )
        for index, employees in enumerate(self.ordinary_employees_by_month):
            check_number(f"ordinary_employees_by_month[{index}]", employees, 0, MOST_EMPLOYEES, "full-time persons")
        check_unique("mentors", [mentor.id for mentor in self.mentors])

    @property
    def mentor_hours_per_week(self) -> float:
        """Mentor hours a week that the worksite has for all people placed there."""
        return sum(mentor.hours_per_week for mentor in self.mentors)


@dataclass(frozen=True, slots=True)
class Company:
    """Virksomhed. `industry` is the six-digit DB07 code; `not_again` are citizens it has asked not to meet again."""

    id: str
    municipality: str
    cvr: str
    name: str
    industry: str
    worksites: tuple[Worksite, ...]
    not_again: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_id("id", self.id)
        check_municipality("municipality", self.municipality)
        check_pattern("cvr", self.cvr, _CVR, "is not a CVR number", "write its eight digits")
        check_text("name", self.name, required=True)
        check_pattern(
            "industry", self.industry, _INDUSTRY, "is not a DB07 code", "write its six digits without a point"
        )
        if not self.worksites:
            raise InvalidValueError("worksites", "is empty", "give at least one worksite (P-number)")
        check_unique("worksites", [worksite.id for worksite in self.worksites])
        check_ids("not_again", self.not_again)
        check_unique("not_again", self.not_again)
