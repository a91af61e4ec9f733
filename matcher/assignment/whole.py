r"""The whole remaining problem as one mixed integer program, for HiGHS.

    maximise  Σ_e v_e x_e
    subject to
        Σ_{e: i_e = i} x_e ≤ 1                       i ∈ C       (1)
        Σ_{e: j_e = j} x_e ≤ q_j                     j ∈ S       (2)
        Σ_e a_re x_e ≤ b_r                           r ∈ R       (3)
        x_e ≤ z_wk      w = w_{j_e}, k = k_{i_e}                 (4a) class k is present at worksite w
        z_wk + z_wl ≤ 1             {k, l} ∈ A, k ≠ l            (4b)
        Σ_{e: w_{j_e} = w, k_{i_e} = k} x_e ≤ 1      {k} ∈ A     (4c)
        x_e, z_wk ∈ {0, 1}

Branch and bound with cuts on the whole closes what prices leave open where a limit spans many worksites (a consultant's
caseload), as long as the problem is small; on limits that bind at one worksite each it is hopeless, see
docs/assignment.md. The same where a few blocks hold many citizens each. The bound rests on HiGHS' arithmetic, so a
margin of MARGIN is added to it, and it is used only if every resource can be written in whole numbers: with
coefficients that are not, HiGHS has cut off optimal plans (b05100_Max of the published problems, by 4 of 4026).
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matcher.assignment.binding import can_bind
from matcher.assignment.clock import LEAST_S, Clock
from matcher.assignment.outside import answer_of
from matcher.assignment.pins import Reduced, cells_of
from matcher.assignment.problem import TOLERANCE, Float, Int64
from matcher.assignment.residual import same_in_whole_numbers
from matcher.assignment.silence import without_debug_line

MARGIN = 1e-6
"""Share of its size, at least of 1, that is added to HiGHS' bound: its tolerances, for values of at most about 1."""


_HALF = 0.5


class Program(NamedTuple):
    """What the branch and bound found: chosen remaining pairs (None without a plan) and a bound (inf without one)."""

    chosen: Int64 | None
    bound: float


class Model(NamedTuple):
    """The integer program: worth of the variables x, then z; rows and their limits; if all rows are whole numbers."""

    worth: Float
    rows: sparse.csr_array
    limit: Float
    exact: bool


def solve_whole(reduced: Reduced, gap: float, nodes: int, clock: Clock) -> Program:
    """Branch and bound on all remaining pairs.

    Parameters
    ----------
    reduced : the remaining pairs and what the pins leave of the limits, values in the unit of `units`
    gap : stop when plan and bound are this close, share
    nodes : most nodes of the search tree; decides where it ends, whatever the machine's speed
    clock : ends it in any case
    """
    n = reduced.n_pairs
    if n == 0:
        return Program(np.empty(0, dtype=np.int64), 0.0)
    found = answer_of("HiGHS", lambda: _branch_and_bound(reduced, gap, nodes, clock))
    return Program(None, np.inf) if found is None else found


def _branch_and_bound(reduced: Reduced, gap: float, nodes: int, clock: Clock) -> Program:
    n = reduced.n_pairs
    model = model_of(reduced)
    with without_debug_line(), clock.lent(LEAST_S) as seconds:
        found = milp(
            -model.worth,
            integrality=np.ones(len(model.worth), dtype=np.int64),
            bounds=Bounds(0.0, 1.0),
            constraints=LinearConstraint(model.rows, -np.inf, model.limit),
            options={"mip_rel_gap": gap, "node_limit": nodes, "time_limit": seconds},
        )
    bound = np.inf if found.mip_dual_bound is None or not model.exact else -float(found.mip_dual_bound)
    if not np.isfinite(bound):
        bound = np.inf
    chosen = None if found.x is None else np.flatnonzero(found.x[:n] > _HALF)
    return Program(chosen, bound + MARGIN * max(1.0, abs(bound)))


def model_of(reduced: Reduced) -> Model:
    """The integer program of all remaining pairs."""
    n = reduced.n_pairs
    every = np.arange(n)
    one = np.ones(n)
    by_citizen = sparse.csr_array((one, (reduced.citizen, every)), shape=(reduced.n_citizens, n))
    by_slot = sparse.csr_array((one, (reduced.slot, every)), shape=(reduced.n_slots, n))
    binding = np.flatnonzero(can_bind(reduced.use, reduced.limit, reduced.citizen, reduced.n_citizens))
    use, limit, exact = _resources(sparse.csr_array(reduced.use[binding]), reduced.limit[binding])
    present, meetings, alone = _separations(reduced)
    n_present = int(present.max(initial=-1)) + 1
    placed = np.flatnonzero(present >= 0)
    shown = sparse.csr_array(
        (
            np.r_[np.ones(len(placed)), -np.ones(len(placed))],
            (np.r_[: len(placed), : len(placed)], np.r_[placed, n + present[placed]]),
        ),
        shape=(len(placed), n + n_present),
    )
    together = sparse.csr_array(
        (np.ones(2 * len(meetings)), (np.repeat(np.arange(len(meetings)), 2), n + meetings.ravel())),
        shape=(len(meetings), n + n_present),
    )
    single = sparse.csr_array((np.ones(len(alone)), (alone[:, 0], alone[:, 1])), shape=(n_present, n + n_present))
    limits_on_pairs = sparse.vstack([by_citizen, by_slot, use])
    widened = sparse.hstack([limits_on_pairs, sparse.csr_array((limits_on_pairs.shape[0], n_present))])
    rows = sparse.csr_array(sparse.vstack([widened, shown, together, single]))
    limits = np.concatenate(
        [
            np.ones(reduced.n_citizens),
            reduced.capacity.astype(np.float64),
            limit,
            np.zeros(len(placed)),
            np.ones(len(meetings)),
            np.ones(n_present),
        ]
    )
    return Model(np.concatenate([reduced.value, np.zeros(n_present)]), rows, limits, exact)


def _resources(use: sparse.csr_array, limit: Float) -> tuple[sparse.csr_array, Float, bool]:
    """Rows of (3), in whole numbers where they can be written so, else as shares of their limit; and if all could."""
    data, right, exact = use.data.copy(), np.ones(len(limit)), True
    for r in range(len(limit)):
        row = slice(use.indptr[r], use.indptr[r + 1])
        same = same_in_whole_numbers(use.data[row], float(limit[r]))
        if same is None:
            exact = False
            data[row] /= max(float(limit[r]), TOLERANCE)
        else:
            data[row], right[r] = same
    return sparse.csr_array((data, use.indices, use.indptr), shape=use.shape), right, exact


def _separations(reduced: Reduced) -> tuple[Int64, Int64, Int64]:
    """Index of z of each pair (-1: none), couples of z that exclude each other, (z, pair) of classes kept single."""
    cells = cells_of(reduced)
    single = np.zeros(cells.foes.size + 1, dtype=bool)  # the last is for pairs in no cell
    single[cells.foes.alone] = True
    alone = np.flatnonzero(single[cells.of_pair])
    return cells.of_pair, cells.foes.couples, np.stack([cells.of_pair[alone], alone], axis=1)
