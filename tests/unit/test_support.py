"""Parallel support: advice from named problems, unsteady attendance and unknown workplace rules."""

import pytest

from matcher.domain.agreement import SlotSetting
from matcher.domain.citizen import SupportProblem
from matcher.domain.rule_changes import ChangeKind, RuleChange, changed
from matcher.domain.statute import PARALLEL_SUPPORT, STATUTE
from matcher.explain import explain
from matcher.support import FirstStep, first_step, problems
from tests.builders import ON, a_citizen
from tests.pairs import pair_of

VERSION = STATUTE.version(PARALLEL_SUPPORT, ON)
LIMIT = VERSION.parameters["steady_attendance_percent"] / 100


UNSTEADY = {"attendance_stability": 0.7, "knows_workplace_rules": True, "support_problems": (SupportProblem.PAIN,)}


@pytest.mark.parametrize("problem", SupportProblem)
def test_every_problem_leads_to_support_with_mechanism_goal_and_source(problem: SupportProblem) -> None:
    (advice,) = explain(pair_of(citizen={"support_problems": (problem,)}), 0, 0).support
    assert advice.problem is problem
    assert advice.source == VERSION.source
    assert advice.support
    assert advice.mechanism.endswith(".")
    assert advice.sub_goal


def test_nobody_gets_support_without_a_problem() -> None:
    assert explain(pair_of(), 0, 0).support == ()


def test_unsteady_attendance_and_unknown_rules_point_to_support_once_each() -> None:
    citizen = a_citizen(
        attendance_stability=LIMIT - 0.01,
        knows_workplace_rules=False,
        support_problems=(SupportProblem.PAIN, SupportProblem.ATTENDANCE),
    )
    assert problems(citizen, VERSION) == (
        SupportProblem.ATTENDANCE,
        SupportProblem.PAIN,
        SupportProblem.WORKPLACE_RULES,
    )


def test_steady_attendance_at_the_limit_is_no_problem() -> None:
    assert problems(a_citizen(attendance_stability=LIMIT), VERSION) == ()


@pytest.mark.parametrize(
    ("attendance", "rules", "step"),
    [
        (0.9, True, FirstStep.COMPANY_CENTRE),
        (LIMIT, True, FirstStep.COMPANY_CENTRE),
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
    assert first_step(a_citizen(attendance_stability=attendance, knows_workplace_rules=rules), VERSION) is step


@pytest.mark.parametrize("percent", [50, 60, 75, 80, 90, 100])
def test_from_when_attendance_is_stable_is_the_rules_figure(percent: int) -> None:
    (version,) = changed(
        STATUTE,
        [RuleChange(ChangeKind.SET_FIGURES, PARALLEL_SUPPORT, ON, figures={"steady_attendance_percent": percent})],
    ).between(PARALLEL_SUPPORT, ON, ON)
    for attendance, steady in ((percent / 100, True), (percent / 100 - 0.001, False)):
        citizen = a_citizen(attendance_stability=attendance, knows_workplace_rules=True)
        assert (SupportProblem.ATTENDANCE in problems(citizen, version)) is not steady
        assert first_step(citizen, version) is (FirstStep.COMPANY_CENTRE if steady else FirstStep.PARALLEL_SUPPORT)
        assert f"{percent} %" in version.danish


def test_a_municipality_that_switches_the_rule_off_gets_no_advice() -> None:
    off = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, PARALLEL_SUPPORT, ON)])
    centre = {"setting": SlotSetting.COMPANY_CENTRE}
    with_it = explain(pair_of(citizen=UNSTEADY, slot=centre), 0, 0)
    without = explain(pair_of(citizen=UNSTEADY, slot=centre, rulebook=off), 0, 0)
    assert [one.problem for one in with_it.support] == [SupportProblem.ATTENDANCE, SupportProblem.PAIN]
    assert any("virksomhedscentret" in text for text in with_it.support_texts)
    assert all(VERSION.source in text for text in with_it.support_texts[:2])
    assert without.support == ()
    assert without.support_texts == ()
    assert (without.value, without.failed_rules) == (with_it.value, with_it.failed_rules)
