"""What a plan's reports must say, counted one citizen, place and unit at a time; shares no code with the engine."""

import math
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from matcher.assignment import AssignmentProblem, LeftOut, Plan, Quality
from matcher.assignment.problem import Int32
from tests.oracles import SLACK, keeps_limits


def chosen_of(problem: AssignmentProblem, plan: Plan) -> list[int]:
    """Pairs of the plan."""
    return [e for e in range(problem.n_pairs) if plan.slot_of_citizen[problem.citizen[e]] == problem.slot[e]]


def expected_left_out(problem: AssignmentProblem, plan: Plan) -> list[LeftOut]:
    """`left_out` by the words of its documentation."""
    found = []
    for i in range(problem.n_citizens):
        if plan.slot_of_citizen[i] >= 0:
            continue
        told = [_told(problem, plan, e) for e in range(problem.n_pairs) if problem.citizen[e] == i]
        found.append(min(told, key=lambda one: one[0])[1] if told else LeftOut(i, "no_pair"))
    return found


def _told(problem: AssignmentProblem, plan: Plan, e: int) -> tuple[tuple[int, float, int], LeftOut]:
    chosen, i, j = chosen_of(problem, plan), int(problem.citizen[e]), int(problem.slot[e])
    use, limit = _use(problem), _limit(problem)
    alone = [r for r in range(len(limit)) if use[r][e] > limit[r]]
    left = [limit[r] - sum(use[r][f] for f in chosen) for r in range(len(limit))]
    lacking = [r for r in range(len(limit)) if use[r][e] > 0 and use[r][e] > max(0.0, left[r])]
    members = [f for f in chosen if problem.slot[f] == j]
    if problem.capacity[j] == 0 or alone:
        order, reason, short = 4, "closed", alone
    elif len(members) >= problem.capacity[j]:
        order, reason, short = 3, "taken", []
    elif any(_kept_apart(problem, e, f) for f in chosen):
        order, reason, short = 2, "apart", []
    elif lacking:
        order, reason, short = 1, "resource", lacking
    else:
        order, reason, short = 0, "open", []
    charged = float(plan.slot_price[j]) + sum(use[r][e] * float(plan.resource_price[r]) for r in range(len(limit)))
    dearest = min(short, key=lambda r: (-plan.resource_price[r], r), default=-1)
    price = float(plan.resource_price[dearest] if dearest >= 0 else plan.slot_price[j])
    key = (order, charged - float(problem.value[e]), j)
    return key, LeftOut(i, reason, e, j, dearest, price)  # type: ignore[arg-type]  # one of the five above


def _use(problem: AssignmentProblem) -> list[list[float]]:
    return [] if problem.resources is None else problem.resources.use.toarray().tolist()


def _limit(problem: AssignmentProblem) -> list[float]:
    if problem.resources is None:
        return []
    return [limit + SLACK * max(1.0, limit) for limit in problem.resources.limit.tolist()]


def _kept_apart(problem: AssignmentProblem, e: int, f: int) -> bool:
    """Whether the citizens of two pairs may not be at one worksite, and would be."""
    separations = problem.separations
    if separations is None or problem.citizen[e] == problem.citizen[f]:
        return False
    kinds = [int(separations.class_of_citizen[problem.citizen[x]]) for x in (e, f)]
    sites = [int(separations.site_of_slot[problem.slot[x]]) for x in (e, f)]
    return sites[0] == sites[1] and any(set(pair) == set(kinds) for pair in separations.apart)


def expected_quality(problem: AssignmentProblem, plan: Plan, groups: Int32 | None = None) -> Quality:
    """`quality` by the words of its documentation."""
    chosen, n = chosen_of(problem, plan), problem.n_citizens
    placed = [i for i in range(n) if plan.slot_of_citizen[i] >= 0]
    waiting = sorted(set(range(n)) - set(placed))
    ranks = [
        1 + sum(problem.value[f] > problem.value[e] for f in _pairs_of(problem, problem.citizen[e])) for e in chosen
    ]
    free = [int(problem.capacity[j]) - sum(problem.slot[e] == j for e in chosen) for j in range(problem.n_slots)]
    wanted = {int(problem.slot[e]) for i in waiting for e in _pairs_of(problem, i)}
    blocking = [e for e in range(problem.n_pairs) if _blocks(problem, chosen, e)]
    shares, evenness = [], math.nan
    if groups is not None:
        of_group = [[i for i in range(n) if groups[i] == g] for g in range(max(groups.tolist(), default=-1) + 1)]
        shares = [sum(i in placed for i in who) / len(who) if who else math.nan for who in of_group]
        counted = [i for who in of_group for i in who]
        got = [i for i in counted if i in placed]
        evenness = 1.0
        if 0 < len(got) < len(counted):
            share = len(got) / len(counted)
            off = sum(abs(sum(i in placed for i in who) - len(who) * share) for who in of_group)
            evenness = 1.0 - off / (2 * share * (1 - share) * len(counted))
    return Quality(
        placed=len(placed),
        unplaced=len(waiting),
        top_suggestions=len({int(i) for i in problem.citizen}),
        first_choices=ranks.count(1),
        rank_distribution=np.array([ranks.count(k) for k in range(1, max(ranks, default=0) + 1)], dtype=np.int64),
        mean_rank=sum(ranks) / len(ranks) if ranks else math.nan,
        blocking_pairs=len(blocking),
        envious=len({int(problem.citizen[e]) for e in blocking}),
        unused_places=sum(free),
        wanted_unused_places=sum(free[j] for j in wanted),
        placed_share_of_group=np.array(shares),
        evenness=evenness,
    )


def _rank(problem: AssignmentProblem, e: int) -> int:
    return 1 + sum(int(problem.value[f] > problem.value[e]) for f in _pairs_of(problem, int(problem.citizen[e])))


def _pairs_of(problem: AssignmentProblem, i: int) -> list[int]:
    return [e for e in range(problem.n_pairs) if problem.citizen[e] == i]


def _blocks(problem: AssignmentProblem, chosen: list[int], e: int) -> bool:
    """Whether the citizen of a pair would rather have it, the slot too, and every limit lets them."""
    pins = problem.pins.tolist()
    own = [f for f in chosen if problem.citizen[f] == problem.citizen[e]]
    members = [f for f in chosen if problem.slot[f] == problem.slot[e]]
    if e in chosen or any(f in pins for f in own) or problem.value[e] <= sum(problem.value[f] for f in own):
        return False
    after = [*(f for f in chosen if f not in own), e]
    if len(members) >= problem.capacity[problem.slot[e]]:
        movable = [f for f in members if f not in pins]
        if not movable:
            return False
        least = min(movable, key=lambda f: (problem.value[f], -problem.citizen[f]))
        if problem.value[least] >= problem.value[e]:
            return False
        after.remove(least)
    return keeps_limits(problem, after)


def differences(expected: object, found: object) -> Iterator[str]:
    """Fields of two dataclass values of one type that differ; floating point to 1e-9."""
    for field in fields(expected):  # type: ignore[arg-type]  # any dataclass
        one, other = getattr(expected, field.name), getattr(found, field.name)
        if not _same(one, other):
            yield f"{field.name}: expected {one!r}, found {other!r}"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str):
        return bool(one == other)
    first, second = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    return first.shape == second.shape and np.allclose(first, second, rtol=1e-9, atol=1e-9, equal_nan=True)
