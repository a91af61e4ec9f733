"""Changes of what the placements of one night share: places, mentor hours, a consultant's time.

The full-time persons that a worksite may take are the law's figure: nobody can raise them.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from matcher.domain.company import CompanyMentor
from matcher.openings.changes import Actor, Change, Situation

MOST_MENTOR_HOURS = 37.0
"""Hours a week that one mentor can have."""


@dataclass(frozen=True, slots=True)
class OnePlaceMore(Change):
    """The slot gets one more place."""

    kind: ClassVar[str] = "one_place_more"

    @property
    def actor(self) -> Actor:
        """The company decides."""
        return Actor.COMPANY

    @property
    def effort(self) -> int:
        """A recurring cost."""
        return 3

    def apply(self, situation: Situation) -> Situation:
        """The capacity is one higher."""
        return situation.with_slot(capacity=situation.context.slot.capacity + 1)


@dataclass(frozen=True, slots=True)
class OneClusterPlaceMore(Change):
    """The companies of a cluster share one more place."""

    kind: ClassVar[str] = "one_cluster_place_more"

    @property
    def actor(self) -> Actor:
        """The companies decide together."""
        return Actor.COMPANY

    @property
    def effort(self) -> int:
        """A recurring cost."""
        return 3

    def apply(self, situation: Situation) -> Situation:
        """The agreement's places are one higher."""
        return situation.with_agreement(places=(situation.context.agreement.places or 0) + 1)


@dataclass(frozen=True, slots=True)
class MoreMentorHours(Change):
    """The mentors of the worksite get more hours a week."""

    kind: ClassVar[str] = "more_mentor_hours"
    extra_hours_per_week: float

    @property
    def actor(self) -> Actor:
        """The company decides; the municipality can pay."""
        return Actor.COMPANY

    @property
    def effort(self) -> int:
        """A recurring cost."""
        return 3

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

    @property
    def actor(self) -> Actor:
        """The municipality sets the caseload."""
        return Actor.MUNICIPALITY

    @property
    def effort(self) -> int:
        """Every week as long as the placement lasts."""
        return 4

    def apply(self, situation: Situation) -> Situation:
        """The caseload is one higher."""
        if situation.consultant is None:
            return situation
        return replace(situation, consultant=replace(situation.consultant, caseload=situation.consultant.caseload + 1))


@dataclass(frozen=True, slots=True)
class MoreOutreachHours(Change):
    """The consultant gets more hours to approach companies."""

    kind: ClassVar[str] = "more_outreach_hours"
    extra_hours: float

    @property
    def actor(self) -> Actor:
        """The municipality sets the hours."""
        return Actor.MUNICIPALITY

    @property
    def effort(self) -> int:
        """Working time, once."""
        return 3

    def apply(self, situation: Situation) -> Situation:
        """The outreach hours are raised."""
        if situation.consultant is None:
            return situation
        hours = situation.consultant.outreach_hours + self.extra_hours
        return replace(situation, consultant=replace(situation.consultant, outreach_hours=hours))
