r"""Which pairs could be placed beside what is running, and what each would cost the others by the prices of a plan.

The answers are those of `plan_problem` for the same pairs, without the texts of the limits and without a problem: in
milliseconds for one citizen and all slots, and in tenths of a second for every pair of 10,000 citizens.

    free[e]  = capacity of j_e is not used up, nobody at the worksite is kept apart from i_e, i_e has no placement, and
               a_re <= b_r for every resource r that the pair draws on
    price[e] = slot_price[j_e] + sum_r a_re resource_price[r]

What one pair meets of each limit, with words, is made for that pair alone (`Market.met`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

import numpy as np

from matcher.apart import apart_from_running
from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.assignment.problem import TOLERANCE
from matcher.budgets import Budget, Running, budgets
from matcher.dated_rules import holds_at, holds_throughout, versions_of
from matcher.depth import Depth
from matcher.domain.staff import JobConsultant
from matcher.domain.statute import KEPT_APART
from matcher.limits import ResourceKind
from matcher.resource_rows import ResourceRow

Prices: TypeAlias = Mapping[ResourceKind, Floats]
"""Price of one unit of each kind of resource, by the number of its owner."""


class _Use(NamedTuple):
    """What the pairs use of one kind of resource.

    Attributes
    ----------
    owner, use : int32 and float64 (E,), owner of each pair (-1 none) and how much it uses
    enough : bool (E,), whether that much is left
    taken : float64 (owners,), what running placements take
    """

    budget: Budget
    owner: Codes
    use: Floats
    enough: Flags
    taken: Floats


class MetLimit(NamedTuple):
    """A shared limit that a pair draws on: the rule that sets it, the limit, what is needed, whether that is left."""

    rule_id: str
    row: ResourceRow
    needs: float
    enough: bool


class Met(NamedTuple):
    """What one pair meets beside what is running.

    Attributes
    ----------
    places, taken : of the slot, agreed and taken
    apart : whether somebody at the worksite is to be kept apart from the citizen; None: no rule asks
    limits : shared limits that the pair draws on
    """

    places: int
    taken: int
    apart: bool | None
    limits: tuple[MetLimit, ...]


@dataclass(frozen=True, eq=False)
class Market:
    """Some pairs beside what is running.

    Attributes
    ----------
    slot, start_day : int32 (E,), the slot of each pair and the first day of its placement as an ordinal
    free : bool (E,), whether the pair could be placed
    apart : bool (E,), whether the citizen is to be kept apart from somebody at the worksite
    taken : int32 (m,), places of each slot that running placements take
    """

    match_input: MatchInput
    slot: Codes
    start_day: Codes
    free: Flags
    apart: Flags
    taken: Codes
    uses: tuple[_Use, ...]

    def prices(self, slot_price: Floats, resource_price: Prices) -> Floats:
        """float64 (E,), in units of value: price of each pair. `slot_price` is float64 (m,)."""
        shared = np.zeros(len(self.slot))
        for one in self.uses:
            shared += np.append(resource_price[one.budget.kind], 0.0)[one.owner] * one.use
        price: Floats = slot_price[self.slot] + shared
        return price

    @property
    def lacking(self) -> Codes:
        """int32 (E,), how many of the shared limits that each pair draws on leave too little; places not counted."""
        count = np.zeros(len(self.slot), dtype=np.int32)
        for lacking in self.lacking_by_rule.values():
            count += lacking
        return count

    @property
    def lacking_by_rule(self) -> dict[str, Flags]:
        """bool (E,) by the rule that sets a shared limit: whether it leaves too little for each pair."""
        return {one.budget.rule_id: ~one.enough for one in self.uses}

    def met(self, pair: int, depth: Depth = Depth.RECORD) -> Met:
        """What a pair meets: every limit for a record, else those that leave too little."""
        slot, whole = int(self.slot[pair]), depth is Depth.RECORD
        return Met(
            places=int(self.match_input.slots.capacity[slot]),
            taken=int(self.taken[slot]),
            apart=bool(self.apart[pair]) if versions_of(self.match_input, KEPT_APART) else None,
            limits=tuple(
                self._met(one, pair) for one in self.uses if one.owner[pair] >= 0 and (whole or not one.enough[pair])
            ),
        )

    def _met(self, one: _Use, pair: int) -> MetLimit:
        owner = int(one.owner[pair])
        days = self._days(one, owner)
        row = one.budget.row(self.match_input.slot_values[self.slot[pair]], float(one.taken[owner]), days)
        return MetLimit(one.budget.rule_id, row, float(one.use[pair]), bool(one.enough[pair]))

    def _days(self, one: _Use, owner: int) -> tuple[date, ...]:
        """A day in every version of the rule that holds on the first day of one of an owner's pairs."""
        versions = versions_of(self.match_input, one.budget.rule_id)
        if len(versions) == 1 and holds_throughout(self.match_input, versions[0]):
            return (self.match_input.on,)
        starts = self.start_day[one.owner == owner]
        return tuple(version.valid_from for version in versions if holds_at(version, starts).any())


