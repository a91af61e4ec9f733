"""Plan again when little has changed: keep what can be kept, and say what that costs."""

from dataclasses import dataclass

import numpy as np

from matcher.assignment.plan import Plan, Progress
from matcher.assignment.problem import AssignmentProblem
from matcher.assignment.solve import plan_from


@dataclass(frozen=True, eq=False)
class Replanned:
    """A plan that stays near another.

    Attributes
    ----------
    plan : the new plan; objective and bound are without the bonus
    kept : citizens placed as before
    changed : citizens placed before and now elsewhere or nowhere
    kept_share : kept / (kept + changed), 1.0 when nobody was placed
    cost : value lost against the free plan, when one was given
    cost_at_most : value that can have been lost against any plan: bound less objective
    """

    plan: Plan
    kept: int
    changed: int
    kept_share: float
    cost: float | None
    cost_at_most: float


def replan(
    problem: AssignmentProblem,
    previous: Plan,
    bonus: float,
    *,
    free: Plan | None = None,
    time_limit_s: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    progress: Progress | None = None,
) -> Replanned:
    """Plan a problem that differs little from the one ``previous`` was made for.

    Parameters
    ----------
    problem : with the same numbers of citizens, slots and resources; who has left has no pairs, who is new is unplaced
    previous : last plan; accepted placements belong in ``problem.pinned``
    bonus : what keeping a pair is worth, in value a pair, >= 0
    free : a plan of the same problem without regard to the last one, to tell the cost of stability by

    Raises
    ------
    ValueError
        when sizes differ or the bonus is negative or not finite.
    """
    if not (bonus >= 0.0 and np.isfinite(bonus)):
        raise ValueError(f"bonus: expected a finite value >= 0, found {bonus!r}")
    sizes = (len(previous.slot_of_citizen), len(previous.slot_price), len(previous.resource_price))
    expected = (problem.n_citizens, problem.n_slots, problem.n_resources)
    if sizes != expected:
        raise ValueError(f"previous: citizens, slots and resources are {sizes}, expected {expected}")
    plan = plan_from(
        problem, time_limit_s=time_limit_s, gap=gap, seed=seed, progress=progress, previous=previous, bonus=bonus
    )
    before = previous.slot_of_citizen
    kept = int(np.count_nonzero((before >= 0) & (before == plan.slot_of_citizen)))
    placed_before = int(np.count_nonzero(before >= 0))
    return Replanned(
        plan=plan,
        kept=kept,
        changed=placed_before - kept,
        kept_share=kept / placed_before if placed_before else 1.0,
        cost=None if free is None else free.objective - plan.objective,
        cost_at_most=plan.upper_bound - plan.objective,
    )
