r"""Branch and bound on cores: the few pairs that good plans use, first guessed, then proven to be all that matter.

With prices y ≥ 0 for the rows A x ≤ b of the integer program (`whole`), from its linear relaxation,

    D = Σ_r b_r y_r + Σ_k max(0, c_k - Σ_r a_rk y_r)  is an upper bound, and a plan that uses pair e is worth at most
    D - loss_e,      loss_e = max(0, Σ_r a_re y_r - v_e).

A *core* holds the pairs with loss_e ≤ δ. HiGHS solves it much better than the whole, and the whole is worth at most the
greater of the core's bound and D less the least loss outside. Three cores in turn: about two, then three pairs a
citizen, as good plans are often found there; then δ = D - the value of the best plan, beyond which nothing is better,
so that proving the core proves the whole. After Balas and Zemel (1980), An algorithm for large zero-one knapsack
problems, and Angelelli, Mansini and Speranza (2010), Kernel search.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from matcher.assignment.clock import LEAST_S, Clock
from matcher.assignment.outside import answer_of
from matcher.assignment.pins import Reduced
from matcher.assignment.plan import gap_of
from matcher.assignment.problem import Float, Int64
from matcher.assignment.silence import without_debug_line
from matcher.assignment.state import empty_state, put_all
from matcher.assignment.whole import MARGIN, model_of, solve_whole

_PAIRS_A_CITIZEN = (2, 3)
_NEARLY_PROVEN = 2  # a guessed core is left out when the one that proves all has at most so many times its pairs
_SHARE_OF_NODES = 0.003  # for each guessed core


class Cores(NamedTuple):
    """Chosen remaining pairs (None: no better plan), HiGHS' bound (inf: none), and D, by weak duality alone."""

    chosen: Int64 | None
    bound: float
    relaxed: float


def solve_by_cores(reduced: Reduced, value: float, gap: float, nodes: int, clock: Clock) -> Cores:
    """The best valid plan found in cores, if any is worth more than ``value``, and bounds for all remaining pairs.

    Parameters
    ----------
    reduced : the remaining pairs and what the pins leave of the limits, values in the unit of `units`
    value : of the best plan known; cores may leave out what cannot beat it
    gap : stop when plan and bound are this close, share
    nodes : most nodes of the last search tree; decides where it ends, whatever the machine's speed
    clock : ends it in any case
    """
    relaxed, loss = _losses(reduced, clock)
    best = Cores(None, np.inf, relaxed)
    worth = value
    for stage in range(len(_PAIRS_A_CITIZEN) + 1):
        guessed = stage < len(_PAIRS_A_CITIZEN)
        if guessed:
            count = _PAIRS_A_CITIZEN[stage] * len(np.unique(reduced.citizen))
            enough = int(np.count_nonzero(loss <= relaxed - worth))
            if count >= reduced.n_pairs or enough <= _NEARLY_PROVEN * count:
                continue
            within = float(np.partition(loss, count)[count])
        else:
            within = relaxed - worth
        core = np.flatnonzero(loss <= within)
        found = solve_whole(
            _only(reduced, core),
            gap,
            max(1, int(_SHARE_OF_NODES * nodes)) if guessed else nodes,
            clock,
        )
        outside = loss > within
        elsewhere = relaxed - float(loss[outside].min()) if outside.any() else -np.inf
        best = best._replace(bound=min(best.bound, max(found.bound, elsewhere)))
        if found.chosen is not None:
            chosen = core[found.chosen]
            found_worth = float(reduced.value[chosen].sum())
            if found_worth > worth and put_all(empty_state(reduced), chosen):
                best, worth = best._replace(chosen=chosen), found_worth
        if gap_of(worth, min(best.bound, relaxed)) <= gap or clock.over():
            break
    return best


def _losses(reduced: Reduced, clock: Clock) -> tuple[float, Float]:
    """D, with a margin for rounding, and the loss of each remaining pair; inf and zeros when there are no prices."""
    model = model_of(reduced)
    if model.rows.shape[0] == 0:
        return np.inf, np.zeros(reduced.n_pairs)

    def relax() -> Float | None:
        with without_debug_line(), clock.lent(LEAST_S) as seconds:
            answer = linprog(  # type: ignore[call-overload]  # its stubs leave out sparse matrices
                -model.worth,
                A_ub=model.rows,
                b_ub=model.limit,
                bounds=(0.0, 1.0),
                method="highs",
                options={"time_limit": seconds},
            )
        return None if answer.status != 0 else np.maximum(0.0, -answer.ineqlin.marginals)

    price = answer_of("HiGHS", relax)
    if price is None or not np.isfinite(price).all():
        return np.inf, np.zeros(reduced.n_pairs)
    net = model.worth - model.rows.T @ price
    bound = float(price @ model.limit + np.maximum(0.0, net).sum())
    return bound + MARGIN * max(1.0, abs(bound)), np.maximum(0.0, -net[: reduced.n_pairs])


def _only(reduced: Reduced, pairs: Int64) -> Reduced:
    """The problem with these of its remaining pairs."""
    return replace(
        reduced,
        pair=reduced.pair[pairs],
        citizen=reduced.citizen[pairs],
        slot=reduced.slot[pairs],
        value=reduced.value[pairs],
        use=sparse.csr_array(reduced.use[:, pairs]),
    )
