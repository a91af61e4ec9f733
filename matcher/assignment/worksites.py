"""Plans under resources and separations: price citizens, solve worksites exactly, mix and exchange their plans.

1. Prices settle by `Dual.round`. Every few rounds what the blocks choose is made a plan: citizens chosen twice are
   settled, and blocks exchange citizens (`exchange`).
2. Where limits span worksites, or a few large blocks hold everything, branch and bound decides the whole (`whole`), as
   long as the problem is small.
3. Otherwise, when prices have settled, the columns' own linear program moves them a little further, and neighbourhoods
   of blocks are planned anew by the best mix of columns (`replan`), where the plan falls short of the bound.

From an earlier plan, a few rounds and exchanges take the place of 1.

It ends when the gap is reached, when nothing improves any more, or when time is up. Every phase ends by counts of work
and the clock ends only the whole, so the same problem and seed give the same plan whenever it is not the clock that
ends it. `Search.steps` stops after each piece of work: then others can have their turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.blocks import find_blocks
from matcher.assignment.bounds import UpperBounds, best_of_each
from matcher.assignment.clock import Clock
from matcher.assignment.columns import replan
from matcher.assignment.cores import solve_by_cores
from matcher.assignment.dual import Crew, Dual
from matcher.assignment.exchange import bench_for, exchange
from matcher.assignment.pins import Reduced
from matcher.assignment.plan import Progress, gap_of
from matcher.assignment.problem import Float, Int64
from matcher.assignment.residual import improve
from matcher.assignment.state import chosen_pairs, clear, empty_state, fill, total_of

_ROUNDS_A_PLAN = 10
_STAGES = ((2e-4, 60), (1e-5, 60))
"""Reach down to which prices settle, and passes of exchanges after it."""
_NODES = 50_000
_NODES_TO_PROVE = 2_000_000
_NODES_OF_EXCHANGE = 5_000
_BLOCKS_BETWEEN_LOOKS = 4096
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
_NODES_OF_WHOLE = (20, 200)
_FEW_BLOCKS = 40
_MOST_PAIRS_OF_FEW_BLOCKS = 5_000
_NODES_OF_FEW_BLOCKS = (1_000, 10_000, 100_000)


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


def no_answer(reduced: Reduced) -> Answer:
    """Nobody placed, no prices, and the bound that needs none."""
    bounds = UpperBounds(best_of_each(reduced.n_citizens, reduced.citizen, reduced.value))
    prices = np.zeros(reduced.n_citizens), np.zeros(reduced.n_slots), np.zeros(len(reduced.limit))
    return Answer(np.empty(0, dtype=np.int64), *prices, np.inf, bounds)


class Search:
    """One run: prices, columns seen, and the best plan so far.

    Parameters
    ----------
    reduced : the remaining pairs under (1)–(4), values in the unit of `units`
    clock : what ends the search if nothing else does
    crew : threads that solve blocks; the answer does not depend on their number
    """

    def __init__(
        self,
        reduced: Reduced,
        clock: Clock,
        gap: float,
        seed: int,
        progress: Progress | None,
        start: Start | None,
        crew: Crew,
    ) -> None:
        self._reduced, self._gap, self._progress, self._start = reduced, gap, progress, start
        self._clock, self._crew = clock, crew
        self._dual: Dual | None = None
        self._counted = reduced.value  # with the bonus: what plans are compared by
        if start is not None:
            self._counted = reduced.value.copy()
            self._counted[start.chosen] += start.bonus
        self._state = empty_state(replace(reduced, value=self._counted))
        self._rounds = 0
        self._random = np.random.default_rng(seed)
        self.best, self.value = chosen_pairs(self._state), 0.0
        self._worth = 0.0  # of the best plan, with the bonus
        self.bounds = UpperBounds(best_of_each(reduced.n_citizens, reduced.citizen, reduced.value))
        self._all_kept = 0.0 if start is None else start.bonus * len(start.chosen)
        self._most_worth = np.inf  # no plan is worth more with the bonus, by HiGHS

    @property
    def dual(self) -> Dual:
        """Prices; there from the second step on."""
        if self._dual is None:
            raise RuntimeError("the prices are asked for before the search has begun")
        return self._dual

    @property
    def bound(self) -> float:
        """The lowest upper bound so far that the best plan does not refute."""
        if self._dual is not None:
            self.bounds.note("worksite prices", self._dual.bound)
        return self.bounds.lowest(self.value)

    def steps(self) -> Iterator[None]:
        """All phases, piece by piece; after each the best plan so far and a bound can be had."""
        self._plan_at_once()
        yield
        if self._enough():
            return
        self._find_prices()
        yield
        if self._start is None:
            for reach, passes in _STAGES:
                yield from self._settle_prices(reach)
                yield from self._anneal(passes)
        else:
            yield from self._refine(self._start)
        whole = iter(self._turns_as_a_whole())
        idle = 0
        while not self._enough():
            worth_while = self._worth + _WORTH_WHILE * (self.bound - self.value)
            nodes = next(whole, 0)
            if nodes:
                self._decide_whole(nodes)
                yield
            yield from self._plan_neighbourhoods(2**idle)
            yield from self._anneal(_PASSES)
            idle = 0 if self._worth > worth_while else idle + 1
            if idle >= _IDLE_TURNS and not nodes:
                return

    def answer(self) -> Answer:
        """The best plan so far, with prices and bounds."""
        if self._dual is None:
            return replace(no_answer(self._reduced), chosen=self.best)
        self.bounds.note("worksite prices", self.dual.bound)
        prices = self.dual.limit_prices(self._reduced)
        return Answer(self.best, self.dual.price, *prices, self.dual.bound, self.bounds)

    def _plan_at_once(self) -> None:
        """What was chosen before, then the pairs by falling value: a plan before anything that takes time."""
        if self._start is not None:
            fill(self._state, self._start.chosen)
        fill(self._state, np.argsort(-self._counted, kind="stable"))
        self._keep_best()
        self._report("greedy")

    def _find_prices(self) -> None:
        """Blocks, and prices to start from."""
        start = self._start
        self.blocks = find_blocks(self._reduced)
        self._moves = self.blocks._replace(value=self._counted[self.blocks.pair])
        self._position = np.empty(len(self.blocks.pair), dtype=np.int64)
        self._position[self.blocks.pair] = np.arange(len(self.blocks.pair))
        known = None if start is None else (start.citizen_price, start.slot_price, start.resource_price)
        self._dual = Dual(self._reduced, self.blocks, self._crew, self._clock, known)
        self._bench = bench_for(self.blocks, self.dual.mult, self._reduced.n_citizens)

    def _refine(self, start: Start) -> Iterator[None]:
        """Adjust known prices and a known plan to a problem that has changed a little."""
        for _ in range(_ROUNDS_TO_REFINE):
            self.dual.round(8, _NODES)
            yield
        self.dual.tighten(30, _NODES_TO_PROVE)
        clear(self._state)
        fill(self._state, start.chosen)
        fill(self._state, self._by_net_value())
        self._keep_best()
        for share in _SHARES_TO_REFINE:
            self._exchange(share, 0.0)
            self._report("refined")
            yield
            if self._enough():
                return

    def _settle_prices(self, reach: float) -> Iterator[None]:
        """Rounds until the next would gain less than this share of the bound."""
        while not self._enough() and self.dual.reach >= reach:
            chosen = self.dual.round(8 if self._rounds else 30, _NODES)
            if self._rounds % _ROUNDS_A_PLAN == 0 and chosen is not None:
                clear(self._state)
                fill(self._state, self.blocks.pair[chosen])
                fill(self._state, self._by_net_value())
                self._exchange(0.0, 0.0)
                self._exchange(0.9, 0.0)
                self._report("prices")
            self._rounds += 1
            yield
        self.dual.tighten(30, _NODES_TO_PROVE)
        self._report("prices")

    def _anneal(self, passes: int) -> Iterator[None]:
        """Exchanges that may also lose a little: less from pass to pass, at last nothing."""
        worth = self.value / max(1, len(self.best))
        for turn in range(passes):
            if self._enough():
                return
            self._exchange(float(self._random.random()), _HEAT * worth * (1.0 - turn / (passes - 1)))
            self._report("exchanges")
            yield

    def _turns_as_a_whole(self) -> tuple[int, ...]:
        """Nodes of the turns in which the whole is decided: where prices leave much open and the problem is small."""
        if self._reduced.n_pairs > _MOST_PAIRS_AS_A_WHOLE:
            return ()
        if self.blocks.n_blocks <= _FEW_BLOCKS and self._reduced.n_pairs <= _MOST_PAIRS_OF_FEW_BLOCKS:
            return _NODES_OF_FEW_BLOCKS
        return _NODES_OF_WHOLE if len(self.blocks.spanning) else ()

    def _decide_whole(self, nodes: int) -> None:
        """Branch and bound on the whole; with a bonus, once to compare plans and once more for the bound."""
        counted = replace(self._reduced, value=self._counted)
        found = solve_by_cores(counted, self._worth, self._gap, nodes, self._clock)
        if found.chosen is not None:
            clear(self._state)
            fill(self._state, found.chosen[np.argsort(-self._counted[found.chosen], kind="stable")])
            self._keep_best()
        self._most_worth = min(self._most_worth, found.relaxed, found.bound)
        if self._counted is not self._reduced.value and not self._near() and not self._clock.over():
            found = solve_by_cores(self._reduced, self.value, self._gap, nodes, self._clock)
        self.bounds.note("the linear relaxation", found.relaxed)
        self.bounds.note("the whole by HiGHS", found.bound)
        self._report("whole")

    def _plan_neighbourhoods(self, scale: int) -> Iterator[None]:
        """Plan parts of the best plan anew, most where it falls short of the bound; ``scale``: fewer, larger parts."""
        self._restore()
        self.dual.evaluate(np.concatenate([self.dual.price, self.dual.span_price]), 8, _NODES)
        shortfall = self.dual.shortfall(self._position[self.best])
        weight = (shortfall + 1e-3 * shortfall.max() + 1e-300) / (shortfall + 1e-3 * shortfall.max() + 1e-300).sum()
        count = max(_LEAST_PARTS, 2 * self.blocks.n_blocks // (_NEIGHBOURS * scale))
        for seed in self._random.choice(self.blocks.n_blocks, count, p=weight).tolist():
            if self._enough():
                return
            members, nodes = self._neighbourhood(seed, _NEIGHBOURS), _MIX_NODES * scale
            replan(self._state, self.dual, self._moves, members, self._position, self._random, nodes, self._clock)
            self._decide_again(seed, scale)
            self._keep_best()
            self._report("neighbourhoods")
            yield

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
        for begin in range(0, n_blocks, _BLOCKS_BETWEEN_LOOKS):
            if begin and self._clock.over():
                break
            some = slice(begin, begin + _BLOCKS_BETWEEN_LOOKS)
            exchange(
                self._state, self._moves, order[some], price, dual.span_price, share, floor[some], 8,
                _NODES_OF_EXCHANGE, self._bench,
            )  # fmt: skip
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

    def _near(self) -> bool:
        """Whether the gap is reached, without the bonus."""
        return gap_of(self.value, self.bound) <= self._gap

    def _enough(self) -> bool:
        """Whether the gap is reached, with or without the bonus, or time is up."""
        most = min(self._most_worth, self.bound + self._all_kept)
        return self._near() or self._worth >= (1.0 - self._gap) * most or self._clock.over()

    def _report(self, phase: str) -> None:
        if self._progress is not None:
            self._progress(phase, self.value, self.bound)
