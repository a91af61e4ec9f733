"""The engine's promises: pins, determinism, limits, progress, never nothing."""

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, Resources, Separations, check, components, merge, solve, worksites
from matcher.assignment.clock import Clock
from matcher.assignment.solve import plan_from
from tests.oracles import whole_value

ROOT = Path(__file__).parents[2]


def pairs(n: int, m: int, **changes: object) -> AssignmentProblem:
    """Every citizen eligible for every slot, values falling with both indices, one place a slot."""
    citizen, slot = np.divmod(np.arange(n * m, dtype=np.int32), np.int32(m))
    value = 1.0 + 1.0 / (1 + citizen) + 0.1 / (1 + slot)
    given: dict[str, object] = {"capacity": np.ones(m, dtype=np.int64)}
    return AssignmentProblem(n, m, citizen, slot, value, **(given | changes))  # type: ignore[arg-type]  # by name


def test_contradicting_pins_are_named_and_the_rest_is_planned() -> None:
    """Two pins on one place: both are named, the better one is kept, and everybody else is placed."""
    problem = pairs(3, 3, pinned=np.array([8, 0, 3], dtype=np.int32))  # 2→2, and both 0 and 1 → 0
    plan = solve(problem)
    assert plan.status == "infeasible"
    assert plan.conflict == (1, 2)
    assert plan.released == (2,)
    assert plan.slot_of_citizen.tolist() == [0, 1, 2]
    assert [v.index for v in check(problem, plan)] == [2]


@pytest.mark.parametrize(
    ("pinned", "conflict"),
    [
        ([0, 1], (0, 1)),  # one citizen, two slots
        ([0, 4, 8, 12], (1, 3)),  # 1 and 3 are kept apart at the worksite of slots 0 and 1
        ([0, 5, 10], (0, 1, 2)),  # three who need 2 hours each, of 5
        ([0, 6], ()),
    ],
)
def test_smallest_conflict(pinned: list[int], conflict: tuple[int, ...]) -> None:
    """The conflict is a smallest set of pins that cannot be kept together, and empty when all can."""
    need = np.array([2.0, 2.0, 2.0, 0.5])
    problem = pairs(
        4,
        4,
        capacity=np.full(4, 2, dtype=np.int64),
        resources=Resources(sparse.csr_array(np.repeat(need, 4)[None, :]), np.array([5.0])),
        separations=Separations(
            np.array([0, 0, 1, 2], dtype=np.int32), np.array([0, 1, 0, 2], dtype=np.int32), ((2, 1),)
        ),
        pinned=np.array(pinned, dtype=np.int32),
    )
    plan = solve(problem)
    assert plan.conflict == conflict
    assert (plan.status == "infeasible") == bool(conflict)


def test_pin_holds_against_value() -> None:
    """A pinned pair is kept although another plan is worth more, and the bound is that of the problem with the pin."""
    problem = pairs(2, 1, pinned=np.array([1], dtype=np.int32))
    plan = solve(problem)
    assert plan.slot_of_citizen.tolist() == [-1, 0]
    assert plan.upper_bound == pytest.approx(1.6)
    assert plan.slot_price[0] == pytest.approx(2.1)  # what the citizen left out would bring


def test_nothing_to_decide() -> None:
    """No citizens, no slots, no pairs, no places: an empty plan, proven."""
    empty = np.empty(0, dtype=np.int32)
    for n, m in ((0, 0), (3, 0), (0, 3), (2, 2)):
        plan = solve(AssignmentProblem(n, m, empty, empty, np.empty(0), np.zeros(m, dtype=np.int64)))
        assert (plan.status, plan.objective, plan.upper_bound, plan.gap) == ("optimal", 0.0, 0.0, 0.0)
        assert plan.slot_of_citizen.tolist() == [-1] * n


