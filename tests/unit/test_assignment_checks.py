"""Planted faults: every way of spoiling a good plan is caught by the independent check."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from matcher.assignment import AssignmentProblem, Plan, Resources, Separations, check, solve

PROBLEM = AssignmentProblem(
    n_citizens=5,
    n_slots=3,
    # 0 and 1 compete for slot 0; 2 and 3 are kept apart at site 1 (slots 1, 2); 4 is eligible for slot 2 only
    citizen=np.array([0, 0, 1, 2, 2, 3, 3, 4], dtype=np.int32),
    slot=np.array([0, 1, 0, 1, 2, 0, 2, 2], dtype=np.int32),
    value=np.array([5.0, 1.0, 4.0, 3.0, 2.0, 1.0, 6.0, 1.0]),
    capacity=np.array([1, 2, 2], dtype=np.int64),
    resources=Resources(sparse.csr_array(np.array([[0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 2.0, 1.0]])), np.array([3.0])),
    separations=Separations(np.array([0, 1, 1], dtype=np.int32), np.array([0, 0, 1, 2, 0], dtype=np.int32), ((1, 2),)),
    pinned=np.array([0], dtype=np.int32),
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The optimal plan: citizen 0 pinned to slot 0, 3 and 4 in slot 2 with all three hours; 1 and 2 left out."""
    plan = solve(PROBLEM)
    assert plan.slot_of_citizen.tolist() == [0, -1, -1, 2, 2]
    assert plan.status in {"optimal", "feasible"}
    return plan


def test_good_plan_passes(plan: Plan) -> None:
    """Nothing is found in a valid plan."""
    assert check(PROBLEM, plan) == []


def moved(plan: Plan, *placements: int) -> dict[str, Any]:
    """The plan with other placements and honest figures for them."""
    slots = np.array(placements, dtype=np.int32)
    chosen = slots[PROBLEM.citizen] == PROBLEM.slot
    value = float(PROBLEM.value[chosen].sum())
    bound = max(plan.upper_bound, value)
    return {"slot_of_citizen": slots, "objective": value, "upper_bound": bound, "gap": (bound - value) / bound}


FAULTS: dict[str, tuple[str, Callable[[Plan], dict[str, Any]]]] = {
    "one citizen too many in a slot": ("capacity", lambda p: moved(p, 0, 0, -1, 2, 2)),
    "more of a resource than there is": ("resource", lambda p: moved(p, 0, -1, 1, 2, 2)),
    "separated classes at one worksite": ("apart", lambda p: moved(p, 0, -1, 1, 2, -1)),
    "separated classes in one slot": ("apart", lambda p: moved(p, 0, -1, 2, 2, -1)),
    "pin dropped": ("pinned", lambda p: moved(p, -1, 0, -1, 2, 2)),
    "pinned citizen moved": ("pinned", lambda p: moved(p, 1, 0, -1, 2, -1)),
    "a pair that is not eligible": ("eligible", lambda p: moved(p, 0, 1, -1, 2, 2)),
    "a slot that does not exist": ("slot_of_citizen", lambda p: moved(p, 0, -1, -1, 2, 3)),
    "a negative slot": ("slot_of_citizen", lambda p: moved(p, 0, -1, -1, 2, -2)),
    "a citizen missing": ("slot_of_citizen", lambda p: {"slot_of_citizen": p.slot_of_citizen[:-1]}),
    "a citizen in two slots": ("slot_of_citizen", lambda p: {"slot_of_citizen": np.append(p.slot_of_citizen, 1)}),
    "slots as floating point": ("slot_of_citizen", lambda p: {"slot_of_citizen": p.slot_of_citizen.astype(float)}),
    "objective too high": ("objective", lambda p: {"objective": p.objective + 1e-6}),
    "objective too low": ("objective", lambda p: {"objective": p.objective - 1e-6}),
    "objective not a number": ("objective", lambda _: {"objective": np.nan}),
    "upper bound below the value": ("upper_bound", lambda p: {"upper_bound": p.objective - 1e-3}),
    "upper bound below the optimum": ("upper_bound", lambda _: {"upper_bound": 11.9}),
    "upper bound not a number": ("upper_bound", lambda _: {"upper_bound": np.nan}),
    "a gap that flatters": ("gap", lambda p: {"gap": 0.0, "upper_bound": 2 * p.objective}),
    "optimal without proof": (
        "status",
        lambda p: {"status": "optimal", "upper_bound": 2 * p.objective, "gap": 0.5},
    ),
    "a negative slot price": ("slot_price", lambda p: {"slot_price": p.slot_price - 100.0}),
    "too few slot prices": ("slot_price", lambda p: {"slot_price": p.slot_price[:-1]}),
    "a resource price not a number": ("resource_price", lambda _: {"resource_price": np.array([np.nan])}),
    "an infinite citizen price": ("citizen_price", lambda p: {"citizen_price": p.citizen_price + np.inf}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_caught(plan: Plan, fault: str) -> None:
    """The check names the rule that the fault breaks."""
    rule, spoil = FAULTS[fault]
    found = check(PROBLEM, replace(plan, **spoil(plan)))
    assert rule in {violation.rule for violation in found}
    assert all(str(violation).startswith(violation.rule) for violation in found)


def test_one_of_a_class_kept_apart_from_itself() -> None:
    """Two of a class that is kept apart from itself may not meet."""
    problem = AssignmentProblem(
        2,
        1,
        np.array([0, 1], dtype=np.int32),
        np.array([0, 0], dtype=np.int32),
        np.array([1.0, 2.0]),
        np.array([2]),
        separations=Separations(np.array([7], dtype=np.int32), np.array([3, 3], dtype=np.int32), ((3, 3),)),
    )
    plan = solve(problem)
    assert plan.slot_of_citizen.tolist() == [-1, 0]
    both = replace(plan, slot_of_citizen=np.zeros(2, dtype=np.int32), objective=3.0, upper_bound=3.0)
    assert [(v.rule, v.index) for v in check(problem, both)] == [("apart", 7)]
