"""What someone can really change so that a place opens: data with an effect on domain values, an actor and an effort.

A change never touches what may not be bargained away: the law, a citizen's needs and wishes, the municipality, a
company's no to a person. What it does is its `apply`: the situation after it, every value valid once built.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar, Final, NamedTuple

from matcher.arrays import SlotContext
from matcher.domain.citizen import Citizen
from matcher.domain.staff import JobConsultant

HALF_HOUR: Final = 0.5
"""Step in which hours a week are agreed."""
QUARTER_MINUTES: Final = 15
"""Step in which times of the day are agreed."""


class Actor(StrEnum):
    """Who can make a change."""

    COMPANY = "company"
    MUNICIPALITY = "municipality"
    CITIZEN = "citizen"
    CONSULTANT = "consultant"


@dataclass(frozen=True, slots=True)
class Situation:
    """A citizen, a place, and the consultant who follows the place's placements."""

    citizen: Citizen
    context: SlotContext
    consultant: JobConsultant | None = None

    def with_citizen(self, **changes: Any) -> "Situation":
        """The situation with fields of the citizen changed."""
        return replace(self, citizen=replace(self.citizen, **changes))

    def with_slot(self, **changes: Any) -> "Situation":
        """The situation with fields of the slot changed, in the slot and in its agreement."""
        context = self.context
        slot = replace(context.slot, **changes)
        slots = tuple(slot if one.id == slot.id else one for one in context.agreement.slots)
        agreement = replace(context.agreement, slots=slots)
        return replace(self, context=replace(context, slot=slot, agreement=agreement))

    def with_agreement(self, **changes: Any) -> "Situation":
        """The situation with fields of the agreement changed."""
        return replace(self, context=replace(self.context, agreement=replace(self.context.agreement, **changes)))

    def with_worksite(self, **changes: Any) -> "Situation":
        """The situation with fields of the worksite changed, in the worksite and in its company."""
        context = self.context
        site = replace(context.worksite, **changes)
        sites = tuple(site if one.id == site.id else one for one in context.company.worksites)
        company = replace(context.company, worksites=sites)
        return replace(self, context=replace(context, worksite=site, company=company))


class Asks(NamedTuple):
    """What a change asks: of whom, and how much.

    Attributes
    ----------
    actor : who can make it
    effort : 1 a question or a signature, 2 an arrangement, 3 a recurring cost, 4 weeks, 5 months; ordinal, a stated
        assumption for each kind
    """

    actor: Actor
    effort: int


class Change(ABC):
    """One change.

    Attributes
    ----------
    kind : stable name, used in records and interfaces
    asks : what it asks, whatever its amount; a kind for which that differs has an `actor` or `effort` of its own
    on_citizen : whether it changes the citizen's value; else the place's, or a limit of the plan
    """

    kind: ClassVar[str]
    asks: ClassVar[Asks]
    on_citizen: ClassVar[bool] = False
    __slots__ = ()

    @property
    def actor(self) -> Actor:
        """Who can make the change."""
        return self.asks.actor

    @property
    def effort(self) -> int:
        """How much it asks, 1 to 5."""
        return self.asks.effort

    @abstractmethod
    def apply(self, situation: Situation) -> Situation:
        """The situation after the change; InvalidValueError where it cannot be."""


def apply_all(changes: tuple[Change, ...], situation: Situation) -> Situation:
    """The situation after several changes."""
    for change in changes:
        situation = change.apply(situation)
    return situation
