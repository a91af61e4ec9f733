"""Needs from the limits that a plan shares: one place, mentor hour, placement or outreach hour more, and for whom.

Two kinds: a limit that the plan has used up has a price, and one unit more is worth it; a limit that is too small for
some pairs even when nobody else draws on it takes them out before the plan, and is worth what the best of them gains.
The full-time persons of a worksite are the law's limit and are not among them.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import Floats
from matcher.language import Text
from matcher.limits import Barrier, ResourceKind
from matcher.needs.night import Need, Night, Step, price_of
from matcher.needs.words import (
    cluster_more_text,
    mentor_hours_text,
    outreach_text,
    place_more_text,
    placement_more_text,
)
from matcher.openings.changes import HALF_HOUR, Change
from matcher.openings.limits import (
    MoreMentorHours,
    MoreOutreachHours,
    OneClusterPlaceMore,
    OnePlacementMore,
    OnePlaceMore,
)
from matcher.openings.market import NOTHING
from matcher.pair import heading
from matcher.resources import BARRIERS

CLUSTER_NAMES: Final = 3
"""Companies of a cluster that are named."""

_Text: TypeAlias = Callable[[Night, int, int, Change], Text]
"""Words of a need: the night, a slot, how many citizens, the change."""


def needs_from_limits(night: Night) -> list[Need]:
    """What more of each limit would be worth, for those who would draw on it."""
    return [*_priced(night), *_too_small(night)]


def _priced(night: Night) -> list[Need]:
    """One unit more of each limit that has a price in the plan: gain = the price."""
    problem, found = night.problem.problem, []
    for col in np.flatnonzero(night.slot_price > NOTHING).tolist():
        pairs = np.flatnonzero(problem.slot == col)
        relief = np.full(len(pairs), night.slot_price[col])
        found.append(_raised(night, pairs, relief, float(night.slot_price[col]), OnePlaceMore(), _place_text))
    for r, row in enumerate(night.problem.resources):
        price = price_of(night, row.kind, row.owner_id)
        if price > NOTHING and row.kind in _RAISED and problem.resources is not None:
            make, text = _RAISED[row.kind]
            use = problem.resources.use[[r], :].tocoo()
            found.append(_raised(night, use.coords[1], use.data * price, price, make(1.0), text))
    return [need for need in found if need is not None]


def _raised(
    night: Night, pairs: NDArray[np.integer[Any]], relief: Floats, price: float, change: Change, text: _Text
) -> Need | None:
    """The need for one unit more. `relief` is what each of the pairs would be spared, were there enough."""
    problem = night.problem.problem
    citizen, slot = problem.citizen[pairs], problem.slot[pairs]
    gain = problem.value[pairs] - night.pair_price[pairs] + relief - night.worth[citizen]
    who = np.unique(citizen[(gain > NOTHING) & np.isin(citizen, night.waiting)])
    return _need(night, int(slot[0]), who, price, change, text) if len(who) else None


def _need(night: Night, slot_row: int, who: NDArray[np.integer[Any]], gain: float, change: Change, text: _Text) -> Need:
    return Need(
        kind=change.kind,
        text=text(night, slot_row, len(who), change),
        citizens=len(who),
        placed=1,
        gain=gain,
        effort=change.effort,
        steps=(Step(change, slot_row),),
        helped=frozenset(who.tolist()),
    )


def _too_small(night: Night) -> Iterator[Need]:
    """The least more of each limit that lets the best of the pairs through that it keeps out now."""
    removed = night.problem.removed
    gain = removed.value - night.slot_price[removed.slot] - night.worth[removed.citizen]
    gains = (gain > NOTHING) & np.isin(removed.citizen, night.waiting)
    taken = gains & (removed.barrier == BARRIERS.index(Barrier.PLACE_TAKEN))
    for col in np.unique(removed.slot[taken]).tolist():
        here = np.flatnonzero(taken & (removed.slot == col))
        citizens = np.unique(removed.citizen[here])
        yield _need(night, col, citizens, float(gain[here].max()), OnePlaceMore(), _place_text)
    for r in np.unique(removed.resource[gains & (removed.resource >= 0)]).tolist():
        row = night.problem.resources[r]
        if row.kind in _RAISED:
            make, text = _RAISED[row.kind]
            here = np.flatnonzero(gains & (removed.resource == r))
            best = int(here[np.argmax(gain[here])])
            change = make(math.ceil((removed.needs[best] - row.limit) / HALF_HOUR) * HALF_HOUR)
            citizens = np.unique(removed.citizen[here])
            yield _need(night, int(removed.slot[best]), citizens, float(gain[best]), change, text)


def _place_text(night: Night, slot_row: int, count: int, _: Change) -> Text:
    return place_more_text(count, heading(night.match_input.slot_values[slot_row]))


def _mentor_text(night: Night, slot_row: int, count: int, change: Change) -> Text:
    extra = change.extra_hours_per_week if isinstance(change, MoreMentorHours) else 1.0
    return mentor_hours_text(count, night.match_input.slot_values[slot_row].worksite.name, extra)


def _cluster_text(night: Night, slot_row: int, count: int, _: Change) -> Text:
    agreement = night.match_input.slot_values[slot_row].agreement
    contexts = night.match_input.slot_values
    names = sorted({one.company.name for one in contexts if one.agreement.id == agreement.id})
    return cluster_more_text(count, names[:CLUSTER_NAMES])


def _placement_text(night: Night, slot_row: int, count: int, _: Change) -> Text:
    return placement_more_text(count, _consultant_name(night, slot_row))


def _outreach_text(night: Night, slot_row: int, count: int, change: Change) -> Text:
    extra = change.extra_hours if isinstance(change, MoreOutreachHours) else 1.0
    return outreach_text(count, _consultant_name(night, slot_row), extra)


def _consultant_name(night: Night, slot_row: int) -> str:
    consultant_id = night.match_input.slot_values[slot_row].agreement.consultant_id
    return next(one.name for one in night.consultants if one.id == consultant_id)


_RAISED: Final[Mapping[ResourceKind, tuple[Callable[[float], Change], _Text]]] = {
    ResourceKind.MENTOR_HOURS: (MoreMentorHours, _mentor_text),
    ResourceKind.CLUSTER_PLACES: (lambda _: OneClusterPlaceMore(), _cluster_text),
    ResourceKind.CASELOAD: (lambda _: OnePlacementMore(), _placement_text),
    ResourceKind.OUTREACH_HOURS: (MoreOutreachHours, _outreach_text),
}
"""For each limit that can be raised: the change for an amount, and its words."""
