"""Pins that contradict each other, in numbers, and classes kept apart, in numbers."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, Separations, check, components, solve
from matcher.assignment.apart import Cells, Groups
from matcher.assignment.blocks import find_blocks
from matcher.assignment.pins import conflict, reduce, release
from matcher.assignment.state import empty_state
from matcher.assignment.whole import model_of
from tests.oracles import keeps_limits
from tests.properties.test_assignment_properties import problems


@given(problems())
@settings(max_examples=300, deadline=None)
def test_pins_are_released_only_for_pins_of_more_value(problem: AssignmentProblem) -> None:
    """What is kept keeps every limit, and no released pin fits beside the pins kept that are worth as much or more."""
    released = release(problem)
    kept = [p for p in range(len(problem.pins)) if p not in released]
    assert keeps_limits(problem, problem.pins[kept].tolist())
    assert (released == ()) == (conflict(problem) == ())
    for gone in released:
        worth = problem.value[problem.pins]
        better = [p for p in kept if (-worth[p], p) < (-worth[gone], gone)]
        assert not keeps_limits(problem, problem.pins[[*better, gone]].tolist())


def test_thousands_of_contradictions() -> None:
    """Twice as many pins as places, 20,000 of them: settled in one go, the better of each two is kept."""
    m = 20_000
    citizen = np.arange(2 * m, dtype=np.int32)
    slot = np.repeat(np.arange(m, dtype=np.int32), 2)
    value = np.tile([1.0, 2.0], m)
    problem = AssignmentProblem(2 * m, m, citizen, slot, value, np.ones(m, dtype=np.int64), pinned=citizen)
    plan = solve(problem, time_limit_s=5.0)
    assert plan.conflict == (0, 1)
    assert plan.released == tuple(range(0, 2 * m, 2))
    assert plan.objective == 2.0 * m


def test_pins_on_all_pairs_end_in_time() -> None:
    """Every fourth pair is pinned, ten pins a citizen, under all constraints: the rest is planned all the same."""
    problem = cloud(547, 330, 40, seed=1)
    problem = replace(problem, pinned=np.arange(0, problem.n_pairs, 4, dtype=np.int32))
    released = set(release(problem))
    kept = [p for p in range(len(problem.pins)) if p not in released]
    assert conflict(replace(problem, pinned=problem.pins[kept])) == ()
    plan = solve(problem, time_limit_s=2.0)
    assert plan.status == "infeasible"
    assert {v.rule for v in check(problem, plan)} == {"pinned"}
    assert set(plan.released) == released


def classes_of_their_own(n: int, sites: int) -> AssignmentProblem:
    """Everybody in a class of their own, kept apart from the next; one place a slot, some slots a worksite."""
    random = np.random.default_rng(1)
    m = n // 4
    citizen = np.repeat(np.arange(n, dtype=np.int32), 4)
    slot = ((np.repeat(random.integers(0, m, n), 4) + np.tile(np.arange(4), n)) % m).astype(np.int32)
    kinds = np.arange(1, n + 1, dtype=np.int32)
    apart = tuple((k, k % n + 1) for k in range(1, n + 1))
    site = random.integers(0, sites, m).astype(np.int32)
    return AssignmentProblem(
        n, m, citizen, slot, random.random(4 * n), np.ones(m, dtype=np.int64), None, Separations(site, kinds, apart)
    )


def test_no_table_of_classes() -> None:
    """20,000 classes: neither classes by classes (400 MB as booleans) nor worksites by classes (160 MB)."""
    problem = classes_of_their_own(20_000, 2_000)
    tracemalloc.start()
    parts = components(problem, most=4)
    reduced = reduce(replace(problem, pinned=np.array([0], dtype=np.int32)))
    state = empty_state(reduced)
    blocks = find_blocks(reduced)
    model = model_of(reduced)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6
    assert sum(part.problem.n_pairs for part in parts) == problem.n_pairs
    assert len(state.present) > 20_000
    assert blocks.n_blocks > 1_000
    assert model.exact


@pytest.mark.parametrize("n", [40, 400])
def test_many_classes_of_their_own(n: int) -> None:
    """More classes than the bound follows: the plan keeps them apart all the same."""
    problem = classes_of_their_own(n, n // 20)
    plan = solve(problem, time_limit_s=3, gap=0.05)
    assert check(problem, plan) == []
    assert plan.n_placed > 0


def test_cells_and_foes_are_what_was_given() -> None:
    """Every two pairs at one worksite whose classes are kept apart are in foes, and no others."""
    random = np.random.default_rng(4)
    apart = ((3, 9), (9, 3), (9, 9), (7, 3), (1000, 7), (50, 60))
    site = random.integers(0, 6, 80).astype(np.int32)
    kind = random.choice([0, 1, 3, 7, 9, 60, 1000], 80).astype(np.int32)
    groups = Groups.of(apart)
    cells = Cells.of(site, groups.number(kind), groups.foes)
    foes = {(c, int(f)) for c in range(cells.foes.size) for f in cells.foes.foe[slice(*cells.foes.start[c : c + 2])]}
    both = {frozenset(pair) for pair in apart}
    for e in range(80):
        for f in range(80):
            meet = site[e] == site[f] and frozenset((int(kind[e]), int(kind[f]))) in both
            assert meet == ((int(cells.of_pair[e]), int(cells.of_pair[f])) in foes)
