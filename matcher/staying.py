"""Where it cannot be told which plan is better, proposals that nobody has answered stay as they were.

A search that ends with its gap open has found one of many plans of nearly the same value; which one turns with the
least change anywhere. So of these, one is taken that lies near the plan before. Where the gap is closed, the plan
follows from today's data alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from matcher.arrays import Codes, MatchInput
from matcher.assignment import AssignmentProblem, Plan, replan
from matcher.assignment.plan import make_plan
from matcher.budgets import known_row

WORTH_STAYING: Final = 0.005
"""What a pair counts for more, in value (0–1), where it was proposed before: a place that fits better by less than that
is no reason to move somebody."""


def slots_before(match_input: MatchInput, proposed: Mapping[str, str]) -> Codes:
    """int32 (n,): the row of the slot that was proposed, from slot id by citizen id; -1: none, or it is gone."""
    rows = (known_row(match_input.slot_row, proposed.get(id_, "")) for id_ in match_input.citizens.ids)
    return np.fromiter(rows, dtype=np.int32, count=len(match_input.citizens.ids))


def stay_near(
    problem: AssignmentProblem, plan: Plan, before: Codes, *, time_limit_s: float, gap: float, seed: int
) -> Plan:
    """A plan of the problem that keeps what was proposed, where it is worth no less than `plan` by more than a share.

    Parameters
    ----------
    plan : the best that was found without regard to the plan before; its prices are where this one starts
    before : int32 (n,), slot of each citizen in the plan before; pairs that are possible no more do not count
    gap : the share of the plan's value that may be given up, and that a plan has to be nearer to its bound than to be
        the answer by itself

    Bound and prices are those of the tighter of the two searches: they belong to the problem, whichever plan is taken.
    Raises KeyboardInterrupt where an interrupt from the keyboard ended the search.
    """
    if plan.gap <= gap or plan.status == "infeasible" or not (before >= 0).any():
        return plan
    again = replan(
        problem,
        replace(plan, slot_of_citizen=before),
        WORTH_STAYING,
        time_limit_s=time_limit_s,
        gap=plan.gap,
        seed=seed,
    ).plan.unless_interrupted()
    taken = again if again.objective >= (1 - gap) * plan.objective else plan
    proven = min((one for one in (plan, again) if one.upper_bound >= taken.objective), key=lambda one: one.upper_bound)
    return make_plan(
        problem,
        np.flatnonzero(taken.slot_of_citizen[problem.citizen] == problem.slot),
        proven.upper_bound,
        (proven.citizen_price, proven.slot_price, proven.resource_price),
        released=taken.released,
        refuted=(*plan.refuted, *again.refuted),
        stopped_by=plan.stopped_by if again.repeatable or not plan.repeatable else again.stopped_by,
    )
