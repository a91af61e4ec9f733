"""Needs that nobody covers: what one agreement, course, answer or hour more would do for everybody who waits.

Valued by the plan's prices. With u_i what citizen i can have already and p what a place costs the others, a need that
opens pairs (i, j) of value v is estimated at

    gain = sum over the best pairs, each citizen once, each slot at most its places, of (v_ij − p_ij − u_i)+

taken greedily from the largest: exact for one slot, at least half of the best for several. The estimate is confirmed by
planning again with the change made (see ``service.use_cases.needs``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import Codes, Floats, MatchInput
from matcher.domain.agreement import SlotAgreement
from matcher.domain.company import Company
from matcher.domain.placement import Placement
from matcher.domain.staff import JobConsultant
from matcher.language import Text
from matcher.limits import ResourceKind
from matcher.openings.changes import Change
from matcher.openings.market import NOTHING, Prices
from matcher.openings.place import AdaptedPlace, CompanyAnswers
from matcher.openings.ranking import EFFORT_PRICE
from matcher.resources import NightProblem, plan_problem
from matcher.scoring import ScoredPairs
from matcher.weights import Weights

SMALLEST_SHOWN: Final = 3
"""Fewer citizens than this are not counted out, so that nobody is told apart."""


TELL_OF_NEEDS: Final = frozenset((AdaptedPlace.kind, CompanyAnswers.kind))
"""Kinds that say what somebody cannot do or must have, if of nobody by name."""
OF_EACH_KIND: Final = 4
"""Needs of one kind that a list shows."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change, made at a slot, for a citizen where it changes one."""

    change: Change
    slot_row: int
    citizen_row: int = 0


@dataclass(frozen=True, eq=False)
class Need:
    """Something that would help several citizens at once.

    Attributes
    ----------
    kind : of the change, or ``new_place``
    text : who waits for what
    citizens : waiting citizens who would gain by it
    placed : how many of them the estimate counts, since places are few
    gain : estimated, in units of value
    effort : as of a change
    steps : how to make it on domain values; empty for a new place
    company, agreement : of a new place, else None
    helped : rows of the citizens who would gain, where the need is about places that there are
    other_ways : needs of the same citizens at the same places, of which one is enough
    """

    kind: str
    text: Text
    citizens: int
    placed: int
    gain: float
    effort: int
    steps: tuple[Step, ...] = ()
    company: Company | None = None
    agreement: SlotAgreement | None = None
    helped: frozenset[int] = frozenset()
    other_ways: tuple["Need", ...] = ()

    @property
    def covers(self) -> tuple[frozenset[int], frozenset[int], bool]:
        """Whom it helps and where: needs that agree in this are one need with several ways to cover it.

        Also whether it tells of health-related needs, so that no other way tells more than the need it stands with.
        """
        return self.helped, frozenset(step.slot_row for step in self.steps), self.kind in TELL_OF_NEEDS

    @property
    def merit(self) -> float:
        """What ranks: gain less effort."""
        return self.gain - EFFORT_PRICE * self.effort


class Gainer(NamedTuple):
    """A waiting citizen who would gain at a slot: value less price less what the citizen can have already."""

    gain: float
    citizen_row: int
    slot_row: int
    change: Change | None = None


@dataclass(frozen=True, eq=False)
class Night:
    """A plan, and what its prices say of everybody who waits.

    Attributes
    ----------
    problem, pair_price : the pairs that could be planned, and float64 (E,) what each costs the others
    waiting : rows of citizens without a placement and without a place in the plan
    worth : float64 (n,), what each citizen can have already, u_i
    free_places : int64 (m,), places that running placements leave
    consultants, running : as planned with
    slot_price : float64 (m,);  resource_price : by kind and owner
    """

    match_input: MatchInput
    weights: Weights
    problem: NightProblem
    pair_price: Floats
    waiting: Codes
    worth: Floats
    free_places: NDArray[np.int64]
    consultants: tuple[JobConsultant, ...]
    running: tuple[Placement, ...]
    slot_price: Floats
    resource_price: Prices

    def priced(self, rows: Codes, cols: Codes) -> Floats:
        """float64 (E,): price of each pair; NaN where a limit, or somebody to be kept apart from, stands before it.

        rows, cols : int32 (E,), sorted by citizen then slot, no pair twice
        """
        scored = ScoredPairs(rows, cols, np.ones(len(rows)), np.zeros(0, np.int32), "")
        night = plan_problem(self.match_input, scored, consultants=self.consultants, running=self.running)
        m, problem, found = len(self.match_input.slots), night.problem, np.full(len(rows), np.nan)
        at = np.searchsorted(rows * np.int64(m) + cols, problem.citizen * np.int64(m) + problem.slot)
        found[at] = _prices(night, self.slot_price, self.resource_price)
        return found


