"""Places and limits as one citizen meets them: what is free and left, and what it costs others in the latest plan."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.apart import apart_from_running
from matcher.arrays import Flags, Floats, MatchInput
from matcher.assignment.problem import TOLERANCE
from matcher.budgets import resource_rows, running_on
from matcher.domain.placement import Placement
from matcher.domain.staff import JobConsultant
from matcher.limits import ResourceKind
from matcher.openings.changes import HALF_HOUR, Change
from matcher.openings.limits import (
    EmployeesStated,
    MoreMentorHours,
    MoreOutreachHours,
    OneClusterPlaceMore,
    OnePlacementMore,
    OnePlaceMore,
)
from matcher.openings.persons import allowed_after, ways_to_room
from matcher.pair import Pair
from matcher.resource_rows import ResourceRow
from matcher.scoring import CitizenScores

Prices: TypeAlias = Mapping[tuple[ResourceKind, str], float]
"""Price of one unit of a resource in the latest plan, by kind and owner."""
ONE_MORE: Final = 1 + TOLERANCE
NOTHING: Final = 1e-6
"""A price below this is no price, in units of value."""


@dataclass(frozen=True, eq=False)
class Limit:
    """A resource that a pair draws on: how much it needs, how much is left, what that costs the others."""

    row: ResourceRow
    needs: float
    price: float

    @property
    def lacking(self) -> float:
        """How much too little there is, in the resource's unit, what is taken beyond the limit too; 0: enough."""
        short = self.needs + self.row.taken - self.row.allowed
        return short if short > TOLERANCE * max(1.0, self.row.limit) else 0.0


@dataclass(frozen=True, eq=False)
class Market:
    """What each of m places costs one citizen.

    Attributes
    ----------
    free_places : int64 (m,), places that running placements leave
    apart : bool (m,), whether somebody at the worksite is to be kept apart from the citizen
    slot_price : float64 (m,), price of a place in the latest plan, in units of value
    use : float64 (R, m), what a placement of the citizen takes of each resource
    hours_per_week : float64 (m,), hours that it starts with
    worth_now : what the citizen can have without any change: the best value less price, at least 0
    """

    free_places: NDArray[np.int64]
    apart: Flags
    slot_price: Floats
    resources: tuple[ResourceRow, ...]
    resource_price: Floats
    use: sparse.csc_array
    hours_per_week: Floats
    worth_now: float

    def limits(self, slot_row: int, hours_per_week: float) -> list[Limit]:
        """The resources that a placement there draws on; full-time persons follow the hours it starts with."""
        column = slice(*self.use.indptr[slot_row : slot_row + 2])
        longer = hours_per_week / self.hours_per_week[slot_row]
        found = []
        for r, needs in zip(self.use.indices[column].tolist(), self.use.data[column].tolist(), strict=True):
            of_hours = self.resources[r].kind is ResourceKind.FULL_TIME_PERSONS
            amount = needs * longer if of_hours else needs
            found.append(Limit(self.resources[r], amount, float(self.resource_price[r]) * amount))
        return found

    def price(self, slot_row: int, hours_per_week: float, changes: tuple[Change, ...] = ()) -> float:
        """What a placement there takes from the others; what the changes add is theirs no more."""
        kinds = {type(change) for change in changes}
        place = 0.0 if OnePlaceMore in kinds else float(self.slot_price[slot_row])
        return place + sum(
            limit.price for limit in self.limits(slot_row, hours_per_week) if _RELIEF.get(limit.row.kind) not in kinds
        )

    def lacking(self, pair: Pair, slot_row: int, changes: tuple[Change, ...] = ()) -> tuple[Change, ...] | None:
        """What the plan's limits lack for a pair after some changes; None where nobody may raise what lacks."""
        one_more = OnePlaceMore() in changes
        places = self.free_places[slot_row] + one_more
        if self.apart[slot_row] or places < 0 or (places == 0 and one_more):
            return None
        found: list[Change] = [OnePlaceMore()] if places <= 0 else []
        for limit in self._limits_of(pair, slot_row, changes):
            if limit.lacking > 0:
                relief = _relief(limit, limit.lacking)
                if relief is None:
                    return None
                found.append(relief)
        return tuple(found)

    def room(self, pair: Pair, slot_row: int) -> tuple[tuple[Change, ...], ...] | None:
        """What makes room under the reasonableness rule, each way by itself; None where there is room."""
        for limit in self.limits(slot_row, pair.hours_per_week):
            if limit.row.kind is ResourceKind.FULL_TIME_PERSONS and limit.lacking > 0:
                return ways_to_room(pair, limit.needs, limit.row.limit, limit.row.taken)
        return None

    def has_room(self, pair: Pair, slot_row: int, changes: tuple[Change, ...]) -> bool:
        """Whether the reasonableness rule leaves room for a pair after some changes."""
        return not any(
            limit.row.kind is ResourceKind.FULL_TIME_PERSONS and limit.lacking > 0
            for limit in self._limits_of(pair, slot_row, changes)
        )

    def _limits_of(self, pair: Pair, slot_row: int, changes: tuple[Change, ...]) -> list[Limit]:
        """The limits as they are after the changes: what a company states of its employees counts."""
        found = self.limits(slot_row, pair.hours_per_week)
        if not any(isinstance(change, EmployeesStated) for change in changes):
            return found
        return [
            replace(limit, row=replace(limit.row, allowed=allowed_after(pair)))
            if limit.row.kind is ResourceKind.FULL_TIME_PERSONS
            else limit
            for limit in found
        ]

    def wanted(self, pair: Pair, slot_row: int) -> tuple[Change, ...]:
        """What would have to be added for the citizen to take nothing from others; full-time persons cannot be."""
        found: list[Change] = [OnePlaceMore()] if self.slot_price[slot_row] > NOTHING else []
        for limit in self.limits(slot_row, pair.hours_per_week):
            relief = _relief(limit, limit.needs) if limit.price > NOTHING else None
            found += [relief] if relief else []
        return tuple(found)


