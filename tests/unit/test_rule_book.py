"""The rule book: versions and their days, texts with figures, one version a day, a fingerprint of all that it says."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matcher.domain.rulebook import Origin, Override, RuleBook, RuleVersion, Severity
from matcher.domain.statute import STARTS_SOON, STATUTE
from matcher.domain.validation import InvalidValueError
from matcher.rules import RULES
from tests.builders import ON

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def a_version(**changes: Any) -> RuleVersion:
    values: dict[str, Any] = {
        "id": "r",
        "danish_template": "Højst {most_weeks} uger.",
        "english_template": "At most {most_weeks} weeks.",
        "source": "Kilde",
        "valid_from": FIRST,
        "valid_to": LAST,
        "severity": Severity.CLOSES,
        "origin": Origin.PRACTICE,
        "parameters": {"most_weeks": 2.5},
    }
    return RuleVersion(**(values | changes))


@pytest.mark.parametrize(
    ("day", "holds"),
    [(date(2025, 12, 31), False), (FIRST, True), (LAST, True), (date(2027, 1, 1), False)],
)
def test_a_version_holds_from_its_first_to_its_last_day(day: date, holds: bool) -> None:
    book = RuleBook((a_version(),))
    assert a_version().valid_on(day) is holds
    assert book.holds("r", day) is holds
    assert book.valid_on(day) == ((a_version(),) if holds else ())
    if holds:
        assert book.version("r", day) == a_version()
    else:
        with pytest.raises(KeyError, match="'r'"):
            book.version("r", day)


def test_without_a_last_day_it_holds_on() -> None:
    assert RuleBook((a_version(valid_to=None),)).holds("r", date.max)


def test_the_version_of_each_day_where_one_follows_another() -> None:
    later = a_version(valid_from=date(2027, 1, 1), valid_to=None, parameters={"most_weeks": 3})
    book = RuleBook((later, a_version()))
    assert book.periods("r") == (a_version(), later)
    assert [book.version("r", day).parameters["most_weeks"] for day in (LAST, date(2027, 1, 1))] == [2.5, 3]
    assert book.between("r", date(2025, 1, 1), date(2025, 12, 31)) == ()
    assert book.between("r", LAST, LAST) == (a_version(),)
    assert book.between("r", LAST, date(2027, 1, 1)) == (a_version(), later)
    assert book.periods("another") == ()
    assert not book.holds("another", LAST)


@pytest.mark.parametrize("earlier_ends", [None, date(2027, 1, 1), date(2030, 1, 1)])
def test_two_versions_on_one_day_are_refused_by_name(earlier_ends: date | None) -> None:
    later = a_version(valid_from=date(2027, 1, 1), valid_to=None)
    with pytest.raises(InvalidValueError, match=r"versions\.r: has two versions on one day"):
        RuleBook((a_version(valid_to=earlier_ends), later))


def test_texts_carry_their_figures_in_both_languages() -> None:
    assert a_version().danish == "Højst 2,5 uger."
    assert a_version().english == "At most 2.5 weeks."


def test_the_fingerprint_changes_with_whatever_a_version_says() -> None:
    one = RuleBook((a_version(),))
    assert one.fingerprint() == RuleBook((a_version(),)).fingerprint()
    other = [
        a_version(danish_template="Andet."),
        a_version(english_template="Other."),
        a_version(source="Anden kilde"),
        a_version(valid_to=None),
        a_version(severity=Severity.DUTY),
        a_version(parameters={"most_weeks": 3}),
        a_version(bounds={"most_weeks": (1, 2)}),
        a_version(can_be_switched_off=True),
        a_version(override=Override(("job_consultant",), "Hvorfor", "Why")),
    ]
    prints = {RuleBook((version,)).fingerprint() for version in other}
    assert len(prints | {one.fingerprint()}) == len(other) + 1


def test_the_order_of_versions_does_not_matter() -> None:
    assert RuleBook(STATUTE.versions[::-1]).fingerprint() == STATUTE.fingerprint()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("id", {"id": "æ"}),
        ("danish_template", {"danish_template": " "}),
        ("english_template", {"english_template": ""}),
        ("source", {"source": ""}),
        ("valid_to", {"valid_to": date(2025, 12, 31)}),
        ("parameters.most_weeks", {"parameters": {"most_weeks": float("nan")}}),
        ("can_be_switched_off", {"origin": Origin.LAW, "can_be_switched_off": True}),
        ("condition", {"origin": Origin.LOCAL}),
    ],
)
def test_a_bad_version_is_refused_by_field(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        a_version(**changes)
    assert refused.value.field == field


def test_nobody_may_override_without_a_role() -> None:
    with pytest.raises(InvalidValueError, match="by: is empty"):
        Override((), "Hvorfor", "Why")


@pytest.mark.parametrize("version", STATUTE.versions, ids=lambda version: version.id)
def test_every_common_rule_is_whole(version: RuleVersion) -> None:
    for text in (version.danish, version.english):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text
    assert version.danish != version.english
    assert version.source
    assert set(version.bounds) <= set(version.parameters)
    for name, (low, high) in version.bounds.items():
        assert low <= version.parameters[name] <= high
    assert version.can_be_switched_off is (version.origin is Origin.PRACTICE)
    if version.override is not None:
        assert version.can_be_switched_off


def test_every_hard_rule_closes_and_no_other_rule_does() -> None:
    closes = {version.id for version in STATUTE.versions if version.severity is Severity.CLOSES}
    assert closes == {rule.id for rule in RULES}
    for rule in RULES:
        assert rule.danish == STATUTE.version(rule.id, ON).danish
        assert rule.source == STATUTE.version(rule.id, ON).source


def test_advice_and_duties_close_nothing() -> None:
    others = {version.id: version.severity for version in STATUTE.versions if version.severity is not Severity.CLOSES}
    assert others["parallel_support"] is Severity.ADVICE
    assert others["written_statement"] is Severity.DUTY
    assert others["company_centre_places"] is Severity.DUTY
    assert others["reasonableness"] is Severity.LIMITS


def test_another_version_of_one_rule_leaves_the_others() -> None:
    shorter = replace(STATUTE.version(STARTS_SOON, ON), parameters={"horizon_weeks": 4})
    book = STATUTE.replaced(STARTS_SOON, [shorter])
    assert book.version(STARTS_SOON, ON).danish == "Forløbet kan begynde inden for 4 uger."
    assert [one for one in book.versions if one.id != STARTS_SOON] == [
        one for one in STATUTE.versions if one.id != STARTS_SOON
    ]
