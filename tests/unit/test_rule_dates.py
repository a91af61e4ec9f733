"""The version that counts is the one of a placement's first day: of hard rules, limits and the municipality's own."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from matcher.arrays import MatchInput
from matcher.domain import legal
from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.citizen import GroupNeed, TargetGroupProfile
from matcher.domain.local_condition import LocalCondition
from matcher.domain.rule_changes import ChangeKind, LocalRule, RuleChange, changed
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import CASELOAD, KEPT_APART, OPEN, REASONABLENESS, STARTS_SOON, STATUTE
from matcher.limits import ResourceKind
from matcher.resources import NightProblem, plan_problem
from matcher.rules import RULES, eligible_pairs, rule_version, rules_of
from matcher.scoring import score_citizen, score_pairs
from tests.builders import ON, a_citizen, a_consultant, a_placement, a_slot
from tests.pairs import failed, input_of, pair_of
from tests.unit.test_rule_cases import HARD

DAY = timedelta(days=1)
BOUNDARY = date(2026, 10, 20)
"""First day of a new version."""
CLOSED = [(rule, case) for rule, cases in HARD.items() for case in cases if not case.passes]


def without(rule_id: str, first: date, last: date | None = None) -> RuleBook:
    """The common book with a rule that nobody has on some days, whatever its origin."""
    found = []
    for version in STATUTE.periods(rule_id):
        found.append(replace(version, valid_to=first - DAY))
        if last is not None:
            found.append(replace(version, valid_from=last + DAY))
    return STATUTE.replaced(rule_id, found)


@pytest.mark.parametrize(("rule", "case"), CLOSED, ids=[f"{rule}: {case.says}" for rule, case in CLOSED])
def test_a_rule_asks_nothing_on_a_day_that_no_version_covers(rule: str, case: Any) -> None:
    pair = case.match_input()
    start = date.fromordinal(int(pair.start_day(np.zeros(1, np.int32), np.zeros(1, np.int32))[0]))
    for book, closed in (
        (without(rule, start, start), set()),
        (without(rule, start - 9 * DAY, start - DAY), {rule}),
        (without(rule, start + DAY), {rule}),
    ):
        assert failed(replace(pair, rulebook=book)) == closed


def least_days(least: int, first: date) -> RuleBook:
    """Another least time before a place closes, from a day on."""
    return changed(STATUTE, [RuleChange(ChangeKind.SET_FIGURES, OPEN, first, figures={"least_days_left": least})])


@pytest.mark.parametrize(
    ("starts_on", "days_left", "passes"),
    [
        (BOUNDARY - DAY, 14, True),
        (BOUNDARY - DAY, 13, False),
        (BOUNDARY, 28, True),
        (BOUNDARY, 27, False),
        (BOUNDARY + DAY, 27, False),
    ],
)
def test_two_versions_each_for_placements_that_begin_in_its_days(starts_on: date, days_left: int, passes: bool) -> None:
    slot = {"starts_on": starts_on, "ends_on": starts_on + days_left * DAY}
    pair = pair_of(slot=slot, rulebook=least_days(28, BOUNDARY))
    assert failed(pair) == (set() if passes else {OPEN})
    version = rule_version(pair, OPEN, 0, 0)
    assert version is not None
    assert version.parameters["least_days_left"] == (14 if starts_on < BOUNDARY else 28)


def test_each_pair_of_a_block_has_its_own_version() -> None:
    slots = [
        a_slot(id=f"slot-{k}", starts_on=BOUNDARY + (k - 2) * DAY, ends_on=BOUNDARY + (k + 18) * DAY) for k in range(5)
    ]
    people = [a_citizen(), a_citizen(id="citizen-2", available_from=BOUNDARY)]
    block = input_of(people, slots, rulebook=least_days(28, BOUNDARY))
    rows, cols = np.arange(2, dtype=np.int32), np.arange(5, dtype=np.int32)
    found = list(zip(*(one.tolist() for one in eligible_pairs(block, rows, cols)), strict=True))
    assert found == [(0, 0), (0, 1)]  # 20 days left are enough before the boundary only
    masks = {rule.id: rule.passes(block, rows) for rule in rules_of(block)}
    assert np.logical_and.reduce(list(masks.values())).tolist() == [
        [True, True, False, False, False],
        [False] * 5,
    ]


def test_a_version_that_begins_after_every_start_changes_nothing() -> None:
    pair = pair_of(slot={"ends_on": ON + 14 * DAY}, rulebook=least_days(28, ON + DAY))
    assert failed(pair) == set()


def test_the_horizon_is_a_figure_of_a_rule() -> None:
    book = changed(STATUTE, [RuleChange(ChangeKind.SET_FIGURES, STARTS_SOON, ON, figures={"horizon_weeks": 2})])
    for days, passes in ((14, True), (15, False)):
        pair = pair_of(slot={"starts_on": ON + days * DAY}, rulebook=book)
        assert failed(pair) == (set() if passes else {STARTS_SOON})


def test_a_group_that_the_law_ends_is_open_until_its_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = replace(legal.target_group("activity_ready", ON), valid_to=BOUNDARY)
    others = tuple(group for group in legal.TARGET_GROUPS if group.code != "activity_ready")
    monkeypatch.setattr(legal, "TARGET_GROUPS", (ending, *others))
    for starts_on, passes in ((BOUNDARY, True), (BOUNDARY + DAY, False)):
        pair = pair_of(slot={"starts_on": starts_on})
        assert failed(pair) == (set() if passes else {"group_in_law"})


# Limits.


def night_of(match_input: MatchInput, **more: Any) -> NightProblem:
    return plan_problem(match_input, score_pairs(match_input), consultants=[a_consultant()], **more)


def allowed(night: NightProblem) -> list[float]:
    return [one.allowed for one in night.resources if one.kind is ResourceKind.FULL_TIME_PERSONS]


def stricter_from(first: date) -> RuleBook:
    """1 for every 10 from a day on, as if the law had changed."""
    (now,) = STATUTE.periods(REASONABLENESS)
    later = replace(now, valid_from=first, parameters={**now.parameters, "per_person_first": 10})
    return STATUTE.replaced(REASONABLENESS, [replace(now, valid_to=first - DAY), later])


@pytest.mark.parametrize(
    ("starts", "persons"),
    [
        ((BOUNDARY - DAY,), 4),
        ((BOUNDARY,), 2),
        ((BOUNDARY - DAY, BOUNDARY), 2),
    ],
)
def test_the_lower_allowance_counts_where_first_days_span_two_versions(starts: tuple[date, ...], persons: int) -> None:
    slots = [a_slot(id=f"slot-{k}", starts_on=day) for k, day in enumerate(starts)]
    assert allowed(night_of(input_of([a_citizen()], slots, rulebook=stricter_from(BOUNDARY)))) == [persons]


def test_a_switched_off_limit_is_no_row_of_the_plan() -> None:
    off = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, CASELOAD, ON)])
    kinds = {one.kind for one in night_of(pair_of(rulebook=off)).resources}
    assert ResourceKind.CASELOAD not in kinds
    assert ResourceKind.CASELOAD in {one.kind for one in night_of(pair_of()).resources}


def test_a_limit_that_is_off_on_some_days_counts_the_other_starts_only() -> None:
    off = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, CASELOAD, BOUNDARY)])
    slots = [a_slot(id="slot-0", starts_on=BOUNDARY - DAY), a_slot(id="slot-1", starts_on=BOUNDARY)]
    night = night_of(input_of([a_citizen()], slots, rulebook=off))
    assert night.problem.resources is not None
    row = [one.kind for one in night.resources].index(ResourceKind.CASELOAD)
    assert night.problem.resources.use.toarray()[row].tolist() == [1, 0]


@pytest.mark.parametrize(("off", "pairs"), [(False, 0), (True, 1)])
def test_the_kept_apart_groups_can_be_switched_off(off: bool, pairs: int) -> None:
    book = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, KEPT_APART, ON)]) if off else STATUTE
    people = [
        a_citizen(group_need=GroupNeed.SUBSTANCE_FREE_GROUP),
        a_citizen(id="citizen-2", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE),
    ]
    match_input = input_of(people, [a_slot(capacity=5)], rulebook=book)
    night = night_of(match_input, running=[a_placement(citizen_id="citizen-2")])
    assert night.problem.n_pairs == pairs


# The municipality's own rules.


def local(condition: LocalCondition, first: date = ON, last: date | None = None) -> RuleBook:
    rule = LocalRule("Kun her.", "Only here.", "Udvalget", condition)
    return changed(STATUTE, [RuleChange(ChangeKind.ADD, "lokal.1", first, last, rule=rule)])


KITCHEN: dict[str, Any] = {
    "citizen": {"profile": TargetGroupProfile.EDUCATION},
    "slot": {"setting": SlotSetting.COMPANY_CENTRE, "hours_from": 8},
}


@pytest.mark.parametrize(
    ("condition", "closed"),
    [
        (LocalCondition(settings=(SlotSetting.COMPANY_CENTRE,)), True),
        (LocalCondition(settings=(SlotSetting.SINGLE,)), False),
        (LocalCondition(settings=(SlotSetting.SINGLE, SlotSetting.COMPANY_CENTRE)), True),
        (LocalCondition(forms=(PlacementForm.WORK_PLACEMENT,)), True),
        (LocalCondition(forms=(PlacementForm.WAGE_SUBSIDY,)), False),
        (LocalCondition(models=(AgreementModel.FIXED,)), True),
        (LocalCondition(models=(AgreementModel.CLUSTER,)), False),
        (LocalCondition(company_ids=("company-1",)), True),
        (LocalCondition(company_ids=("company-9",)), False),
        (LocalCondition(industries=("56",)), True),
        (LocalCondition(industries=("562900",)), True),
        (LocalCondition(industries=("55", "561")), False),
        (LocalCondition(hours_from_above=7.5), True),
        (LocalCondition(hours_from_above=8), False),
        (LocalCondition(travel_minutes_above=0), True),
        (LocalCondition(travel_minutes_above=240), False),
        (LocalCondition(settings=(SlotSetting.COMPANY_CENTRE,), profiles=(TargetGroupProfile.EDUCATION,)), True),
        (LocalCondition(settings=(SlotSetting.COMPANY_CENTRE,), profiles=(TargetGroupProfile.JOB,)), False),
        (LocalCondition(settings=(SlotSetting.COMPANY_CENTRE,), target_groups=("activity_ready",)), True),
        (LocalCondition(settings=(SlotSetting.COMPANY_CENTRE,), target_groups=("sick_pay",)), False),
    ],
)
def test_a_local_rule_closes_what_all_its_parts_hold_of(condition: LocalCondition, closed: bool) -> None:
    match_input = pair_of(**KITCHEN, rulebook=local(condition))
    assert failed(match_input) == ({"lokal.1"} if closed else set())
    assert (len(score_pairs(match_input).citizen) == 0) is closed
    assert bool(score_citizen(match_input, 0).eligible[0]) is not closed


@pytest.mark.parametrize(
    ("day", "closed"),
    [(BOUNDARY - DAY, False), (BOUNDARY, True), (BOUNDARY + 5 * DAY, True), (BOUNDARY + 6 * DAY, False)],
)
def test_a_local_rule_closes_placements_that_begin_in_its_days(day: date, closed: bool) -> None:
    book = local(LocalCondition(settings=(SlotSetting.SINGLE,)), BOUNDARY, BOUNDARY + 5 * DAY)
    pair = pair_of(slot={"starts_on": day}, rulebook=book)
    assert failed(pair) == ({"lokal.1"} if closed else set())
    assert (rule_version(pair, "lokal.1", 0, 0) is not None) is closed


def test_a_local_rule_on_travel_closes_no_place_whose_way_is_not_known() -> None:
    book = local(LocalCondition(travel_minutes_above=0))
    unknown = {"position": None, "postcode": "9999"}
    assert failed(pair_of(worksite=unknown, rulebook=book)) == set()
    assert failed(pair_of(rulebook=book)) == {"lokal.1"}


def test_local_rules_come_after_the_common_ones_by_id() -> None:
    condition = LocalCondition(settings=(SlotSetting.SINGLE,))
    rule = LocalRule("Kun her.", "Only here.", "Udvalget", condition)
    changes = [RuleChange(ChangeKind.ADD, id_, ON, rule=rule) for id_ in ("lokal.b", "lokal.a")]
    ids = [one.id for one in rules_of(pair_of(rulebook=changed(STATUTE, changes)))]
    assert ids == [*(one.id for one in RULES), "lokal.a", "lokal.b"]
