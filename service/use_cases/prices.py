"""What a place costs the others: its own price and the prices of what it uses of shared limits."""

from matcher.arrays import Floats
from matcher.assignment import AssignmentProblem


def pair_prices(problem: AssignmentProblem, slot_price: Floats, resource_price: Floats) -> Floats:
    """Price of each pair, float64 (E,), in units of value.

    price[e] = slot_price[j_e] + sum_r use[r, e] resource_price[r]

    A place at an idle slot is not free where the consultant who would follow it has no hours left.
    """
    price = slot_price[problem.slot]
    if problem.resources is not None:
        price = price + problem.resources.use.T @ resource_price
    return price
