"""Stopped at any moment, by the clock or by hand, the engine has a valid plan and a bound; work, not time, decides."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, Plan, check, clock, dual, merge, replan, solve, worksites
from matcher.assignment.blocks import find_blocks
from matcher.assignment.clock import Clock
from matcher.assignment.dual import Crew, Dual
from matcher.assignment.exchange import exchange
from matcher.assignment.pins import reduce
from matcher.assignment.solve import plan_from
from tests.properties.test_assignment_components import beside
from tests.properties.test_assignment_properties import medium

SOLVE_MODULE = sys.modules["matcher.assignment.solve"]


def interrupt(*_: Any, **__: Any) -> Any:
    """What Ctrl-C does to whoever is at work."""
    raise KeyboardInterrupt


def two_towns() -> AssignmentProblem:
    """Two towns that share nothing."""
    return beside(cloud(60, 24, 8, seed=1), cloud(90, 36, 8, seed=3))


@pytest.mark.parametrize("after", [1, 2, 7, 40])
@pytest.mark.parametrize("make", [lambda: cloud(150, 60, 12, seed=1), two_towns, lambda: medium(0, caseload=True)])
def test_an_interrupt_while_progress_is_told(make: Callable[[], AssignmentProblem], after: int) -> None:
    """The best plan so far comes back, no worse than what was told, and says what ended it; nothing is told after."""
    problem, seen = make(), []

    def told(_phase: str, value: float, bound: float) -> None:
        seen.append((value, bound))
        if len(seen) == after:
            raise KeyboardInterrupt

    plan = solve(problem, gap=0.0, time_limit_s=30, progress=told)
    assert len(seen) == after
    assert plan.stopped_by == "interrupted"
    assert not plan.repeatable
    assert check(problem, plan) == []
    assert plan.objective >= seen[-1][0] - 1e-9
    assert plan.objective > 0.0
    assert plan.upper_bound <= seen[-1][1] * (1 + 1e-9)
    with pytest.raises(KeyboardInterrupt):
        plan.unless_interrupted()


@pytest.mark.parametrize("where", ["solve_by_cores", "find_blocks", "exchange", "improve"])
def test_an_interrupt_while_others_are_at_work(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Whatever was at work when it came, the plan so far is valid."""
    monkeypatch.setattr(worksites, where, interrupt)
    problem = medium(1, caseload=where == "solve_by_cores")
    plan = solve(problem, gap=0.0, time_limit_s=30)
    assert plan.stopped_by == "interrupted"
    assert check(problem, plan) == []
    assert plan.n_placed > 0


def test_an_interrupt_before_anything_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the problem is taken apart, and while plans are put together: a plan of what can be had at once."""
    problem = two_towns()
    for name, honest in (("components", SOLVE_MODULE.components), ("merge", merge)):
        calls: list[str] = []

        def first_time(*given: Any, honest: Any = honest, calls: list[str] = calls) -> Any:
            calls.append("")
            if len(calls) == 1:
                raise KeyboardInterrupt
            return honest(*given)

        with monkeypatch.context() as patch:
            patch.setattr(SOLVE_MODULE, name, first_time)
            plan = solve(problem, gap=0.3)
        assert plan.stopped_by == "interrupted"
        assert check(problem, plan) == []
        assert plan.n_placed > 30


SIGNALLED = """
import os, signal
from benchmarks.instances import cloud
from matcher.assignment import check, solve

signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background of a shell
told = []

def third_time(*news):
    told.append(news)
    if len(told) == 3:
        os.kill(os.getpid(), signal.SIGINT)

problem = cloud(300, 120, 20, seed=2)
plan = solve(problem, gap=0.0, time_limit_s=120, progress=third_time)
print(plan.stopped_by, check(problem, plan))
"""


def test_a_signal_ends_the_search() -> None:
    """Ctrl-C itself, while the engine searches; in a process of its own, since those of the tests end by it."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED], cwd=root, capture_output=True, text=True, timeout=200, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("interrupted []", 0), done.stderr