def test_infinite_limit_is_no_limit() -> None:
    """A limit of inf binds nothing and has no price."""
    use = sparse.csr_array(np.ones((1, 9)))
    plan = solve(pairs(3, 3, resources=Resources(use, np.array([np.inf]))))
    assert plan.n_placed == 3
    assert plan.resource_price.tolist() == [0.0]
    assert np.isfinite(plan.upper_bound)


def test_full_time_persons_add_up() -> None:
    """10/37 and 27/37 make one full-time person in spite of floating point."""
    hours = np.array([10 / 37, 27 / 37])
    problem = AssignmentProblem(
        2,
        1,
        np.array([0, 1], dtype=np.int32),
        np.array([0, 0], dtype=np.int32),
        np.ones(2),
        np.array([5]),
        Resources(sparse.csr_array(hours[None, :]), np.array([np.nextafter(1.0, 0.0)])),
    )
    plan = solve(problem)
    assert plan.n_placed == 2
    assert check(problem, plan) == []


@pytest.mark.parametrize("seed", range(3))
def test_municipality_size_is_proven(seed: int) -> None:
    """The night of a municipality: 547 citizens, 330 slots, 40 candidates, in seconds and to within one percent."""
    problem = cloud(547, 330, 40, seed=seed, places_mean=0.0)
    plan = solve(problem, time_limit_s=30, gap=0.01)
    assert check(problem, plan) == []
    assert plan.gap <= 0.01


def digest(gap: float) -> str:
    """A hash of all that a plan says."""
    plan = solve(cloud(150, 60, 12, seed=3), gap=gap, seed=5, time_limit_s=60)
    prices = np.concatenate([plan.slot_price, plan.resource_price, plan.citizen_price])
    figures = np.array([plan.objective, plan.upper_bound, plan.gap])
    return hashlib.sha256(plan.slot_of_citizen.tobytes() + prices.tobytes() + figures.tobytes()).hexdigest()


def test_same_plan_in_two_processes() -> None:
    """Same problem and seed: the same bytes, in this process and in another."""
    code = "from tests.unit.test_assignment_solve import digest; print(digest(0.005))"
    other = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == digest(0.005)


def test_time_limit_is_kept_and_the_plan_is_valid() -> None:
    """Stopped at once, the engine still returns a valid plan and a bound."""
    problem = cloud(400, 150, 20, seed=2)
    solve(problem, time_limit_s=0.0)  # compiled code is loaded
    begun = time.monotonic()
    plan = solve(problem, time_limit_s=0.0)
    assert time.monotonic() - begun < 5.0
    assert check(problem, plan) == []
    assert plan.n_placed > 0
    assert np.isfinite(plan.upper_bound)
    assert plan.stopped_by == "time"


def test_progress_only_improves() -> None:
    """The callback sees values rise, bounds fall, and the plan's own figures last."""
    seen: list[tuple[str, float, float]] = []
    plan = solve(cloud(120, 50, 10, seed=1), gap=0.002, progress=lambda *now: seen.append(now))
    values, bounds = [v for _, v, _ in seen], [b for _, _, b in seen]
    assert len(seen) >= 2
    assert all(later >= earlier * (1 - 1e-12) for earlier, later in pairwise(values))
    assert all(later <= earlier * (1 + 1e-12) for earlier, later in pairwise(bounds))
    assert seen[-1] == ("done", plan.objective, plan.upper_bound)


@pytest.mark.parametrize("classes", [3, 7])
def test_many_classes(classes: int) -> None:
    """More ways to keep classes apart than the bound follows: plans stay valid and the bound stays one."""
    random = np.random.default_rng(classes)
    apart = tuple((a, b) for a in range(1, classes + 1) for b in range(a + 1, classes + 1) if (a + b) % 3)
    problem = pairs(
        12,
        6,
        capacity=np.full(6, 3, dtype=np.int64),
        separations=Separations(
            random.integers(0, 2, 6).astype(np.int32), random.integers(0, classes + 1, 12).astype(np.int32), apart
        ),
    )
    plan = solve(problem, time_limit_s=10)
    assert check(problem, plan) == []
    assert plan.objective <= whole_value(problem) + 1e-6 <= plan.upper_bound + 2e-6


