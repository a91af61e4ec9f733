"""English words for what the project counts, dates and names: the mirror of `matcher.wording`, function by function.

Numbers have a decimal point, units agree in number, lists end with "and", and every member of every enumeration of the
domain has a label: a code name never reaches a reader.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.citizen import CompetenceLevel, DanishLevel, GroupNeed, SupportProblem, TargetGroupProfile
from matcher.domain.conditions import Kind, Scale, Strength
from matcher.domain.contact import Answer, ContactKind
from matcher.domain.geography import TravelMode
from matcher.domain.placement import Outcome, PlacementStatus, Verdict
from matcher.domain.rule_changes import ChangeKind
from matcher.domain.rulebook import Origin, Severity
from matcher.domain.schedule import Schedule, Weekday
from matcher.limits import Barrier, ResourceKind
from matcher.support import FirstStep
from matcher.wording import sentence as sentence

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_NAMED: Final[tuple[tuple[Enum, str], ...]] = (
    (AgreementModel.FIXED, "fixed agreement"),
    (AgreementModel.PRE_AGREED, "agreement in principle"),
    (AgreementModel.AD_HOC, "the company must be approached"),
    (AgreementModel.CLUSTER, "cluster agreement"),
    (SlotSetting.COMPANY_CENTRE, "company centre"),
    (SlotSetting.TRAINING_TRACK, "training track"),
    (SlotSetting.JOB_PACKAGE, "job package"),
    (SlotSetting.SINGLE, "placement for one person"),
    (SlotSetting.SMALL_JOB, "small job"),
    (PlacementForm.WORK_PLACEMENT, "work placement"),
    (PlacementForm.WAGE_SUBSIDY, "job with wage subsidy"),
    (PlacementForm.ORDINARY_HOURS, "ordinary paid hours"),
    (PlacementForm.FLEXI_JOB, "flexi-job"),
    (TargetGroupProfile.JOB, "job"),
    (TargetGroupProfile.EDUCATION, "education"),
    (TargetGroupProfile.QUALIFICATION, "qualification"),
    (TargetGroupProfile.ADAPTATION, "adaptation"),
    (TargetGroupProfile.MARGINALISATION, "marginalisation"),
    (DanishLevel.NONE, "no Danish required"),
    (DanishLevel.A1, "beginner (A1)"),
    (DanishLevel.A2, "elementary (A2)"),
    (DanishLevel.B1, "intermediate (B1)"),
    (DanishLevel.B2, "upper intermediate (B2)"),
    (DanishLevel.C1, "fluent (C1)"),
    (CompetenceLevel.WITH_GUIDANCE, "can do it with guidance"),
    (CompetenceLevel.ALONE, "can do it alone"),
    (CompetenceLevel.CAN_TEACH, "can teach it to others"),
    (GroupNeed.NONE, "no special regard to the group"),
    (GroupNeed.SUBSTANCE_FREE_GROUP, "a group without active substance misuse"),
    (GroupNeed.ACTIVE_SUBSTANCE_USE, "active substance misuse"),
    (SupportProblem.ATTENDANCE, "unsteady attendance"),
    (SupportProblem.CONFIDENCE, "little belief in own abilities"),
    (SupportProblem.EVERYDAY_LIFE, "an everyday life that is hard to hold together"),
    (SupportProblem.ILLNESS_COPING, "illness that is hard to cope with"),
    (SupportProblem.MOTIVATION, "lack of motivation"),
    (SupportProblem.PAIN, "pain"),
    (SupportProblem.SUBSTANCE_USE, "substance misuse"),
    (SupportProblem.BASIC_SCHOOL_SKILLS, "difficulty with reading, writing or arithmetic"),
    (SupportProblem.WORKPLACE_RULES, "little knowledge of the rules of a workplace"),
    (Strength.MUST, "must be met"),
    (Strength.SHOULD, "should be met"),
    (Kind.BURDEN, "burden"),
    (Kind.OFFER, "offer"),
    (Scale.KILOGRAM, "kg"),
    (Scale.SHARE, "share of the working time"),
    (Scale.LEVEL, "degree"),
    (Scale.YES_NO, "yes or no"),
    (TravelMode.WALK, "on foot"),
    (TravelMode.BICYCLE, "by bicycle"),
    (TravelMode.BUS, "by bus"),
    (TravelMode.CAR, "by car"),
    (Verdict.APPROVED, "approved"),
    (Verdict.HELD, "put on hold"),
    (Verdict.REJECTED, "rejected"),
    (PlacementStatus.PLANNED, "planned"),
    (PlacementStatus.RUNNING, "running"),
    (PlacementStatus.ENDED, "ended"),
    (Outcome.ORDINARY_JOB, "ordinary job"),
    (Outcome.EDUCATION, "education"),
    (Outcome.FLEXI_JOB, "flexi-job"),
    (Outcome.WAGE_SUBSIDY, "job with wage subsidy"),
    (Outcome.NEXT_PLACEMENT, "another placement"),
    (Outcome.COMPLETED, "completed"),
    (Outcome.MOVED, "moved away"),
    (Outcome.PARENTAL_LEAVE, "parental leave"),
    (Outcome.DROPPED_OUT_ATTENDANCE, "ended early because of attendance"),
    (Outcome.DROPPED_OUT_MOTIVATION, "ended early because of motivation"),
    (Outcome.PRISON, "serving a sentence"),
    (Outcome.DISABILITY_PENSION, "disability pension"),
    (Weekday.MONDAY, "Monday"),
    (Weekday.TUESDAY, "Tuesday"),
    (Weekday.WEDNESDAY, "Wednesday"),
    (Weekday.THURSDAY, "Thursday"),
    (Weekday.FRIDAY, "Friday"),
    (Weekday.SATURDAY, "Saturday"),
    (Weekday.SUNDAY, "Sunday"),
    (ContactKind.CALL, "call"),
    (ContactKind.VISIT, "visit"),
    (ContactKind.MAIL, "mail"),
    (Answer.YES, "yes"),
    (Answer.NO, "no"),
    (Answer.LATER, "not now"),
    (Answer.NOT_REACHED, "not reached"),
    (Answer.NOT_ASKED, "not asked for a place"),
    (Severity.CLOSES, "rules the place out"),
    (Severity.LIMITS, "limits the plan"),
    (Severity.DUTY, "must be in place"),
    (Severity.ADVICE, "advice"),
    (Origin.LAW, "law"),
    (Origin.PRACTICE, "practice"),
    (Origin.AGREEMENT, "agreement or referral"),
    (Origin.CHOICE, "own choice"),
    (Origin.LOCAL, "the municipality's own rule"),
    (ChangeKind.SWITCH_OFF, "switched off"),
    (ChangeKind.RESTORE, "restored"),
    (ChangeKind.SET_FIGURES, "other figures"),
    (ChangeKind.ADD, "added"),
    (ResourceKind.FULL_TIME_PERSONS, "full-time persons under the reasonableness rule"),
    (ResourceKind.MENTOR_HOURS, "mentor hours"),
    (ResourceKind.CLUSTER_PLACES, "places of the cluster"),
    (ResourceKind.OUTREACH_HOURS, "hours for approaching companies"),
    (ResourceKind.CASELOAD, "placements that a job consultant can follow"),
    (Barrier.ALREADY_PLACED, "has a placement already"),
    (Barrier.PLACE_TAKEN, "the place is taken by a placement"),
    (Barrier.APART, "the place does not go together with the placements at the worksite"),
    (Barrier.RESOURCE, "hours, places or full-time persons are used up"),
    (Barrier.GIVEN_TO_OTHERS, "the places are given to others"),
    (Barrier.LEFT_FREE, "there is a free place that the plan has not used"),
    (Barrier.NO_PLACE_FITS, "no place meets every requirement"),
    (FirstStep.COMPANY_CENTRE, "company centre"),
    (FirstStep.PARALLEL_SUPPORT, "support before or beside the placement"),
    (FirstStep.ASK_FIRST, "attendance and knowledge of the rules of a workplace should be clarified first"),
)

_LABELS: Final[Mapping[tuple[type[Enum], str], str]] = MappingProxyType(
    {(type(member), member.name): english for member, english in _NAMED}
)
"""By class and name, since members of different enumerations may be equal as texts or numbers."""


def label(member: Enum) -> str:
    """English label of a member of an enumeration, to stand inside a sentence."""
    return _LABELS[type(member), member.name]


def joined(parts: Sequence[str], word: str = "and") -> str:
    """``a, b and c``; where a part has an "and" of its own, with a comma before the last: ``a, and b and c``."""
    if word == "and" and any(" and " in part for part in parts):
        return joined_clauses(parts)
    return f" {word} ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def joined_clauses(clauses: Sequence[str]) -> str:
    """Parts in a row, with a comma before "and": ``a, b, and c``."""
    return ", and ".join(filter(None, (", ".join(clauses[:-1]), clauses[-1]))) if clauses else ""


@lru_cache(maxsize=4096)  # the same hours and minutes stand in every text of a list
def number(value: float, decimals: int = 1) -> str:
    """With a decimal point, and without decimals that are zero: 7.5 and 10; a number below zero has a real minus."""
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share as whole per cent: 80%."""
    return f"{number(100 * share, 0)}%"


