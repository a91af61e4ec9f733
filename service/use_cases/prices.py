"""What a place costs the others: its own price and the prices of what it uses of shared limits."""

from collections.abc import Sequence

import numpy as np

from matcher.arrays import Floats
from matcher.assignment import AssignmentProblem
from matcher.budgets import ResourceRow
from service.db.records import MatchRun


def pair_prices(problem: AssignmentProblem, slot_price: Floats, resource_price: Floats) -> Floats:
    """Price of each pair, float64 (E,), in units of value.

    price[e] = slot_price[j_e] + sum_r use[r, e] resource_price[r]

    A place at an idle slot is not free where the consultant who would follow it has no hours left.
    """
    price = slot_price[problem.slot]
    if problem.resources is not None:
        price = price + problem.resources.use.T @ resource_price
    return price


def resource_prices(rows: Sequence[ResourceRow], run: MatchRun) -> Floats:
    """float64 (R,): price that a run gave each shared limit; 0 where it had no such limit."""
    of_resource = {(one["kind"], one["owner_id"]): one["price"] for one in run.resources}
    return np.array([of_resource.get((one.kind, one.owner_id), 0.0) for one in rows])
