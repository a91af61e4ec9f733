"""How good a plan is beside its value: choices filled, ranks, pairs who would rather have each other, unused places."""

from dataclasses import dataclass

import numpy as np

from matcher.assignment.account import Account, account_of
from matcher.assignment.plan import Plan
from matcher.assignment.problem import AssignmentProblem, Bool, Float, Int32, Int64, expect_array, refuse


@dataclass(frozen=True, eq=False)
class Quality:
    """Figures of one plan.

    Attributes
    ----------
    placed, unplaced : citizens with and without a place
    top_suggestions : citizens with at least one pair: each has a slot that is worth most
    first_choices : top suggestions that are filled: citizens placed in a slot that is worth most for them
    rank_distribution : int64; [k] citizens are placed in their (k+1)-th best slot
    mean_rank : mean over placed citizens, 1 = best; nan when nobody is placed
    blocking_pairs : eligible pairs (i, j) worth more than i's present place, where j has a free place, or else its
        least valued citizen (the highest number in ties) is worth less there, and where resources and classes allow
        that i gives up the present place, if any, comes to j, and that citizen gives way; a measure of envy. Pinned
        citizens neither move nor give way
    envious : citizens i in at least one blocking pair
    unused_places : places of all slots without a citizen
    wanted_unused_places : those of them in slots that some unplaced citizen is eligible for
    placed_share_of_group : share of each group's citizens with a place, float64, nan for an empty group
    evenness : see `evenness_of`, over those groups; nan without groups
    """

    placed: int
    unplaced: int
    top_suggestions: int
    first_choices: int
    rank_distribution: Int64
    mean_rank: float
    blocking_pairs: int
    envious: int
    unused_places: int
    wanted_unused_places: int
    placed_share_of_group: Float
    evenness: float


def quality(problem: AssignmentProblem, plan: Plan, group_of_citizen: Int32 | None = None) -> Quality:
    """Figures of a valid plan.

    Parameters
    ----------
    group_of_citizen : int32 array of shape (n_citizens,), such as target groups, for the last two figures; -1 = the
        citizen is not counted there

    Raises
    ------
    ValueError
        where ``group_of_citizen`` is something else.
    """
    account = account_of(problem, plan)
    placed = account.pair_of_citizen >= 0
    rank = _ranks(problem, account)
    wanted = np.unique(problem.slot[~placed[problem.citizen]])
    blocking = _blocking(problem, account)
    shares, evenness = np.empty(0), float("nan")
    if group_of_citizen is not None:
        expect_array("group_of_citizen", group_of_citizen, np.int32, problem.n_citizens)
        refuse("group_of_citizen", group_of_citizen < -1, group_of_citizen, "must be >= -1")
        members = np.bincount(group_of_citizen[group_of_citizen >= 0])
        with_place = np.bincount(group_of_citizen[placed & (group_of_citizen >= 0)], minlength=len(members))
        shares = np.divide(with_place, members, out=np.full(len(members), np.nan), where=members > 0)
        evenness = evenness_of(members, with_place)
    return Quality(
        placed=int(placed.sum()),
        unplaced=int((~placed).sum()),
        top_suggestions=len(np.unique(problem.citizen)),
        first_choices=int((rank == 1).sum()),
        rank_distribution=np.bincount(rank)[1:] if len(rank) else np.empty(0, dtype=np.int64),
        mean_rank=float(rank.mean()) if len(rank) else float("nan"),
        blocking_pairs=len(blocking),
        envious=len(np.unique(problem.citizen[blocking])),
        unused_places=int(account.free_places.sum()),
        wanted_unused_places=int(account.free_places[wanted].sum()),
        placed_share_of_group=shares,
        evenness=evenness,
    )


def evenness_of(members: Int64, placed: Int64) -> float:
    r"""How evenly places fall to groups: one less the index of dissimilarity of those with and without a place.

    1 - ½ Σ_g | placed_g / Σ placed - waiting_g / Σ waiting |,  waiting_g = members_g - placed_g

    Parameters
    ----------
    members : int64 of shape (n_groups,), >= 0
    placed : int64 of shape (n_groups,), 0 <= placed_g <= members_g

    Returns
    -------
    float
        share in [0, 1]. 1: the same share of every group has a place, so also where everybody or nobody has one; 0:
        each group has places for all or for none. The index itself is Σ_g |placed_g - p members_g|, the places too
        many and too few, over its largest possible value 2 p (1 - p) Σ members, where p is the share of all.

    Source: Duncan & Duncan (1955), A methodological analysis of segregation indexes.
    """
    waiting = members - placed
    if placed.sum() == 0 or waiting.sum() == 0:
        return 1.0
    apart = 0.5 * float(np.abs(placed / placed.sum() - waiting / waiting.sum()).sum())
    return min(1.0, max(0.0, 1.0 - apart))


def _ranks(problem: AssignmentProblem, account: Account) -> Int64:
    """Rank of the place of each placed citizen: 1 + number of the citizen's pairs worth more."""
    now = account.pair_of_citizen[problem.citizen]
    better = np.zeros(problem.n_citizens, dtype=np.int64)
    more = (now >= 0) & (problem.value > problem.value[now])
    np.add.at(better, problem.citizen[more], 1)
    return 1 + better[account.pair_of_citizen >= 0]


def _blocking(problem: AssignmentProblem, account: Account) -> Int64:
    """Blocking pairs, ascending, see `Quality`."""
    now = account.pair_of_citizen[problem.citizen]
    worth_now = np.where(now >= 0, problem.value[now], 0.0)
    pinned = np.zeros(problem.n_pairs + 1, dtype=bool)  # the last is for citizens without a place
    pinned[problem.pins] = True
    chosen = account.pair_of_citizen[account.pair_of_citizen >= 0]
    chosen = chosen[~pinned[chosen]]
    least = np.full(problem.n_slots, -1, dtype=np.int64)
    falling = chosen[np.lexsort((problem.citizen[chosen], -problem.value[chosen]))]
    least[problem.slot[falling]] = falling
    has_place = account.free_places[problem.slot] > 0
    gives_way = np.where(has_place, -1, least[problem.slot])
    worth_there = np.where(gives_way >= 0, problem.value[gives_way], 0.0)
    wants = ~pinned[now] & (problem.value > worth_now) & (problem.value > worth_there)
    pairs = np.flatnonzero(wants & (has_place | (gives_way >= 0)))
    now, gives_way = now[pairs], gives_way[pairs]
    meets = account.meets[pairs] - _met(problem, pairs, now) - _met(problem, pairs, gives_way)
    enough = np.diff(account.lacks(pairs, now, gives_way).indptr) == 0
    blocking: Int64 = pairs[enough & (meets == 0)]
    return blocking


def _met(problem: AssignmentProblem, pairs: Int64, others: Int64) -> Bool:
    """Whether each pair's citizen is kept apart from that of the other pair (-1: none), which is at its worksite."""
    separations = problem.separations
    if separations is None:
        return np.zeros(len(pairs), dtype=bool)
    site, kind = separations.site_of_slot[problem.slot], separations.class_of_citizen[problem.citizen]
    met = np.zeros(len(pairs), dtype=bool)
    for first, second in separations.apart:
        for one, other in ((first, second), (second, first)):
            met |= (kind[pairs] == one) & (kind[others] == other)
    together: Bool = met & (others >= 0) & (site[pairs] == site[others])
    return together
