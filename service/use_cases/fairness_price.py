"""What it costs to place at least a share of each target group: tonight's plan with and without it, nothing stored.

Target groups alone may steer a plan; protected traits are not read here.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from features.fairness_statistics import hidden_cells
from features.taxonomy import Taxonomy
from matcher.assignment import AssignmentProblem, Plan, check, solve
from matcher.group_shares import GroupNeed, SharesPlan, least_numbers, plan_with_shares
from matcher.weights import Weights
from service.problems import PlanRefused
from service.use_cases.matching import Stored
from service.use_cases.planning import ENOUGH_GAP, plan_stored


@dataclass(frozen=True, slots=True)
class FairnessPrice:
    """The price of a least share of each target group; `groups` by code, without those too small to be shown."""

    min_share: float
    on: date
    found: SharesPlan
    groups: tuple[tuple[str, GroupNeed], ...]


def price_of_shares(
    stored: Stored,
    weights: Weights,
    *,
    on: date,
    min_share: float,
    taxonomy: Taxonomy | None = None,
    time_limit_s: float = 60.0,
    gap: float = ENOUGH_GAP,
) -> FairnessPrice:
    """Plan what is stored, then again until each target group has its share of those who wait, or none can be found.

    Parameters
    ----------
    min_share : share in [0, 1] of the waiting citizens of each target group
    time_limit_s, gap : of each plan

    Raises
    ------
    NothingToPlan
        where there are no citizens or no slots.
    PlanRefused
        where a plan breaks a rule.
    """
    planned = plan_stored(stored, weights, on=on, taxonomy=taxonomy, time_limit_s=time_limit_s, gap=gap)
    citizens = planned.match_input.citizens
    names = planned.match_input.target_groups
    waiting = np.setdiff1d(np.arange(len(citizens)), planned.night.placed).astype(np.int32)
    needed = least_numbers(citizens.target_group, waiting, len(names), min_share)

    def solver(problem: AssignmentProblem) -> Plan:
        plan = solve(problem, time_limit_s=time_limit_s, gap=gap).unless_interrupted()
        violations = check(problem, plan)
        if violations:
            raise PlanRefused(f"{len(violations)} violations, the first: {violations[0]}; nothing was stored")
        return plan

    found = plan_with_shares(planned.night.problem, planned.plan, citizens.target_group, waiting, needed, solver=solver)
    there = [(name, group) for name, group in zip(names, found.groups, strict=True) if group.waiting]
    hidden = hidden_cells(np.array([group.waiting for _, group in there], dtype=np.int64))
    shown = tuple(one for one, hide in zip(there, hidden, strict=True) if not hide)
    return FairnessPrice(min_share, on, found, shown)
