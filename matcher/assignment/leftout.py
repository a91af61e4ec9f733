"""Who is left out of a plan, and why."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import sparse

from matcher.assignment.account import account_of
from matcher.assignment.plan import Plan
from matcher.assignment.problem import AssignmentProblem, Int64

Reason: TypeAlias = Literal["no_pair", "taken", "resource", "apart", "open"]


@dataclass(frozen=True)
class LeftOut:
    """Why one citizen has no place.

    Attributes
    ----------
    citizen : index of the citizen
    reason :
        "no_pair"   no slot passes the hard rules
        "taken"     every eligible place is taken, by pairs that are worth more to the plan
        "resource"  a place is free, but a resource it needs is used up
        "apart"     a place is free, but somebody of a class kept apart is placed at the worksite
        "open"      a place is free and everything suffices: the plan can be improved
    pair : the eligible pair that came closest by value less prices, among those with that reason; -1 for "no_pair"
    slot, resource : where, and what was used up; -1 where it does not apply
    price : price of a place of the slot, or of a unit of the resource; what a pair must be worth more than
    """

    citizen: int
    reason: Reason
    pair: int = -1
    slot: int = -1
    resource: int = -1
    price: float = 0.0


def left_out(problem: AssignmentProblem, plan: Plan) -> list[LeftOut]:
    """One reason for each unplaced citizen, by citizen.

    The first of "open", "apart", "resource", "taken", "no_pair" that some pair of the citizen shows: each means that
    the ones after it are not the obstacle. Pins of an invalid plan are not looked at.
    """
    unplaced = plan.slot_of_citizen < 0
    pairs = np.flatnonzero(unplaced[problem.citizen])
    account = account_of(problem, plan)
    lacks = account.lacks(pairs)
    full = account.free_places[problem.slot[pairs]] <= 0
    short = np.diff(lacks.indptr) > 0
    rank = np.where(full, 3, np.where(short, 2, np.where(account.meets[pairs] > 0, 1, 0)))
    charged = plan.slot_price[problem.slot[pairs]] + account.use[pairs] @ plan.resource_price
    order = np.lexsort((pairs, charged - problem.value[pairs], rank, problem.citizen[pairs]))
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(problem.citizen[pairs[order]]) > 0
    found = {
        int(problem.citizen[pairs[x]]): _reason(problem, plan, pairs, x, int(rank[x]), lacks) for x in order[first]
    }
    return [found.get(int(i), LeftOut(int(i), "no_pair")) for i in np.flatnonzero(unplaced)]


def _reason(
    problem: AssignmentProblem, plan: Plan, pairs: Int64, x: int, rank: int, lacks: sparse.csr_array
) -> LeftOut:
    pair = int(pairs[x])
    citizen, slot = int(problem.citizen[pair]), int(problem.slot[pair])
    slot_price = float(plan.slot_price[slot])
    if rank == 3:
        return LeftOut(citizen, "taken", pair, slot, price=slot_price)
    if rank == 2:
        short = lacks.indices[lacks.indptr[x] : lacks.indptr[x + 1]]
        dearest = int(short[np.argmax(plan.resource_price[short])])
        return LeftOut(citizen, "resource", pair, slot, dearest, float(plan.resource_price[dearest]))
    return LeftOut(citizen, "apart" if rank == 1 else "open", pair, slot, price=slot_price)
