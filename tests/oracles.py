"""Slow answers that are plainly right, to compare the plan engine with. None of this shares code with the engine."""

from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matcher.assignment import AssignmentProblem, Plan, Resources
from matcher.assignment.problem import Float, Int64

SLACK = 1e-9


def keeps_limits(problem: AssignmentProblem, chosen: list[int]) -> bool:
    """Whether a set of pairs keeps constraints (1)–(4), by counting one pair at a time."""
    citizens = [int(problem.citizen[e]) for e in chosen]
    slots = [int(problem.slot[e]) for e in chosen]
    if len(set(citizens)) < len(citizens) or any(slots.count(j) > problem.capacity[j] for j in slots):
        return False
    if problem.resources is not None:
        used = problem.resources.use.toarray()[:, chosen].sum(axis=1)
        if (used > problem.resources.limit + SLACK * np.maximum(1.0, problem.resources.limit)).any():
            return False
    separations = problem.separations
    if separations is not None:
        apart = {frozenset(pair) for pair in separations.apart}
        for e, f in combinations(chosen, 2):
            kinds = frozenset(int(separations.class_of_citizen[problem.citizen[x]]) for x in (e, f))
            same_site = separations.site_of_slot[problem.slot[e]] == separations.site_of_slot[problem.slot[f]]
            if kinds in apart and same_site:
                return False
    return True


def best_value(problem: AssignmentProblem) -> float:
    """Optimum of a tiny problem by trying every choice of every citizen; -inf when the pins contradict each other."""
    pins = problem.pins.tolist()
    if not keeps_limits(problem, pins):
        return -np.inf
    free = sorted(set(problem.citizen.tolist()) - {int(problem.citizen[e]) for e in pins})
    best = 0.0

    def extend(position: int, chosen: list[int]) -> None:
        nonlocal best
        best = max(best, float(problem.value[chosen].sum()))
        for x in range(position, len(free)):
            for e in np.flatnonzero(problem.citizen == free[x]).tolist():
                if keeps_limits(problem, [*chosen, e]):
                    extend(x + 1, [*chosen, e])

    extend(0, pins)
    return best


def relaxed_value(problem: AssignmentProblem) -> float:
    """Optimum of the linear relaxation of (0)–(3) and (5), an upper bound."""
    if problem.n_pairs == 0:
        return 0.0
    rows, limit = _rows(problem)
    lower = np.zeros(problem.n_pairs)
    lower[problem.pins] = 1.0
    answer = milp(
        -problem.value,
        bounds=Bounds(lower, np.ones(problem.n_pairs)),
        constraints=LinearConstraint(rows, -np.inf, limit),
    )
    return -_found(answer.fun)


def whole_value(problem: AssignmentProblem) -> float:
    """Optimum by HiGHS as an integer program, pair by pair; for problems of some hundred pairs without pins."""
    rows, limit = _rows(problem)
    apart = _apart_rows(problem)
    constraints = [LinearConstraint(rows, -np.inf, limit)]
    if apart is not None:
        constraints.append(LinearConstraint(apart, -np.inf, 1.0))
    answer = milp(
        -problem.value,
        integrality=np.ones(problem.n_pairs, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=constraints,
        options={"mip_rel_gap": 0.0},
    )
    return -_found(answer.fun)


def _found(value: float | None) -> float:
    assert value is not None, "HiGHS found nothing"
    return float(value)


def bound_of_prices(problem: AssignmentProblem, plan: Plan) -> float:
    """The bound that a plan's prices of citizens and of resources across worksites give, worksites solved by HiGHS.

    For problems with separations and without pins: Σ u + Σ_spanning b y + Σ_worksites max Σ (v - u - a y) x.
    """
    resources, separations = problem.resources, problem.separations
    assert resources is not None
    assert separations is not None
    site = separations.site_of_slot[problem.slot]
    spanning = [r for r in range(problem.n_resources) if len(np.unique(site[resources.use[[r]].indices])) > 1]
    net = problem.value - plan.citizen_price[problem.citizen]
    net = net - resources.use[spanning].T @ plan.resource_price[spanning]
    total = float(plan.citizen_price.sum() + resources.limit[spanning] @ plan.resource_price[spanning])
    for w in np.unique(site):
        here = np.flatnonzero((site == w) & (net > 0))
        if len(here):
            total += whole_value(_only(problem, here, net[here], spanning))
    return total


def _only(problem: AssignmentProblem, pairs: Int64, value: Float, without: list[int]) -> AssignmentProblem:
    assert problem.resources is not None
    kept = np.setdiff1d(np.arange(problem.n_resources), without)
    return AssignmentProblem(
        problem.n_citizens,
        problem.n_slots,
        problem.citizen[pairs],
        problem.slot[pairs],
        value,
        problem.capacity,
        Resources(sparse.csr_array(problem.resources.use[kept][:, pairs]), problem.resources.limit[kept]),
        problem.separations,
    )


def _rows(problem: AssignmentProblem) -> tuple[sparse.csr_array, Float]:
    pairs, one = np.arange(problem.n_pairs), np.ones(problem.n_pairs)
    blocks = [
        sparse.csr_array((one, (problem.citizen, pairs)), shape=(problem.n_citizens, problem.n_pairs)),
        sparse.csr_array((one, (problem.slot, pairs)), shape=(problem.n_slots, problem.n_pairs)),
    ]
    limits = [np.ones(problem.n_citizens), problem.capacity.astype(np.float64)]
    if problem.resources is not None:
        blocks.append(problem.resources.use.astype(np.float64))
        limits.append(problem.resources.limit + SLACK)
    return sparse.csr_array(sparse.vstack(blocks)), np.concatenate(limits)


def _apart_rows(problem: AssignmentProblem) -> sparse.csr_array | None:
    """x_e + x_f ≤ 1 for every two pairs kept apart."""
    separations = problem.separations
    if separations is None:
        return None
    apart = {frozenset(pair) for pair in separations.apart}
    kind = separations.class_of_citizen[problem.citizen]
    site = separations.site_of_slot[problem.slot]
    rows = [
        (e, f)
        for e, f in combinations(np.flatnonzero(kind > 0).tolist(), 2)
        if site[e] == site[f]
        and frozenset((int(kind[e]), int(kind[f]))) in apart
        and problem.citizen[e] != problem.citizen[f]
    ]
    if not rows:
        return None
    flat = np.array(rows).ravel()
    return sparse.csr_array(
        (np.ones(len(flat)), (np.repeat(np.arange(len(rows)), 2), flat)), shape=(len(rows), problem.n_pairs)
    )
