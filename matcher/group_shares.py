r"""What a plan costs if at least a share of each group is to be placed: a price, found by Lagrange multipliers.

To the problem of `matcher.assignment.problem` comes, for each group g of citizens with a least number n_g of placed,

    Σ_{e: g(i_e) = g} x_e ≥ n_g                                                             (6)

With a bonus λ_g ≥ 0 on every pair of the group, L(λ) = max Σ (v_e + λ_{g(i_e)}) x_e - Σ_g λ_g n_g is an upper bound of
every plan that keeps (6), and a plan that is best with the bonus and keeps (6) is the cheaper the smaller the bonus.
The bonus of each group is searched by doubling and halving; where that finds no plan, one large bonus for all tells
whether there are too few places for the shares together: L(λ) < 0 proves that no plan keeps them. Plans are compared at
their own values, without the bonus.

Only groups of the target-group kind may steer a plan; a protected trait never does.

Source: Geoffrion (1974), Lagrangean relaxation for integer programming, Mathematical Programming Study 2.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from matcher.arrays import Codes, Flags, Floats
from matcher.assignment import AssignmentProblem, Plan
from matcher.assignment.problem import TOLERANCE

ROUNDS: Final = 14
"""Plans made at most; the search halves what it does not know of a bonus with each."""
FIRST_BONUS: Final = 0.05
MOST_BONUS: Final = 4.0
"""In the unit of values, which are at most 1: with this bonus placing one of a group outweighs any four others."""

Solver = Callable[[AssignmentProblem], Plan]


@dataclass(frozen=True, slots=True)
class GroupNeed:
    """One group: how many wait, how many have a place that fits, how many must be placed and how many are.

    `reachable` counts citizens with at least one pair: no plan places more of the group.
    """

    waiting: int
    reachable: int
    needed: int
    placed_free: int
    placed: int

    @property
    def met(self) -> bool:
        """Whether as many are placed as must be."""
        return self.placed >= self.needed


@dataclass(frozen=True, eq=False)
class SharesPlan:
    """The best plan found that keeps the shares, or comes nearest where none was found.

    Attributes
    ----------
    plan : as solved with the bonus; its value without is `value`
    value : Σ v_e over its pairs
    value_free, bound_free : value and upper bound of the plan without shares
    bound : proven upper bound of every plan that keeps the shares; of a group that cannot reach its own, as many as can
    impossible : proven that no plan keeps them
    bonus : float64 (G,), λ_g of the plan
    groups : one a group
    """

    plan: Plan
    value: float
    value_free: float
    bound_free: float
    bound: float
    impossible: bool
    bonus: Floats
    groups: tuple[GroupNeed, ...]

    @property
    def met(self) -> bool:
        """Whether every group has its share."""
        return all(group.met for group in self.groups)

    @property
    def lost(self) -> float:
        """Value given up beside the plan without shares; below 0 where that plan was not the best."""
        return self.value_free - self.value


def least_numbers(group_of_citizen: Codes, waiting: Codes, groups: int, min_share: float) -> Codes:
    """n_g: a share in [0, 1] of those who wait of each group, rounded up. int32 (G,).

    Parameters
    ----------
    group_of_citizen : int32 (n,)
    waiting : rows of the citizens who wait for a place
    groups : G
    """
    if not 0 <= min_share <= 1:
        raise ValueError(f"min_share: expected a share in [0, 1], found {min_share!r}")
    count = np.bincount(group_of_citizen[waiting], minlength=groups)
    needed: Codes = np.ceil(count * min_share - 1e-9).astype(np.int32)
    return needed


def plan_with_shares(
    problem: AssignmentProblem,
    free: Plan,
    group_of_citizen: Codes,
    waiting: Codes,
    needed: Codes,
    *,
    solver: Solver,
    rounds: int = ROUNDS,
) -> SharesPlan:
    """Search for the plan of highest value that places at least `needed[g]` of each group.

    Parameters
    ----------
    problem, free : the night's problem and its plan without shares
    group_of_citizen : int32 (n,), 0 <= g < G
    waiting : rows of the citizens who wait for a place
    needed : int32 (G,)
    solver : makes a plan with a bonus; the same solver that made `free`
    """
    search = _Search(problem, group_of_citizen, needed)
    at_first = found = best = search.tried(free, np.zeros(len(needed)))
    bound = at_first.bound
    low, high = np.zeros(len(needed)), np.full(len(needed), math.inf)
    for _ in range(rounds):
        short = found.placed < search.target
        if not short.any() and np.all(high - low <= FIRST_BONUS / 8, where=high < math.inf):
            break
        bonus = _next_bonus(found.bonus, short, low, high)
        if bound < -TOLERANCE or np.array_equal(bonus, found.bonus):
            break
        found = search.tried(solver(search.with_bonus(bonus)), bonus)
        bound = min(bound, found.bound)
        best = max(best, found, key=lambda one: one.order)
    if best.short and bound >= -TOLERANCE:
        alike = np.where(search.target > 0, 1.0 + free.upper_bound, 0.0)  # one more placed outweighs any values
        found = search.tried(solver(search.with_bonus(alike)), alike)
        bound = min(bound, found.bound)
        best = max(best, found, key=lambda one: one.order)
    waiting_of = np.bincount(group_of_citizen[waiting], minlength=len(needed))
    columns = (waiting_of, search.reachable, needed, at_first.placed, best.placed)
    return SharesPlan(
        best.plan,
        best.value,
        at_first.value,
        free.upper_bound,
        max(bound, 0.0),
        bound < -TOLERANCE or bool((needed > search.reachable).any()),
        best.bonus,
        tuple(GroupNeed(*numbers) for numbers in zip(*(column.tolist() for column in columns), strict=True)),
    )


class _Search:
    """The problem with its groups; `target` leaves out what no plan can reach."""

    def __init__(self, problem: AssignmentProblem, group_of_citizen: Codes, needed: Codes) -> None:
        self.problem = problem
        self.group_of_citizen = group_of_citizen
        self.group_of_pair = group_of_citizen[problem.citizen]
        self.reachable = np.bincount(group_of_citizen[np.unique(problem.citizen)], minlength=len(needed))
        self.target = np.minimum(needed, self.reachable)

    def with_bonus(self, bonus: Floats) -> AssignmentProblem:
        """The problem with a bonus on the pairs of each group."""
        return replace(self.problem, value=self.problem.value + bonus[self.group_of_pair])

    def tried(self, plan: Plan, bonus: Floats) -> "_Try":
        """A plan that was made with a bonus."""
        chosen = plan.slot_of_citizen[self.problem.citizen] == self.problem.slot
        placed = np.bincount(self.group_of_pair[chosen], minlength=len(self.target)).astype(np.int32)
        return _Try(
            plan,
            bonus,
            placed,
            short=int(np.maximum(self.target - placed, 0).sum()),
            value=math.fsum(self.problem.value[chosen].tolist()),
            bound=plan.upper_bound - float(bonus @ self.target),
        )


@dataclass(frozen=True, eq=False)
class _Try:
    """A plan with its bonus, its own value, and the bound that it proves."""

    plan: Plan
    bonus: Floats
    placed: Codes
    short: int
    value: float
    bound: float

    @property
    def order(self) -> tuple[int, float]:
        """Fewer missing first, then more value."""
        return -self.short, self.value


def _next_bonus(bonus: Floats, short: Flags, low: Floats, high: Floats) -> Floats:
    """More for groups that are short, less for those that are not; `low` and `high` keep what is known of each."""
    following = bonus.copy()
    for g, lacks in enumerate(short):
        if lacks:
            low[g] = bonus[g]
            if high[g] <= low[g]:
                high[g] = math.inf  # another group's bonus has changed what this one needs
            doubled = max(FIRST_BONUS, 2 * bonus[g])
            following[g] = min(MOST_BONUS, doubled if high[g] == math.inf else (low[g] + high[g]) / 2)
        elif bonus[g] > 0:
            high[g] = bonus[g]
            if low[g] >= high[g]:
                low[g] = 0.0
            following[g] = (low[g] + high[g]) / 2
    return following