def test_resource_across_all_slots() -> None:
    """A budget over everything is priced, not decomposed: the bound stays tight."""
    problem = pairs(20, 20, resources=Resources(sparse.csr_array(np.ones((1, 400))), np.array([7.0])))
    plan = solve(problem, time_limit_s=10)
    assert plan.n_placed == 7
    assert plan.resource_price[0] > 0
    assert plan.gap < 0.01


@pytest.mark.parametrize("alone", [False, True])
def test_same_plan_with_one_worker_and_with_two(monkeypatch: pytest.MonkeyPatch, alone: bool) -> None:
    """The number of threads changes neither plan nor bound nor prices; ``alone``: the engine's own search, no whole."""
    if alone:
        monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    problem = cloud(150, 60, 12, seed=3)
    one, two = (
        plan_from(problem, time_limit_s=60, gap=0.004, seed=5, progress=None, workers=workers) for workers in (1, 2)
    )
    assert one.gap <= 0.004
    for field in ("slot_of_citizen", "slot_price", "resource_price", "citizen_price"):
        np.testing.assert_array_equal(getattr(one, field), getattr(two, field))
    assert (one.objective, one.upper_bound) == (two.objective, two.upper_bound)
    assert one.stopped_by == two.stopped_by == "gap"


def test_what_ended_the_search_is_said_for_the_whole_by_its_parts() -> None:
    """The search without time, with nothing left to try, and by the gap; time in one part is time in the whole."""
    problem = cloud(60, 25, 8, seed=4)
    assert solve(problem, gap=0.5).stopped_by == "gap"
    proven = solve(problem, gap=0.0)
    assert proven.gap > 0.0
    assert proven.stopped_by == "search"
    n, m = problem.n_citizens, problem.n_slots
    assert problem.resources is not None
    assert problem.separations is not None
    twice = replace(
        problem,
        n_citizens=2 * n,
        n_slots=2 * m,
        citizen=np.concatenate([problem.citizen, problem.citizen + np.int32(n)]),
        slot=np.concatenate([problem.slot, problem.slot + np.int32(m)]),
        value=np.tile(problem.value, 2),
        capacity=np.tile(problem.capacity, 2),
        resources=Resources(
            sparse.csr_array(sparse.block_diag([problem.resources.use] * 2)), np.tile(problem.resources.limit, 2)
        ),
        separations=None,
    )
    parts = components(twice)
    assert len(parts) > 1
    plans = [solve(part.problem, gap=0.5) for part in parts]
    assert merge(twice, parts, plans).stopped_by == "gap"
    assert merge(twice, parts, [replace(plans[0], stopped_by="search"), *plans[1:]]).stopped_by == "search"
    late = [replace(plans[0], stopped_by="search"), replace(plans[1], stopped_by="time"), *plans[2:]]
    assert merge(twice, parts, late).stopped_by == "time"


def test_a_clock_remembers_that_it_ended_something() -> None:
    """Only a look that answers "time is up" counts, or a solver that used all it was lent."""
    clock = Clock(3600.0)
    assert not clock.over()
    assert clock.allows(3500.0)
    with clock.lent(0.01) as seconds:
        assert 0.0 < seconds <= 3600.0
    assert [clock.decided, clock.allows(3700.0), clock.decided] == [False, False, True]
    spent = Clock(0.0)
    assert spent.left == 0.0
    decided = [spent.decided]
    with spent.lent(0.0) as seconds:
        assert seconds == 0.0
    assert [*decided, spent.decided] == [False, True]
    broken = Clock(3600.0)
    broken.interrupt()
    assert not broken.decided
    assert broken.over()
    assert (broken.left, broken.decided) == (0.0, True)
