"""Recount a plan from the problem's data alone. Shares no code with the solver; numpy only."""

import math
from dataclasses import dataclass

import numpy as np

from matcher.assignment.plan import Plan
from matcher.assignment.problem import AssignmentProblem, Int64

_LIMIT_SLACK = 2e-9  # twice the solver's own tolerance: sums may be rounded in another order
_VALUE_SLACK = 1e-9


@dataclass(frozen=True)
class Violation:
    """One way in which a plan is wrong: the rule, the index it concerns (-1: the whole plan) and what was found."""

    rule: str
    index: int
    message: str

    def __str__(self) -> str:
        """Rule, index and message on one line."""
        return f"{self.rule}[{self.index}]: {self.message}" if self.index >= 0 else f"{self.rule}: {self.message}"


def check(problem: AssignmentProblem, plan: Plan) -> list[Violation]:
    """Every violation of constraints (1)–(5) and of the plan's own figures; empty means valid.

    (1) holds by the shape of ``slot_of_citizen``; a bound can only be refuted by a plan that is worth more.
    """
    slots = plan.slot_of_citizen
    if not isinstance(slots, np.ndarray) or slots.shape != (problem.n_citizens,) or slots.dtype != np.int32:
        return [Violation("slot_of_citizen", -1, f"expected int32 of length {problem.n_citizens}")]
    outside = np.flatnonzero((slots < -1) | (slots >= problem.n_slots))
    if len(outside):
        return [Violation("slot_of_citizen", int(i), f"slot {slots[i]} does not exist") for i in outside]
    chosen = np.flatnonzero(slots[problem.citizen] == problem.slot)
    return [
        *_ineligible(problem, plan, chosen),
        *_over_capacity(problem, plan),
        *_over_resource(problem, chosen),
        *_not_apart(problem, plan),
        *_pins_dropped(problem, plan),
        *_figures(problem, plan, chosen),
        *_prices(problem, plan),
    ]


def _ineligible(problem: AssignmentProblem, plan: Plan, chosen: Int64) -> list[Violation]:
    eligible = np.zeros(problem.n_citizens, dtype=bool)
    eligible[problem.citizen[chosen]] = True
    bad = np.flatnonzero((plan.slot_of_citizen >= 0) & ~eligible)
    return [Violation("eligible", int(i), f"citizen is not eligible for slot {plan.slot_of_citizen[i]}") for i in bad]


def _over_capacity(problem: AssignmentProblem, plan: Plan) -> list[Violation]:
    placed = plan.slot_of_citizen[plan.slot_of_citizen >= 0]
    used = np.bincount(placed, minlength=problem.n_slots)
    return [
        Violation("capacity", int(j), f"{used[j]} placed, {problem.capacity[j]} places")
        for j in np.flatnonzero(used > problem.capacity)
    ]


def _over_resource(problem: AssignmentProblem, chosen: Int64) -> list[Violation]:
    if problem.resources is None:
        return []
    x = np.zeros(problem.n_pairs)
    x[chosen] = 1.0
    used = problem.resources.use @ x
    limit = problem.resources.limit
    return [
        Violation("resource", int(r), f"{used[r]:.12g} used, limit {limit[r]:.12g}")
        for r in np.flatnonzero(used > limit + _LIMIT_SLACK * np.maximum(1.0, limit))
    ]


def _not_apart(problem: AssignmentProblem, plan: Plan) -> list[Violation]:
    if problem.separations is None:
        return []
    separations = problem.separations
    who = np.flatnonzero(plan.slot_of_citizen >= 0)
    classes = separations.class_of_citizen[who]
    sites = separations.site_of_slot[plan.slot_of_citizen[who]]
    found = []
    for first, second in sorted({(min(pair), max(pair)) for pair in separations.apart}):
        if first == second:
            site, count = np.unique(sites[classes == first], return_counts=True)
            together = site[count > 1]
        else:
            together = np.intersect1d(sites[classes == first], sites[classes == second])
        found += [Violation("apart", int(s), f"classes {first} and {second} meet at this worksite") for s in together]
    return found


def _pins_dropped(problem: AssignmentProblem, plan: Plan) -> list[Violation]:
    if problem.pinned is None:
        return []
    kept = plan.slot_of_citizen[problem.citizen[problem.pinned]] == problem.slot[problem.pinned]
    return [Violation("pinned", int(p), "the pin is not kept") for p in np.flatnonzero(~kept)]


def _figures(problem: AssignmentProblem, plan: Plan, chosen: Int64) -> list[Violation]:
    value = math.fsum(problem.value[chosen].tolist())
    slack = _VALUE_SLACK * value
    found = []
    if not abs(plan.objective - value) <= slack:
        found.append(Violation("objective", -1, f"says {plan.objective!r}, the placements are worth {value!r}"))
    if not plan.upper_bound >= value - slack:
        found.append(Violation("upper_bound", -1, f"says {plan.upper_bound!r}, the placements are worth {value!r}"))
    gap = (plan.upper_bound - plan.objective) / plan.upper_bound if plan.upper_bound > 0 else 0.0
    if not abs(plan.gap - max(0.0, gap)) <= _VALUE_SLACK:
        found.append(Violation("gap", -1, f"says {plan.gap!r}, bound and objective give {gap!r}"))
    if plan.status == "optimal" and not gap <= _LIMIT_SLACK:
        found.append(Violation("status", -1, f"says optimal with a gap of {gap!r}"))
    return found


def _prices(problem: AssignmentProblem, plan: Plan) -> list[Violation]:
    found = []
    for name, price, length in (
        ("slot_price", plan.slot_price, problem.n_slots),
        ("resource_price", plan.resource_price, problem.n_resources),
        ("citizen_price", plan.citizen_price, problem.n_citizens),
    ):
        if price.shape != (length,):
            found.append(Violation(name, -1, f"expected length {length}, found shape {price.shape}"))
        else:
            bad = np.flatnonzero(~(np.isfinite(price) & (price >= 0)))
            found += [Violation(name, int(k), f"{price[k]!r} is no price") for k in bad]
    return found
