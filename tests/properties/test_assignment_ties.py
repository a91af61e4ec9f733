"""Which of several plans of equal value is the answer: by the stated rule, in whatever order the pairs are given."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from benchmarks.instances import cloud
from matcher.assignment import AssignmentProblem, Plan, Resources, Separations, check, replan, solve, ties, worksites
from matcher.assignment.problem import Int32
from tests.oracles import keeps_limits
from tests.properties.test_assignment_properties import medium, problems


def permuted(problem: AssignmentProblem, seed: int) -> AssignmentProblem:
    """The same problem with its pairs in another order; pins name the same pairs, in the same order."""
    order = np.random.default_rng(seed).permutation(problem.n_pairs)
    where = np.argsort(order).astype(np.int32)
    resources = problem.resources
    if resources is not None:
        resources = Resources(sparse.csr_array(resources.use[:, order]), resources.limit)
    return replace(
        problem,
        citizen=problem.citizen[order],
        slot=problem.slot[order],
        value=problem.value[order],
        resources=resources,
        pinned=None if problem.pinned is None else where[problem.pinned],
    )


def same(one: Plan, other: Plan) -> None:
    """Everything that two plans say is the same to the last bit."""
    for field in ("slot_of_citizen", "slot_price", "resource_price", "citizen_price"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
    figures = [(p.objective, p.upper_bound, p.status, p.conflict, p.released, p.stopped_by) for p in (one, other)]
    assert figures[0] == figures[1]


def every_plan(problem: AssignmentProblem, i: int = 0) -> Iterator[tuple[int, ...]]:
    """Slots of citizens i and later, in every way; places are not looked at."""
    if i == problem.n_citizens:
        yield ()
        return
    for rest in every_plan(problem, i + 1):
        yield (-1, *rest)
        for e in np.flatnonzero(problem.citizen == i):
            yield (int(problem.slot[e]), *rest)


def first_by_the_rule(problem: AssignmentProblem) -> list[int]:
    """Greatest value; most citizens; those of low numbers; low slots for those of low numbers: by trying all plans."""
    worth = {(int(i), int(j)): float(v) for i, j, v in zip(problem.citizen, problem.slot, problem.value, strict=True)}

    def key(plan: Iterable[int]) -> tuple[float, int, list[bool], tuple[int, ...]]:
        plan = tuple(plan)
        value = sum(worth[i, j] for i, j in enumerate(plan) if j >= 0)
        return -value, sum(j < 0 for j in plan), [j < 0 for j in plan], plan

    valid = [p for p in every_plan(problem) if all(p.count(j) <= problem.capacity[j] for j in range(problem.n_slots))]
    return list(min(valid, key=key))


@given(problems(citizens=6, slots=4, resources=False, pins=False), st.sampled_from([0.25, 1.0, 4.0]))
@settings(max_examples=200)
def test_places_only_by_the_rule(problem: AssignmentProblem, step: float) -> None:
    """Values in coarse steps tie often; the plan is the first of the best all the same."""
    tied = replace(problem, value=np.floor(problem.value / step) * step)
    plan = solve(tied)
    assert plan.status == "optimal"
    assert plan.slot_of_citizen.tolist() == first_by_the_rule(tied)


@given(problems(citizens=6, slots=4, resources=False, pins=False))
@settings(max_examples=200)
def test_whatever_best_plan_the_flow_found(problem: AssignmentProblem) -> None:
    """The rule does not start from what the flow happened to find: any other best plan ends in the same one."""
    tied = replace(problem, value=np.floor(problem.value))
    expected = solve(tied).slot_of_citizen.tolist()
    turned = replace(
        tied,
        citizen=(tied.n_citizens - 1 - tied.citizen).astype(np.int32),
        slot=(tied.n_slots - 1 - tied.slot).astype(np.int32),
        capacity=tied.capacity[::-1].copy(),
    )
    last = solve(turned).slot_of_citizen[::-1]
    other = np.where(last < 0, -1, tied.n_slots - 1 - last)
    ordered = ties.in_order(tied)
    assigned = np.full(ordered.n_citizens, -1, dtype=np.int64)
    for e in range(ordered.n_pairs):
        if other[ordered.citizen[e]] == ordered.slot[e]:
            assigned[ordered.citizen[e]] = e
    start = np.searchsorted(ordered.citizen, np.arange(ordered.n_citizens + 1))
    price = np.rint(solve(tied).slot_price).astype(np.int64)
    first = ties.first_of_equals(start, ordered.slot, ordered.value.astype(np.int64), ordered.capacity, assigned, price)
    assert [int(ordered.slot[e]) if e >= 0 else -1 for e in first] == expected


def test_equal_citizens_get_places_by_number() -> None:
    """Three places, six citizens, all values equal: the first three, each in the lowest place; pairs in any order."""
    citizen, slot = np.divmod(np.arange(18, dtype=np.int32), np.int32(3))
    problem = AssignmentProblem(6, 3, citizen, slot, np.ones(18), np.ones(3, dtype=np.int64))
    for seed in range(5):
        assert solve(permuted(problem, seed)).slot_of_citizen.tolist() == [0, 1, 2, -1, -1, -1]


def test_worthless_pairs_fill_what_is_free() -> None:
    """A pair worth nothing is used where a place would stand empty, and never costs anybody a place."""
    citizen = np.array([0, 0, 1, 2], dtype=np.int32)
    slot = np.array([0, 1, 0, 2], dtype=np.int32)
    problem = AssignmentProblem(3, 3, citizen, slot, np.array([0.0, 0.0, 1.0, 0.0]), np.ones(3, dtype=np.int64))
    plan = solve(problem)
    assert plan.slot_of_citizen.tolist() == [1, 0, 2]
    assert check(problem, plan) == []


@given(problems(citizens=7, slots=4), st.integers(0, 99))
@settings(max_examples=60)
def test_the_order_of_pairs_changes_nothing(problem: AssignmentProblem, seed: int) -> None:
    """Any small problem, with resources, classes and pins that may contradict each other."""
    same(solve(problem, time_limit_s=20), solve(permuted(problem, seed), time_limit_s=20))


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize(
    "problem",
    [
        cloud(300, 120, 10, seed=5, places_only=True),
        cloud(120, 50, 10, seed=2),
        medium(1, caseload=True),
        replace(medium(2, caseload=False), value=np.round(medium(2, caseload=False).value, 1)),
    ],
    ids=["flow", "worksites", "caseload", "ties"],
)
def test_the_order_of_pairs_changes_nothing_in_a_search(
    monkeypatch: pytest.MonkeyPatch, problem: AssignmentProblem, alone: bool
) -> None:
    """Flow, worksites, limits across them and many ties; ``alone``: by the engine's own search."""
    if alone:
        monkeypatch.setattr(worksites, "_MOST_PAIRS_AS_A_WHOLE", 0)
    plan = solve(problem, gap=0.01, time_limit_s=60)
    assert plan.stopped_by != "time"
    other = permuted(problem, 3)
    same(plan, solve(other, gap=0.01, time_limit_s=60))
    same(replan(problem, plan, 0.02, gap=0.01).plan, replan(other, plan, 0.02, gap=0.01).plan)


