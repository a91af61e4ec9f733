"""Changes of what the placements of one night share: places, mentor hours, a consultant's time.

The full-time persons that a worksite may take are the law's figure: nobody can raise them, but a company can state the
figures that they are computed from.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from matcher.domain.company import CompanyMentor
from matcher.openings.changes import Actor, Asks, Change, Situation

MOST_MENTOR_HOURS = 37.0
"""Hours a week that one mentor can have."""


@dataclass(frozen=True, slots=True)
class OnePlaceMore(Change):
    """The slot gets one more place."""

    kind: ClassVar[str] = "one_place_more"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 3)

    def apply(self, situation: Situation) -> Situation:
        """The capacity is one higher."""
        return situation.with_slot(capacity=situation.context.slot.capacity + 1)


@dataclass(frozen=True, slots=True)
class OneClusterPlaceMore(Change):
    """The companies of a cluster share one more place."""

    kind: ClassVar[str] = "one_cluster_place_more"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 3)

    def apply(self, situation: Situation) -> Situation:
        """The agreement's places are one higher."""
        return situation.with_agreement(places=(situation.context.agreement.places or 0) + 1)


@dataclass(frozen=True, slots=True)
class MoreMentorHours(Change):
    """The mentors of the worksite get more hours a week."""

    kind: ClassVar[str] = "more_mentor_hours"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 3)
    extra_hours_per_week: float

    def apply(self, situation: Situation) -> Situation:
        """The first mentor with room gets the hours; where none has room, the worksite gets one more mentor."""
        site = situation.context.worksite
        mentors = list(site.mentors)
        for index, mentor in enumerate(mentors):
            hours = mentor.hours_per_week + self.extra_hours_per_week
            if hours <= MOST_MENTOR_HOURS:
                mentors[index] = replace(mentor, hours_per_week=hours)
                return situation.with_worksite(mentors=tuple(mentors))
        mentors.append(CompanyMentor(f"{site.id}-M{len(mentors) + 1}", self.extra_hours_per_week))
        return situation.with_worksite(mentors=tuple(mentors))


@dataclass(frozen=True, slots=True)
class OnePlacementMore(Change):
    """The consultant follows one placement more."""

    kind: ClassVar[str] = "one_placement_more"
    asks: ClassVar[Asks] = Asks(Actor.MUNICIPALITY, 4)

    def apply(self, situation: Situation) -> Situation:
        """The caseload is one higher."""
        if situation.consultant is None:
            return situation
        return replace(situation, consultant=replace(situation.consultant, caseload=situation.consultant.caseload + 1))


@dataclass(frozen=True, slots=True)
class MoreOutreachHours(Change):
    """The consultant gets more hours to approach companies."""

    kind: ClassVar[str] = "more_outreach_hours"
    asks: ClassVar[Asks] = Asks(Actor.MUNICIPALITY, 3)
    extra_hours: float

    def apply(self, situation: Situation) -> Situation:
        """The outreach hours are raised."""
        if situation.consultant is None:
            return situation
        hours = situation.consultant.outreach_hours + self.extra_hours
        return replace(situation, consultant=replace(situation.consultant, outreach_hours=hours))


@dataclass(frozen=True, slots=True)
class EmployeesStated(Change):
    """The company states its ordinary employees of the latest months, where they are not known: so many on average."""

    kind: ClassVar[str] = "employees_stated"
    asks: ClassVar[Asks] = Asks(Actor.COMPANY, 1)
    employees: int
    months: int

    def apply(self, situation: Situation) -> Situation:
        """The average is as stated."""
        return situation.with_worksite(ordinary_employees=float(self.employees))
