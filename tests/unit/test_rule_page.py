"""The tables of docs/rules.md are those of the rule book; a company centre is as large as its rule asks for."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.agreement import AgreementModel, SlotSetting
from matcher.domain.duties import SmallCentre, small_centres
from matcher.domain.local_condition import LocalCondition
from matcher.domain.rule_changes import ChangeKind, LocalRule, RuleChange, changed
from matcher.domain.statute import COMPANY_CENTRE_PLACES, STATUTE
from service.use_cases.rule_page import rules_page
from tests.builders import ON, a_slot, an_agreement

PAGE = Path(__file__).parents[2] / "docs/rules.md"


def test_the_page_on_rules_is_the_rule_book() -> None:
    text = PAGE.read_text(encoding="utf-8")
    tables = text.partition("<!-- tables: matcher rules page -->\n\n")[2].partition("\n<!-- end of tables -->")[0]
    assert tables == rules_page()


def test_every_version_has_its_row() -> None:
    rows = [line for line in rules_page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(STATUTE.versions)
    for version in STATUTE.versions:
        (row,) = [row for row in rows if row.startswith(f"| `{version.id}` |")]
        assert version.danish in row
        assert version.english in row
        assert version.source in row
    assert "`horizon_weeks` 8 (2–52)" in rules_page()
    assert "job consultant: Why a placement with the former employer helps the citizen." in rules_page()


def test_a_municipality_s_page_has_its_own_rules_on_the_day() -> None:
    rule = LocalRule("Kun | her.", "Only | here.", "Udvalget", LocalCondition(settings=(SlotSetting.SINGLE,)))
    book = changed(STATUTE, [RuleChange(ChangeKind.ADD, "lokal.1", ON, ON, rule=rule)])
    assert "| `lokal.1` | Kun \\| her. | Only \\| here. | Udvalget | 2026-10-01 | 2026-10-01 |" in rules_page(book, ON)
    assert "lokal.1" not in rules_page(book, date(2026, 10, 2))


def centre(*capacities: int, **changes: Any) -> Any:
    slots = tuple(
        a_slot(id=f"slot-{k}", capacity=capacity, setting=SlotSetting.COMPANY_CENTRE)
        for k, capacity in enumerate(capacities)
    )
    return an_agreement(slots=slots, **changes)


@pytest.mark.parametrize(
    ("capacities", "small"),
    [((4,), False), ((3, 1), False), ((5,), False), ((3,), True), ((2, 1), True), ((0,), True)],
)
def test_a_company_centre_has_at_least_four_places(capacities: tuple[int, ...], small: bool) -> None:
    found = small_centres([centre(*capacities)], ON)
    assert found == ((SmallCentre("company-1", sum(capacities), 4),) if small else ())


def test_places_of_several_agreements_count_together_while_they_are_open() -> None:
    first, second = centre(2), centre(2, id="agreement-2", valid_to=date(2026, 12, 31))
    assert small_centres([first, second], date(2026, 12, 31)) == ()
    assert small_centres([first, second], date(2027, 1, 1)) == (SmallCentre("company-1", 2, 4),)
    assert small_centres([second], date(2025, 12, 31)) == ()


def test_a_cluster_gives_a_company_no_more_than_the_cluster_shares() -> None:
    cluster = {"model": AgreementModel.CLUSTER, "company_ids": ("company-1", "company-2")}
    assert small_centres([centre(6, **cluster, places=3)], ON) == (SmallCentre("company-1", 3, 4),)
    assert small_centres([centre(6, **cluster, places=4)], ON) == ()


def test_other_settings_are_no_centres_and_the_rule_can_be_changed() -> None:
    assert small_centres([an_agreement()], ON) == ()
    off = changed(STATUTE, [RuleChange(ChangeKind.SWITCH_OFF, COMPANY_CENTRE_PLACES, ON)])
    assert small_centres([centre(1)], ON, off) == ()
    three = changed(
        STATUTE, [RuleChange(ChangeKind.SET_FIGURES, COMPANY_CENTRE_PLACES, ON, figures={"least_places": 3})]
    )
    assert small_centres([centre(3)], ON, three) == ()
    assert small_centres([centre(2)], ON, three) == (SmallCentre("company-1", 2, 3),)
