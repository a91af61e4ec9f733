"""Plans under resources and separations: price citizens, solve worksites exactly, mix and exchange their plans.

1. Prices settle by `Dual.round`. Every few rounds what the blocks choose is made a plan: citizens chosen twice are
   settled, and blocks exchange citizens (`exchange`).
2. Where limits span worksites, or a few large blocks hold everything, branch and bound decides the whole (`whole`), as
   long as the problem is small.
3. Otherwise, when prices have settled, the columns' own linear program moves them a little further, and neighbourhoods
   of blocks are planned anew by the best mix of columns (`replan`), where the plan falls short of the bound.

It ends when the gap is reached, when nothing improves any more, or when time is up. All decisions but the last rest on
counts of work, so the same problem and seed give the same plan.
"""

from dataclasses import dataclass

import numpy as np

from matcher.assignment.blocks import find_blocks
from matcher.assignment.bounds import UpperBounds, best_of_each
from matcher.assignment.clock import Clock
from matcher.assignment.columns import replan
from matcher.assignment.cores import solve_by_cores
from matcher.assignment.dual import Dual
from matcher.assignment.exchange import bench_for, exchange
from matcher.assignment.pins import Reduced
from matcher.assignment.plan import Progress, gap_of
from matcher.assignment.problem import Float, Int64
from matcher.assignment.residual import improve
from matcher.assignment.state import chosen_pairs, clear, empty_state, fill, groups_of, total_of

_MOST_ROUNDS = 400
_ROUNDS_A_PLAN = 10
_LEAST_REACH = 1e-5
_NODES = 50_000
_NODES_TO_PROVE = 2_000_000
_NODES_OF_EXCHANGE = 5_000
_FIRST_PASSES = 60
_PASSES = 20
_HEAT = 0.06
_NOISE_OF_EXCHANGE = 0.2
_NEIGHBOURS = 40
_MIX_NODES = 100
_IDLE_TURNS = 4
_ROUNDS_TO_REFINE = 5
_SHARES_TO_REFINE = (0.0, 0.9, 0.5, 0.0)
_WANTED = 20
_BLOCKS_DECIDED = 10
_CITIZENS_DECIDED = 60
_UNPLACED_DECIDED = 10
_WORK = 0.5
_WORTH_WHILE = 0.01
_LEAST_PARTS = 4
_LEAST_GAIN = 1e-12
_MOST_PAIRS_AS_A_WHOLE = 20_000
_NODES_OF_WHOLE = 200
_FEW_BLOCKS = 40
_MOST_PAIRS_OF_FEW_BLOCKS = 5_000
_NODES_OF_FEW_BLOCKS = 100_000
_SHARE_OF_TIME_FOR_PRICES = 0.5
_SHARE_WITH_FEW_BLOCKS = 0.1
_SHARE_OF_TIME_FOR_WHOLE = 0.6
_SHARE_OF_FEW_BLOCKS = 0.9


@dataclass(frozen=True, eq=False)
class Start:
    """Where to start from instead of from nothing: a plan and prices of a similar problem.

    Attributes
    ----------
    chosen : int64, remaining pairs of the plan
    bonus : value added to each of these pairs while plans are compared; never part of objective or bound
    citizen_price, slot_price, resource_price : as in `Plan`
    """

    chosen: Int64
    bonus: float
    citizen_price: Float
    slot_price: Float
    resource_price: Float


@dataclass(frozen=True, eq=False)
class Answer:
    """Chosen remaining pairs, prices, the bound that the citizens' and spanning prices prove, and all bounds known."""

    chosen: Int64
    citizen_price: Float
    slot_price: Float
    resource_price: Float
    proven: float
    bounds: UpperBounds


