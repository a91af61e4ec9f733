"""What would help most for everybody who waits: estimated by the latest plan's prices, confirmed by planning again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from features.variants import vary
from features.vectorise import vectorise
from matcher.arrays import Floats, MatchInput, SlotContext
from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.staff import JobConsultant
from matcher.language import Language
from matcher.limits import ResourceKind
from matcher.needs.changes import needs_from_changes
from matcher.needs.limits import needs_from_limits
from matcher.needs.night import SMALLEST_SHOWN, Need, Step, night_of, ranked
from matcher.needs.places import needs_for_places
from matcher.openings.changes import Situation
from matcher.openings.market import Prices
from matcher.scoring import score_pairs
from matcher.wording.efforts import effort_text, placements_text
from service.use_cases.desk import Desk
from service.use_cases.matching import Stored
from service.use_cases.planning import Planned

MOST_CONFIRMED = 10


class NeedView(BaseModel):
    """Something that would help several citizens. Nobody is named, and small groups are not counted out.

    `citizens` is null where fewer than three would gain. `estimated_gain` follows from the plan's prices;
    `confirmed_gain` and `more_placed` are the difference to a plan made with the change, null where none was made;
    the confirmed gain is exact to `confirmed_within`, which is how far both plans can be from the best. `other_ways`
    would help the same citizens at the same places: one is enough.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    text: str
    citizens: int | None
    placed: int = Field(description="how many of them the estimate counts, since places are few")
    effort: int
    effort_text: str
    estimated_gain: float
    gain_text: str = Field(description="the gain as a number of placements that fit completely")
    confirmed_gain: float | None = None
    confirmed_within: float | None = None
    more_placed: int | None = None
    other_ways: tuple[str, ...] = ()

    @classmethod
    def of(cls, need: Need, language: Language, confirmed: "Confirmed | None") -> "NeedView":
        """The view of a need."""
        return cls(
            kind=need.kind,
            text=need.text.in_(language),
            citizens=need.citizens if need.citizens >= SMALLEST_SHOWN else None,
            placed=need.placed,
            effort=need.effort,
            effort_text=effort_text(need.kind, need.effort).in_(language),
            estimated_gain=need.gain,
            gain_text=placements_text(need.gain).in_(language),
            confirmed_gain=confirmed.gain if confirmed else None,
            confirmed_within=confirmed.within if confirmed else None,
            more_placed=confirmed.more_placed if confirmed else None,
            other_ways=tuple(one.text.in_(language) for one in need.other_ways),
        )