def _prices(night: NightProblem, slot_price: Floats, resource_price: Prices) -> Floats:
    """float64 (E,): price of each pair, its place and what it uses of the resources."""
    of_row = np.array([resource_price.get((row.kind, row.owner_id), 0.0) for row in night.resources])
    price = slot_price[night.problem.slot]
    if night.problem.resources is not None:
        price = price + night.problem.resources.use.T @ of_row
    return np.asarray(price)


def night_of(
    match_input: MatchInput,
    pairs: ScoredPairs,
    weights: Weights,
    *,
    placed: Iterable[str],
    consultants: tuple[JobConsultant, ...],
    running: tuple[Placement, ...],
    slot_price: Floats,
    resource_price: Prices,
) -> Night:
    """A night by the prices of its plan.

    Parameters
    ----------
    pairs : eligible pairs, as planned with
    placed : ids of the citizens for whom the plan has a place
    """
    problem = plan_problem(match_input, pairs, consultants=consultants, running=running, weights=weights)
    price = _prices(problem, slot_price, resource_price)
    worth = np.zeros(len(match_input.citizens))
    np.maximum.at(worth, problem.problem.citizen, problem.problem.value - price)
    has_place, running_now = set(placed), set(problem.placed)
    waiting = [
        row for row, id_ in enumerate(match_input.citizens.ids) if id_ not in has_place and row not in running_now
    ]
    return Night(
        match_input=match_input,
        weights=weights,
        problem=problem,
        pair_price=price,
        waiting=np.array(waiting, dtype=np.int32),
        worth=worth,
        free_places=problem.problem.capacity,
        consultants=consultants,
        running=running,
        slot_price=slot_price,
        resource_price=resource_price,
    )


def best_gain(gainers: Sequence[Gainer], places: Mapping[int, int]) -> tuple[float, list[Gainer]]:
    """Estimated gain and who is counted: the largest first, each citizen once, each slot at most its places."""
    left, seen, chosen = dict(places), set[int](), []
    for one in sorted(gainers, key=lambda one: (-one.gain, one.citizen_row, one.slot_row)):
        if one.gain <= NOTHING or one.citizen_row in seen or left.get(one.slot_row, 0) <= 0:
            continue
        seen.add(one.citizen_row)
        left[one.slot_row] -= 1
        chosen.append(one)
    return sum(one.gain for one in chosen), chosen


def price_of(night: Night, kind: ResourceKind, owner_id: str) -> float:
    """Price of one unit of a resource in the night's plan; 0 where nobody waits for it."""
    return night.resource_price.get((kind, owner_id), 0.0)


def ranked(needs: Iterable[Need], *, most: int, of_each_kind: int = OF_EACH_KIND) -> tuple[Need, ...]:
    """Needs whose gain is worth the effort, best first; few of one kind, so that a list shows a choice.

    Of several that help the same citizens at the same places, the best stands there with the others as other ways.
    """
    seen: Counter[str] = Counter()
    found: list[Need] = []
    at: dict[tuple[frozenset[int], frozenset[int], bool], int] = {}
    for need in sorted(needs, key=lambda need: (-need.merit, need.kind, need.text.danish)):
        if need.merit <= 0:
            continue
        known = at.get(need.covers) if need.helped else None
        if known is not None:
            found[known] = replace(found[known], other_ways=(*found[known].other_ways, need))
        elif seen[need.kind] < of_each_kind:
            seen[need.kind] += 1
            at[need.covers] = len(found)
            found.append(need)
    return tuple(found[:most])