class _Search:
    """One run: prices, columns seen, and the best plan so far."""

    def __init__(
        self,
        reduced: Reduced,
        clock: Clock,
        gap: float,
        seed: int,
        progress: Progress | None,
        start: Start | None = None,
        workers: int = 2,
    ) -> None:
        self._reduced, self._gap, self._progress, self._start = reduced, gap, progress, start
        self._clock = clock
        self.blocks = find_blocks(reduced, *groups_of(reduced))
        known = None if start is None else (start.citizen_price, start.slot_price, start.resource_price)
        self.dual = Dual(reduced, self.blocks, workers=workers, known=known)
        self._position = np.empty(len(self.blocks.pair), dtype=np.int64)
        self._position[self.blocks.pair] = np.arange(len(self.blocks.pair))
        self._state, self._moves = empty_state(reduced), self.blocks
        if start is not None:
            counted = reduced.value.copy()
            counted[start.chosen] += start.bonus
            self._state = self._state._replace(value=counted)
            self._moves = self.blocks._replace(value=counted[self.blocks.pair])
        self._bench = bench_for(self.blocks, self.dual.mult, reduced.n_citizens)
        self._random = np.random.default_rng(seed)
        self.best, self.value = chosen_pairs(self._state), 0.0
        self._worth = 0.0  # of the best plan, with the bonus
        self.bounds = UpperBounds(best_of_each(reduced.n_citizens, reduced.citizen, reduced.value))

    @property
    def bound(self) -> float:
        """The lowest upper bound so far that the best plan does not refute."""
        self.bounds.note("worksite prices", self.dual.bound)
        return self.bounds.lowest(self.value)

    @property
    def _small(self) -> bool:
        return self._reduced.n_pairs <= _MOST_PAIRS_AS_A_WHOLE

    @property
    def _few_blocks(self) -> bool:
        return self.blocks.n_blocks <= _FEW_BLOCKS and self._reduced.n_pairs <= _MOST_PAIRS_OF_FEW_BLOCKS

    def run(self) -> None:
        """Both phases; or, from a start, a few steps of each."""
        try:
            if self._start is not None:
                self._refine(self._start)
                return
            self._settle_prices()
            self.dual.tighten(30, _NODES_TO_PROVE)
            self._report("prices")
            self._decide_whole()
            self._anneal(_FIRST_PASSES)
            idle = 0
            while idle < _IDLE_TURNS and not self._enough():
                worth_while = self.value + _WORTH_WHILE * (self.bound - self.value)
                self._plan_neighbourhoods(2**idle)
                self._anneal(_PASSES)
                idle = 0 if self.value > worth_while else idle + 1
        finally:
            self.dual.close()

    def _refine(self, start: Start) -> None:
        """Adjust known prices and a known plan to a problem that has changed a little."""
        for _ in range(_ROUNDS_TO_REFINE):
            self.dual.round(8, _NODES)
        self.dual.tighten(30, _NODES_TO_PROVE)
        fill(self._state, start.chosen)
        fill(self._state, self._by_net_value())
        self._keep_best()
        for share in _SHARES_TO_REFINE:
            if self._clock.over():
                return
            self._exchange(share, 0.0)
            self._report("refined")

    def _settle_prices(self) -> None:
        share = _SHARE_WITH_FEW_BLOCKS if self._small and self._few_blocks else _SHARE_OF_TIME_FOR_PRICES
        clock = self._clock.share(share)
        for turn in range(_MOST_ROUNDS):
            chosen = self.dual.round(8 if turn else 30, _NODES)
            if turn % _ROUNDS_A_PLAN == 0:
                clear(self._state)
                fill(self._state, self.blocks.pair[chosen])
                fill(self._state, self._by_net_value())
                self._exchange(0.0, 0.0)
                self._exchange(0.9, 0.0)
                self._report("prices")
            if self._enough() or self.dual.reach < _LEAST_REACH or clock.over():
                return

    def _anneal(self, passes: int) -> None:
        """Exchanges that may also lose a little: less from pass to pass, at last nothing."""
        worth = self.value / max(1, len(self.best))
        for turn in range(passes):
            if self._enough():
                return
            self._exchange(float(self._random.random()), _HEAT * worth * (1.0 - turn / (passes - 1)))
            self._report("exchanges")

    def _decide_whole(self) -> None:
        """Branch and bound on the whole, where prices leave much open and the problem is small enough for it."""
        if self._enough() or not self._small or not (len(self.blocks.spanning) or self._few_blocks):
            return
        nodes = _NODES_OF_FEW_BLOCKS if self._few_blocks else _NODES_OF_WHOLE
        share = _SHARE_OF_FEW_BLOCKS if self._few_blocks else _SHARE_OF_TIME_FOR_WHOLE
        found = solve_by_cores(self._reduced, self.value, self._gap, nodes, self._clock.share(share))
        if found.chosen is not None:
            clear(self._state)
            fill(self._state, found.chosen[np.argsort(-self._reduced.value[found.chosen], kind="stable")])
            self._keep_best()
        self.bounds.note("the linear relaxation", found.relaxed)
        self.bounds.note("the whole by HiGHS", found.bound)
        self._report("whole")

    def _plan_neighbourhoods(self, scale: int) -> None:
        """Plan parts of the best plan anew, most where it falls short of the bound; ``scale``: fewer, larger parts."""
        self._restore()
        self.dual.evaluate(np.concatenate([self.dual.price, self.dual.span_price]), 8, _NODES)
        shortfall = self.dual.shortfall(self._position[self.best])
        weight = (shortfall + 1e-3 * shortfall.max() + 1e-300) / (shortfall + 1e-3 * shortfall.max() + 1e-300).sum()
        count = max(_LEAST_PARTS, 2 * self.blocks.n_blocks // (_NEIGHBOURS * scale))
        for seed in self._random.choice(self.blocks.n_blocks, count, p=weight).tolist():
            if self._enough():
                return
            members = self._neighbourhood(seed, _NEIGHBOURS)
            replan(self._state, self.dual, members, self._position, self._random, _MIX_NODES * scale, self._clock)
            self._decide_again(seed, scale)
            self._keep_best()
            self._report("neighbourhoods")

    def _neighbourhood(self, seed: int, most: int) -> Int64:
        """Blocks around ``seed``: those that hold citizens whom it, and then they, would like to have."""
        blocks, price = self.blocks, self.dual.price
        size = min(most, blocks.n_blocks)
        members, queue = {seed}, [seed]
        for b in queue:
            here = slice(blocks.pair_start[b], blocks.pair_start[b + 1])
            net = blocks.value[here] - price[blocks.citizen[here]]
            wanted = blocks.citizen[here][np.argsort(-net, kind="stable")[:_WANTED]]
            placed = self._state.pair_of[wanted]
            for other in self._bench.block_of[placed[placed >= 0]].tolist():
                if len(members) < size and other not in members:
                    members.add(other)
                    queue.append(other)
        return np.array(sorted(members), dtype=np.int64)

    def _decide_again(self, seed: int, scale: int) -> None:
        """Hand the pairs of some citizens placed around ``seed``, and of some unplaced, to CP-SAT."""
        placed = self._state.pair_of
        block = np.where(placed >= 0, self._bench.block_of[placed], -1)
        members = self._neighbourhood(seed, scale * _BLOCKS_DECIDED)
        inside = np.flatnonzero(np.isin(block, members))
        unplaced = np.flatnonzero(placed < 0)
        some = [
            self._random.permutation(inside)[: scale * _CITIZENS_DECIDED],
            self._random.permutation(unplaced)[: scale * _UNPLACED_DECIDED],
        ]
        improve(
            self._state, np.sort(np.concatenate(some)), scale * _WORK, int(self._random.integers(2**31)), self._clock
        )

    def _exchange(self, share: float, heat: float) -> None:
        """One exchange on every block, in random order; ``heat`` is what a move may lose on average, in value."""
        dual, random = self.dual, self._random
        n_blocks = self.blocks.n_blocks
        price = dual.price * (1.0 + _NOISE_OF_EXCHANGE * random.uniform(-1.0, 1.0, len(dual.price)))
        floor = -heat * random.exponential(size=n_blocks) if heat > 0.0 else np.full(n_blocks, _LEAST_GAIN)
        order = random.permutation(n_blocks)
        exchange(
            self._state, self._moves, order, price, dual.span_price, share, floor, 8, _NODES_OF_EXCHANGE, self._bench
        )
        self._keep_best()

    def _keep_best(self) -> None:
        worth = total_of(self._state)
        if worth > self._worth:
            self._worth, self.best = worth, chosen_pairs(self._state)
            self.value = float(self._reduced.value[self.best].sum())

    def _by_net_value(self) -> Int64:
        """Remaining pairs by falling value less the citizen's price."""
        reduced = self._reduced
        return np.lexsort((-reduced.value, self.dual.price[reduced.citizen] - reduced.value))

    def _restore(self) -> None:
        clear(self._state)
        fill(self._state, self.best)

    def _enough(self) -> bool:
        return gap_of(self.value, self.bound) <= self._gap or self._clock.over()

    def _report(self, phase: str) -> None:
        if self._progress is not None:
            self._progress(phase, self.value, self.bound)


def price_worksites(
    reduced: Reduced,
    clock: Clock,
    gap: float,
    seed: int,
    progress: Progress | None,
    start: Start | None = None,
    workers: int = 2,
) -> Answer:
    """Plan the remaining pairs under (1)–(4); ``clock`` is what ends the search if nothing else does.

    ``workers`` threads solve blocks; the answer does not depend on their number.
    """
    search = _Search(reduced, clock, gap, seed, progress, start, workers)
    search.run()
    search.bounds.note("worksite prices", search.dual.bound)
    return Answer(search.best, search.dual.price, *search.dual.limit_prices(reduced), search.dual.bound, search.bounds)
