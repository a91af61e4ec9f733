r"""Find the blocks: groups of slots that share limits with no slot outside, once citizens and some resources are
priced.

A worksite's places, mentor hours, full-time persons and classes kept apart bind at that worksite alone. With a price
u_i for each citizen and y_r for each resource that spans blocks, the problem falls apart into one problem a block B:

    f_B(w) = max Σ_{e ∈ B} w_e x_e   subject to (1)–(4) within B,    w_e = v_e - u_i - Σ_{r spanning} a_re y_r

and Σ_i u_i + Σ_{r spanning} b_r y_r + Σ_B f_B(w) is an upper bound for every u, y ≥ 0.

Every limit of a block is a *dimension*, measured in shares of the limit, so that each is at most 1: the places of a
slot, a resource that stays within the block, and "at most one of this class" where a class is kept apart from itself.
Limits that cannot bind are left out.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from matcher.assignment.apart import Foes, Groups
from matcher.assignment.binding import can_bind
from matcher.assignment.pins import Reduced, cells_of
from matcher.assignment.problem import Bool, Float, Int32, Int64

LARGEST_BLOCK = 12
"""Slots that resources may join into one block; a larger union is left apart and its resource priced."""
_MOST_CHOICES = 16
_MOST_GROUPS = 61


class Blocks(NamedTuple):
    """Blocks and their pairs as flat arrays, for compiled code.

    Attributes
    ----------
    pair_start : int64 of shape (n_blocks + 1,); pairs of block b are pair[pair_start[b]:pair_start[b + 1]]
    pair : int64, remaining pairs by block, then citizen
    citizen, group : int32 alongside ``pair``: citizen, and class kept apart (-1: none)
    value : float64 alongside ``pair``
    dim_start : int64 of shape (n_blocks + 1,); the block's dimensions
    limit_of_dim : int64, by dimension: slot j, or n_slots + resource, or -1
    at : int64 of shape (len(pair) + 1,); the pair's uses are dim[at[k]:at[k + 1]] and share alongside
    dim : int32, dimension within the block;  share : float64, use as a share of the limit
    span_at, span, span_share : the same for the resources that span blocks
    spanning : int64, resources that span blocks
    spanning_limit : float64, their limits
    choices : int64 of shape (n_choices,), bit sets of classes that may meet: every largest such set; empty: any may
    out_start : int64 of shape (n_blocks + 1,); room for the pairs chosen in a block
    """

    pair_start: Int64
    pair: Int64
    citizen: Int32
    group: Int32
    value: Float
    dim_start: Int64
    limit_of_dim: Int64
    at: Int64
    dim: Int32
    share: Float
    span_at: Int64
    span: Int32
    span_share: Float
    spanning: Int64
    spanning_limit: Float
    choices: Int64
    out_start: Int64

    @property
    def n_blocks(self) -> int:
        """Number of blocks with at least one pair."""
        return len(self.pair_start) - 1


def find_blocks(reduced: Reduced) -> Blocks:
    """Blocks from ``site_of_slot`` (where classes are kept apart) and from the pattern of the resources."""
    binding = can_bind(reduced.use, reduced.limit, reduced.citizen, reduced.n_citizens)
    groups = Groups.of(reduced.apart)
    block_of_slot, spanning = _join(reduced, binding, by_site=groups.foes.size > 0)
    block = block_of_slot[reduced.slot]
    order = np.lexsort((reduced.citizen, block))
    used, first = np.unique(block[order], return_index=True)
    block_rank = np.searchsorted(used, block)
    binding &= ~spanning
    uses = [_places(reduced), reduced.use[binding]]
    limits = [reduced.capacity.astype(np.float64), reduced.limit[binding]]
    names = [np.arange(reduced.n_slots), reduced.n_slots + np.flatnonzero(binding)]
    single = _one_of_class(reduced)
    uses.append(single)
    limits.append(np.ones(single.shape[0]))
    names.append(np.full(single.shape[0], -1))
    at, dim, share, dim_start, rows = _dimensions(
        sparse.csr_array(sparse.vstack(uses, format="csr")), np.concatenate(limits), block_rank, order, len(used)
    )
    span = sparse.csr_array(reduced.use[spanning].T)[order]
    choices = _choices(groups.foes)
    group = groups.number(reduced.class_of_citizen) if len(choices) else np.full(reduced.n_citizens, -1, dtype=np.int32)
    pair_start = np.append(first, len(order)).astype(np.int64)
    return Blocks(
        pair_start=pair_start,
        pair=order,
        citizen=reduced.citizen[order],
        group=group[reduced.citizen[order]],
        value=reduced.value[order],
        dim_start=dim_start,
        limit_of_dim=np.concatenate(names)[rows],
        at=at,
        dim=dim,
        share=share,
        span_at=span.indptr.astype(np.int64),
        span=span.indices.astype(np.int32),
        span_share=span.data / reduced.limit[spanning][span.indices],
        spanning=np.flatnonzero(spanning),
        spanning_limit=reduced.limit[spanning],
        choices=choices,
        out_start=_room(reduced, block_rank, order, len(used)),
    )


def _join(reduced: Reduced, binding: Bool, *, by_site: bool) -> tuple[Int64, Bool]:
    """Block of each slot, and which binding resources span blocks."""
    block = (
        np.unique(reduced.site_of_slot, return_inverse=True)[1].astype(np.int64)
        if by_site
        else np.arange(reduced.n_slots, dtype=np.int64)
    )
    use = reduced.use
    spanning = np.zeros(len(binding), dtype=bool)
    rows = np.flatnonzero(binding)
    if len(rows) == 0:
        return block, spanning
    filled = np.flatnonzero(np.diff(use.indptr))
    touched = block[reduced.slot[use.indices]]
    lowest, highest = np.zeros(len(binding), dtype=np.int64), np.zeros(len(binding), dtype=np.int64)
    lowest[filled] = np.minimum.reduceat(touched, use.indptr[filled])
    highest[filled] = np.maximum.reduceat(touched, use.indptr[filled])
    spanning = binding & (lowest < highest)
    return (block, spanning) if by_site else _join_slots(reduced, block, spanning)


def _join_slots(reduced: Reduced, block: Int64, spanning: Bool) -> tuple[Int64, Bool]:
    """Join the slots of each resource, those with fewest slots first, while the block stays small."""
    use, still = reduced.use, spanning.copy()
    touched = {
        int(r): np.unique(reduced.slot[use.indices[use.indptr[r] : use.indptr[r + 1]]])
        for r in np.flatnonzero(spanning)
    }
    members = {int(b): [int(b)] for b in block}
    for r in sorted(touched, key=lambda r: (len(touched[r]), r)):
        if len(touched[r]) > LARGEST_BLOCK:
            continue
        joined = np.unique(block[touched[r]])
        slots = [j for b in joined for j in members[int(b)]]
        if len(slots) <= LARGEST_BLOCK:
            block[slots] = joined[0]
            members[int(joined[0])] = slots
            still[r] = False
    return block, still


def _places(reduced: Reduced) -> sparse.csr_array:
    """Use of the places of a slot: 1 for each of its pairs."""
    pairs = np.arange(reduced.n_pairs)
    return sparse.csr_array((np.ones(len(pairs)), (reduced.slot, pairs)), shape=(reduced.n_slots, len(pairs)))


def _one_of_class(reduced: Reduced) -> sparse.csr_array:
    """Use of "at most one of the class" at each site of a class kept apart from itself: 1 for each member's pair."""
    cells = cells_of(reduced)
    row = np.full(cells.foes.size + 1, -1, dtype=np.int64)  # the last is for pairs in no cell
    row[cells.foes.alone] = np.arange(len(cells.foes.alone))
    pairs = np.flatnonzero(row[cells.of_pair] >= 0)
    return sparse.csr_array(
        (np.ones(len(pairs)), (row[cells.of_pair[pairs]], pairs)), shape=(len(cells.foes.alone), reduced.n_pairs)
    )


