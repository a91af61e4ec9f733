"""The plan engine against slow answers, on problems with every kind of constraint."""

import os
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from matcher.assignment import AssignmentProblem, Resources, Separations, check, left_out, quality, solve, worksites
from tests.oracles import best_value, bound_of_prices, keeps_limits, relaxed_value, whole_value

Draw = Callable[[st.SearchStrategy[Any]], Any]
PLAIN: Final = os.environ.get("NUMBA_DISABLE_JIT") == "1"
"""Compiled code is run as plain Python, to see which of its lines are run: fewer examples show that."""


def often(examples: int) -> int:
    """How many examples are tried."""
    return examples // 5 if PLAIN else examples


@st.composite
def problems(
    draw: Draw, citizens: int = 5, slots: int = 4, *, resources: bool = True, pins: bool = True
) -> AssignmentProblem:
    """A small problem; values, uses and limits are simple fractions, so that ties and exactly met limits occur."""
    n, m = draw(st.integers(1, citizens)), draw(st.integers(1, slots))
    cells = draw(st.lists(st.integers(0, n * m - 1), unique=True, max_size=min(n * m, 12)))
    pair_citizen = np.array([c // m for c in cells], dtype=np.int32)
    pair_slot = np.array([c % m for c in cells], dtype=np.int32)
    size = len(cells)
    value = np.array(draw(st.lists(st.integers(0, 12), min_size=size, max_size=size)), dtype=np.float64) / 4
    capacity = np.array(draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)), dtype=np.int64)
    limits, separations, pinned = None, None, None
    if resources and draw(st.booleans()):
        rows = draw(st.integers(1, 3))
        use = np.array(draw(st.lists(st.integers(0, 5), min_size=rows * size, max_size=rows * size))) / 5.0
        limit = np.array(draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows))) / 5.0
        limits = Resources(sparse.csr_array(use.reshape(rows, size)), limit)
    if resources and draw(st.booleans()):
        site = np.array(draw(st.lists(st.integers(0, 2), min_size=m, max_size=m)), dtype=np.int32)
        kind = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=np.int32)
        pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
        separations = Separations(site, kind, tuple(draw(st.lists(pair, max_size=3))))
    if pins and size and draw(st.booleans()):
        chosen = draw(st.lists(st.integers(0, size - 1), unique=True, max_size=4))
        pinned = np.array(chosen, dtype=np.int32)
    return AssignmentProblem(n, m, pair_citizen, pair_slot, value, capacity, limits, separations, pinned)


@given(problems())
@settings(max_examples=often(300))
def test_value_at_most_optimum_at_most_bound(problem: AssignmentProblem) -> None:
    """value ≤ optimum ≤ upper bound, and a valid plan; or a smallest contradiction among the pins."""
    optimum = best_value(problem)
    plan = solve(problem, time_limit_s=20)
    if np.isneginf(optimum):
        assert plan.status == "infeasible"
        conflict = [int(problem.pins[p]) for p in plan.conflict]
        assert not keeps_limits(problem, conflict)
        assert all(keeps_limits(problem, [e for e in conflict if e != gone]) for gone in conflict)
        assert {v.rule for v in check(problem, plan)} == {"pinned"}
        assert {v.index for v in check(problem, plan)} == set(plan.released)
        return
    assert plan.status != "infeasible"
    assert check(problem, plan) == []
    assert plan.objective <= optimum + 1e-9
    assert plan.upper_bound >= optimum - 1e-12
    assert plan.upper_bound >= plan.objective


