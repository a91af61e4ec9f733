"""Parallel support: advice from named problems, unsteady attendance and unknown workplace rules."""

import pytest

from matcher.domain.citizen import SupportProblem
from matcher.support import STEADY_ATTENDANCE_SHARE, FirstStep, first_step, parallel_support, problems
from tests.builders import a_citizen


@pytest.mark.parametrize("problem", SupportProblem)
def test_every_problem_leads_to_support_with_mechanism_goal_and_source(problem: SupportProblem) -> None:
    (advice,) = parallel_support(a_citizen(support_problems=(problem,)))
    assert advice.problem is problem
    assert "2013" in advice.source
    assert advice.support
    assert advice.mechanism.endswith(".")
    assert advice.sub_goal


def test_nobody_gets_support_without_a_problem() -> None:
    assert parallel_support(a_citizen()) == ()


def test_unsteady_attendance_and_unknown_rules_point_to_support_once_each() -> None:
    citizen = a_citizen(
        attendance_stability=STEADY_ATTENDANCE_SHARE - 0.01,
        knows_workplace_rules=False,
        support_problems=(SupportProblem.PAIN, SupportProblem.ATTENDANCE),
    )
    assert problems(citizen) == (SupportProblem.ATTENDANCE, SupportProblem.PAIN, SupportProblem.WORKPLACE_RULES)


def test_steady_attendance_at_the_limit_is_no_problem() -> None:
    assert problems(a_citizen(attendance_stability=STEADY_ATTENDANCE_SHARE)) == ()


@pytest.mark.parametrize(
    ("attendance", "rules", "step"),
    [
        (0.9, True, FirstStep.COMPANY_CENTRE),
        (STEADY_ATTENDANCE_SHARE, True, FirstStep.COMPANY_CENTRE),
        (0.5, True, FirstStep.PARALLEL_SUPPORT),
        (0.9, False, FirstStep.PARALLEL_SUPPORT),
        (None, False, FirstStep.PARALLEL_SUPPORT),
        (0.5, None, FirstStep.PARALLEL_SUPPORT),
        (None, True, FirstStep.ASK_FIRST),
        (0.9, None, FirstStep.ASK_FIRST),
        (None, None, FirstStep.ASK_FIRST),
    ],
)
def test_first_step_follows_attendance_and_rules(attendance: float | None, rules: bool | None, step: FirstStep) -> None:
    assert first_step(a_citizen(attendance_stability=attendance, knows_workplace_rules=rules)) is step