def _dimensions(
    use: sparse.csr_array, limit: Float, block: Int64, order: Int64, n_blocks: int
) -> tuple[Int64, Int32, Float, Int64, Int64]:
    """Uses in shares of the limit by pair in ``order``, dimensions numbered within their block; see `Blocks`."""
    rows = np.flatnonzero((use.sum(axis=1) > limit) & (np.diff(use.indptr) > 0))
    use, limit = use[rows], limit[rows]
    block_of_row = block[use.indices[use.indptr[:-1]]] if len(rows) else np.empty(0, dtype=np.int64)
    by_block = np.argsort(block_of_row, kind="stable")
    dim_start = np.searchsorted(block_of_row[by_block], np.arange(n_blocks + 1))
    within = np.empty(len(rows), dtype=np.int64)
    within[by_block] = np.arange(len(rows)) - dim_start[block_of_row[by_block]]
    by_pair = sparse.csr_array(use.T)[order]
    return (
        by_pair.indptr.astype(np.int64),
        within[by_pair.indices].astype(np.int32),
        by_pair.data / limit[by_pair.indices],
        dim_start.astype(np.int64),
        rows[by_block],
    )


def _choices(foes: Foes) -> Int64:
    """Every largest set of groups that may meet, as bits; none when there are too many: the bound ignores (4)."""
    if foes.size > _MOST_GROUPS:
        return np.empty(0, dtype=np.int64)
    sets = [0]
    for k in range(foes.size):
        hostile = sum(1 << int(h) for h in foes.foe[foes.start[k] : foes.start[k + 1]] if h < k)
        grown = {s | 1 << k for s in sets if not s & hostile} | {s for s in sets if s & hostile}
        grown |= {(s & ~hostile) | 1 << k for s in sets}
        sets = [s for s in grown if not any(s != t and s & t == s for t in grown)]
        if len(sets) > _MOST_CHOICES:
            return np.empty(0, dtype=np.int64)
    return np.array(sorted(sets) if foes.size else [], dtype=np.int64)


def _room(reduced: Reduced, block: Int64, order: Int64, n_blocks: int) -> Int64:
    """Where each block's chosen pairs are written: room for the fewer of its citizens and its places."""
    citizens = np.unique(block[order] * reduced.n_citizens + reduced.citizen[order]) // max(1, reduced.n_citizens)
    people = np.bincount(citizens, minlength=n_blocks)
    slots = np.unique(block * reduced.n_slots + reduced.slot)
    places = np.bincount(
        slots // max(1, reduced.n_slots),
        weights=np.minimum(reduced.capacity[slots % max(1, reduced.n_slots)], reduced.n_citizens),
        minlength=n_blocks,
    )
    return np.concatenate([[0], np.cumsum(np.minimum(people, places))]).astype(np.int64)