@pytest.mark.parametrize("alone", [False, True])
@given(problem=problems())
@settings(max_examples=often(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_small_problems_are_solved(monkeypatch: pytest.MonkeyPatch, alone: bool, problem: AssignmentProblem) -> None:
    """The plan itself is optimal, proven or not; ``alone``: by the engine's own search, without HiGHS on the whole."""
    if alone:
        monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    optimum = best_value(problem)
    plan = solve(problem, time_limit_s=20, gap=0.0)
    if plan.status != "infeasible":
        assert plan.objective == pytest.approx(optimum, abs=1e-9)


@given(problems(citizens=8, slots=5, resources=False, pins=False))
@settings(max_examples=often(150))
def test_places_only_is_exact(problem: AssignmentProblem) -> None:
    """Without resources and separations the plan is the linear program's, and its prices prove it."""
    plan = solve(problem)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(relaxed_value(problem), abs=1e-9)
    dual = plan.citizen_price.sum() + problem.capacity @ plan.slot_price
    assert dual == pytest.approx(plan.objective, rel=1e-9, abs=1e-9)
    worth = problem.value - plan.citizen_price[problem.citizen] - plan.slot_price[problem.slot]
    assert (worth <= 1e-9).all()


@given(problems(citizens=4, slots=3))
@settings(max_examples=often(100))
def test_reports_agree_with_the_plan(problem: AssignmentProblem) -> None:
    """Each unplaced citizen gets one reason, and the plan's figures add up."""
    plan = solve(problem, time_limit_s=20)
    if plan.status == "infeasible":
        return
    out = left_out(problem, plan)
    assert [x.citizen for x in out] == np.flatnonzero(plan.slot_of_citizen < 0).tolist()
    with_pair = set(problem.citizen.tolist())
    chosen = np.flatnonzero(plan.slot_of_citizen[problem.citizen] == problem.slot).tolist()
    for x in out:
        assert (x.reason == "no_pair") == (x.citizen not in with_pair)
        if x.pair >= 0:
            assert keeps_limits(problem, [*chosen, x.pair]) == (x.reason == "open")
            assert x.reason != "open" or problem.value[x.pair] == 0
    figures = quality(problem, plan)
    assert figures.placed + figures.unplaced == problem.n_citizens
    assert figures.rank_distribution.sum() == figures.placed == plan.n_placed
    assert figures.first_choices == (figures.rank_distribution[0] if figures.placed else 0)


def medium(seed: int, *, caseload: bool) -> AssignmentProblem:
    """60 citizens, 24 slots at 8 worksites, 8 candidates each; with a resource across worksites on demand."""
    random = np.random.default_rng(seed)
    n, m, k, sites = 60, 24, 8, 8
    citizen = np.repeat(np.arange(n, dtype=np.int32), k)
    slot = np.concatenate([random.choice(m, k, replace=False) for _ in range(n)]).astype(np.int32)
    site = random.integers(0, sites, m).astype(np.int32)
    need, pairs = random.integers(0, 4, n).astype(np.float64), np.arange(n * k)
    use = [sparse.csr_array((need[citizen], (site[slot], pairs)), shape=(sites, n * k))]
    limit = [random.integers(2, 6, sites).astype(np.float64)]
    if caseload:
        consultant = random.integers(0, 3, n)
        use.append(sparse.csr_array((np.ones(n * k), (consultant[citizen], pairs)), shape=(3, n * k)))
        limit.append(np.full(3, 7.0))
    return AssignmentProblem(
        n,
        m,
        citizen,
        slot,
        np.round(random.random(n * k), 3),
        random.integers(1, 3, m).astype(np.int64),
        Resources(sparse.csr_array(sparse.vstack(use)), np.concatenate(limit)),
        Separations(site, random.choice([0, 1, 2], n, p=[0.6, 0.2, 0.2]).astype(np.int32), ((1, 2),)),
    )


@pytest.mark.parametrize("caseload", [False, True])
@pytest.mark.parametrize("seed", range(1 if PLAIN else 4))
def test_bound_holds_by_another_road(monkeypatch: pytest.MonkeyPatch, seed: int, caseload: bool) -> None:
    """value ≤ HiGHS' optimum ≤ bound ≤ what the plan's own prices give when HiGHS solves each worksite.

    With a caseload the whole is decided as well, which may bring a lower bound; without, the last two are equal.
    """
    if not caseload:
        monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    problem = medium(seed, caseload=caseload)
    plan = solve(problem, time_limit_s=20)
    optimum = whole_value(problem)
    assert check(problem, plan) == []
    assert plan.objective <= optimum + 1e-6
    assert plan.upper_bound >= optimum - 1e-6
    by_prices = bound_of_prices(problem, plan)
    assert plan.upper_bound <= by_prices * (1 + 1e-6)
    assert caseload or plan.upper_bound == pytest.approx(by_prices, rel=1e-6)
    assert plan.gap < 0.03
    assert plan.upper_bound <= relaxed_value(problem) * 1.001
