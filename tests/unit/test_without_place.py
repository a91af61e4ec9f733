"""Why a citizen has no place, as a letter needs it: rules with sources and counts, and nothing of other people."""

from typing import Any

import numpy as np
import pytest

from matcher.arrays import MatchInput
from matcher.budgets import running_on
from matcher.domain.citizen import GroupNeed
from matcher.language import Language
from matcher.letter_without_place import letter_without_place
from matcher.market import market
from matcher.without_place import WithoutPlace, without_place
from matcher.wording.addressed import to_citizen
from tests.builders import a_citizen, a_company, a_consultant, a_placement, a_slot, a_worksite
from tests.pairs import input_of

TOLD = "Ingen af de 5 pladser opfylder alle krav."


def why(match_input: MatchInput, language: Language = Language.DANISH, running: Any = ()) -> WithoutPlace:
    slots = np.arange(len(match_input.slots), dtype=np.int32)
    beside = market(
        match_input,
        np.zeros_like(slots),
        slots,
        consultants={"consultant-1": a_consultant()},
        running=running_on(match_input, running),
    )
    return without_place(match_input, 0, beside, language)


def five_places() -> tuple[MatchInput, tuple[Any, ...]]:
    """Two ask for a certificate, one of them for more hours too; one is taken, one full by law, one open."""
    full = a_worksite(id="worksite-2", ordinary_employees=4, supported_full_time_persons=1)
    slots = [
        a_slot(id="a", certificates=("forklift",)),
        a_slot(id="b", certificates=("forklift",), hours_from=15),
        a_slot(id="c"),
        a_slot(id="d", worksite_id="worksite-2"),
        a_slot(id="e"),
    ]
    match_input = input_of([a_citizen()], slots, company=a_company(worksites=(a_worksite(), full)))
    return match_input, (a_placement(citizen_id="elsewhere", slot_id="c"),)


def test_each_rule_and_limit_counts_the_places_that_it_closes() -> None:
    match_input, running = five_places()
    found = why(match_input, running=running)
    assert {one.rule.id: one.places for one in found.closed} == {
        "certificates": 2,
        "hours": 1,
        "places": 1,
        "reasonableness": 1,
    }
    assert found.closed[0].rule.id == "certificates"
    assert (found.places, found.open_places) == (5, 1)
    assert all(one.rule.source and one.rule.statement and not one.rule.passed for one in found.closed)


@pytest.mark.parametrize("language", Language)
def test_the_letter_has_the_rules_with_source_and_date_facts_and_rights(language: Language) -> None:
    match_input, running = five_places()
    found = why(match_input, language, running)
    text = letter_without_place(found, TOLD)
    for one in found.closed:
        assert to_citizen(one.rule.statement, language) in text
        assert one.rule.source in text
        assert to_citizen(one.rule.texts[0], language) in text
    danish = language is Language.DANISH
    assert TOLD in text
    assert "§ 65" in text
    assert ("gælder fra den 1. januar 2022" if danish else "valid from 1 January 2022") in text
    assert ("aktivitetsparat" if danish else "activity-ready") in text
    assert ("ikke en afgørelse" if danish else "not a decision") in text
    assert ("§§ 19 og 21" if danish else "sections 19 and 21") in text
    assert match_input.rules_id[:12] in text
    assert "\n\n\n" not in text


def test_the_letter_of_somebody_whom_every_place_fits_names_no_rule() -> None:
    found = why(input_of([a_citizen()], [a_slot()]))
    assert (found.closed, found.open_places) == ((), 1)
    assert "1 plads opfylder alle krav, men den er ikke ledig i planen." in letter_without_place(found, "")


def test_what_keeps_people_apart_is_told_without_the_other_person() -> None:
    people = [
        a_citizen(group_need=GroupNeed.SUBSTANCE_FREE_GROUP),
        a_citizen(id="citizen-2", group_need=GroupNeed.ACTIVE_SUBSTANCE_USE),
    ]
    match_input = input_of(people, [a_slot(capacity=3)])
    found = why(match_input, running=(a_placement(citizen_id="citizen-2"),))
    assert [one.rule.id for one in found.closed] == ["with_others"]
    text = letter_without_place(found, "")
    assert "1 plads kan ikke kombineres med de forløb, der allerede er på arbejdspladsen." in text
    for word in ("misbrug", "substance", "kept_apart"):
        assert word not in text
    assert why(match_input).closed == ()
