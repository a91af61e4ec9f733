"""A municipality's lists and plan: who has places, whether all top suggestions can be filled, how groups fare."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from features.taxonomy import Taxonomy
from matcher.arrays import PROFILES, Codes, Floats, MatchInput
from matcher.assignment import AssignmentProblem, Resources, solve
from matcher.weights import Weights
from matcher.wording import label
from matcher.wording.rules import group_name
from service.use_cases.matching import Stored
from service.use_cases.planning import plan_stored
from service.use_cases.prices import pair_prices

TIME_LIMIT_S: Final = 10.0
GAP: Final = 1e-4
"""A plan that is measured is nearer to the best than a night's has to be."""
LIST_LENGTH: Final = 10
NEAR_MINUTES: Final = (10.0, 20.0)
"""Travel to the nearest worksite, by the citizen's own modes: up to 10 minutes, up to 20, longer. Assumption."""
SMALLEST_GROUP: Final = 10
"""Figures of a group with fewer citizens are not shown: they would be about persons."""


@dataclass(frozen=True, slots=True)
class Group:
    """How a group of citizens fares.

    Attributes
    ----------
    kind : ``target_group``, ``profile`` or ``travel``;  name : Danish
    with_a_place : share of the citizens to whom the rules open at least one place
    places : median number of such places
    best_value : mean value of the best place, over those who have one; None where nobody has
    proposed : share whom the plan proposes a place, of those who wait for one
    """

    kind: str
    name: str
    citizens: int
    with_a_place: float
    places: float
    best_value: float | None
    proposed: float


@dataclass(frozen=True, slots=True)
class Market:
    """Lists and plan of one day.

    Attributes
    ----------
    citizens, slots, places : who waits, what there is;  weights_id : what it was measured with
    with_a_place, with_five : share of those who wait to whom the rules open one place, five places
    slots_in_lists : share of slots that stand among somebody's ten best, by value less price
    proposed : citizens whom the plan proposes a place;  gap : of the plan
    fillable : share of the citizens with a list whose top suggestion could be filled, all at the same time under every
        limit, where lists follow the value alone;  fillable_with_prices : where they follow value less price;
        planned : share whom the plan finds a place, to compare with
    """

    citizens: int
    slots: int
    places: int
    weights_id: str
    with_a_place: float
    with_five: float
    slots_in_lists: float
    slots_in_lists_with_prices: float
    proposed: int
    gap: float
    fillable: float
    fillable_with_prices: float
    planned: float
    groups: tuple[Group, ...]


def measure_market(stored: Stored, *, on: date, weights: Weights, taxonomy: Taxonomy | None = None) -> Market:
    """Lists and plan of everybody who waits for a place, made as the night makes them; nothing is stored.

    Raises NothingToPlan where there are no citizens or no slots.
    """
    planned = plan_stored(stored, weights, on=on, time_limit_s=TIME_LIMIT_S, gap=GAP, taxonomy=taxonomy)
    match_input, pairs, night, plan = planned.match_input, planned.pairs, planned.night, planned.plan
    problem = night.problem
    price = pair_prices(problem, plan.slot_price, plan.resource_price)
    waiting = np.setdiff1d(np.arange(len(match_input.citizens), dtype=np.int32), np.array(night.placed, dtype=np.int32))
    opened = pairs.eligible_count[waiting]
    proposed = plan.slot_of_citizen >= 0
    best = np.full(len(match_input.citizens), np.nan)
    np.fmax.at(best, pairs.citizen, pairs.value)
    return Market(
        citizens=len(waiting),
        slots=len(match_input.slots),
        places=int(problem.capacity.sum()),
        weights_id=weights.id,
        with_a_place=_share(opened >= 1),
        with_five=_share(opened >= 5),
        slots_in_lists=_reach(problem, problem.value),
        slots_in_lists_with_prices=_reach(problem, problem.value - price),
        proposed=int(proposed.sum()),
        gap=plan.gap,
        fillable=fillable_share(problem, problem.value),
        fillable_with_prices=fillable_share(problem, problem.value - price),
        planned=int(proposed.sum()) / max(1, len(np.unique(problem.citizen))),
        groups=_groups(match_input, waiting, pairs.eligible_count, best, proposed),
    )


