"""From what is stored to a checked plan, in memory: the night, a replay and a preview of a change plan the same way."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date

import structlog

from features.taxonomy import Taxonomy
from matcher.arrays import Codes, MatchInput
from matcher.assignment import AssignmentProblem, Plan, check, solve
from matcher.decided import held_on
from matcher.holding import keep_held
from matcher.resources import NightProblem, RefusedPin, plan_problem
from matcher.scoring import ScoredPairs, score_pairs
from matcher.staying import slots_before, stay_near
from matcher.weights import Weights
from service.problems import NothingToPlan, PlanRefused
from service.use_cases.matching import Stored, arrays_of

ENOUGH_GAP = 0.001
"""The planning stops once it has proven that no plan is more than this share better: stopping by what is proven, and
not by the clock, is what makes the same input give the same plan."""

PLANNING_S = 60.0
"""Seconds that the planning may take where nothing else is said."""

FOR_STAYING = 0.1
"""Share of the time limit that is left for staying near the plan before, where there is one."""

Solver = Callable[..., Plan]
Phase = Callable[[str], AbstractContextManager[None]]
"""Wraps a phase of the planning: features, scoring, limits, plan, check."""

log = structlog.get_logger("matcher.planning")


@dataclass(frozen=True, eq=False)
class Planned:
    """A plan that holds every limit, with what it was made from.

    `let_go`: proposals on hold that could not keep their place, each with the reason.
    """

    match_input: MatchInput
    weights: Weights
    pairs: ScoredPairs
    night: NightProblem
    plan: Plan
    let_go: tuple[RefusedPin, ...] = ()

    @property
    def proposed(self) -> dict[str, str]:
        """Slot id by citizen id, of everybody who is placed."""
        citizens, slots = self.match_input.citizens.ids, self.match_input.slots.ids
        pairs = zip(citizens, self.plan.slot_of_citizen.tolist(), strict=True)
        return {citizen_id: slots[row] for citizen_id, row in pairs if row >= 0}


def plan_stored(
    stored: Stored,
    weights: Weights,
    *,
    on: date,
    seed: int = 0,
    time_limit_s: float = PLANNING_S,
    gap: float = ENOUGH_GAP,
    solver: Solver = solve,
    taxonomy: Taxonomy | None = None,
    phase: Phase = lambda _: nullcontext(),
    before: Mapping[str, str] | None = None,
) -> Planned:
    """The plan of what is stored; nothing is read or written.

    Parameters
    ----------
    on : the day that the plan is made for
    seed, time_limit_s, gap : given to the solver; the same input and seed give the same plan if time does not end it
    solver : computes the plan; whatever it answers is checked
    phase : entered around each phase, with its name
    before : slot id by citizen id in the plan before, to stay near to where the gap stays open; None: from nothing

    Raises
    ------
    NothingToPlan
        where there are no citizens or no slots.
    PlanRefused
        where the plan breaks a rule.
    """
    if not stored.citizens or not stored.agreements:
        raise NothingToPlan("there are no citizens" if not stored.citizens else "there are no agreements")
    with phase("features"):
        match_input = arrays_of(stored, on=on, taxonomy=taxonomy)
    with phase("scoring"):
        pairs = score_pairs(match_input, weights=weights)
    with phase("limits"):
        kept = keep_held(
            match_input,
            lambda pinned: plan_problem(
                match_input,
                pairs,
                consultants=stored.consultants,
                running=stored.placements,
                pinned=pinned,
                weights=weights,
            ),
            held_on(stored.decided, on, stored.rulebook),
        )
        night = kept.night
    with phase("plan"):
        rows = None if before is None else slots_before(match_input, before)
        plan = _plan(night.problem, solver, rows, time_limit_s=time_limit_s, gap=gap, seed=seed)
    with phase("check"):
        _refuse_if_broken(night.problem, plan)
    return Planned(match_input, weights, pairs, night, plan, kept.refused)


def _plan(
    problem: AssignmentProblem, solver: Solver, before: Codes | None, *, time_limit_s: float, gap: float, seed: int
) -> Plan:
    """The plan from nothing; where there is one before, and the gap stays open, one that is as good and near to it."""
    if before is None or not (before >= 0).any():
        return solver(problem, time_limit_s=time_limit_s, gap=gap, seed=seed).unless_interrupted()
    ends_at = time.monotonic() + time_limit_s
    plan = solver(problem, time_limit_s=(1 - FOR_STAYING) * time_limit_s, gap=gap, seed=seed).unless_interrupted()
    left_s = max(0.0, ends_at - time.monotonic())
    return stay_near(problem, plan, before, time_limit_s=left_s, gap=gap, seed=seed).unless_interrupted()


def _refuse_if_broken(problem: AssignmentProblem, plan: Plan) -> None:
    violations = check(problem, plan)
    if violations:
        log.error("plan refused", violations=len(violations), first=str(violations[0]))
        raise PlanRefused(f"{len(violations)} violations, the first: {violations[0]}; nothing was stored")
