r"""Upper bounds by weak duality, rounded so that they hold in spite of floating point.

For any prices u_i, p_j, y_r ≥ 0 every plan is worth at most

    D(u, p, y) = Σ_i u_i + Σ_j q_j p_j + Σ_r b_r y_r + Σ_e max(0, v_e - u_i - p_j - Σ_r a_re y_r),

since each citizen, place and unit of a resource is paid for by nobody more than once. Given p and y, the best u_i is
the largest max(0, v_e - p_j - Σ_r a_re y_r) of the citizen's pairs, which leaves nothing in the last sum.
"""

import math

import numpy as np

from matcher.assignment.pins import Reduced
from matcher.assignment.problem import Float

_UNIT_ROUNDOFF = float(np.finfo(np.float64).eps)


def net_value(reduced: Reduced, slot_price: Float, resource_price: Float) -> Float:
    """v_e - p_j - Σ_r a_re y_r of each remaining pair, float64 of shape (n_remaining,)."""
    net: Float = reduced.value - slot_price[reduced.slot] - reduced.use.T @ resource_price
    return net


def citizen_prices(reduced: Reduced, net: Float) -> Float:
    """u_i = the largest max(0, net_e) of the citizen's pairs."""
    price = np.zeros(reduced.n_citizens)
    np.maximum.at(price, reduced.citizen, net)
    return price


def rounded_up_sum(terms: Float, operations: int) -> float:
    """A number no smaller than the exact sum, when each term may be off by ``operations`` roundings of its size."""
    size = math.fsum(np.abs(terms).tolist())
    if size == 0.0:
        return 0.0
    return math.nextafter(math.fsum(terms.tolist()) + (operations + 2) * _UNIT_ROUNDOFF * size, math.inf)


def bound_by_prices(reduced: Reduced, slot_price: Float, resource_price: Float) -> tuple[float, Float]:
    """D with the best citizen prices for the remaining pairs, rounded up, and those citizen prices.

    An inf limit has price 0, or the bound is inf.
    """
    charged = reduced.use.T @ resource_price + slot_price[reduced.slot]
    net = reduced.value - charged
    longest = int(np.diff(reduced.use.tocsc().indptr).max(initial=0))
    error = (longest + 3) * _UNIT_ROUNDOFF * (reduced.value + charged)
    citizen_price = citizen_prices(reduced, np.where(net + error > 0, net + error, 0.0))
    priced = resource_price > 0
    paid = np.concatenate(
        [citizen_price, reduced.capacity * slot_price, reduced.limit[priced] * resource_price[priced]]
    )
    return rounded_up_sum(paid, 2), citizen_price