def test_without_time_only_what_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No blocks, no prices, no flow of many pairs: a plan by value and the bound that needs no proof."""
    monkeypatch.setattr(worksites, "find_blocks", interrupt)
    monkeypatch.setattr("matcher.assignment.connected.flow_plan", interrupt)
    for problem in (cloud(2000, 800, 20, seed=1), cloud(20_000, 8000, 20, seed=1, places_only=True)):
        plan = solve(problem, time_limit_s=0.0)
        assert plan.stopped_by == "time"
        assert check(problem, plan) == []
        assert plan.n_placed > 500
        assert np.isfinite(plan.upper_bound)


class Spent(Clock):
    """Time is up after so many looks at it."""

    def __init__(self, looks: int) -> None:
        super().__init__(3600.0)
        self.looks = looks

    def over(self) -> bool:
        self.looks -= 1
        if self.looks < 0:
            self.interrupt()
        return super().over()


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *given: Any) -> Any:
        self.calls += 1
        return self.function(*given)


def test_long_phases_look_at_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices of the relaxation, rounds and exchanges end in their midst, and nothing half done counts."""
    reduced = reduce(cloud(150, 60, 12, seed=1))
    steps = Counted(dual._choose_each)
    monkeypatch.setattr(dual, "_choose_each", steps)
    monkeypatch.setattr(dual, "_BLOCKS_BETWEEN_LOOKS", 4)
    monkeypatch.setattr(worksites, "_BLOCKS_BETWEEN_LOOKS", 4)
    crew = Crew(1)
    prices = Dual(reduced, find_blocks(reduced), crew, Spent(3), None)
    assert 0 < steps.calls <= 40
    before = prices.price.copy()
    assert prices.round(8, 1000) is None
    prices.tighten(8, 1000)
    assert prices.bound == np.inf
    np.testing.assert_array_equal(before, prices.price)
    moves = Counted(exchange)
    monkeypatch.setattr(worksites, "exchange", moves)
    search = worksites.Search(reduced, Spent(45), 0.0, 0, None, None, crew)
    for _ in search.steps():
        pass
    crew.close()
    assert 0 < moves.calls <= 15


class Slow:
    """A machine on which nothing takes time but what is told: each report of some phases, a hundred seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *phases: str) -> None:
        self.now, self.phases = 0.0, phases
        monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: self.now))

    def told(self, phase: str, _value: float, _bound: float) -> None:
        """Progress."""
        self.now += 100.0 * (phase in self.phases)


def same(one: Plan, other: Plan) -> None:
    """Plan, value and bound to the last bit."""
    np.testing.assert_array_equal(one.slot_of_citizen, other.slot_of_citizen)
    assert (one.objective, one.upper_bound, one.stopped_by) == (other.objective, other.upper_bound, other.stopped_by)


def test_a_slow_machine_makes_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gap is reached in time, though most of it went to one phase and however little is left of it."""
    monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    problem = cloud(200, 80, 15, seed=2)
    quick = solve(problem, gap=0.0003, time_limit_s=1e6)
    assert quick.stopped_by == "gap"
    slow = Slow(monkeypatch, "prices")
    solve(problem, gap=0.0003, time_limit_s=1e6, progress=slow.told)
    needed, slow.now = slow.now, 0.0
    assert needed >= 300.0
    same(solve(problem, gap=0.0003, time_limit_s=needed + 50.0, progress=slow.told), quick)
    slow.now = 0.0
    assert solve(problem, gap=0.0003, time_limit_s=needed - 250.0, progress=slow.told).stopped_by == "time"


def test_the_whole_is_decided_alike_on_a_slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caseload across worksites, which HiGHS decides: its turns end by nodes, with one worker and with two."""
    problem = medium(2, caseload=True)
    quick = solve(problem, gap=1e-5, time_limit_s=1e6)
    assert quick.stopped_by == "gap"
    for workers in (1, 2):
        slow = Slow(monkeypatch, "prices")
        again = plan_from(problem, time_limit_s=10_000, gap=1e-5, seed=0, progress=slow.told, workers=workers)
        assert slow.now > 500.0
        same(again, quick)


def test_a_part_leaves_its_time_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hard part comes first and has few of the pairs: it needs nearly all the time, and gets it."""
    monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    hard, easy = cloud(150, 60, 12, seed=3), cloud(600, 900, 8, seed=2)
    slow = Slow(monkeypatch, "prices", "exchanges")
    alone = [solve(problem, gap=0.0025, time_limit_s=1e6, progress=slow.told) for problem in (hard, easy)]
    assert [plan.stopped_by for plan in alone] == ["gap", "gap"]
    needed, slow.now = slow.now, 0.0
    plan = solve(beside(hard, easy), gap=0.0025, time_limit_s=needed + 50.0, progress=slow.told)
    assert plan.stopped_by == "gap"
    assert plan.objective == pytest.approx(sum(one.objective for one in alone))
    np.testing.assert_array_equal(plan.slot_of_citizen[:150], alone[0].slot_of_citizen)


def test_replanning_can_be_interrupted() -> None:
    """What was planned before is the plan so far."""
    problem = cloud(120, 50, 10, seed=2)
    first = solve(problem, gap=0.01)
    again = replan(problem, first, 0.02, gap=0.0, progress=interrupt)
    assert again.plan.stopped_by == "interrupted"
    assert again.kept_share == 1.0