def _share(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _order(problem: AssignmentProblem, worth: Floats) -> tuple[Codes, Codes]:
    """Pairs by citizen, the best worth first (then value, then the lower slot), and each one's rank, from 0."""
    order = np.lexsort((problem.slot, -problem.value, -worth, problem.citizen))
    citizen = problem.citizen[order]
    start = np.searchsorted(citizen, citizen, side="left")
    return order.astype(np.int32), (np.arange(len(order)) - start).astype(np.int32)


def _reach(problem: AssignmentProblem, worth: Floats) -> float:
    """Share of the slots with a free place that stand in somebody's list."""
    order, rank = _order(problem, worth)
    listed = np.unique(problem.slot[order[rank < LIST_LENGTH]])
    free = np.flatnonzero(problem.capacity > 0)
    return _share(np.isin(free, listed))


def fillable_share(problem: AssignmentProblem, worth: Floats) -> float:
    """Share of the citizens with a list whose first suggestion can be filled, all at once, under every limit.

    The most that can be filled is a plan of the first suggestions alone, each worth 1.
    """
    order, rank = _order(problem, worth)
    top = np.sort(order[rank == 0])
    if not len(top):
        return 0.0
    resources = problem.resources
    alone = replace(
        problem,
        citizen=problem.citizen[top],
        slot=problem.slot[top],
        value=np.ones(len(top)),
        resources=None if resources is None else Resources(resources.use[:, top], resources.limit),
        pinned=None,
    )
    return solve(alone, time_limit_s=TIME_LIMIT_S, seed=0).unless_interrupted().n_placed / len(top)


def _groups(
    match_input: MatchInput,
    waiting: Codes,
    opened: Codes,
    best: Floats,
    proposed: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> tuple[Group, ...]:
    citizens = match_input.citizens
    target = {code: group_name(name, match_input.on) for code, name in enumerate(match_input.target_groups)}
    profile = {code: label(one) for code, one in enumerate(PROFILES)}
    near = {0: "højst 10 minutter", 1: "10–20 minutter", 2: "over 20 minutter", 3: "ikke kendt"}
    kinds: tuple[tuple[str, Codes, Mapping[int, str]], ...] = (
        ("target_group", citizens.target_group, target),
        ("profile", citizens.profile, profile),
        ("travel", _nearness(match_input), near),
    )
    found = []
    for kind, code, names in kinds:
        for one in np.unique(code[waiting]):
            rows = waiting[code[waiting] == one]
            if len(rows) < SMALLEST_GROUP:
                continue
            has = rows[opened[rows] > 0]
            found.append(
                Group(
                    kind=kind,
                    name=names[int(one)],
                    citizens=len(rows),
                    with_a_place=_share(opened[rows] > 0),
                    places=float(np.median(opened[rows])),
                    best_value=float(best[has].mean()) if len(has) else None,
                    proposed=_share(proposed[rows]),
                )
            )
    return tuple(found)


def _nearness(match_input: MatchInput) -> Codes:
    """int32 (n,): class of the shortest travel time to any worksite, 3 where no position is known."""
    cols = np.arange(len(match_input.slots), dtype=np.int32)
    nearest = np.full(len(match_input.citizens), np.nan)
    for row in range(len(match_input.citizens)):
        minutes = match_input.travel.minutes(np.full(len(cols), row, dtype=np.int32), cols)
        nearest[row] = np.fmin.reduce(minutes)
    band: Codes = np.where(np.isnan(nearest), 3, np.searchsorted(NEAR_MINUTES, nearest)).astype(np.int32)
    return band