def alike(problem: AssignmentProblem, e: int, f: int) -> bool:
    """Whether two pairs of one slot are the same in value, class of the citizen and use of what can run short."""
    kind = np.zeros(problem.n_citizens) if problem.separations is None else problem.separations.class_of_citizen
    use = np.zeros((0, problem.n_pairs)) if problem.resources is None else problem.resources.use.toarray()
    limit = np.empty(0) if problem.resources is None else problem.resources.limit
    most = [
        sum(max(use[r, problem.citizen == i], default=0.0) for i in range(problem.n_citizens)) for r in range(len(use))
    ]
    use = use[np.array(most) > limit + 1e-9 * np.maximum(1.0, limit)]
    return bool(
        problem.slot[e] == problem.slot[f]
        and problem.value[e] == problem.value[f]
        and kind[problem.citizen[e]] == kind[problem.citizen[f]]
        and (use[:, e] == use[:, f]).all()
    )


def overtaken(problem: AssignmentProblem, slot_of_citizen: Int32) -> list[tuple[int, int]]:
    """Citizens left out for somebody of a higher number who is alike, with that citizen."""
    chosen = np.flatnonzero(slot_of_citizen[problem.citizen] == problem.slot).tolist()
    return [
        (int(problem.citizen[e]), int(problem.citizen[f]))
        for f in chosen
        if f not in problem.pins
        for e in range(problem.n_pairs)
        if slot_of_citizen[problem.citizen[e]] < 0 and problem.citizen[e] < problem.citizen[f] and alike(problem, e, f)
    ]


