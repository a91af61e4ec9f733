"""Changes around the citizen: hours within the own target, travel, certificates, Danish, a consultant's allowance.

Needs, wishes and the target group are not among them: they are not for bargaining.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from matcher.domain.catalogue import COURSES, Course
from matcher.domain.citizen import DanishLevel
from matcher.domain.geography import TravelMode
from matcher.openings.changes import Actor, Asks, Change, Situation

LONGEST_EXTRA_MINUTES: Final = 15
"""Travel that a citizen may be asked to accept beyond the own limit, minutes one way. Assumption."""
NEW_MODES: Final = (TravelMode.BUS, TravelMode.BICYCLE, TravelMode.CAR)
"""Ways of travelling that can be arranged: a bus card, a bicycle, a seat in somebody's car."""
_MODES: Final[Mapping[TravelMode, tuple[Actor, int]]] = MappingProxyType(
    {
        TravelMode.BUS: (Actor.MUNICIPALITY, 1),
        TravelMode.BICYCLE: (Actor.CITIZEN, 2),
        TravelMode.CAR: (Actor.CONSULTANT, 3),
    }
)
ATTESTATIONS: Final = frozenset({"child_certificate", "criminal_record"})
"""Papers that are ordered, not learnt."""
LICENCES: Final = frozenset({"driving_licence_b", "driving_licence_be", "driving_licence_c"})
"""Months of lessons and tests."""


def course_for(certificate: str) -> Course | None:
    """The shortest course of a job package that gives a certificate."""
    giving = [course for course in COURSES.values() if certificate in course.certificates]
    return min(giving, key=lambda course: (course.days, course.code), default=None)


@dataclass(frozen=True, slots=True)
class MoreHours(Change):
    """The citizen begins with more hours a week than now, never above the own target: felt every week."""

    kind: ClassVar[str] = "more_hours"
    asks: ClassVar[Asks] = Asks(Actor.CITIZEN, 3)
    on_citizen: ClassVar[bool] = True
    hours_per_week: float

    def apply(self, situation: Situation) -> Situation:
        """`hours_now` is raised."""
        return situation.with_citizen(hours_now=self.hours_per_week)


@dataclass(frozen=True, slots=True)
class FewerHours(Change):
    """The citizen begins with fewer hours a week than now, so that the place takes no more than is left."""

    kind: ClassVar[str] = "fewer_hours"
    asks: ClassVar[Asks] = Asks(Actor.CONSULTANT, 2)
    on_citizen: ClassVar[bool] = True
    hours_per_week: float

    def apply(self, situation: Situation) -> Situation:
        """`hours_now` is lowered."""
        return situation.with_citizen(hours_now=self.hours_per_week)


@dataclass(frozen=True, slots=True)
class LongerTravel(Change):
    """The citizen accepts a somewhat longer way: felt every day, but within LONGEST_EXTRA_MINUTES."""

    kind: ClassVar[str] = "longer_travel"
    asks: ClassVar[Asks] = Asks(Actor.CITIZEN, 2)
    on_citizen: ClassVar[bool] = True
    minutes: int

    def apply(self, situation: Situation) -> Situation:
        """`longest_travel_minutes` is raised."""
        return situation.with_citizen(longest_travel_minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class AnotherMode(Change):
    """The citizen gets one more way of travelling."""

    kind: ClassVar[str] = "another_mode"
    on_citizen: ClassVar[bool] = True
    mode: TravelMode

    @property
    def actor(self) -> Actor:
        """Bus card: the municipality; bicycle: the citizen; a seat in a car: the consultant arranges it."""
        return _MODES[self.mode][0]

    @property
    def effort(self) -> int:
        """By mode."""
        return _MODES[self.mode][1]

    def apply(self, situation: Situation) -> Situation:
        """The mode is added."""
        return situation.with_citizen(travel_modes=(*situation.citizen.travel_modes, self.mode))


@dataclass(frozen=True, slots=True)
class GetsCertificate(Change):
    """The citizen gets a certificate: by a course, a licence, or an attestation that is ordered."""

    kind: ClassVar[str] = "certificate"
    on_citizen: ClassVar[bool] = True
    code: str

    @property
    def actor(self) -> Actor:
        """The consultant grants a course; an attestation is ordered by the company with the citizen's consent."""
        return Actor.COMPANY if self.code in ATTESTATIONS else Actor.CONSULTANT

    @property
    def effort(self) -> int:
        """An attestation 1, a short course 3, other certificates 4, a driving licence 5."""
        if self.code in ATTESTATIONS:
            return 1
        if self.code in LICENCES:
            return 5
        return 3 if course_for(self.code) else 4

    def apply(self, situation: Situation) -> Situation:
        """The certificate is added."""
        return situation.with_citizen(certificates=(*situation.citizen.certificates, self.code))


@dataclass(frozen=True, slots=True)
class DanishCourse(Change):
    """The citizen reaches a level of Danish."""

    kind: ClassVar[str] = "danish_course"
    asks: ClassVar[Asks] = Asks(Actor.MUNICIPALITY, 4)
    on_citizen: ClassVar[bool] = True
    level: DanishLevel
    levels_up: int

    @property
    def effort(self) -> int:
        """One level takes weeks to months, more levels longer."""
        return self.asks.effort if self.levels_up == 1 else 5

    def apply(self, situation: Situation) -> Situation:
        """The level is reached."""
        return situation.with_citizen(danish_level=self.level)


@dataclass(frozen=True, slots=True)
class FormerEmployerAllowed(Change):
    """A consultant allows a placement at a former employer: a decision, with a reason."""

    kind: ClassVar[str] = "former_employer_allowed"
    asks: ClassVar[Asks] = Asks(Actor.CONSULTANT, 1)
    on_citizen: ClassVar[bool] = True
    company_id: str

    def apply(self, situation: Situation) -> Situation:
        """The company is added to those allowed."""
        allowed = (*situation.citizen.former_employers_allowed, self.company_id)
        return situation.with_citizen(former_employers_allowed=allowed)
