"""Plan one problem as it stands: exact by flow where it can be, else by worksites; if need be from an earlier plan."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.bounds import UpperBounds, best_of_each
from matcher.assignment.clock import Clock
from matcher.assignment.components import Component
from matcher.assignment.dual import Crew
from matcher.assignment.flow import flow_plan
from matcher.assignment.outside import answer_of
from matcher.assignment.pins import Reduced, conflict, reduce, release
from matcher.assignment.plan import Plan, Progress, make_plan, total_value
from matcher.assignment.prices import bound_by_prices, rounded_up_sum
from matcher.assignment.problem import AssignmentProblem, Float, Int32, Int64
from matcher.assignment.units import exponent_of, in_unit_of, scaled
from matcher.assignment.worksites import Answer, Search, Start, no_answer

_FLOW_S_A_PAIR = 2e-6
"""Seconds that a flow takes at most, by pair: it cannot be ended early."""
_ALWAYS_S = 0.3
"""Seconds that a flow may take after time is up."""


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


class Planning:
    """The plan of one problem in the making; can be asked for after any of its steps, and before the first.

    Inside, values are in a unit that makes the largest about 1, see `units`.

    Parameters
    ----------
    clock : what ends it if nothing else does
    crew : threads that solve blocks; the plan does not depend on their number
    before : a plan to start from
    """

    def __init__(
        self,
        problem: AssignmentProblem,
        *,
        clock: Clock,
        crew: Crew,
        gap: float,
        seed: int,
        progress: Progress | None,
        before: Before | None = None,
    ) -> None:
        self._problem, self._clock = problem, clock
        self._conflict = conflict(problem)
        self._released = release(problem) if self._conflict else ()
        reduced = reduce(problem, self._released)
        self._exponent = exponent_of(reduced)
        self._reduced = in_unit_of(reduced, self._exponent)
        self._already = total_value(problem, reduced.fixed)
        self._start = None if before is None else self._start_from(before)
        told = None if progress is None else self._beside(progress)
        self._arguments = (clock, gap, seed, told, self._start, crew)
        self._search: Search | None = None
        self._by_flow: Answer | None = None

    def steps(self) -> Iterator[None]:
        """All that is to be done, piece by piece."""
        reduced = self._reduced
        if reduced.n_pairs == 0 or (len(reduced.limit) == 0 and not reduced.apart):
            if self._clock.allows(_FLOW_S_A_PAIR * reduced.n_pairs - _ALWAYS_S):
                self._by_flow = answer_of("minimum-cost flow", lambda: _flow(reduced, self._start))
            yield
        if self._by_flow is None:
            self._search = Search(reduced, *self._arguments)
            yield from self._search.steps()

    def plan(self) -> Plan:
        """The best plan so far, with bound and prices."""
        reduced = self._reduced
        answer = self._by_flow or (no_answer(reduced) if self._search is None else self._search.answer())
        value = math.fsum(reduced.value[answer.chosen].tolist())
        bound, citizen_price = bound_by_prices(reduced, answer.slot_price, answer.resource_price)
        answer.bounds.note("prices of places and resources", bound)
        lowest = math.ldexp(answer.bounds.lowest(value), self._exponent)
        if answer.proven < bound:
            citizen_price = answer.citizen_price
        if len(reduced.fixed):
            lowest = rounded_up_sum(np.array([lowest, self._already]), 0)
        prices = (scaled(p, self._exponent) for p in (citizen_price, answer.slot_price, answer.resource_price))
        return make_plan(
            self._problem,
            np.sort(np.concatenate([reduced.fixed, reduced.pair[answer.chosen]])),
            lowest,
            _with_full_slots(self._problem, reduced, *prices),
            conflict=self._conflict,
            released=self._released,
            refuted=answer.bounds.refuted,
        )

    def _beside(self, progress: Progress) -> Progress:
        """Reports in the problem's own unit, with the value of the pins added."""

        def told(phase: str, value: float, bound: float) -> None:
            own = math.ldexp(value, self._exponent), math.ldexp(bound, self._exponent)
            progress(phase, self._already + own[0], self._already + own[1])

        return told

    def _start_from(self, before: Before) -> Start:
        reduced = self._reduced
        chosen: Int64 = np.flatnonzero(before.slot_of_citizen[reduced.citizen] == reduced.slot)
        prices = (before.citizen_price, before.slot_price, before.resource_price)
        bonus = math.ldexp(before.bonus, -self._exponent)
        return Start(chosen, bonus, *(scaled(price, -self._exponent) for price in prices))


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
    crew = Crew(workers)
    try:
        planning = Planning(problem, clock=clock, crew=crew, gap=gap, seed=seed, progress=progress, before=before)
        for _ in planning.steps():
            pass
    finally:
        crew.close()
    return planning.plan()


def _flow(reduced: Reduced, start: Start | None) -> Answer:
    """Exact; with a bonus the plan is best for the values with it, the prices for those without."""
    chosen, slot_price = flow_plan(reduced)
    if start is not None and start.bonus > 0.0:
        counted = reduced.value.copy()
        counted[start.chosen] += start.bonus
        chosen, _ = flow_plan(replace(reduced, value=counted))
    bounds = UpperBounds(best_of_each(reduced.n_citizens, reduced.citizen, reduced.value))
    return Answer(chosen, np.zeros(reduced.n_citizens), slot_price, np.zeros(len(reduced.limit)), math.inf, bounds)


def _with_full_slots(
    problem: AssignmentProblem, reduced: Reduced, citizen_price: Float, slot_price: Float, resource_price: Float
) -> tuple[Float, Float, Float]:
    """The prices, with those of slots that pins fill or that have no place: what the best pair there would bring."""
    free = np.ones(problem.n_citizens, dtype=bool)
    free[problem.citizen[reduced.fixed]] = False
    pairs = np.flatnonzero((reduced.capacity[problem.slot] == 0) & free[problem.citizen])
    brings = problem.value[pairs] - citizen_price[problem.citizen[pairs]]
    if problem.resources is not None and len(pairs):
        brings = brings - problem.resources.use[:, pairs].T @ resource_price
    price = slot_price.copy()
    np.maximum.at(price, problem.slot[pairs], brings)
    return citizen_price, price, resource_price
