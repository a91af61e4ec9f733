"""What happens around a match: a proposal is what the solver suggests, a placement is what people agreed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matcher.domain.agreement import PlacementForm
from matcher.domain.citizen import SupportProblem
from matcher.domain.validation import (
    InvalidValueError,
    check_date,
    check_id,
    check_member,
    check_number,
    check_period,
    check_text,
    check_unique,
)


@dataclass(frozen=True, slots=True)
class ParallelSupport:
    """Parallel indsats: support beside a placement. A named problem, a mechanism, a sub-goal. Advice, never a bar."""

    problem: SupportProblem
    support: str
    mechanism: str
    sub_goal: str
    source: str

    def __post_init__(self) -> None:
        check_member("problem", self.problem, SupportProblem)
        for name in ("support", "mechanism", "sub_goal", "source"):
            check_text(name, getattr(self, name), required=True)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the solver suggests: a pair, never a decision.

    `value` is the pair's score in [0, 1]; `price` what the place is worth to others, in the same unit.
    """

    citizen_id: str
    slot_id: str
    starts_on: date
    hours_per_week: float
    value: float
    price: float
    support: tuple[ParallelSupport, ...] = ()

    def __post_init__(self) -> None:
        check_id("citizen_id", self.citizen_id)
        check_id("slot_id", self.slot_id)
        check_date("starts_on", self.starts_on)
        check_number("hours_per_week", self.hours_per_week, 0.5, 37, "hours a week")
        check_number("value", self.value, 0, 1, "(a score)")
        check_number("price", self.price, 0, 1e9, "(in units of value)")


class Verdict(StrEnum):
    """What a named person decided about a proposal."""

    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """A named person's decision, always with a reason."""

    verdict: Verdict
    decided_by: str
    reason: str

    def __post_init__(self) -> None:
        check_member("verdict", self.verdict, Verdict)
        check_id("decided_by", self.decided_by)
        check_text("reason", self.reason, required=True)


@dataclass(frozen=True, slots=True)
class SubGoal:
    """Delmål: a measurable step of a job function in the work agreement."""

    function: str
    measure: str
    due_on: date
    reached_on: date | None = None

    def __post_init__(self) -> None:
        check_id("function", self.function)
        check_text("measure", self.measure, required=True)
        check_date("due_on", self.due_on)
        if self.reached_on is not None:
            check_date("reached_on", self.reached_on)


@dataclass(frozen=True, slots=True)
class HoursStep:
    """One step of the hours ramp."""

    from_on: date
    hours_per_week: float

    def __post_init__(self) -> None:
        check_date("from_on", self.from_on)
        check_number("hours_per_week", self.hours_per_week, 0.5, 37, "hours a week")


@dataclass(frozen=True, slots=True)
class WorkAgreement:
    """Arbejdsaftale: job functions to be mastered, sub-goals, hours ramp, mentor, tasks, who is called on absence."""

    functions: tuple[str, ...]
    sub_goals: tuple[SubGoal, ...]
    hours: tuple[HoursStep, ...]
    call_on_absence: str
    mentor_id: str | None = None
    tasks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.hours:
            raise InvalidValueError("hours", "is empty", "give at least the first step")
        starts = [step.from_on for step in self.hours]
        if starts != sorted(set(starts)):
            raise InvalidValueError("hours", "is not in the order of dates", "sort the steps, one a date")
        check_unique("functions", self.functions)
        check_text("call_on_absence", self.call_on_absence, required=True)


class PlacementStatus(StrEnum):
    """Where a placement stands."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a placement ended; the status that company centres register."""

    ORDINARY_JOB = "ordinary_job"
    EDUCATION = "education"
    FLEXI_JOB = "flexi_job"
    WAGE_SUBSIDY = "wage_subsidy"
    NEXT_PLACEMENT = "next_placement"
    COMPLETED = "completed"
    MOVED = "moved"
    PARENTAL_LEAVE = "parental_leave"
    DROPPED_OUT_ATTENDANCE = "dropped_out_attendance"
    DROPPED_OUT_MOTIVATION = "dropped_out_motivation"
    PRISON = "prison"
    DISABILITY_PENSION = "disability_pension"


LEADS_ON = frozenset(
    {Outcome.ORDINARY_JOB, Outcome.EDUCATION, Outcome.FLEXI_JOB, Outcome.WAGE_SUBSIDY, Outcome.NEXT_PLACEMENT}
)
"""Outcomes that bring the person closer to ordinary work."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What people agreed. It exists only through a named person's decision."""

    id: str
    citizen_id: str
    slot_id: str
    form: PlacementForm
    status: PlacementStatus
    hours_per_week: float
    starts_on: date
    ends_on: date
    decided_by: str
    reason: str
    work_agreement: WorkAgreement | None = None
    statement_confirmed_on: date | None = None
    """When employer and employee representative confirmed the legal limits in writing: by the first day."""
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        for name in ("id", "citizen_id", "slot_id", "decided_by"):
            check_id(name, getattr(self, name))
        check_member("form", self.form, PlacementForm)
        check_member("status", self.status, PlacementStatus)
        check_number("hours_per_week", self.hours_per_week, 0.5, 37, "hours a week")
        check_period("starts_on", self.starts_on, "ends_on", self.ends_on)
        check_text("reason", self.reason, required=True)
        if (self.outcome is not None) != (self.status is PlacementStatus.ENDED):
            raise InvalidValueError(
                "outcome", "does not go with the status", "an ended placement has an outcome, the others have none"
            )
        if self.statement_confirmed_on is not None:
            check_date("statement_confirmed_on", self.statement_confirmed_on)
            if self.statement_confirmed_on > self.starts_on:
                raise InvalidValueError(
                    "statement_confirmed_on",
                    "is after the first day",
                    "give a day up to starts_on, or leave it out",
                )


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Opfølgning on the goals of a placement."""

    placement_id: str
    held_on: date
    hours_per_week: float
    note: str = ""

    def __post_init__(self) -> None:
        check_id("placement_id", self.placement_id)
        check_number("hours_per_week", self.hours_per_week, 0, 37, "hours a week")
        check_text("note", self.note)


@dataclass(frozen=True, slots=True)
class Aftercare:
    """Efterværn after a placement or job start: aims at keeping the job."""

    citizen_id: str
    starts_on: date
    ends_on: date
    kind: str
    hours_per_week: float

    def __post_init__(self) -> None:
        check_id("citizen_id", self.citizen_id)
        check_period("starts_on", self.starts_on, "ends_on", self.ends_on)
        check_text("kind", self.kind, required=True)
        check_number("hours_per_week", self.hours_per_week, 0, 37, "hours a week")