@given(problems(citizens=8, slots=3), st.data())
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_among_alikes_the_lower_number_goes_first(problem: AssignmentProblem, data: st.DataObject) -> None:
    """From any valid plan: the same value, every limit kept, pins kept, nobody overtaken."""
    coarse = replace(problem, value=np.floor(problem.value / 2))
    chosen = coarse.pins.tolist()
    if not keeps_limits(coarse, chosen):
        coarse, chosen = replace(coarse, pinned=None), []
    for e in data.draw(st.permutations(range(coarse.n_pairs))):
        if e not in chosen and keeps_limits(coarse, [*chosen, e]):
            chosen.append(e)
    before = np.full(coarse.n_citizens, -1, dtype=np.int32)
    before[coarse.citizen[chosen]] = coarse.slot[chosen]
    after = ties.lower_number_first(coarse, before)
    now = np.flatnonzero(after[coarse.citizen] == coarse.slot).tolist()
    assert keeps_limits(coarse, now)
    assert sorted(coarse.value[now].tolist()) == sorted(coarse.value[chosen].tolist())
    assert set(coarse.pins.tolist()) <= set(now)
    assert overtaken(coarse, after) == []
    assert (after >= 0).sum() == (before >= 0).sum()


def test_who_gives_a_place_up_may_get_one_elsewhere() -> None:
    """1 takes the place of 2, who is alike to 3 at another slot and takes that of 3."""
    citizen, slot = np.array([1, 2, 2, 3], dtype=np.int32), np.array([0, 0, 1, 1], dtype=np.int32)
    problem = AssignmentProblem(4, 2, citizen, slot, np.ones(4), np.ones(2, dtype=np.int64))
    after = ties.lower_number_first(problem, np.array([-1, -1, 0, 1], dtype=np.int32))
    assert after.tolist() == [-1, 0, 1, -1]


def test_nobody_alike_is_overtaken_in_a_plan() -> None:
    """Forty citizens of two kinds for a few places at worksites: of each kind the low numbers are placed."""
    n, m = 40, 4
    citizen, slot = np.divmod(np.arange(n * m, dtype=np.int32), np.int32(m))
    need = np.tile([1.0, 2.0], n // 2)[citizen]
    problem = AssignmentProblem(
        n,
        m,
        citizen,
        slot,
        np.where(need > 1.0, 0.75, 0.5),
        np.full(m, 3, dtype=np.int64),
        Resources(sparse.csr_array(need[None, :]), np.array([14.0])),
        Separations(np.arange(m, dtype=np.int32), np.zeros(n, dtype=np.int32), ()),
    )
    for seed in range(3):
        plan = solve(problem, seed=seed, time_limit_s=20)
        assert check(problem, plan) == []
        assert overtaken(problem, plan.slot_of_citizen) == []


def test_with_too_many_ties_to_settle_the_plan_is_still_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks are counted: where they run out the flow's plan stands, valid, best, and the same every time."""
    monkeypatch.setattr(ties, "_LOOKS_A_PAIR", 0)
    monkeypatch.setattr(ties, "_LEAST_LOOKS", 5)
    problem = replace(cloud(60, 27, 6, seed=1, places_only=True), value=np.ones(360))
    plan = solve(problem)
    assert check(problem, plan) == []
    assert plan.status == "optimal"
    same(plan, solve(permuted(problem, 4)))


@pytest.mark.parametrize("exponent", [-1000, -30, 0, 300])
def test_the_rule_at_any_size_of_values(exponent: int) -> None:
    """Values of any size are counted with the same exactness."""
    problem = cloud(60, 27, 6, seed=1, places_only=True)
    scaled = replace(problem, value=np.ldexp(problem.value, exponent))
    np.testing.assert_array_equal(solve(scaled).slot_of_citizen, solve(problem).slot_of_citizen)
