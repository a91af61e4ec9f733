r"""Prices by decomposition: u_i for citizens, y_r for resources that span blocks, and with them an upper bound.

    L(u, y) = Σ_i u_i + Σ_r y_r + Σ_B f_B(v - u - y · share),      y_r in value of the whole limit

is convex; a subgradient is 1 less the number of times a citizen is chosen, and 1 less the share of a limit that is
used.
Two phases:

1. `relax`: the blocks' own limits are priced as well (λ), which leaves a choice of one pair a citizen. That is the
   linear relaxation's dual, cheap to evaluate, and gives u, y and λ to start from.
2. `Dual.round`: blocks solved exactly, or to a node limit, where the bound stays valid (`kernel.price_blocks`).

Both step along an average of subgradients, with Polyak's length for a target a fixed share below the best bound; the
share shrinks when the bound stalls. A dimension's steps are weighted with the number of pairs its limit admits.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matcher.assignment.blocks import Blocks
from matcher.assignment.clock import Clock
from matcher.assignment.compiled import entry
from matcher.assignment.kernel import price_blocks
from matcher.assignment.knapsack import scratch_for
from matcher.assignment.pins import Reduced
from matcher.assignment.prices import rounded_up_sum
from matcher.assignment.problem import Float, Int32, Int64

_RELAX_STEPS = 300
_KERNEL_ROUNDINGS = 4096
_PARTS = 4
_BLOCKS_BETWEEN_LOOKS = 4096
_STEPS_BETWEEN_LOOKS = 10
_FIRST_REACH = 1e-3
_REACH_FROM_KNOWN = 2e-4


class _Descent:
    """Where the best bound was seen, and how far to step from there."""

    def __init__(self, start: Float, weight: Float, reach: float, patience: int, memory: float) -> None:
        self.best = np.inf
        self.point = self.best_point = start
        self.weight, self.reach, self.patience, self.memory = weight, reach, patience, memory
        self._average: Float | None = None
        self._stalled = 0

    def step(self, bound: float, subgradient: Float) -> bool:
        """Take note of L and its subgradient at ``point`` and move on; says whether the bound is the best so far."""
        better = bound < self.best
        self._stalled = (
            0 if bound < self.best - 1e-5 * abs(self.best) or not np.isfinite(self.best) else self._stalled + 1
        )
        if better:
            self.best, self.best_point = bound, self.point
        if self._stalled >= self.patience:
            self.reach, self._stalled, self.point = self.reach * 0.6, 0, self.best_point
        average = (
            subgradient if self._average is None else self.memory * self._average + (1 - self.memory) * subgradient
        )
        self._average = average
        downhill = np.where((self.point <= 0) & (average > 0), 0.0, average)
        norm = float(self.weight @ downhill**2)
        if norm > 0:
            length = self.reach * abs(self.best) / norm
            self.point = np.maximum(0.0, self.point - length * self.weight * downhill)
        return better


class Crew:
    """Threads that solve blocks, for one problem after another or for several in turn."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.threads = ThreadPoolExecutor(count)

    def close(self) -> None:
        """Wait until they have ended what they are at, and let them go."""
        self.threads.shutdown()