_RELIEF: Final[Mapping[ResourceKind, type[Change]]] = {
    ResourceKind.FULL_TIME_PERSONS: EmployeesStated,
    ResourceKind.MENTOR_HOURS: MoreMentorHours,
    ResourceKind.CLUSTER_PLACES: OneClusterPlaceMore,
    ResourceKind.OUTREACH_HOURS: MoreOutreachHours,
    ResourceKind.CASELOAD: OnePlacementMore,
}


def _relief(limit: Limit, amount: float) -> Change | None:
    """The least that raises a limit by an amount; None where one more is not enough, or for full-time persons."""
    halves = math.ceil(amount / HALF_HOUR - TOLERANCE) * HALF_HOUR
    match limit.row.kind:
        case ResourceKind.MENTOR_HOURS:
            return MoreMentorHours(halves)
        case ResourceKind.OUTREACH_HOURS:
            return MoreOutreachHours(halves)
        case ResourceKind.CLUSTER_PLACES if amount <= ONE_MORE:
            return OneClusterPlaceMore()
        case ResourceKind.CASELOAD if amount <= ONE_MORE:
            return OnePlacementMore()
    return None


def market_of(
    match_input: MatchInput,
    citizen_row: int,
    scores: CitizenScores,
    *,
    consultants: Iterable[JobConsultant],
    running: Iterable[Placement],
    slot_price: Floats | None = None,
    resource_price: Prices | None = None,
) -> Market:
    """The market of one citizen, whose own placements are not counted. Without prices all places cost nothing."""
    m, own = len(match_input.slots), match_input.citizens.ids[citizen_row]
    rows, cols = np.full(m, citizen_row, dtype=np.int32), np.arange(m, dtype=np.int32)
    live = running_on(match_input, [one for one in running if one.citizen_id != own]).on_slots()
    use, resources = resource_rows(match_input, rows, cols, live, {one.id: one for one in consultants})
    prices = resource_price or {}
    market = Market(
        free_places=match_input.slots.capacity - np.bincount(live.slot, minlength=m),
        apart=apart_from_running(match_input, rows, cols, live),
        slot_price=np.zeros(m) if slot_price is None else slot_price,
        resources=resources,
        resource_price=np.array([prices.get((row.kind, row.owner_id), 0.0) for row in resources]),
        use=sparse.csc_array(use),
        hours_per_week=match_input.weekly_hours(rows, cols),
        worth_now=0.0,
    )
    return _with_worth(market, match_input, citizen_row, scores)


def _with_worth(market: Market, match_input: MatchInput, citizen_row: int, scores: CitizenScores) -> Market:
    worth = 0.0
    for slot_row in np.flatnonzero(scores.eligible & (market.free_places > 0)).tolist():
        pair = Pair(match_input, citizen_row, slot_row)
        if market.lacking(pair, slot_row) == ():
            worth = max(worth, float(scores.value[slot_row]) - market.price(slot_row, pair.hours_per_week))
    return replace(market, worth_now=worth)
