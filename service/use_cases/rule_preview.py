"""What changes of the rules would do to tonight's plan: planned twice in memory, and compared citizen by citizen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from dataclasses import replace as changed_copy
from datetime import date
from enum import StrEnum
from typing import Any

from features.taxonomy import Taxonomy
from matcher.domain.rule_changes import RuleChange
from matcher.pair import heading
from matcher.weights import Weights
from service.use_cases.matching import Stored
from service.use_cases.planning import Planned, plan_stored
from service.use_cases.rules import with_changes

PREVIEW_TIME_LIMIT_S = 30.0
"""Each of the two plans stops at the same proven gap as the night's, or after this many seconds."""


class Move(StrEnum):
    """What a change of the rules means for a citizen."""

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
class RulePreview:
    """Tonight's plan without and with the changes. `on` is the day that is planned for; nothing is stored.

    Where a plan's gap is above 0, a difference of value below it says nothing: another plan as good may exist.
    """

    on: date
    before: PlanFigures
    after: PlanFigures
    differences: tuple[Difference, ...]

    def count(self, move: Move) -> int:
        """How many citizens it means that for."""
        return sum(one.move is move for one in self.differences)

    def as_record(self) -> dict[str, Any]:
        """The comparison, ready for JSON."""
        return {
            "on": self.on.isoformat(),
            "before": asdict(self.before),
            "after": asdict(self.after),
            "gains": self.count(Move.GAINS),
            "loses": self.count(Move.LOSES),
            "changes": self.count(Move.CHANGES),
            "differences": [asdict(one) | {"move": one.move.value} for one in self.differences],
        }


def preview_rules(
    stored: Stored,
    weights: Weights,
    changes: Sequence[RuleChange],
    *,
    on: date,
    seed: int = 0,
    time_limit_s: float = PREVIEW_TIME_LIMIT_S,
    taxonomy: Taxonomy | None = None,
) -> RulePreview:
    """What some changes would do to the plan of a day. Nothing is read or written.

    Both plans are made anew with the same seed, so that what differs comes from the rules.

    Raises
    ------
    InvalidInput
        where a change is not allowed.
    NothingToPlan
        where there are no citizens or no slots.
    """
    other = changed_copy(stored, rulebook=with_changes(stored.rulebook, changes))
    before, after = (
        plan_stored(one, weights, on=on, seed=seed, time_limit_s=time_limit_s, taxonomy=taxonomy)
        for one in (stored, other)
    )
    return RulePreview(on, PlanFigures.of(before), PlanFigures.of(after), _differences(before, after))


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
