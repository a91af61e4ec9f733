"""Who is left out of a plan, and why."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import sparse

from matcher.assignment.account import Account, account_of, limit_of
from matcher.assignment.plan import Plan
from matcher.assignment.problem import AssignmentProblem, Bool, Int64

Reason: TypeAlias = Literal["open", "apart", "resource", "taken", "closed", "no_pair"]
REASONS: tuple[Reason, ...] = ("open", "resource", "apart", "taken", "closed", "no_pair")
"""In the order of telling: what would open an empty place comes before places that are taken."""
_OPEN, _RESOURCE, _APART, _TAKEN, _CLOSED, _ = range(len(REASONS))


@dataclass(frozen=True)
class LeftOut:
    """Why one citizen has no place.

    Attributes
    ----------
    citizen : index of the citizen
    reason :
        "no_pair"   no slot passes the hard rules
        "closed"    no plan could choose any of the pairs: their slots have no places at all, or they need more of a
                    resource than its whole limit
        "taken"     every eligible place is taken
        "apart"     a place is free, but somebody of a class kept apart is placed at the worksite
        "resource"  a place is free and nobody in the way, but a resource it needs has too little left
        "open"      a place is free and everything suffices: the plan can be improved, unless the pair is worth nothing
    pair : the eligible pair that came closest by value less prices, among those with that reason, the lower slot in
        ties; -1 for "no_pair"
    slot : of the pair; -1 for "no_pair"
    resource : for "resource" the dearest of those that have too little left, and for "closed" of those whose whole
        limit the pair exceeds, the lower number in ties; -1 where it does not apply
    price : price of a unit of that resource, or of a place of the slot; what a pair must be worth more than
    """

    citizen: int
    reason: Reason
    pair: int = -1
    slot: int = -1
    resource: int = -1
    price: float = 0.0


@dataclass(frozen=True, eq=False)
class Obstacles:
    """What stands between citizens without a place and each of some pairs.

    Attributes
    ----------
    reason : int64 of shape (n_given,), index into `REASONS`
    short : csr_array of shape (n_given, n_resources), sorted: for "resource" what is missing of it, for "closed" what
        the pair needs beyond the whole limit; empty rows for the other reasons
    """

    reason: Int64
    short: sparse.csr_array


def left_out(problem: AssignmentProblem, plan: Plan) -> list[LeftOut]:
    """One reason for each unplaced citizen, by citizen.

    The first of "open", "resource", "apart", "taken", "closed", "no_pair" that some pair of the citizen shows: each
    means that the ones after it are not the obstacle. Pins of an invalid plan are not looked at.
    """
    unplaced = plan.slot_of_citizen < 0
    pairs = np.flatnonzero(unplaced[problem.citizen])
    account = account_of(problem, plan)
    found = obstacles(problem, account, pairs)
    charged = plan.slot_price[problem.slot[pairs]] + account.use[pairs] @ plan.resource_price
    order = np.lexsort(
        (problem.slot[pairs], charged - problem.value[pairs], found.reason, problem.citizen[pairs]),
    )
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(problem.citizen[pairs[order]]) > 0
    told = {int(problem.citizen[pairs[x]]): _told(problem, plan, int(pairs[x]), x, found) for x in order[first]}
    return [told.get(int(i), LeftOut(int(i), "no_pair")) for i in np.flatnonzero(unplaced)]


def obstacles(problem: AssignmentProblem, account: Account, pairs: Int64) -> Obstacles:
    """What stands before pairs that the plan has not chosen, of citizens without a place; see `LeftOut`."""
    lacks, exceeds = account.lacks(pairs), _exceeds(problem, account, pairs)
    closed = (problem.capacity[problem.slot[pairs]] == 0) | _some(exceeds)
    full = account.free_places[problem.slot[pairs]] <= 0
    reason = np.select(
        [closed, full, account.meets[pairs] > 0, _some(lacks)], [_CLOSED, _TAKEN, _APART, _RESOURCE], default=_OPEN
    )
    short = _rows(exceeds, reason == _CLOSED) + _rows(lacks, reason == _RESOURCE)
    short.sort_indices()
    return Obstacles(reason, short)


def _rows(table: sparse.csr_array, kept: Bool) -> sparse.csr_array:
    """The table with nothing in the rows that are not kept."""
    only = sparse.csr_array(sparse.diags_array(kept.astype(np.float64)) @ table)
    only.eliminate_zeros()
    return only


def _exceeds(problem: AssignmentProblem, account: Account, pairs: Int64) -> sparse.csr_array:
    """By pair and resource: how much the pair alone needs beyond the whole limit."""
    beyond = sparse.csr_array(account.use[pairs], copy=True)
    beyond.data = np.maximum(0.0, beyond.data - limit_of(problem)[beyond.indices])
    beyond.eliminate_zeros()
    return beyond


def _some(rows: sparse.csr_array) -> Bool:
    some: Bool = np.diff(rows.indptr) > 0
    return some


def _told(problem: AssignmentProblem, plan: Plan, pair: int, x: int, found: Obstacles) -> LeftOut:
    citizen, slot, reason = int(problem.citizen[pair]), int(problem.slot[pair]), REASONS[found.reason[x]]
    short = found.short.indices[found.short.indptr[x] : found.short.indptr[x + 1]]
    if len(short) == 0:
        return LeftOut(citizen, reason, pair, slot, price=float(plan.slot_price[slot]))
    dearest = int(short[np.argmax(plan.resource_price[short])])
    return LeftOut(citizen, reason, pair, slot, dearest, float(plan.resource_price[dearest]))