def counted(value: float, singular: str, plural: str) -> str:
    """A number with its noun: 1 place, 1.5 hours, 0 places; English has the singular for 1 only."""
    shown = number(value)
    return f"{shown} {singular if shown == '1' else plural}"


def hours(value: float) -> str:
    """1 hour, 7.5 hours."""
    return counted(value, "hour", "hours")


def hours_per_week(value: float) -> str:
    """15 hours a week."""
    return f"{hours(value)} a week"


def minutes(value: float) -> str:
    """25 minutes, rounded."""
    return counted(round(value), "minute", "minutes")


def full_time_persons(value: float) -> str:
    """0.27 full-time persons, 1 full-time person."""
    shown = number(value, 2)
    return f"{shown} {'full-time person' if shown == '1' else 'full-time persons'}"


def day(value: date) -> str:
    """1 October 2026."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def clock(minutes_after_midnight: int) -> str:
    """8:00, 8:30, on the 24-hour clock."""
    hour, minute = divmod(minutes_after_midnight, 60)
    return f"{hour}:{minute:02d}"


def weekdays(days: Iterable[Weekday]) -> str:
    """``Monday–Friday`` for three days or more in a row, else ``Monday, Wednesday and Friday``."""
    ordered = sorted(days)
    names = [label(one) for one in ordered]
    in_a_row = [int(one) for one in ordered] == list(range(ordered[0], ordered[0] + len(ordered)))
    return f"{names[0]}–{names[-1]}" if in_a_row and len(names) > 2 else joined(names)


def times(schedule: Schedule) -> str:
    """Monday–Friday 8:00–16:00."""
    return f"{weekdays(schedule.days)} {clock(schedule.from_minutes)}–{clock(schedule.to_minutes)}"
