"""The linear relaxation of (0)–(3): a fractional plan and its dual prices, by HiGHS through scipy."""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from matcher.assignment.pins import Reduced
from matcher.assignment.problem import Float


def relaxed_prices(reduced: Reduced, time_limit_s: float) -> tuple[Float, Float]:
    """Slot and resource prices of the linear relaxation, >= 0; all zero when it was not solved in time."""
    n, m, pairs = reduced.n_citizens, reduced.n_slots, np.arange(reduced.n_pairs)
    finite = np.flatnonzero(np.isfinite(reduced.limit))
    slot_price, resource_price = np.zeros(m), np.zeros(len(reduced.limit))
    if reduced.n_pairs == 0:
        return slot_price, resource_price
    one = np.ones(reduced.n_pairs)
    rows = sparse.vstack(
        [
            sparse.csr_array((one, (reduced.citizen, pairs)), shape=(n, reduced.n_pairs)),
            sparse.csr_array((one, (reduced.slot, pairs)), shape=(m, reduced.n_pairs)),
            reduced.use[finite],
        ],
        format="csc",
    )
    limits = np.concatenate([np.ones(n), reduced.capacity, reduced.limit[finite]])
    answer = linprog(-reduced.value, A_ub=rows, b_ub=limits, method="highs", options={"time_limit": time_limit_s})
    if answer.status == 0:
        dual = np.maximum(0.0, -answer.ineqlin.marginals)
        slot_price = dual[n : n + m]
        resource_price[finite] = dual[n + m :]
    return slot_price, resource_price
