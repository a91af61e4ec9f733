"""What a municipality may change: practice and its own rules within a period, never law, an agreement or a choice."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.agreement import SlotSetting
from matcher.domain.citizen import TargetGroupProfile
from matcher.domain.local_condition import LocalCondition
from matcher.domain.rule_changes import ChangeKind, LocalRule, RuleChange, changed
from matcher.domain.rulebook import Origin, RuleBook, RuleVersion, Severity
from matcher.domain.statute import (
    ADDITIONAL_EMPLOYMENT,
    CASELOAD,
    FORMER_EMPLOYER,
    MENTOR_HOURS,
    REASONABLENESS,
    STARTS_SOON,
    STATUTE,
)
from matcher.domain.validation import InvalidValueError

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
EDGES = (FIRST - DAY, FIRST, LAST, LAST + DAY)
LOCAL = LocalRule(
    "Ingen køkkener {i} prøvetiden.",
    "No kitchens in the trial.",
    "Udvalget 1/9/2026",
    LocalCondition(settings=(SlotSetting.SINGLE,)),
)


def a_change(kind: ChangeKind, rule_id: str = STARTS_SOON, **more: Any) -> RuleChange:
    return RuleChange(kind, rule_id, **({"valid_from": FIRST, "valid_to": LAST} | more))


def horizons(book: RuleBook, days: tuple[date, ...] = EDGES) -> list[float | None]:
    """The horizon in weeks on each day; None where the rule asks nothing."""
    return [
        book.version(STARTS_SOON, day).parameters["horizon_weeks"] if book.holds(STARTS_SOON, day) else None
        for day in days
    ]


def test_switched_off_from_the_first_to_the_last_day() -> None:
    assert horizons(changed(STATUTE, [a_change(ChangeKind.SWITCH_OFF)])) == [8, None, None, 8]


def test_switched_off_without_an_end() -> None:
    book = changed(STATUTE, [a_change(ChangeKind.SWITCH_OFF, valid_to=None)])
    assert horizons(book) == [8, None, None, None]


def test_other_figures_from_the_first_to_the_last_day_with_their_text() -> None:
    book = changed(STATUTE, [a_change(ChangeKind.SET_FIGURES, figures={"horizon_weeks": 4})])
    assert horizons(book) == [8, 4, 4, 8]
    assert book.version(STARTS_SOON, FIRST).danish == "Forløbet kan begynde inden for 4 uger."
    assert book.version(STARTS_SOON, FIRST).english == "The placement can begin within 4 weeks."


def test_a_later_change_paints_over_an_earlier_one_and_restoring_brings_the_common_rule_back() -> None:
    middle = date(2026, 11, 1)
    off = a_change(ChangeKind.SWITCH_OFF)
    some = a_change(ChangeKind.SET_FIGURES, valid_from=middle, valid_to=middle, figures={"horizon_weeks": 4})
    back = a_change(ChangeKind.RESTORE, valid_from=LAST, valid_to=None)
    days = (FIRST, middle - DAY, middle, middle + DAY, LAST)
    assert horizons(changed(STATUTE, [off, some, back]), days) == [None, None, 4, None, 8]
    assert changed(STATUTE, [off, a_change(ChangeKind.RESTORE)]).holds(STARTS_SOON, FIRST)


def test_changes_leave_all_other_rules_and_the_book_itself() -> None:
    before = STATUTE.fingerprint()
    book = changed(STATUTE, [a_change(ChangeKind.SWITCH_OFF)])
    assert [one for one in book.versions if one.id != STARTS_SOON] == [
        one for one in STATUTE.versions if one.id != STARTS_SOON
    ]
    assert STATUTE.fingerprint() == before != book.fingerprint()


def test_a_local_rule_holds_in_its_period_and_can_be_switched_off_again() -> None:
    add = a_change(ChangeKind.ADD, "lokal.1", rule=LOCAL)
    book = changed(STATUTE, [add])
    assert [book.holds("lokal.1", day) for day in EDGES] == [False, True, True, False]
    rule = book.version("lokal.1", FIRST)
    assert (rule.danish, rule.english) == (LOCAL.danish, LOCAL.english)
    assert (rule.origin, rule.severity, rule.condition) == (Origin.LOCAL, Severity.CLOSES, LOCAL.condition)
    assert book.of_origin(Origin.LOCAL) == ("lokal.1",)
    off = changed(STATUTE, [add, a_change(ChangeKind.SWITCH_OFF, "lokal.1")])
    assert not off.holds("lokal.1", FIRST)


LAWS = sorted({one.id for one in STATUTE.versions if one.origin is Origin.LAW})
GIVEN = sorted({one.id for one in STATUTE.versions if one.origin in (Origin.AGREEMENT, Origin.CHOICE)})
OPEN_TO_CHANGE = sorted({one.id for one in STATUTE.versions if one.origin is Origin.PRACTICE})


@pytest.mark.parametrize("rule_id", LAWS)
@pytest.mark.parametrize("kind", [ChangeKind.SWITCH_OFF, ChangeKind.SET_FIGURES, ChangeKind.RESTORE])
def test_law_cannot_be_weakened(kind: ChangeKind, rule_id: str) -> None:
    figures = {"at_least": 9} if kind is ChangeKind.SET_FIGURES else {}
    with pytest.raises(InvalidValueError, match="rule_id: is a rule of law and cannot be weakened"):
        changed(STATUTE, [a_change(kind, rule_id, figures=figures)])


@pytest.mark.parametrize("rule_id", GIVEN)
def test_agreements_and_choices_are_not_the_municipality_s_to_switch_off(rule_id: str) -> None:
    with pytest.raises(InvalidValueError, match="is an agreement or a choice"):
        changed(STATUTE, [a_change(ChangeKind.SWITCH_OFF, rule_id)])


@pytest.mark.parametrize("rule_id", OPEN_TO_CHANGE)
def test_practice_can_be_switched_off(rule_id: str) -> None:
    assert not changed(STATUTE, [a_change(ChangeKind.SWITCH_OFF, rule_id)]).holds(rule_id, FIRST)


def test_the_law_of_limits_and_pairs_is_among_what_is_closed() -> None:
    assert {REASONABLENESS, ADDITIONAL_EMPLOYMENT, "flexi_job", "group_in_law", "written_statement"} <= set(LAWS)
    assert {"wishes_against", "must_needs_met", MENTOR_HOURS} <= set(GIVEN)
    assert {STARTS_SOON, FORMER_EMPLOYER, CASELOAD, "kept_apart"} <= set(OPEN_TO_CHANGE)


@pytest.mark.parametrize(("weeks", "allowed"), [(1, False), (2, True), (52, True), (53, False)])
def test_a_figure_stays_within_its_bounds(weeks: int, allowed: bool) -> None:
    change = a_change(ChangeKind.SET_FIGURES, figures={"horizon_weeks": weeks})
    if allowed:
        assert horizons(changed(STATUTE, [change]))[1] == weeks
    else:
        with pytest.raises(InvalidValueError, match="figures: is out of range"):
            changed(STATUTE, [change])


@pytest.mark.parametrize(
    ("problem", "change"),
    [
        ("is not a known rule", a_change(ChangeKind.SWITCH_OFF, "ukendt")),
        ("is the id of a common rule", a_change(ChangeKind.ADD, STARTS_SOON, rule=LOCAL)),
        ("has a figure that is not", a_change(ChangeKind.SET_FIGURES, figures={"months": 3})),
        ("has a figure that is not", a_change(ChangeKind.SET_FIGURES, FORMER_EMPLOYER, figures={"months": 3})),
    ],
)
def test_what_cannot_be_changed_is_refused(problem: str, change: RuleChange) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        changed(STATUTE, [change])


@pytest.mark.parametrize("kind", [ChangeKind.RESTORE, ChangeKind.SET_FIGURES])
def test_a_local_rule_has_no_common_version_to_go_back_to(kind: ChangeKind) -> None:
    figures = {"x": 1} if kind is ChangeKind.SET_FIGURES else {}
    with pytest.raises(InvalidValueError, match="kind: does not go with a local rule"):
        changed(STATUTE, [a_change(ChangeKind.ADD, "lokal.1", rule=LOCAL), a_change(kind, "lokal.1", figures=figures)])


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("rule_id", {"rule_id": "æ"}),
        ("valid_to", {"valid_to": FIRST - DAY}),
        ("figures", {"figures": {"horizon_weeks": 3}}),
        ("rule", {"rule": LOCAL}),
        ("figures", {"kind": ChangeKind.SET_FIGURES}),
        ("rule", {"kind": ChangeKind.ADD}),
    ],
)
def test_a_change_says_what_its_kind_needs_and_no_more(field: str, values: dict[str, Any]) -> None:
    whole: dict[str, Any] = {"kind": ChangeKind.SWITCH_OFF, "rule_id": STARTS_SOON, "valid_from": FIRST}
    with pytest.raises(InvalidValueError) as refused:
        RuleChange(**(whole | values))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("settings", {}),
        ("settings", {"profiles": (TargetGroupProfile.JOB,), "target_groups": ("sick_pay",)}),
        ("industries[0]", {"industries": ("5",)}),
        ("industries[0]", {"industries": ("56a",)}),
        ("hours_from_above", {"hours_from_above": 37.5}),
        ("travel_minutes_above", {"travel_minutes_above": -1}),
        ("settings", {"settings": (SlotSetting.SINGLE, SlotSetting.SINGLE)}),
        ("company_ids[0]", {"company_ids": ("æ",)}),
        ("profiles[0]", {"profiles": ("job-ready",), "hours_from_above": 3}),
    ],
)
def test_a_condition_must_speak_of_the_place_in_known_words(field: str, parts: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        LocalCondition(**parts)
    assert refused.value.field == field


def test_a_local_rule_has_text_in_both_languages_and_a_source() -> None:
    for name in ("danish", "english", "source"):
        texts = {"danish": "Ja.", "english": "Yes.", "source": "Udvalget"} | {name: " "}
        with pytest.raises(InvalidValueError) as refused:
            LocalRule(**texts, condition=LOCAL.condition)
        assert refused.value.field == name


def _weeks_by_day(changes: list[RuleChange], day: date) -> float | None:
    """The oracle: the last change whose period has the day decides, else the common rule."""
    weeks: float | None = 8
    for change in changes:
        if change.valid_from <= day and (change.valid_to is None or day <= change.valid_to):
            weeks = {ChangeKind.SWITCH_OFF: None, ChangeKind.RESTORE: 8}.get(
                change.kind, change.figures.get("horizon_weeks")
            )
    return weeks


@st.composite
def some_changes(draw: st.DrawFn) -> list[RuleChange]:
    found = []
    for _ in range(draw(st.integers(0, 6))):
        first = FIRST + DAY * draw(st.integers(0, 20))
        days = draw(st.one_of(st.none(), st.integers(0, 10)))
        last = None if days is None else first + DAY * days
        kind = draw(st.sampled_from([ChangeKind.SWITCH_OFF, ChangeKind.RESTORE, ChangeKind.SET_FIGURES]))
        figures = {"horizon_weeks": draw(st.integers(2, 52))} if kind is ChangeKind.SET_FIGURES else {}
        found.append(RuleChange(kind, STARTS_SOON, first, last, figures=figures))
    return found


@given(some_changes(), st.integers(-2, 40))
def test_on_every_day_the_last_change_of_that_day_decides(changes: list[RuleChange], offset: int) -> None:
    day = FIRST + DAY * offset
    assert horizons(changed(STATUTE, changes), (day,)) == [_weeks_by_day(changes, day)]


def test_a_version_of_two_periods_keeps_its_text_in_both() -> None:
    book = changed(STATUTE, [a_change(ChangeKind.SWITCH_OFF)])
    before, after = book.periods(STARTS_SOON)
    assert (before.valid_to, after.valid_from) == (FIRST - DAY, LAST + DAY)
    assert isinstance(before, RuleVersion)
    assert before.danish == after.danish
