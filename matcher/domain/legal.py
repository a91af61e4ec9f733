"""The one dated table of legal figures and target groups. A figure of the law stands here and nowhere else."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from matcher.domain.validation import InvalidValueError


@dataclass(frozen=True, slots=True)
class LegalRule:
    """A rule of law with its figures, its validity and its source."""

    id: str
    text: str
    source: str
    valid_from: date
    parameters: Mapping[str, float]
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the rule holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Målgruppe: the law changes them, so they are data with validity dates.

    `most_weeks` is the longest ordinary period of a work placement, weeks.
    """

    code: str
    danish: str
    english: str
    most_weeks: int
    valid_from: date
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the group exists on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


REASONABLENESS = "reasonableness"
ADDITIONAL_EMPLOYMENT = "additional_employment"
FULL_WEEK = "full_week"
WRITTEN_STATEMENT = "written_statement"

_BEK_2636 = "BEK nr. 2636 af 28/12/2021"

LEGAL_RULES: tuple[LegalRule, ...] = (
    LegalRule(
        REASONABLENESS,
        "Højst 1 person i virksomhedspraktik, løntilskud eller nytteindsats for hver 5 ordinært ansatte op til 50 "
        "(altid mindst 1) og derefter 1 for hver 10, opgjort i fuldtidspersoner pr. P-enhed "
        "som gennemsnit af de seneste 4 måneder.",
        f"{_BEK_2636} § 65",
        date(2022, 1, 1),
        MappingProxyType(
            {"first_employees": 50, "per_person_first": 5, "per_person_after": 10, "at_least": 1, "months": 4}
        ),
    ),
    LegalRule(
        ADDITIONAL_EMPLOYMENT,
        "Løntilskud kræver, at antallet af ordinært ansatte seneste måned mindst svarer til gennemsnittet "
        "af de seneste 12 måneder.",
        "Vejledning til VITAS om merbeskæftigelse",
        date(2022, 1, 1),
        MappingProxyType({"months": 12}),
    ),
    LegalRule(
        FULL_WEEK,
        "En fuldtidsperson svarer til 37 timer om ugen.",
        f"{_BEK_2636} § 65",
        date(2022, 1, 1),
        MappingProxyType({"hours_per_week": 37}),
    ),
    LegalRule(
        WRITTEN_STATEMENT,
        "Arbejdsgiver og en repræsentant for de ansatte bekræfter skriftligt før start, at kravet om rimelighed og, "
        "ved løntilskud, kravet om merbeskæftigelse er opfyldt.",
        f"{_BEK_2636} § 65, stk. 6",
        date(2022, 1, 1),
        MappingProxyType({}),
    ),
)

_LENGTH_SOURCE_FROM = date(2022, 6, 17)
"""VEJL nr. 9641 af 17/6/2022: up to 4 weeks for the groups nearest to work, 13 weeks for the others."""

TARGET_GROUPS: tuple[TargetGroup, ...] = tuple(
    TargetGroup(code, danish, english, weeks, _LENGTH_SOURCE_FROM)
    for code, danish, english, weeks in (
        ("activity_ready", "aktivitetsparat kontanthjælpsmodtager", "recipient of cash benefit, activity-ready", 13),
        ("job_ready", "jobparat kontanthjælpsmodtager", "recipient of cash benefit, job-ready", 4),
        (
            "education_obviously_ready",
            "åbenlyst uddannelsesparat uddannelseshjælpsmodtager",
            "recipient of education benefit, obviously ready for education",
            4,
        ),
        (
            "education_ready",
            "uddannelsesparat uddannelseshjælpsmodtager",
            "recipient of education benefit, ready for education",
            13,
        ),
        (
            "education_activity_ready",
            "aktivitetsparat uddannelseshjælpsmodtager",
            "recipient of education benefit, activity-ready",
            13,
        ),
        ("resource_course", "borger i ressourceforløb", "citizen in a resource course", 13),
        ("job_clarification", "borger i jobafklaringsforløb", "citizen in a job clarification course", 13),
        ("sick_pay", "sygedagpengemodtager", "recipient of sick pay", 13),
        ("rehabilitation", "revalidend", "citizen in vocational rehabilitation", 13),
        (
            "flexi_job_approved",
            "ledighedsydelsesmodtager",
            "recipient of unemployment allowance, approved for a flexi-job",
            13,
        ),
        ("unemployment_insurance", "dagpengemodtager", "recipient of unemployment insurance benefit", 4),
        (
            "self_support_repatriation",
            "modtager af selvforsørgelses- og hjemrejseydelse",
            "recipient of self-support and repatriation benefit",
            13,
        ),
    )
)


def legal_rule(rule_id: str, on: date) -> LegalRule:
    """The version of a rule that holds on a day; KeyError where none does."""
    for rule in LEGAL_RULES:
        if rule.id == rule_id and rule.valid_on(on):
            return rule
    raise KeyError(f"no version of the rule {rule_id!r} holds on {on}")


def target_group(code: str, on: date) -> TargetGroup:
    """The target group with a code on a day; InvalidValueError where there is none."""
    for group in TARGET_GROUPS:
        if group.code == code and group.valid_on(on):
            return group
    known = ", ".join(group.code for group in TARGET_GROUPS if group.valid_on(on))
    raise InvalidValueError("target_group", "is not a target group on that day", f"use one of: {known}")


def is_target_group(code: str, on: date) -> bool:
    """Whether the law knows a target group with the code on a day."""
    return any(group.code == code and group.valid_on(on) for group in TARGET_GROUPS)


def most_full_time_persons(ordinary_employees: float, on: date) -> int:
    """Full-time persons that a worksite may have in placement, wage subsidy and nytteindsats together.

    allowance(n) = max(at_least, floor(min(n, 50) / 5) + floor(max(n - 50, 0) / 10)), unit: full-time persons.
    Source: the rule `reasonableness` of the table.
    """
    figures = legal_rule(REASONABLENESS, on).parameters
    first = min(ordinary_employees, figures["first_employees"])
    rest = max(ordinary_employees - figures["first_employees"], 0.0)
    allowed = math.floor(first / figures["per_person_first"]) + math.floor(rest / figures["per_person_after"])
    return max(int(figures["at_least"]), allowed)


def as_full_time_persons(hours_per_week: float, on: date) -> float:
    """Hours a week as full-time persons: hours / 37."""
    return hours_per_week / legal_rule(FULL_WEEK, on).parameters["hours_per_week"]


def has_additional_employment(ordinary_employees_by_month: tuple[float, ...]) -> bool | None:
    """Whether last month's ordinary employees reach the average of the last 12 months; None if they are not known."""
    if not ordinary_employees_by_month:
        return None
    return ordinary_employees_by_month[0] >= sum(ordinary_employees_by_month) / len(ordinary_employees_by_month)


def latest_end(code: str, starts_on: date) -> date:
    """Last day of a work placement of the group's ordinary length that starts on a day."""
    return starts_on + timedelta(weeks=target_group(code, starts_on).most_weeks, days=-1)
