"""What a plan has used and left: shared by the reports on a plan. numpy only, no solver."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matcher.assignment.plan import Plan
from matcher.assignment.problem import TOLERANCE, AssignmentProblem, Float, Int64


@dataclass(frozen=True, eq=False)
class Account:
    """Sums over a valid plan.

    Attributes
    ----------
    pair_of_citizen : int64 of shape (n_citizens,), the pair each citizen is placed by, -1 = unplaced
    free_places : int64 of shape (n_slots,)
    left : float64 of shape (n_resources,), limit less use, with the tolerance of (3)
    use : csr_array of shape (n_pairs, n_resources): the resources of a pair
    meets : int64 of shape (n_pairs,), citizens placed at the pair's worksite that its citizen is kept apart from
    """

    pair_of_citizen: Int64
    free_places: Int64
    left: Float
    use: sparse.csr_array
    meets: Int64

    def lacks(self, pairs: Int64, *freed: Int64) -> sparse.csr_array:
        """By pair and resource: how much is missing to add each pair, if those ``freed`` alongside (-1: none) end."""
        wanted = self.use[pairs]
        for ended in freed:
            back = sparse.diags_array((ended >= 0).astype(np.float64)) @ self.use[np.maximum(ended, 0)]
            wanted = (wanted - back).tocsr()
        missing = sparse.csr_array(wanted, copy=True)
        missing.data = np.maximum(0.0, missing.data - np.maximum(0.0, self.left)[missing.indices])
        missing.eliminate_zeros()
        return missing


def limit_of(problem: AssignmentProblem) -> Float:
    """b_r with the tolerance of (3)."""
    limit = np.empty(0) if problem.resources is None else problem.resources.limit
    relaxed: Float = limit + TOLERANCE * np.maximum(1.0, limit)
    return relaxed


def account_of(problem: AssignmentProblem, plan: Plan) -> Account:
    """Recount a valid plan."""
    chosen = np.flatnonzero(plan.slot_of_citizen[problem.citizen] == problem.slot)
    pair_of_citizen = np.full(problem.n_citizens, -1, dtype=np.int64)
    pair_of_citizen[problem.citizen[chosen]] = chosen
    use, left = sparse.csr_array((problem.n_pairs, 0)), np.empty(0)
    if problem.resources is not None:
        use = problem.resources.use.T.tocsr().astype(np.float64)
        use.sum_duplicates()
        use.eliminate_zeros()
        left = limit_of(problem) - use[chosen].sum(axis=0)
    return Account(
        pair_of_citizen=pair_of_citizen,
        free_places=problem.capacity - np.bincount(problem.slot[chosen], minlength=problem.n_slots),
        left=left,
        use=use,
        meets=_meets(problem, chosen),
    )


def _meets(problem: AssignmentProblem, chosen: Int64) -> Int64:
    meets = np.zeros(problem.n_pairs, dtype=np.int64)
    if problem.separations is None:
        return meets
    site = problem.separations.site_of_slot[problem.slot]
    kind = problem.separations.class_of_citizen[problem.citizen]
    for first, second in {(min(pair), max(pair)) for pair in problem.separations.apart}:
        for one, other in {(first, second), (second, first)}:
            there = np.bincount(site[chosen[kind[chosen] == other]], minlength=int(site.max(initial=0)) + 1)
            meets += np.where(kind == one, there[site], 0)
    if problem.separations.apart:
        itself = np.isin(kind, [a for a, b in problem.separations.apart if a == b])
        meets[chosen] -= itself[chosen]
    return meets
