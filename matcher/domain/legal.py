"""Target groups, and what the law's figures come to: full-time persons, allowances, lengths.

The figures themselves stand in the rule book (`matcher.domain.statute`); each function reads the version of a day.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.domain.company import Worksite
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import ADDITIONAL_EMPLOYMENT, FULL_WEEK, PLACEMENT_LENGTH, REASONABLENESS, STATUTE
from matcher.domain.validation import InvalidValueError


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Målgruppe: the law changes them, so they are data with validity dates.

    `short_placements`: whether a work placement is of the short kind (see the rule `placement_length`).
    """

    code: str
    danish: str
    english: str
    short_placements: bool
    valid_from: date
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the group exists on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


_GROUPS_FROM = date(2022, 6, 17)
"""Source of the groups and of which have short work placements: VEJL nr. 9641 af 17/6/2022."""

TARGET_GROUPS: tuple[TargetGroup, ...] = tuple(
    TargetGroup(code, danish, english, short, _GROUPS_FROM)
    for code, danish, english, short in (
        ("activity_ready", "aktivitetsparat kontanthjælpsmodtager", "recipient of cash benefit, activity-ready", False),
        ("job_ready", "jobparat kontanthjælpsmodtager", "recipient of cash benefit, job-ready", True),
        (
            "education_obviously_ready",
            "åbenlyst uddannelsesparat uddannelseshjælpsmodtager",
            "recipient of education benefit, obviously ready for education",
            True,
        ),
        (
            "education_ready",
            "uddannelsesparat uddannelseshjælpsmodtager",
            "recipient of education benefit, ready for education",
            True,
        ),
        (
            "education_activity_ready",
            "aktivitetsparat uddannelseshjælpsmodtager",
            "recipient of education benefit, activity-ready",
            False,
        ),
        ("resource_course", "borger i ressourceforløb", "citizen in a resource course", False),
        ("job_clarification", "borger i jobafklaringsforløb", "citizen in a job clarification course", False),
        ("sick_pay", "sygedagpengemodtager", "recipient of sick pay", False),
        ("rehabilitation", "revalidend", "citizen in vocational rehabilitation", False),
        (
            "flexi_job_approved",
            "ledighedsydelsesmodtager",
            "recipient of unemployment allowance, approved for a flexi-job",
            False,
        ),
        ("unemployment_insurance", "dagpengemodtager", "recipient of unemployment insurance benefit", True),
        (
            "self_support_repatriation",
            "modtager af selvforsørgelses- og hjemrejseydelse",
            "recipient of self-support and repatriation benefit",
            False,
        ),
    )
)


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


def group_periods(code: str) -> tuple[TargetGroup, ...]:
    """Every period in which the law knows a target group with the code; empty where it never does."""
    return tuple(group for group in TARGET_GROUPS if group.code == code)


def most_full_time_persons(ordinary_employees: float, on: date, rulebook: RuleBook = STATUTE) -> int:
    """Full-time persons that a worksite may have in placement, wage subsidy and nytteindsats together.

    allowance(n) = max(at_least, floor(min(n, 50) / 5) + floor(max(n - 50, 0) / 10)), unit: full-time persons.
    Source: the version of the rule `reasonableness` that holds on the day; KeyError where none does.
    """
    figures = rulebook.version(REASONABLENESS, on).parameters
    first = min(ordinary_employees, figures["first_employees"])
    rest = max(ordinary_employees - figures["first_employees"], 0.0)
    allowed = math.floor(first / figures["per_person_first"]) + math.floor(rest / figures["per_person_after"])
    return max(int(figures["at_least"]), allowed)


def average_employees(site: Worksite, on: date, rulebook: RuleBook = STATUTE) -> float:
    """Ordinary employees that the allowance is computed from, full-time persons.

    The mean of the latest months where the months are known, else `ordinary_employees`, which the company states as
    that average. How many months: the version of the rule `reasonableness` that holds on the day. The law averages the
    ordinary employees, not the people in placements: those are counted as they are when a placement is made. Rounded
    to 1e-6, so that sums of decimals do not fall just under a limit.
    Source: BEK nr. 2636 af 28/12/2021 § 65, stk. 4.
    """
    months = int(rulebook.version(REASONABLENESS, on).parameters["months"])
    latest = site.ordinary_employees_by_month[:months]
    return round(math.fsum(latest) / len(latest), 6) if latest else site.ordinary_employees


def as_full_time_persons(hours_per_week: float, on: date, rulebook: RuleBook = STATUTE) -> float:
    """Hours a week as full-time persons: hours / 37."""
    return hours_per_week / rulebook.version(FULL_WEEK, on).parameters["hours_per_week"]


def has_additional_employment(
    ordinary_employees_by_month: tuple[float, ...], on: date, rulebook: RuleBook = STATUTE
) -> bool | None:
    """Whether last month's ordinary employees reach the average of the last 12 months; None if they are not known."""
    months = int(rulebook.version(ADDITIONAL_EMPLOYMENT, on).parameters["months"])
    latest = ordinary_employees_by_month[:months]
    return latest[0] >= round(math.fsum(latest) / len(latest), 6) if latest else None


def most_weeks(code: str, starts_on: date, rulebook: RuleBook = STATUTE) -> int:
    """Longest ordinary work placement of a target group that starts on a day, weeks; by the rule `placement_length`."""
    figures = rulebook.version(PLACEMENT_LENGTH, starts_on).parameters
    return int(figures["short_weeks" if target_group(code, starts_on).short_placements else "long_weeks"])


def latest_extension(code: str, starts_on: date, on: date, rulebook: RuleBook = STATUTE) -> date:
    """Last day that a work placement which began on a day may be extended to when that is decided on another day.

    "At a time", of the groups with long placements, is read as counted from each decision; a placement of a group with
    short ones is not extended. The figures are those of the first day.
    """
    begun = starts_on if target_group(code, starts_on).short_placements else max(starts_on, on)
    return begun + timedelta(weeks=most_weeks(code, starts_on, rulebook), days=-1)


def latest_end(code: str, starts_on: date, rulebook: RuleBook = STATUTE) -> date:
    """Last day of a work placement of the group's ordinary length that starts on a day."""
    return starts_on + timedelta(weeks=most_weeks(code, starts_on, rulebook), days=-1)
