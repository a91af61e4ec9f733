"""The night: everything of a municipality becomes one plan that holds every limit, or nothing is stored.

load → features → scoring → limits → plan → check → reasons → store. The check recounts the plan without the solver; a
plan that fails it is refused. What is stored is one transaction: the run, its proposals, the citizens without a place
and why, the prices of the places.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from typing import Any
from uuid import UUID, uuid4, uuid5

import numpy as np
import structlog
from sqlalchemy.exc import IntegrityError

from features.taxonomy import Taxonomy
from matcher.arrays import MatchInput
from matcher.assignment import Plan, solve
from matcher.explain import explain
from matcher.resources import NightProblem
from matcher.unplaced import PlanUse, explain_unplaced
from matcher.weights import Weights
from service.clock import now
from service.db.records import MatchRun, StoredProposal, Unplaced
from service.db.repositories import MatchRuns
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import VersionConflict
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import Stored, load
from service.use_cases.night_counts import NightCounts, count_night
from service.use_cases.planning import ENOUGH_GAP, Solver, plan_stored
from service.use_cases.prices import pair_prices

PHASES = ("load", "features", "scoring", "limits", "plan", "check", "reasons", "store")
"""Phases of a night, in order."""

Step = Callable[[str, int, int], None]
"""Told the phase that begins, how many are done, and how many there are."""

log = structlog.get_logger("matcher.nightly")


@dataclass(frozen=True, slots=True)
class Night:
    """A planned night as it is stored. `stored` is False where nothing was to be kept."""

    run: MatchRun
    counts: NightCounts
    proposals: tuple[StoredProposal, ...]
    unplaced: tuple[Unplaced, ...]
    slot_prices: dict[str, float]
    stored: bool

    def plan_digest(self) -> str:
        """SHA-256 of who is proposed where, when and for how many hours: the same plan, the same digest."""
        plan = [
            (p.citizen_id, p.slot_id, p.starts_on.isoformat(), p.hours_per_week, p.value, p.price)
            for p in sorted(self.proposals, key=lambda proposal: proposal.citizen_id)
        ]
        return hashlib.sha256(json.dumps(plan).encode()).hexdigest()


class Stopwatch:
    """Seconds of each phase; tells `step` when one begins."""

    def __init__(self, step: Step) -> None:
        self.seconds: dict[str, float] = {}
        self._step = step

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Times what is done inside."""
        self._step(name, PHASES.index(name), len(PHASES))
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


def plan_night(
    sessions: SessionFactory,
    municipality: str,
    *,
    on: date,
    seed: int = 0,
    time_limit_s: float = 60.0,
    gap: float = ENOUGH_GAP,
    step: Step = lambda _phase, _done, _total: None,
    keep: bool = True,
    solver: Solver = solve,
    taxonomy: Taxonomy | None = None,
) -> Night:
    """Plan the night of a municipality and store it.

    Parameters
    ----------
    on : the day that the plan is made for
    seed, time_limit_s, gap : given to the solver; the same input and seed give the same plan if time does not end it
    step : told each phase as it begins
    keep : False plans and checks, and stores nothing
    solver : computes the plan; whatever it answers is checked

    Raises
    ------
    NothingToPlan
        where there are no citizens or no slots.
    PlanRefused
        where the plan breaks a rule; nothing is stored.
    """
    watch = Stopwatch(step)
    with watch.phase("load"), read_only(sessions) as session:
        stored = load(session, municipality)
        weights = weights_in_use(session, municipality)
    planned = plan_stored(
        stored,
        weights,
        on=on,
        seed=seed,
        time_limit_s=time_limit_s,
        gap=gap,
        solver=solver,
        taxonomy=taxonomy,
        phase=watch.phase,
    )
    match_input, night, plan = planned.match_input, planned.night, planned.plan
    run_id = str(uuid4())
    with watch.phase("reasons"):
        proposals = _proposals(run_id, match_input, night, plan, weights)
        unplaced = _unplaced(run_id, match_input, night, plan)
        counts = count_night(match_input, night, plan, stored.placements, unplaced)
    run = MatchRun(
        id=run_id,
        created_at=now(),
        planned_on=on,
        seed=seed,
        status=plan.status,
        value=plan.objective,
        upper_bound=plan.upper_bound,
        gap=plan.gap,
        input_hash=_input_hash(stored, on, seed, weights.id),
        seconds=watch.seconds,
        counts=counts.model_dump(mode="json"),
        versions={
            "matcher": version("matcher"),
            "weights": weights.id,
            "taxonomy": (taxonomy or Taxonomy.builtin()).version,
        },
        resources=_resources(night, plan),
    )
    prices = {
        slot_id: float(price)
        for slot_id, price in zip(match_input.slots.ids, plan.slot_price, strict=True)
        if price > 0
    }
    result = Night(run, counts, proposals, unplaced, prices, keep)
    with watch.phase("store"):
        if keep:
            _store(sessions, municipality, result)
    log.info("night planned", run=run_id, placed=counts.placed, unplaced=counts.unplaced, gap=plan.gap)
    return replace(result, run=replace(run, seconds=dict(watch.seconds)))


def _proposals(
    run_id: str, match_input: MatchInput, night: NightProblem, plan: Plan, weights: Weights
) -> tuple[StoredProposal, ...]:
    """The chosen pairs with their reasons; the id follows from run and citizen."""
    problem = night.problem
    price = pair_prices(problem, plan.slot_price, plan.resource_price)
    price_of_slot = plan.slot_price.copy()
    found = []
    for pair in night.chosen(plan.slot_of_citizen):
        row, slot_row = int(problem.citizen[pair]), int(problem.slot[pair])
        price_of_slot[slot_row] = price[pair]
        reasons = explain(match_input, row, slot_row, prices=price_of_slot, weights=weights)
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


def _unplaced(run_id: str, match_input: MatchInput, night: NightProblem, plan: Plan) -> tuple[Unplaced, ...]:
    """Who has no place, and why; those whose placement runs already are not waiting for one."""
    use = PlanUse.of(night, plan)
    waiting = sorted(set(np.flatnonzero(plan.slot_of_citizen < 0).tolist()) - set(night.placed))
    found = []
    for row in waiting:
        why = explain_unplaced(match_input, row, use)
        reason = (why.resource or why.reason).value
        found.append(Unplaced(run_id, why.citizen_id, reason, "\n".join((why.text, *why.details))))
    return tuple(found)


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


def _input_hash(stored: Stored, on: date, seed: int, weights_id: str) -> str:
    """SHA-256 of all that the plan follows from, hexadecimal."""
    return hashlib.sha256(json.dumps([stored.digest(), on.isoformat(), seed, weights_id]).encode()).hexdigest()


def _store(sessions: SessionFactory, municipality: str, night: Night) -> None:
    try:
        with unit_of_work(sessions) as session:
            MatchRuns(session, municipality).add(night.run, night.proposals, night.unplaced, night.slot_prices)
    except IntegrityError as error:
        raise VersionConflict("a citizen was removed while the plan was made; run it again") from error
