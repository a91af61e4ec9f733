"""How far the prices of a plan are off: proposals whose place others bid more for, and whether they should have it.

Prices prove a plan only up to what whole placements leave open; `matcher.demand` counts a bid as higher where it is
higher by CLEARLY. Prints one JSON line a municipality.
"""

import json

import numpy as np

from features.vectorise import vectorise
from fixtures import municipality
from matcher.assignment import AssignmentProblem, Plan, check, solve
from matcher.assignment.plan import gap_of
from matcher.assignment.problem import Float
from matcher.demand import CLEARLY
from matcher.resources import plan_problem
from matcher.scoring import score_pairs

SIZES = ((760, 547), (1, 300), (2, 150), (3, 150))


def main() -> None:
    """Measure and print."""
    for seed, citizens in SIZES:
        place = municipality(seed, citizens)
        match_input = vectorise(place.citizens, place.companies, place.agreements, on=place.on)
        pairs = score_pairs(match_input)
        problem = plan_problem(match_input, pairs, consultants=place.consultants, running=place.placements).problem
        plan = solve(problem, time_limit_s=300.0, gap=0.001)
        print(json.dumps({"benchmark": "demand", "seed": seed, "citizens": citizens, **outbid(problem, plan)}))


def outbid(problem: AssignmentProblem, plan: Plan) -> dict[str, float | int]:
    """Proposals that somebody outbids, by how much at most, and how many exchanges would help the plan."""
    charged: Float = np.zeros(problem.n_pairs)
    paid = float((problem.capacity * plan.slot_price).sum())
    if problem.resources is not None:
        charged = problem.resources.use.T @ plan.resource_price
        priced = plan.resource_price > 0
        paid += float(problem.resources.limit[priced] @ plan.resource_price[priced])
    own = np.zeros(problem.n_citizens)
    np.maximum.at(own, problem.citizen, problem.value - charged - plan.slot_price[problem.slot])
    bid = problem.value - charged - own[problem.citizen]
    chosen = np.flatnonzero(plan.slot_of_citizen[problem.citizen] == problem.slot)
    proposals, clearly, helps, most = 0, 0, 0, 0.0
    for pair in chosen.tolist():
        more = bid - max(float(bid[pair]), 0.0)
        others = np.flatnonzero(
            (problem.slot == problem.slot[pair]) & (problem.citizen != problem.citizen[pair]) & (more > 1e-6)
        )
        proposals += len(others) > 0
        clearly += bool((more[others] > CLEARLY).any())
        most = max(most, float(more[others].max(initial=0.0)))
        helps += sum(_helps(problem, plan, pair, other) for other in others.tolist())
    return {
        "proposals": len(chosen),
        "outbid": proposals,
        "clearly_outbid": clearly,
        "by_at_most": round(most, 3),
        "exchanges_that_help": helps,
        "prices_above_plan_share": round((paid + float(own.sum())) / plan.objective - 1.0, 4),
        "gap": plan.gap,
    }


def _helps(problem: AssignmentProblem, plan: Plan, pair: int, other: int) -> bool:
    """Whether a plan is worth more when `other` has the place of `pair`, whose citizen then has none."""
    slots = plan.slot_of_citizen.copy()
    slots[problem.citizen[pair]] = -1
    slots[problem.citizen[other]] = problem.slot[other]
    chosen = np.flatnonzero(slots[problem.citizen] == problem.slot)
    value = float(problem.value[chosen].sum())
    if value <= plan.objective + 1e-9:
        return False
    bound = max(plan.upper_bound, value)
    changed = Plan(
        slots, value, bound, gap_of(value, bound), plan.slot_price, plan.resource_price, plan.citizen_price, "feasible"
    )
    return not check(problem, changed)


if __name__ == "__main__":
    main()
