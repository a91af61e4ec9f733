"""Changes at the place: hours and times, dates, tasks and surroundings, answers, who is accepted, the form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import ClassVar, Final

from matcher.domain.agreement import PlacementForm
from matcher.domain.conditions import Condition, Demand
from matcher.domain.schedule import Schedule, Weekday
from matcher.openings.changes import Actor, Asks, Change, Situation

NINE: Final = 9 * 60
"""Minutes after midnight before which a start is early."""
FIXED_SURROUNDINGS: Final = frozenset({Condition.ALCOHOL_ON_SITE})
"""What a place is, and cannot be asked to change."""
CORE_OF_THE_JOB: Final = frozenset(
    {
        Condition.ANIMALS,
        Condition.FLOUR,
        Condition.CHILDREN_CONTACT,
        Condition.CUSTOMER_CONTACT,
        Condition.DRIVING,
        Condition.OUTDOOR,
    }
)
"""Burdens that belong to some job functions: not to be asked away where the function usually has them."""
_EFFORT: Final[Mapping[Condition, int]] = MappingProxyType(
    {
        Condition.BREAKS_AT_NEED: 2,
        Condition.SAME_CONTACT_PERSON: 2,
        Condition.ONE_INSTRUCTION: 2,
        Condition.EARLY_START: 2,
        Condition.FLEXIBLE_START: 2,
        Condition.PREDICTABLE_DAYS: 2,
        Condition.FIXED_ROUTINE: 2,
        Condition.WEEKEND_WORK: 2,
        Condition.EVENING_WORK: 2,
        Condition.NIGHT_WORK: 2,
        Condition.WHEELCHAIR_ACCESS: 5,
        Condition.GROUND_FLOOR: 4,
        Condition.NOISE: 4,
        Condition.DUST: 4,
        Condition.HEAT_COLD: 4,
        Condition.SCREENED_PLACE: 3,
    }
)
"""Effort of adapting a place, where it is not that of other changes: finding other tasks. Assumption."""


def _stated(situation: Situation, condition: Condition, level: float) -> tuple[Demand, ...]:
    """The slot's demands with one of them at a level."""
    others = tuple(demand for demand in situation.context.slot.demands if demand.condition is not condition)
    return (*others, Demand(condition, level))


@dataclass(frozen=True, slots=True)
class FewerStartHours(Change):
    """The place begins with fewer hours a week."""

    kind: ClassVar[str] = "fewer_start_hours"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 2)
    hours_per_week: float

    def apply(self, situation: Situation) -> Situation:
        """`hours_from` is lowered."""
        return situation.with_slot(hours_from=self.hours_per_week)


@dataclass(frozen=True, slots=True)
class OtherTimes(Change):
    """The place can be used on more days, or earlier or later in the day."""

    kind: ClassVar[str] = "other_times"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 2)
    schedule: Schedule

    def apply(self, situation: Situation) -> Situation:
        """The slot's schedule is replaced."""
        return situation.with_slot(schedule=self.schedule)


@dataclass(frozen=True, slots=True)
class OpensEarlier(Change):
    """The place and its agreement begin on an earlier day."""

    kind: ClassVar[str] = "opens_earlier"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 2)
    opens_on: date

    def apply(self, situation: Situation) -> Situation:
        """What begins later begins on the day."""
        context = situation.context
        situation = situation.with_slot(starts_on=min(context.slot.starts_on, self.opens_on))
        return situation.with_agreement(valid_from=min(context.agreement.valid_from, self.opens_on))


@dataclass(frozen=True, slots=True)
class ShorterLeadTime(Change):
    """The first day comes sooner after a yes."""

    kind: ClassVar[str] = "shorter_lead_time"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 2)
    days: int

    def apply(self, situation: Situation) -> Situation:
        """The agreement's lead time is lowered."""
        return situation.with_agreement(lead_time_days=self.days)


@dataclass(frozen=True, slots=True)
class StaysOpen(Change):
    """The place and its agreement end later."""

    kind: ClassVar[str] = "stays_open"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 2)
    until: date

    def apply(self, situation: Situation) -> Situation:
        """What ends sooner ends on the day."""
        slot, agreement = situation.context.slot, situation.context.agreement
        if slot.ends_on is not None and slot.ends_on < self.until:
            situation = situation.with_slot(ends_on=self.until)
        if agreement.valid_to is not None and agreement.valid_to < self.until:
            situation = situation.with_agreement(valid_to=self.until)
        return situation


@dataclass(frozen=True, slots=True)
class AdaptedPlace(Change):
    """Tasks or surroundings are adapted until a condition is at the level that a citizen needs."""

    kind: ClassVar[str] = "adapted_place"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 3)
    condition: Condition
    level: float

    @property
    def effort(self) -> int:
        """By condition."""
        return _EFFORT.get(self.condition, self.asks.effort)

    def apply(self, situation: Situation) -> Situation:
        """The demand is stated at the level; conditions of the hours move the schedule too, where hours are left."""
        changed = situation.with_slot(demands=_stated(situation, self.condition, self.level))
        schedule = changed.context.slot.schedule
        days = tuple(day for day in schedule.days if day < Weekday.SATURDAY)
        if self.condition is Condition.WEEKEND_WORK and days:
            schedule = replace(schedule, days=days)
        if self.condition is Condition.EARLY_START and schedule.from_minutes < NINE < schedule.to_minutes:
            schedule = replace(schedule, from_minutes=NINE)
        fits = schedule.most_hours_per_week >= changed.context.slot.hours_from
        return changed.with_slot(schedule=schedule) if fits and schedule != changed.context.slot.schedule else changed


@dataclass(frozen=True, slots=True)
class CompanyAnswers(Change):
    """The company answers an open question, and the answer meets the need."""

    kind: ClassVar[str] = "company_answers"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 1)
    condition: Condition
    level: float

    def apply(self, situation: Situation) -> Situation:
        """The demand is stated."""
        return situation.with_slot(demands=_stated(situation, self.condition, self.level))


@dataclass(frozen=True, slots=True)
class AcceptsGroup(Change):
    """The agreement is widened to one more target group."""

    kind: ClassVar[str] = "accepts_group"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 2)
    code: str

    def apply(self, situation: Situation) -> Situation:
        """The group is added to those accepted."""
        return situation.with_slot(target_groups=(*situation.context.slot.target_groups, self.code))


@dataclass(frozen=True, slots=True)
class EmploymentStatement(Change):
    """The company states newer figures: enough ordinary employees last month."""

    kind: ClassVar[str] = "employment_statement"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 1)
    employees: float

    def apply(self, situation: Situation) -> Situation:
        """Last month's ordinary employees are as stated."""
        _, *earlier = situation.context.worksite.ordinary_employees_by_month
        return situation.with_worksite(ordinary_employees_by_month=(self.employees, *earlier))


@dataclass(frozen=True, slots=True)
class WorkPlacementInstead(Change):
    """The course begins as a work placement instead of wage subsidy."""

    kind: ClassVar[str] = "work_placement_instead"
    asks: ClassVar[Asks] = Asks(Actor.CONSULTANT, 2)

    def apply(self, situation: Situation) -> Situation:
        """The form is a work placement."""
        return situation.with_slot(form=PlacementForm.WORK_PLACEMENT)
