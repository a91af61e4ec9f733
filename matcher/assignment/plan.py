"""The answer: a plan, how good it is proven to be, and the prices that prove it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from matcher.assignment.bounds import refutes
from matcher.assignment.problem import AssignmentProblem, Float, Int32, Int64

Status: TypeAlias = Literal["optimal", "feasible", "infeasible"]
StoppedBy: TypeAlias = Literal["gap", "search", "time", "interrupted"]
Progress: TypeAlias = Callable[[str, float, float], None]
"""Called with the phase, the value of the best plan and the best upper bound so far."""

OPTIMAL_GAP = 1e-9
"""A plan is called optimal when its gap is proven to be at most this."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan for one `AssignmentProblem`.

    Attributes
    ----------
    slot_of_citizen : int32 array of shape (n_citizens,), -1 = unplaced
    objective : total value of the plan
    upper_bound : no plan that keeps all pins can be worth more
    gap : (upper_bound - objective) / upper_bound, share in [0, 1]; 0 when the bound is 0
    slot_price, resource_price : float64, >= 0: value of one more place, of one more unit of a resource
    citizen_price : float64 array of shape (n_citizens,), >= 0: value that placing the citizen once more would add
    status : "optimal" (gap <= 1e-9), "feasible", or "infeasible": the pins contradict each other
    conflict : if infeasible, a smallest set of contradicting pins, as indices into ``problem.pinned``; the plan then
        keeps every pin but those in ``released``, and bound and gap are those of the problem without them
    released : pins the plan does not keep, as indices into ``problem.pinned``
    stopped_by : "gap": it is proven to be as good as was asked for; "search": there was nothing left to try; "time":
        the clock ended the search; "interrupted": an interrupt from the keyboard did; see `repeatable`
    refuted : where bounds came from that this or another valid plan showed to be wrong; they were dropped, see `bounds`
    """

    slot_of_citizen: Int32
    objective: float
    upper_bound: float
    gap: float
    slot_price: Float
    resource_price: Float
    citizen_price: Float
    status: Status
    conflict: tuple[int, ...] = ()
    released: tuple[int, ...] = ()
    refuted: tuple[str, ...] = ()
    stopped_by: StoppedBy = "search"

    @property
    def repeatable(self) -> bool:
        """Whether the same problem and seed give the same plan every time: nothing from outside ended the search."""
        return self.stopped_by in ("gap", "search")

    def unless_interrupted(self) -> "Plan":
        """The plan, for callers that an interrupt from the keyboard is to end as well.

        Raises
        ------
        KeyboardInterrupt
            when an interrupt ended the search.
        """
        if self.stopped_by == "interrupted":
            raise KeyboardInterrupt
        return self

    @property
    def n_placed(self) -> int:
        """Number of citizens with a place."""
        return int(np.count_nonzero(self.slot_of_citizen >= 0))


def gap_of(objective: float, upper_bound: float) -> float:
    """(upper_bound - objective) / upper_bound, share in [0, 1]."""
    return max(0.0, (upper_bound - objective) / upper_bound) if upper_bound > 0 else 0.0


def total_value(problem: AssignmentProblem, chosen: Int64) -> float:
    """Σ v_e over the chosen pairs, exactly rounded."""
    return math.fsum(problem.value[chosen].tolist())


def make_plan(
    problem: AssignmentProblem,
    chosen: Int64,
    upper_bound: float,
    prices: tuple[Float, Float, Float],
    *,
    conflict: Sequence[int] = (),
    released: Sequence[int] = (),
    refuted: Sequence[str] = (),
    stopped_by: StoppedBy = "search",
) -> Plan:
    """The plan that places the chosen pairs; ``prices`` are those of citizens, slots and resources.

    Raises
    ------
    ValueError
        when the plan is worth more than its upper bound, by more than rounding.
    """
    slot_of_citizen = np.full(problem.n_citizens, -1, dtype=np.int32)
    slot_of_citizen[problem.citizen[chosen]] = problem.slot[chosen]
    objective = total_value(problem, chosen)
    if refutes(objective, upper_bound):
        raise ValueError(f"upper_bound: expected at least the plan's value {objective!r}, found {upper_bound!r}")
    upper_bound = max(upper_bound, objective)  # it may lie below by rounding
    gap = gap_of(objective, upper_bound)
    status: Status = "infeasible" if len(conflict) else "optimal" if gap <= OPTIMAL_GAP else "feasible"
    citizen_price, slot_price, resource_price = prices
    return Plan(
        slot_of_citizen,
        objective,
        upper_bound,
        gap,
        slot_price,
        resource_price,
        citizen_price,
        status,
        tuple(conflict),
        tuple(released),
        tuple(refuted),
        stopped_by,
    )
