"""What a plan comes to, as stored and as a replay compares it: proposals, those without a place, prices, limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import numpy as np

from matcher.assignment import Plan
from matcher.budgets import running_on
from matcher.demand import Demand
from matcher.explain import explain
from matcher.language import Language, Text
from matcher.market import Market, market
from matcher.resources import NightProblem
from matcher.scoring import score_citizen
from matcher.unplaced import PlanUse, explain_unplaced
from service.db.purpose import Alternatives
from service.db.records import MatchRun, StoredProposal, Unplaced
from service.use_cases.matching import Stored
from service.use_cases.night_counts import NightCounts, count_night
from service.use_cases.planning import Planned
from service.use_cases.prices import pair_prices

NEXT_BEST = 3
"""Places beside the proposed one that a run writes down for each citizen."""


@dataclass(frozen=True, slots=True)
class NightResult:
    """All that is stored of a plan beside the run itself. The same plan and run id give the same result."""

    counts: NightCounts
    proposals: tuple[StoredProposal, ...]
    unplaced: tuple[Unplaced, ...]
    alternatives: tuple[Alternatives, ...]
    slot_prices: dict[str, float]
    resources: tuple[dict[str, Any], ...]


def result_of(run_id: str, stored: Stored, planned: Planned) -> NightResult:
    """The result of a plan; ids of proposals follow from run and citizen."""
    match_input, night, plan = planned.match_input, planned.night, planned.plan
    unplaced = _unplaced(run_id, planned)
    return NightResult(
        counts=count_night(match_input, night, plan, stored.placements, unplaced),
        proposals=_proposals(run_id, stored, planned),
        unplaced=unplaced,
        alternatives=_alternatives(planned),
        slot_prices={
            slot_id: float(price)
            for slot_id, price in zip(match_input.slots.ids, plan.slot_price, strict=True)
            if price > 0
        },
        resources=_resources(night, plan),
    )


def comparable(
    figures: Mapping[str, Any],
    counts: Mapping[str, Any],
    proposals: Iterable[StoredProposal],
    unplaced: Iterable[Unplaced],
    alternatives: Iterable[Alternatives],
    slot_prices: Mapping[str, float],
    resources: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """The result as JSON, by citizen and slot: what the digest of a run is taken over, and what a replay compares."""
    return {
        "figures": dict(figures),
        "proposals": {
            one.citizen_id: {
                "id": one.id,
                "slot_id": one.slot_id,
                "starts_on": one.starts_on.isoformat(),
                "hours_per_week": one.hours_per_week,
                "value": one.value,
                "price": one.price,
                "explanation": one.explanation,
                "support": list(one.support),
            }
            for one in sorted(proposals, key=lambda one: one.citizen_id)
        },
        "unplaced": {
            one.citizen_id: {"reason": one.reason, "text": one.text}
            | ({} if one.text_english is None else {"text_english": one.text_english})
            for one in sorted(unplaced, key=lambda one: one.citizen_id)
        },
        "slot_prices": {slot_id: slot_prices[slot_id] for slot_id in sorted(slot_prices)},
        "resources": [dict(one) for one in resources],
        "alternatives": {
            one.citizen_id: {"eligible": one.eligible, "next_best": [dict(place) for place in one.next_best]}
            for one in sorted(alternatives, key=lambda one: one.citizen_id)
        },
        "counts": dict(counts),
    }


def comparable_result(run: MatchRun, result: NightResult) -> dict[str, Any]:
    """`comparable` of a result and the figures of its run."""
    return comparable(
        figures_of(run),
        result.counts.model_dump(mode="json"),
        result.proposals,
        result.unplaced,
        result.alternatives,
        result.slot_prices,
        result.resources,
    )


def figures_of(run: MatchRun) -> dict[str, Any]:
    """The figures of a run that a replay compares."""
    return {
        "planned_on": run.planned_on.isoformat(),
        "seed": run.seed,
        "status": run.status,
        "value": run.value,
        "upper_bound": run.upper_bound,
        "gap": run.gap,
        "input_hash": run.input_hash,
    }


def _proposals(run_id: str, stored: Stored, planned: Planned) -> tuple[StoredProposal, ...]:
    """The chosen pairs with their reasons; the id follows from run and citizen."""
    match_input, night, plan = planned.match_input, planned.night, planned.plan
    problem, beside = night.problem, _beside(stored, planned)
    price = pair_prices(problem, plan.slot_price, plan.resource_price)
    demand = Demand.priced(problem.citizen, problem.slot, problem.value, price, plan.slot_price, problem.n_citizens)
    found = []
    for pair in night.chosen(plan.slot_of_citizen):
        row, slot_row = int(problem.citizen[pair]), int(problem.slot[pair])
        own = slice(*np.searchsorted(problem.citizen, np.array([row, row + 1], dtype=np.int32)))
        price_of_slot, free = plan.slot_price.copy(), np.zeros(problem.n_slots, dtype=np.bool_)
        price_of_slot[problem.slot[own]] = price[own]
        free[problem.slot[own]] = True
        reasons = explain(
            match_input,
            row,
            slot_row,
            scores=score_citizen(match_input, row, weights=planned.weights, only=problem.slot[own]),
            prices=price_of_slot,
            wanted=demand.others(row, slot_row, float(problem.value[pair])),
            alternatives=NEXT_BEST,
            free=free,
            met=beside.met(int(pair)),
        )
        record = reasons.as_record()
        found.append(
            StoredProposal(
                id=str(uuid5(UUID(run_id), reasons.citizen_id)),
                run_id=run_id,
                citizen_id=reasons.citizen_id,
                slot_id=reasons.slot_id,
                starts_on=night.starts_on(int(pair)),
                hours_per_week=float(night.hours_per_week[pair]),
                value=float(problem.value[pair]),
                price=float(price[pair]),
                explanation=record,
                support=tuple(record["support"]),
            )
        )
    return tuple(found)


def _beside(stored: Stored, planned: Planned) -> Market:
    """The pairs that the plan could choose from, beside what runs."""
    match_input, problem = planned.match_input, planned.night.problem
    return market(
        match_input,
        problem.citizen,
        problem.slot,
        consultants={one.id: one for one in stored.consultants},
        running=running_on(match_input, stored.placements),
    )


def _unplaced(run_id: str, planned: Planned) -> tuple[Unplaced, ...]:
    """Who has no place, and why; those whose placement runs already are not waiting for one."""
    match_input, night, plan = planned.match_input, planned.night, planned.plan
    let_go = {pin.citizen_id: _let_go(pin.text) for pin in planned.let_go}
    use = PlanUse.of(night, plan)
    waiting = sorted(set(np.flatnonzero(plan.slot_of_citizen < 0).tolist()) - set(night.placed))
    found = []
    for row in waiting:
        why = explain_unplaced(match_input, row, use, weights=planned.weights)
        english = explain_unplaced(match_input, row, use, Language.ENGLISH, weights=planned.weights)
        last = let_go.get(why.citizen_id)
        found.append(
            Unplaced(
                run_id,
                why.citizen_id,
                (why.resource or why.reason).value,
                "\n".join((why.text, *why.details, *([last.danish] if last else ()))),
                "\n".join((english.text, *english.details, *([last.english] if last else ()))),
            )
        )
    return tuple(found)


def _let_go(reason: Text) -> Text:
    """Told of somebody without a place; the reason is a full sentence."""
    return Text(
        f"Et forslag, der var sat på hold, kunne ikke beholde sin plads: {reason.danish}",
        f"A proposal that was on hold could not keep its place: {reason.english}",
    )


def _alternatives(planned: Planned) -> tuple[Alternatives, ...]:
    """For each citizen who waits: places that fit, and the best others by value − price, at most `NEXT_BEST`."""
    problem, plan = planned.night.problem, planned.plan
    price = pair_prices(problem, plan.slot_price, plan.resource_price)
    worth = problem.value - price
    other = np.flatnonzero(plan.slot_of_citizen[problem.citizen] != problem.slot)
    best_first = other[np.lexsort((problem.slot[other], -worth[other], problem.citizen[other]))]
    places: dict[int, list[dict[str, Any]]] = {}
    for pair in best_first.tolist():
        chosen = places.setdefault(int(problem.citizen[pair]), [])
        if len(chosen) < NEXT_BEST:
            slot_id = planned.match_input.slots.ids[problem.slot[pair]]
            chosen.append({"slot_id": slot_id, "value": float(problem.value[pair]), "price": float(price[pair])})
    in_placement = set(planned.night.placed)
    return tuple(
        Alternatives(citizen_id, int(planned.pairs.eligible_count[row]), tuple(places.get(row, ())))
        for row, citizen_id in enumerate(planned.match_input.citizens.ids)
        if row not in in_placement
    )


def _resources(night: NightProblem, plan: Plan) -> tuple[dict[str, Any], ...]:
    """Each shared limit: what it is, how much there is, how much the plan uses, and what more would be worth."""
    resources = night.problem.resources
    if resources is None:
        return ()
    used = resources.use[:, night.chosen(plan.slot_of_citizen)].sum(axis=1)
    return tuple(
        {
            "kind": row.kind.value,
            "owner_id": row.owner_id,
            "unit": row.unit,
            "allowed": row.allowed,
            "taken": row.taken,
            "used": float(used[r]),
            "price": float(plan.resource_price[r]),
            "danish": row.danish,
        }
        for r, row in enumerate(night.resources)
    )