class Dual:
    """Prices, bound and the blocks' latest choices; deterministic for any number of workers.

    Attributes
    ----------
    price : float64 of shape (n_citizens,), u at the best bound
    span_price : float64 of shape (n_spanning,), y at the best bound, in value of the whole limit
    mult : float64, λ of every block's dimensions, in value of the whole limit
    bound : the best upper bound so far, rounded up
    """

    def __init__(
        self, reduced: Reduced, blocks: Blocks, crew: Crew, clock: Clock, known: tuple[Float, Float, Float] | None
    ) -> None:
        self.blocks = blocks
        self._crew, self._clock = crew, clock
        self._n = reduced.n_citizens
        self._all = np.arange(blocks.n_blocks)
        self._weight = np.concatenate(
            [np.ones(self._n), _admitted(blocks.span, blocks.span_share, len(blocks.spanning))]
        )
        self._scratch = [scratch_for(blocks) for _ in range(_PARTS * crew.count if crew.count > 1 else 1)]
        self._bounds, self._values = np.zeros(blocks.n_blocks), np.zeros(blocks.n_blocks)
        self._out, self._size = (
            np.zeros(blocks.out_start[-1], dtype=np.int64),
            np.zeros(blocks.n_blocks, dtype=np.int64),
        )
        start = relax(reduced, blocks, clock) if known is None else _in_whole_limits(reduced, blocks, *known)
        self.price, self.span_price, self.mult = start
        self.bound = np.inf
        reach = _FIRST_REACH if known is None else _REACH_FROM_KNOWN
        self._descent = _Descent(np.concatenate([self.price, self.span_price]), self._weight, reach, 6, 0.6)

    def evaluate(self, point: Float, steps: int, most_nodes: int) -> float:
        """L at ``point``, rounded up; inf when time was up before all blocks were solved."""
        solved = self.solve(self._all, point[: self._n], point[self._n :], steps, most_nodes)
        return math.inf if solved is None else self._rounded(point)

    def _rounded(self, point: Float) -> float:
        return rounded_up_sum(np.concatenate([point, self._bounds]), _KERNEL_ROUNDINGS)

    def solve(
        self, which: Int64, price: Float, span_price: Float, steps: int, most_nodes: int, blocks: Blocks | None = None
    ) -> tuple[Int64, float] | None:
        """Solve some blocks, ascending; returns positions they choose and the sum of their bounds.

        ``blocks``: the same blocks with other values. None when time was up before all were solved.
        """
        for turn, some in enumerate(np.array_split(which, 1 + len(which) // _BLOCKS_BETWEEN_LOOKS)):
            if turn and self._clock.over():
                return None
            jobs = [
                self._crew.threads.submit(
                    price_blocks, blocks or self.blocks, part, price, span_price, self.mult, steps, most_nodes,
                    self._bounds, self._values, self._out, self._size, scratch,
                )
                for part, scratch in zip(np.array_split(some, len(self._scratch)), self._scratch, strict=True)
            ]  # fmt: skip
            for job in jobs:
                job.result()
        start, size = self.blocks.out_start[which], self._size[which]
        where = np.repeat(start + size - np.cumsum(size), size) + np.arange(size.sum())
        return self._out[where], float(self._bounds[which].sum())

    def round(self, steps: int, most_nodes: int) -> Int64 | None:
        """One evaluation and one step; returns the pairs chosen by the blocks, as positions in ``blocks.pair``.

        None when time was up before all blocks were solved: then neither prices nor bound have changed.
        """
        point = self._descent.point
        solved = self.solve(self._all, point[: self._n], point[self._n :], steps, most_nodes)
        if solved is None:
            return None
        chosen, _ = solved
        self._note(point, self._rounded(point))
        likely = float(point.sum() + self._values.sum())
        self._descent.step(likely, np.concatenate([1.0 - self._times(chosen), 1.0 - self._used(chosen)]))
        return chosen

    def tighten(self, steps: int, most_nodes: int) -> None:
        """Solve the blocks with more nodes at the best point."""
        best = self._descent.best_point
        if np.isfinite(self._descent.best):
            self._note(best, self.evaluate(best, steps, most_nodes))
        point = np.concatenate([self.price, self.span_price])
        if not np.array_equal(point, best):
            self._note(point, self.evaluate(point, steps, most_nodes))

    def _note(self, point: Float, bound: float) -> None:
        if bound < self.bound:
            self.bound, self.price, self.span_price = bound, point[: self._n], point[self._n :]

    def shortfall(self, positions: Int64) -> Float:
        """By block: how much a plan is worth less, at the best prices, than the block's bound in the latest evaluation.

        ``positions`` are the pairs of the plan, as positions in ``blocks.pair``.
        """
        blocks = self.blocks
        worth = blocks.value[positions] - self.price[blocks.citizen[positions]]
        spans = np.diff(blocks.span_at)[positions]
        where = np.repeat(blocks.span_at[positions + 1] - np.cumsum(spans), spans) + np.arange(spans.sum())
        charged = self.span_price[blocks.span[where]] * blocks.span_share[where]
        worth -= np.bincount(np.repeat(np.arange(len(positions)), spans), weights=charged, minlength=len(positions))
        block = np.searchsorted(blocks.pair_start, positions, side="right") - 1
        return np.maximum(0.0, self._bounds - np.bincount(block, weights=worth, minlength=blocks.n_blocks))

    @property
    def reach(self) -> float:
        """Share of the bound that the next step aims to gain."""
        return self._descent.reach

    def limit_prices(self, reduced: Reduced) -> tuple[Float, Float]:
        """Prices of one place of each slot and of one unit of each resource, >= 0; 0 where a limit cannot bind."""
        blocks = self.blocks
        whole = np.zeros(reduced.n_slots + len(reduced.limit))
        named = blocks.limit_of_dim >= 0
        whole[blocks.limit_of_dim[named]] = self.mult[named]
        whole[reduced.n_slots + blocks.spanning] = self.span_price
        slot_price = whole[: reduced.n_slots] / np.maximum(1, reduced.capacity)
        limited = whole[reduced.n_slots :] > 0
        return slot_price, np.divide(whole[reduced.n_slots :], reduced.limit, out=np.zeros(len(limited)), where=limited)

    def _times(self, chosen: Int64) -> Float:
        return np.bincount(self.blocks.citizen[chosen], minlength=self._n).astype(np.float64)

    def _used(self, chosen: Int64) -> Float:
        start, end = self.blocks.span_at[chosen], self.blocks.span_at[chosen + 1]
        where = np.repeat(start - np.cumsum(end - start) + (end - start), end - start) + np.arange((end - start).sum())
        share = self.blocks.span_share[where]
        used = np.bincount(self.blocks.span[where], weights=share, minlength=len(self.blocks.spanning))
        return used.astype(np.float64)


def _in_whole_limits(
    reduced: Reduced, blocks: Blocks, citizen_price: Float, slot_price: Float, resource_price: Float
) -> tuple[Float, Float, Float]:
    """u, y and λ in value of whole limits from prices of one place and one unit; see `Dual.limit_prices`."""
    whole = np.zeros(reduced.n_slots + len(reduced.limit))
    whole[: reduced.n_slots] = slot_price * reduced.capacity
    limited = np.isfinite(reduced.limit)
    whole[reduced.n_slots :][limited] = resource_price[limited] * reduced.limit[limited]
    named = blocks.limit_of_dim >= 0
    mult = np.where(named, whole[np.maximum(0, blocks.limit_of_dim)], 0.0)
    return citizen_price.copy(), whole[reduced.n_slots + blocks.spanning], mult


def _admitted(dim: Int32, share: Float, n_dims: int) -> Float:
    """How many pairs of mean use a limit admits, at least 1."""
    count = np.bincount(dim, minlength=n_dims)
    used = np.bincount(dim, weights=share, minlength=n_dims)
    return np.asarray(np.maximum(1.0, count / np.maximum(1e-12, used)), dtype=np.float64)


def relax(reduced: Reduced, blocks: Blocks, clock: Clock) -> tuple[Float, Float, Float]:
    """Prices u, y and λ near those of the linear relaxation; see the module's docstring."""
    sizes = np.diff(blocks.at)
    block = np.repeat(np.arange(blocks.n_blocks), np.diff(blocks.pair_start))
    dim = (blocks.dim + np.repeat(blocks.dim_start[block], sizes)).astype(np.int32)
    n_dims, n_span = int(blocks.dim_start[-1]), len(blocks.spanning)
    weight = np.concatenate([_admitted(dim, blocks.share, n_dims), _admitted(blocks.span, blocks.span_share, n_span)])
    descent = _Descent(np.zeros(n_dims + n_span), weight, 0.05, 10, 0.7)
    best, slack = np.zeros(reduced.n_citizens), np.zeros(n_dims + n_span)
    who = np.zeros(reduced.n_citizens, dtype=np.int64)
    price = best.copy()
    for step in range(_RELAX_STEPS):
        if step % _STEPS_BETWEEN_LOOKS == 0 and clock.over():
            break
        point = descent.point
        bound = _choose_each(blocks, dim, point, n_dims, best, who, slack)
        if descent.step(bound, slack):
            price = best.copy()
    mult = descent.best_point
    return price, mult[n_dims:].copy(), mult[:n_dims].copy()


@entry
def _choose_each(blocks: Blocks, dim: Int32, mult: Float, n_dims: int, best: Float, who: Int64, slack: Float) -> float:
    """Σ mult + Σ_i max(0, max_e (v_e - mult · share_e)); each citizen's best pair and the slack it leaves."""
    best[:] = 0.0
    who[:] = -1
    slack[:] = 1.0
    for k in range(len(blocks.pair)):
        w = blocks.value[k]
        for x in range(blocks.at[k], blocks.at[k + 1]):
            w -= mult[dim[x]] * blocks.share[x]
        for x in range(blocks.span_at[k], blocks.span_at[k + 1]):
            w -= mult[n_dims + blocks.span[x]] * blocks.span_share[x]
        i = blocks.citizen[k]
        if w > best[i]:
            best[i], who[i] = w, k
    total: float = mult.sum() + best.sum()
    for k in who:
        if k >= 0:
            for x in range(blocks.at[k], blocks.at[k + 1]):
                slack[dim[x]] -= blocks.share[x]
            for x in range(blocks.span_at[k], blocks.span_at[k + 1]):
                slack[n_dims + blocks.span[x]] -= blocks.span_share[x]
    return total
