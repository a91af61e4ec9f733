"""How good a plan is beside its value: choices filled, ranks, pairs who would rather have each other, unused places."""

from dataclasses import dataclass

import numpy as np

from matcher.assignment.account import Account, account_of
from matcher.assignment.plan import Plan
from matcher.assignment.problem import AssignmentProblem, Float, Int32, Int64


@dataclass(frozen=True, eq=False)
class Quality:
    """Figures of one plan.

    Attributes
    ----------
    placed, unplaced : citizens with and without a place
    first_choices : citizens placed in the slot that is worth most for them (ties count)
    rank_distribution : int64; [k] citizens are placed in their (k+1)-th best slot
    mean_rank : mean over placed citizens, 1 = best; nan when nobody is placed
    blocking_pairs : eligible pairs (i, j) worth more than i's present place and more than j's least valued citizen (or
        j has a free place), where the change keeps resources and classes; a measure of envy
    unused_places : places of all slots without a citizen
    wanted_unused_places : those of them in slots that some unplaced citizen is eligible for
    placed_share_of_group : share of each group's citizens with a place, float64, nan for an empty group
    """

    placed: int
    unplaced: int
    first_choices: int
    rank_distribution: Int64
    mean_rank: float
    blocking_pairs: int
    unused_places: int
    wanted_unused_places: int
    placed_share_of_group: Float


def quality(problem: AssignmentProblem, plan: Plan, group_of_citizen: Int32 | None = None) -> Quality:
    """Figures of a valid plan.

    Parameters
    ----------
    group_of_citizen : int array of shape (n_citizens,), >= 0, such as target groups, for ``placed_share_of_group``
    """
    account = account_of(problem, plan)
    placed = account.pair_of_citizen >= 0
    rank = _ranks(problem, account)
    unplaced_pairs = ~placed[problem.citizen]
    wanted = np.unique(problem.slot[unplaced_pairs])
    shares = np.empty(0)
    if group_of_citizen is not None:
        members = np.bincount(group_of_citizen)
        with_place = np.bincount(group_of_citizen, weights=placed)
        shares = np.divide(with_place, members, out=np.full(len(members), np.nan), where=members > 0)
    return Quality(
        placed=int(placed.sum()),
        unplaced=int((~placed).sum()),
        first_choices=int((rank == 1).sum()),
        rank_distribution=np.bincount(rank)[1:] if len(rank) else np.empty(0, dtype=np.int64),
        mean_rank=float(rank.mean()) if len(rank) else float("nan"),
        blocking_pairs=_blocking(problem, account),
        unused_places=int(account.free_places.sum()),
        wanted_unused_places=int(account.free_places[wanted].sum()),
        placed_share_of_group=shares,
    )


def _ranks(problem: AssignmentProblem, account: Account) -> Int64:
    """Rank of the place of each placed citizen: 1 + number of the citizen's pairs worth more."""
    now = account.pair_of_citizen[problem.citizen]
    better = np.zeros(problem.n_citizens, dtype=np.int64)
    more = (now >= 0) & (problem.value > problem.value[now])
    np.add.at(better, problem.citizen[more], 1)
    return 1 + better[account.pair_of_citizen >= 0]


def _blocking(problem: AssignmentProblem, account: Account) -> int:
    """Number of blocking pairs, see `Quality`."""
    now = account.pair_of_citizen[problem.citizen]
    worth_now = np.where(now >= 0, problem.value[now], 0.0)
    chosen = account.pair_of_citizen[account.pair_of_citizen >= 0]
    least = np.full(problem.n_slots, -1, dtype=np.int64)
    falling = chosen[np.argsort(-problem.value[chosen], kind="stable")]
    least[problem.slot[falling]] = falling
    has_place = account.free_places[problem.slot] > 0
    gives_way = np.where(has_place, -1, least[problem.slot])
    worth_there = np.where(gives_way >= 0, problem.value[gives_way], 0.0)
    wants = (now != np.arange(problem.n_pairs)) & (problem.value > worth_now) & (problem.value > worth_there)
    pairs = np.flatnonzero(wants & (has_place | (gives_way >= 0)) & (account.meets == 0))
    return int((np.diff(account.lacks(pairs, gives_way[pairs]).indptr) == 0).sum())