def resource_prices(
    match_input: MatchInput,
    consultants: Mapping[str, JobConsultant],
    price_of: Mapping[tuple[str, str], float],
) -> Prices:
    """Prices by owner, from prices by kind and owner's id; what is not there is free."""
    no_pairs = np.zeros(0, dtype=np.int32)
    nothing = Running(no_pairs, no_pairs, np.zeros(0), np.zeros(0), ())
    return {
        one.kind: np.array([price_of.get((one.kind, id_), 0.0) for id_ in one.owner_ids], dtype=np.float64)
        for one in budgets(match_input, no_pairs, no_pairs, nothing, consultants)
    }


def market(
    match_input: MatchInput,
    citizen: Codes,
    slot: Codes,
    *,
    consultants: Mapping[str, JobConsultant],
    running: Running,
) -> Market:
    """The market of the pairs (citizen[e], slot[e]), which the rules may let through or not.

    Parameters
    ----------
    consultants : by id, every consultant whom an agreement names
    running : placements that take places; those of a citizen keep that citizen from any other place
    """
    live, start_day = running.on_slots(), match_input.start_day(citizen, slot)
    taken = np.bincount(live.slot, minlength=len(match_input.slots)).astype(np.int32)
    apart = apart_from_running(match_input, citizen, slot, live)
    free = (match_input.slots.capacity > taken)[slot] & ~apart
    busy = np.zeros(len(match_input.citizens), dtype=np.bool_)
    busy[running.citizen[running.citizen >= 0]] = True
    free &= ~busy[citizen]
    uses = []
    for budget in budgets(match_input, citizen, slot, live, consultants):
        drawing = budget.drawing(match_input, slot, start_day)
        owner = np.where(drawing, budget.owner[slot], -1).astype(np.int32)
        use = np.where(drawing, budget.use, 0.0)
        taken_of_owner = budget.taken_by(live)
        limit = _left(match_input, budget, owner, start_day, taken_of_owner)
        enough = use <= np.append(limit + TOLERANCE * np.maximum(1.0, limit), np.inf)[owner]
        free &= enough
        uses.append(_Use(budget, owner, use, enough, taken_of_owner))
    return Market(match_input, slot, start_day, free, apart, taken, tuple(uses))


def _left(match_input: MatchInput, budget: Budget, owner: Codes, start_day: Codes, taken_of_owner: Floats) -> Floats:
    """float64 (owners,), what is left of each owner's limit, never below 0.

    Where first days span versions of the rule, the lowest limit among those of an owner's pairs counts for all of them.
    """
    taken = taken_of_owner + budget.taken_elsewhere
    versions = versions_of(match_input, budget.rule_id)
    if len(versions) == 1 and holds_throughout(match_input, versions[0]):
        allowed = budget.allowed(match_input.on)
    else:
        allowed = np.full(len(budget.owner_ids), np.inf)
        for version in versions:
            owners = np.unique(owner[(owner >= 0) & holds_at(version, start_day)])
            allowed[owners] = np.minimum(allowed[owners], budget.allowed(version.valid_from)[owners])
    left: Floats = np.maximum(0.0, allowed - taken)
    return left
