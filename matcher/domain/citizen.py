"""The citizen (borger): goals, competences, needs, hours, travel, wishes. No diagnosis, age, gender or origin."""

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from matcher.domain.conditions import Accommodation
from matcher.domain.geography import Position, TravelMode, check_municipality, check_postcode
from matcher.domain.schedule import Schedule
from matcher.domain.validation import (
    InvalidValueError,
    check_date,
    check_id,
    check_ids,
    check_member,
    check_number,
    check_period,
    check_share,
    check_text,
    check_unique,
    check_whole,
)

FULL_WEEK_HOURS = 168.0


class TargetGroupProfile(StrEnum):
    """Målgruppeprofil: a shared language for the direction of the effort; a consultant may overrule it."""

    JOB = "job"
    EDUCATION = "education"
    QUALIFICATION = "qualification"
    ADAPTATION = "adaptation"
    MARGINALISATION = "marginalisation"


class DanishLevel(IntEnum):
    """Level of Danish on the CEFR scale (Common European Framework of Reference)."""

    NONE = 0
    A1 = 1
    A2 = 2
    B1 = 3
    B2 = 4
    C1 = 5


class CompetenceLevel(IntEnum):
    """How well a person does a job function."""

    WITH_GUIDANCE = 1
    ALONE = 2
    CAN_TEACH = 3


class GroupNeed(StrEnum):
    """Functional need that concerns who else is at the worksite.

    People with active substance misuse are not placed together with people who need a group free of it.
    Source: study of what works for vulnerable young people, 2013.
    """

    NONE = "none"
    SUBSTANCE_FREE_GROUP = "substance_free_group"
    ACTIVE_SUBSTANCE_USE = "active_substance_use"


class SupportProblem(StrEnum):
    """Named problems that parallel support (parallel indsats) works on; each is reported by the caseworker."""

    ATTENDANCE = "attendance"
    CONFIDENCE = "confidence"
    EVERYDAY_LIFE = "everyday_life"
    ILLNESS_COPING = "illness_coping"
    MOTIVATION = "motivation"
    PAIN = "pain"
    SUBSTANCE_USE = "substance_use"
    BASIC_SCHOOL_SKILLS = "basic_school_skills"
    WORKPLACE_RULES = "workplace_rules"


@dataclass(frozen=True, slots=True)
class JobGoal:
    """Jobmål: goals are ordered and set the direction. `occupation` is the URI of an occupation, once confirmed."""

    text: str
    occupation: str | None = None

    def __post_init__(self) -> None:
        check_text("text", self.text, required=self.occupation is None)
        if self.occupation is not None:
            check_text("occupation", self.occupation, required=True)


@dataclass(frozen=True, slots=True)
class Competence:
    """A job function that the person can do, how well, and where learnt. `function` is a code of the catalogue."""

    function: str
    level: CompetenceLevel = CompetenceLevel.ALONE
    learnt_at: str = ""

    def __post_init__(self) -> None:
        check_id("function", self.function)
        if not isinstance(self.level, CompetenceLevel):
            raise InvalidValueError("level", "is unknown", "use 1 (with guidance), 2 (alone) or 3 (can teach it)")
        check_text("learnt_at", self.learnt_at)


@dataclass(frozen=True, slots=True)
class EarlierPlacement:
    """A placement or job that has ended. `completed` is None where the outcome is not known."""

    company_id: str
    function: str
    started_on: date
    ended_on: date
    completed: bool | None = None
    was_employed: bool = False
    """Whether it was an ordinary job there: the company is then a former employer."""

    def __post_init__(self) -> None:
        check_id("company_id", self.company_id)
        check_id("function", self.function)
        check_period("started_on", self.started_on, "ended_on", self.ended_on)


@dataclass(frozen=True, slots=True)
class Citizen:
    """Borger: who is to come closer to ordinary work. Hours are per week; `attendance_stability` is a share."""

    id: str
    municipality: str
    name: str = field(repr=False)
    target_group: str
    profile: TargetGroupProfile
    consultant_id: str
    home_postcode: str
    waiting_since: date
    hours_now: float
    hours_target: float
    goals: tuple[JobGoal, ...] = ()
    competences: tuple[Competence, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()
    schedule: Schedule = field(default_factory=Schedule)
    available_from: date | None = None
    home: Position | None = None
    travel_modes: tuple[TravelMode, ...] = (TravelMode.BUS,)
    longest_travel_minutes: int = 60
    danish_level: DanishLevel | None = None
    certificates: tuple[str, ...] = ()
    mentor_hours_per_week: float = 0.0
    attendance_stability: float | None = None
    knows_workplace_rules: bool | None = None
    group_need: GroupNeed = GroupNeed.NONE
    support_problems: tuple[SupportProblem, ...] = ()
    earlier_placements: tuple[EarlierPlacement, ...] = ()
    former_employers_allowed: tuple[str, ...] = ()
    wishes_for: tuple[str, ...] = ()
    wishes_against: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_id("id", self.id)
        check_municipality("municipality", self.municipality)
        check_text("name", self.name)
        check_id("target_group", self.target_group)
        check_member("profile", self.profile, TargetGroupProfile)
        check_member("group_need", self.group_need, GroupNeed)
        if self.danish_level is not None:
            check_member("danish_level", self.danish_level, DanishLevel)
        check_id("consultant_id", self.consultant_id)
        check_postcode("home_postcode", self.home_postcode)
        check_date("waiting_since", self.waiting_since)
        if self.available_from is not None:
            check_date("available_from", self.available_from)
        self._check_work()
        self._check_companies()

    def _check_work(self) -> None:
        check_number("hours_now", self.hours_now, 0.5, 37, "hours a week")
        check_number("hours_target", self.hours_target, self.hours_now, 37, "hours a week (not below hours_now)")
        check_whole("longest_travel_minutes", self.longest_travel_minutes, 1, 240, "minutes one way")
        check_number("mentor_hours_per_week", self.mentor_hours_per_week, 0, 37, "hours a week")
        if self.attendance_stability is not None:
            check_share("attendance_stability", self.attendance_stability)
        if not self.travel_modes:
            raise InvalidValueError("travel_modes", "is empty", "name at least one way of travelling")
        for index, mode in enumerate(self.travel_modes):
            check_member(f"travel_modes[{index}]", mode, TravelMode)
        for index, problem in enumerate(self.support_problems):
            check_member(f"support_problems[{index}]", problem, SupportProblem)
        if self.schedule.most_hours_per_week < self.hours_now:
            raise InvalidValueError(
                "schedule", "has fewer hours than hours_now", "open more days or hours, or lower hours_now"
            )
        check_unique("travel_modes", self.travel_modes)
        check_unique("competences", [competence.function for competence in self.competences])
        check_unique("accommodations", [(need.condition, need.strength) for need in self.accommodations])
        check_unique("support_problems", self.support_problems)

    def _check_companies(self) -> None:
        for name in ("certificates", "former_employers_allowed", "wishes_for", "wishes_against"):
            values: tuple[str, ...] = getattr(self, name)
            check_ids(name, values)
            check_unique(name, values)
        if set(self.wishes_for) & set(self.wishes_against):
            raise InvalidValueError(
                "wishes_against", "names a company that wishes_for names too", "keep it in one of the two"
            )

    @property
    def former_employers(self) -> frozenset[str]:
        """Companies that employed the person and that no consultant has allowed."""
        employers = {earlier.company_id for earlier in self.earlier_placements if earlier.was_employed}
        return frozenset(employers - set(self.former_employers_allowed))
