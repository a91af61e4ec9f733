"""Plan one problem as it stands: exact by flow where it can be, else by worksites; if need be from an earlier plan."""

import math
from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.bounds import UpperBounds, best_of_each
from matcher.assignment.clock import Clock
from matcher.assignment.components import Component
from matcher.assignment.flow import flow_plan
from matcher.assignment.outside import answer_of
from matcher.assignment.pins import Reduced, conflict, reduce, release
from matcher.assignment.plan import Plan, Progress, make_plan, total_value
from matcher.assignment.prices import bound_by_prices, rounded_up_sum
from matcher.assignment.problem import AssignmentProblem, Float, Int32, Int64
from matcher.assignment.worksites import Answer, Start, price_worksites


@dataclass(frozen=True, eq=False)
class Before:
    """A plan of a similar problem with the same numbers of citizens, slots and resources.

    Attributes
    ----------
    slot_of_citizen, citizen_price, slot_price, resource_price : as in `Plan`
    bonus : value added to each of its pairs while plans are compared; never part of objective or bound
    """

    slot_of_citizen: Int32
    citizen_price: Float
    slot_price: Float
    resource_price: Float
    bonus: float

    @classmethod
    def of(cls, plan: Plan, bonus: float) -> "Before":
        """From the whole plan."""
        return cls(plan.slot_of_citizen, plan.citizen_price, plan.slot_price, plan.resource_price, bonus)

    def within(self, part: Component) -> "Before":
        """What of it belongs to a component."""
        number = np.full(len(self.slot_price) + 1, -1, dtype=np.int32)  # the last is for citizens without a slot
        number[part.slots] = np.arange(len(part.slots), dtype=np.int32)
        return Before(
            number[self.slot_of_citizen[part.citizens]],
            self.citizen_price[part.citizens],
            self.slot_price[part.slots],
            self.resource_price[part.resources],
            self.bonus,
        )


def plan_connected(
    problem: AssignmentProblem,
    *,
    clock: Clock,
    gap: float,
    seed: int,
    progress: Progress | None,
    before: Before | None = None,
    workers: int = 2,
) -> Plan:
    """A plan with bound and prices, without taking the problem apart."""
    contradiction = conflict(problem)
    released = release(problem) if contradiction else ()
    reduced = reduce(problem, released)
    already = total_value(problem, reduced.fixed)
    start = None if before is None else _start(reduced, before)
    answer = None
    if reduced.n_pairs == 0 or (len(reduced.limit) == 0 and not reduced.apart):
        answer = answer_of("minimum-cost flow", lambda: _by_flow(reduced, start))
    if answer is None:
        told = None if progress is None else _beside(progress, already)
        answer = price_worksites(reduced, clock, gap, seed, told, start, workers)
    value = math.fsum(reduced.value[answer.chosen].tolist())
    bound, citizen_price = bound_by_prices(reduced, answer.slot_price, answer.resource_price)
    answer.bounds.note("prices of places and resources", bound)
    lowest = answer.bounds.lowest(value)
    if answer.proven < bound:
        citizen_price = answer.citizen_price
    if len(reduced.fixed):
        lowest = rounded_up_sum(np.array([lowest, already]), 0)
    return make_plan(
        problem,
        np.sort(np.concatenate([reduced.fixed, reduced.pair[answer.chosen]])),
        lowest,
        (citizen_price, _with_full_slots(problem, reduced, answer, citizen_price), answer.resource_price),
        conflict=contradiction,
        released=released,
        refuted=answer.bounds.refuted,
    )


def _beside(progress: Progress, already: float) -> Progress:
    """Reports with the value of the pins added."""
    return lambda phase, value, bound: progress(phase, already + value, already + bound)


def _start(reduced: Reduced, before: Before) -> Start:
    chosen: Int64 = np.flatnonzero(before.slot_of_citizen[reduced.citizen] == reduced.slot)
    return Start(chosen, before.bonus, before.citizen_price, before.slot_price, before.resource_price)


def _by_flow(reduced: Reduced, start: Start | None) -> Answer:
    """Exact; with a bonus the plan is best for the values with it, the prices for those without."""
    chosen, slot_price = flow_plan(reduced)
    if start is not None and start.bonus > 0.0:
        counted = reduced.value.copy()
        counted[start.chosen] += start.bonus
        chosen, _ = flow_plan(replace(reduced, value=counted))
    bounds = UpperBounds(best_of_each(reduced.n_citizens, reduced.citizen, reduced.value))
    return Answer(chosen, np.zeros(reduced.n_citizens), slot_price, np.zeros(len(reduced.limit)), math.inf, bounds)


def _with_full_slots(problem: AssignmentProblem, reduced: Reduced, answer: Answer, citizen_price: Float) -> Float:
    """Slot prices, with those of slots that pins fill or that have no place: what the best pair there would bring."""
    price = answer.slot_price.copy()
    free = np.ones(problem.n_citizens, dtype=bool)
    free[problem.citizen[reduced.fixed]] = False
    pairs = np.flatnonzero((reduced.capacity[problem.slot] == 0) & free[problem.citizen])
    brings = problem.value[pairs] - citizen_price[problem.citizen[pairs]]
    if problem.resources is not None and len(pairs):
        brings = brings - problem.resources.use[:, pairs].T @ answer.resource_price
    np.maximum.at(price, problem.slot[pairs], brings)
    return price