class NeedsView(BaseModel):
    """What would help most, best gain for the effort first. `waiting` citizens have no placement and no proposal."""

    model_config = ConfigDict(frozen=True)

    planned_on: date
    run_id: str | None
    language: Language
    waiting: int
    needs: tuple[NeedView, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A plan with the change against the plan without: gain in value, how sure, how many more placed."""

    gain: float
    within: float
    more_placed: int


@dataclass(frozen=True, eq=False)
class _Prices:
    """What the latest plan says: who has a place and can still use it, what places and limits cost."""

    placed: tuple[str, ...]
    slot_price: Floats
    resource_price: Prices


def needs(desk: Desk, *, most: int = 20, confirm: int = 0, language: Language = Language.DANISH) -> NeedsView:
    """The needs of a municipality by its latest plan; where there is none, by a plan that is made but not stored.

    Parameters
    ----------
    most : at most so many needs
    confirm : of these, how many of the best are confirmed, a plan each (some seconds)
    """
    found, waiting = _needs_of(desk, _prices(desk), most=most)
    tried = confirmed_by_planning(desk.stored, desk.plan, found[:confirm], desk.match_input)
    return NeedsView(
        planned_on=desk.match_input.on,
        run_id=desk.run.id if desk.run else None,
        language=language,
        waiting=waiting,
        needs=tuple(NeedView.of(need, language, tried[k] if k < len(tried) else None) for k, need in enumerate(found)),
    )


PARTS: Final = 3
"""Parts of the work of finding needs: what could be changed, which limits, which places are missing."""
_FOUND: WeakKeyDictionary[MatchInput, tuple[Stored, str, tuple[Need, ...], int]] = WeakKeyDictionary()
"""Needs found before, best first, and how many wait: by the arrays that they follow from, what is stored, the run."""


def needs_known(desk: Desk) -> bool:
    """Whether the needs of the desk's run have been found already, so that showing them takes no time."""
    return _known(desk) is not None


def find_needs(desk: Desk, step: Callable[[], None] = lambda: None) -> None:
    """Find the needs of the desk's run, to be shown later; `step` is told after each of `PARTS`."""
    _needs_of(desk, _prices(desk), most=_KEPT, step=step)


_KEPT: Final = 100
"""How many needs are kept; nobody is shown more."""


def _known(desk: Desk) -> tuple[tuple[Need, ...], int] | None:
    known = _FOUND.get(desk.match_input)
    if desk.run is None or known is None or known[0] is not desk.stored or known[1] != desk.run.id:
        return None
    return known[2:]


def _needs_of(
    desk: Desk, prices: _Prices, *, most: int, step: Callable[[], None] = lambda: None
) -> tuple[tuple[Need, ...], int]:
    """The best needs by a plan's prices, and how many citizens wait; those of a run are kept."""
    known = _known(desk)
    if known is None:
        known = _found(desk, prices, step)
        if desk.run is not None:
            _FOUND[desk.match_input] = (desk.stored, desk.run.id, *known)
    found, waiting = known
    return found[:most], waiting


def _found(desk: Desk, prices: _Prices, step: Callable[[], None]) -> tuple[tuple[Need, ...], int]:
    """Needs, best first, and how many citizens wait."""
    match_input = desk.match_input
    night = night_of(
        match_input,
        score_pairs(match_input, weights=desk.weights),
        desk.weights,
        placed=prices.placed,
        consultants=desk.stored.consultants,
        running=desk.stored.placements,
        slot_price=prices.slot_price,
        resource_price=prices.resource_price,
    )

    def arrays_of(
        citizens: Sequence[Citizen], companies: Sequence[Company], agreements: Sequence[SlotAgreement], on: date
    ) -> MatchInput:
        book = desk.stored.rulebook
        return vectorise(citizens, companies, agreements, on=on, taxonomy=desk.taxonomy, rulebook=book)

    every: list[Need] = []
    parts: tuple[Callable[[], list[Need]], ...] = (
        lambda: needs_from_changes(night, vary),
        lambda: needs_from_limits(night),
        lambda: needs_for_places(night, arrays_of),
    )
    for part in parts:
        every += part()
        step()
    return ranked(every, most=_KEPT), len(night.waiting)


def _prices(desk: Desk) -> _Prices:
    if desk.run is None:
        return _prices_of(desk.plan(desk.stored))
    return _Prices(
        placed=tuple(desk.match_input.citizens.ids[row] for row in desk.possible_proposals),
        slot_price=desk.standing.slot_price,
        resource_price={
            (ResourceKind(one["kind"]), str(one["owner_id"])): float(one["price"]) for one in desk.run.resources
        },
    )


def _prices_of(planned: Planned) -> _Prices:
    ids, plan = planned.match_input.citizens.ids, planned.plan
    pairs = zip(planned.night.resources, plan.resource_price.tolist(), strict=True)
    return _Prices(
        placed=tuple(ids[row] for row in np.flatnonzero(plan.slot_of_citizen >= 0)),
        slot_price=plan.slot_price,
        resource_price={(row.kind, row.owner_id): price for row, price in pairs},
    )


def confirmed_by_planning(
    stored: Stored, plan: Callable[[Stored], Planned], chosen: Sequence[Need], match_input: MatchInput
) -> list[Confirmed]:
    """Each need made real, alone, in a plan of its own, against the plan of what is stored."""
    if not chosen:
        return []
    before = plan(stored).plan
    found = []
    for need in chosen:
        after = plan(with_need(stored, need, match_input)).plan
        found.append(
            Confirmed(
                gain=after.objective - before.objective,
                within=max(before.upper_bound - before.objective, after.upper_bound - after.objective),
                more_placed=int((after.slot_of_citizen >= 0).sum()) - int((before.slot_of_citizen >= 0).sum()),
            )
        )
    return found


def with_need(stored: Stored, need: Need, match_input: MatchInput) -> Stored:
    """What would be stored, were the need covered; `match_input` is that of what is stored."""
    if need.company is not None and need.agreement is not None:
        return replace(
            stored,
            companies=(*stored.companies, need.company),
            agreements=(*stored.agreements, need.agreement),
        )
    for step in need.steps:
        stored = _with_step(stored, step, match_input)
    return stored


def _with_step(stored: Stored, step: Step, match_input: MatchInput) -> Stored:
    """One change made on the values as earlier steps left them."""
    context = match_input.slot_values[step.slot_row]
    agreement = _by_id(stored.agreements, context.agreement.id)
    company = _by_id(stored.companies, context.company.id)
    now = SlotContext(
        slot=next(slot for slot in agreement.slots if slot.id == context.slot.id),
        agreement=agreement,
        company=company,
        worksite=next(site for site in company.worksites if site.id == context.worksite.id),
    )
    citizen = _by_id(stored.citizens, match_input.citizens.ids[step.citizen_row])
    after = step.change.apply(Situation(citizen, now, _by_id(stored.consultants, agreement.consultant_id)))
    consultants: tuple[JobConsultant, ...] = stored.consultants
    if after.consultant is not None:
        consultants = _replaced(consultants, after.consultant)
    return replace(
        stored,
        citizens=_replaced(stored.citizens, after.citizen),
        companies=_replaced(stored.companies, after.context.company),
        agreements=_replaced(stored.agreements, after.context.agreement),
        consultants=consultants,
    )


def _by_id(values: Sequence[Any], id_: str) -> Any:
    return next(value for value in values if value.id == id_)


def _replaced(values: tuple[Any, ...], changed: Any) -> tuple[Any, ...]:
    return tuple(changed if value.id == changed.id else value for value in values)
