"""Two plans of a day held against each other: figures, and citizen by citizen."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.pair import heading
from service.use_cases.planning import Planned


class Move(StrEnum):
    """What another plan means for a citizen."""

    GAINS = "gains"
    """A proposal where there was none."""
    LOSES = "loses"
    """No proposal where there was one."""
    CHANGES = "changes"
    """A proposal of another place."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One citizen whose proposal would be another. A place that there is none of is None."""

    citizen_id: str
    citizen_name: str
    move: Move
    slot_before: str | None
    place_before: str | None
    slot_after: str | None
    place_after: str | None


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """A plan in figures.

    Attributes
    ----------
    eligible_pairs : pairs of citizen and slot that every rule lets through
    with_a_place : citizens whom the rules let through to at least one slot
    gap : (upper bound − value) / upper bound
    """

    value: float
    gap: float
    proposals: int
    eligible_pairs: int
    with_a_place: int

    @classmethod
    def of(cls, planned: Planned) -> "PlanFigures":
        """The figures of a plan."""
        eligible = planned.pairs.eligible_count
        return cls(
            value=float(planned.plan.objective),
            gap=float(planned.plan.gap),
            proposals=int((planned.plan.slot_of_citizen >= 0).sum()),
            eligible_pairs=int(eligible.sum()),
            with_a_place=int((eligible > 0).sum()),
        )


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """Two plans of one day, without and with a change. `on` is the day that is planned for; nothing is stored.

    Where a plan's gap is above 0, a difference of value below it says nothing: another plan as good may exist.
    """

    on: date
    before: PlanFigures
    after: PlanFigures
    differences: tuple[Difference, ...]

    def count(self, move: Move) -> int:
        """How many citizens it means that for."""
        return sum(one.move is move for one in self.differences)

    def as_record(self, visible: Collection[str] | None = None) -> dict[str, Any]:
        """The comparison, ready for JSON. It names the citizens among `visible` (None = all) and counts everybody."""
        return {
            "on": self.on.isoformat(),
            "before": asdict(self.before),
            "after": asdict(self.after),
            "gains": self.count(Move.GAINS),
            "loses": self.count(Move.LOSES),
            "changes": self.count(Move.CHANGES),
            "differences": [
                asdict(one) | {"move": one.move.value}
                for one in self.differences
                if visible is None or one.citizen_id in visible
            ],
        }


def compared(before: Planned, after: Planned) -> PlanComparison:
    """Two plans of the same citizens and slots."""
    figures = (PlanFigures.of(before), PlanFigures.of(after))
    return PlanComparison(before.match_input.on, *figures, _differences(before, after))


def _differences(before: Planned, after: Planned) -> tuple[Difference, ...]:
    """Citizens whose proposal differs, by id: those who lose it first, then those who gain one."""
    found = []
    for row, citizen in enumerate(before.match_input.citizen_values):
        was, becomes = int(before.plan.slot_of_citizen[row]), int(after.plan.slot_of_citizen[row])
        if was == becomes:
            continue
        move = Move.GAINS if was < 0 else Move.LOSES if becomes < 0 else Move.CHANGES
        found.append(Difference(citizen.id, citizen.name, move, *_place(before, was), *_place(after, becomes)))
    order = (Move.LOSES, Move.GAINS, Move.CHANGES)
    return tuple(sorted(found, key=lambda one: (order.index(one.move), one.citizen_id)))


def _place(planned: Planned, slot_row: int) -> tuple[str | None, str | None]:
    """Id and heading of a slot; None, None for no place."""
    if slot_row < 0:
        return None, None
    return planned.match_input.slots.ids[slot_row], heading(planned.match_input.slot_values[slot_row])
