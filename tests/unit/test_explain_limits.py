"""Explanations at the limits that placements share: told where they close a place, named with their source, silent
about the people behind them."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from matcher.arrays import MatchInput
from matcher.budgets import running_on
from matcher.domain.agreement import AgreementModel, PlacementForm
from matcher.domain.citizen import Citizen, GroupNeed
from matcher.domain.placement import Placement
from matcher.domain.staff import JobConsultant
from matcher.explain import Explanation, explain
from matcher.language import Language
from matcher.letter import OF_ONE_FORM, letter
from matcher.market import Market, market
from matcher.suggest import candidates, suggest
from tests.builders import a_citizen, a_company, a_consultant, a_placement, a_slot, a_worksite
from tests.pairs import input_of, pair_of

HALF = {"hours_now": 18.5, "hours_target": 18.5}
SOMEBODY = (a_placement(citizen_id="elsewhere"),)
SHARED = {"slot": {"capacity": 3}}


def market_of(
    match_input: MatchInput,
    running: Iterable[Placement] = (),
    consultants: tuple[JobConsultant, ...] = (a_consultant(),),
    row: int = 0,
) -> Market:
    slots = np.arange(len(match_input.slots), dtype=np.int32)
    return market(
        match_input,
        np.full_like(slots, row),
        slots,
        consultants={one.id: one for one in consultants},
        running=running_on(match_input, running),
    )


def explained(match_input: MatchInput, language: Language = Language.DANISH, **beside: Any) -> Explanation:
    return explain(match_input, 0, 0, met=market_of(match_input, **beside).met(0), language=language)


def used_up() -> MatchInput:
    """A worksite whose only full-time person is taken."""
    return pair_of(citizen=HALF, worksite={"ordinary_employees": 4, "supported_full_time_persons": 1})


def test_an_allowance_that_is_used_up_closes_the_place_with_its_rule_and_source() -> None:
    explanation = explained(used_up())
    assert not explanation.eligible
    assert explanation.failed_rules == ("reasonableness",)
    (rule,) = [one for one in explanation.rules if not one.passed]
    assert rule.source == "BEK nr. 2636 af 28/12/2021 § 65"
    assert rule.valid_from.isoformat() == "2022-01-01"
    assert rule.texts[0].endswith("Forløbet svarer til 0,5 fuldtidsperson, og der er ikke mere tilbage.")
    assert explanation.one_line.startswith("Ikke muligt: Testkøkkenet, Skjern kan højst have 1 fuldtidsperson")
    assert rule.texts[0] in explanation.reasons_against
    (limit,) = [one for one in explanation.limits if one.id == "reasonableness"]
    assert (limit.needs, limit.allowed, limit.taken, limit.passed) == (0.5, 1, 1, False)
    assert "§ 65" in letter(explanation)
    assert "used up" not in letter(explanation)


def test_the_letter_of_a_possible_place_rests_on_the_limits_too() -> None:
    explanation = explained(pair_of(citizen=HALF))
    assert explanation.eligible
    text = letter(explanation)
    assert "BEK nr. 2636 af 28/12/2021 § 65" in text
    of_the_form = [rule for rule in explanation.rules if rule.id not in OF_ONE_FORM]
    assert f"De {len(of_the_form)} regler" in text


@pytest.mark.parametrize(
    ("rule", "pair", "beside", "says"),
    [
        ("places", {}, {"running": SOMEBODY}, "Pladsen er optaget af et forløb, der er aftalt eller i gang."),
        (
            "mentor_hours",
            {"citizen": {"mentor_hours_per_week": 7}},
            {},
            "Borgeren har brug for 7 timer om ugen, og der er 6 tilbage.",
        ),
        (
            "cluster_places",
            {
                "agreement": {
                    "model": AgreementModel.CLUSTER,
                    "company_ids": ("company-1", "company-2"),
                    "places": 1,
                }
            }
            | SHARED,
            {"running": SOMEBODY},
            "De er alle i brug.",
        ),
        (
            "outreach_hours",
            {"agreement": {"model": AgreementModel.AD_HOC, "outreach_hours": 5}},
            {"consultants": (a_consultant(outreach_hours=4),)},
            "Der er ikke tid nok tilbage til denne virksomhed.",
        ),
        (
            "caseload",
            SHARED,
            {"running": SOMEBODY, "consultants": (a_consultant(caseload=1),)},
            "Der er ikke plads til et forløb mere.",
        ),
    ],
)
def test_each_limit_is_told_where_too_little_is_left(
    rule: str, pair: dict[str, Any], beside: dict[str, Any], says: str
) -> None:
    explanation = explained(pair_of(**pair), **beside)
    assert explanation.failed_rules == (rule,)
    (failed,) = [one for one in explanation.rules if not one.passed]
    assert failed.texts[0].endswith(says)
    assert failed.statement
    assert failed.source
    english = explained(pair_of(**pair), Language.ENGLISH, **beside)
    assert english.failed_rules == (rule,)
    assert english.one_line.startswith("Not possible: ")


def test_a_limit_that_the_pair_does_not_draw_on_is_not_named() -> None:
    explanation = explained(pair_of(slot={"form": PlacementForm.ORDINARY_HOURS}))
    limits = {one.id for one in explanation.limits}
    assert limits == {"places", "caseload"}
    assert not {"reasonableness", "mentor_hours", "cluster_places", "outreach_hours"} & {
        one.id for one in explanation.rules
    }


def two_kept_apart(mine: GroupNeed, other: GroupNeed) -> tuple[MatchInput, tuple[Placement, ...]]:
    people: list[Citizen] = [a_citizen(group_need=mine), a_citizen(id="citizen-2", group_need=other)]
    return input_of(people, [a_slot(capacity=3)]), (a_placement(citizen_id="citizen-2"),)


@pytest.mark.parametrize("language", Language)
def test_kept_apart_closes_the_place_and_tells_nothing_of_the_other(language: Language) -> None:
    clean, active = GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.ACTIVE_SUBSTANCE_USE
    texts = []
    for mine, other in ((clean, active), (active, clean)):
        match_input, running = two_kept_apart(mine, other)
        explanation = explained(match_input, language, running=running)
        assert explanation.failed_rules == ("with_others",)
        said = json.dumps(explanation.as_record(), ensure_ascii=False) + letter(explanation)
        for word in ("misbrug", "substance", "kept_apart", "2013-01-01", "en anden i forløb", "Somebody"):
            assert word not in said
        texts.append([rule for rule in explanation.rules if not rule.passed])
    assert texts[0] == texts[1]


def test_a_group_that_goes_together_is_told_as_for_everybody_else() -> None:
    match_input, running = two_kept_apart(GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.NONE)
    free = explained(match_input, running=running)
    nobody, others = two_kept_apart(GroupNeed.NONE, GroupNeed.ACTIVE_SUBSTANCE_USE)
    assert free.eligible
    assert free.rules == explained(nobody, running=others).rules


def test_a_list_tells_of_the_places_that_limits_close() -> None:
    full = a_worksite(id="worksite-2", ordinary_employees=4, supported_full_time_persons=1)
    company = a_company(worksites=(a_worksite(), full))
    slots = [a_slot(), a_slot(id="slot-full", worksite_id="worksite-2"), a_slot(id="slot-taken")]
    match_input = input_of([a_citizen()], slots, company=company)
    running = (a_placement(citizen_id="elsewhere", slot_id="slot-taken"),)
    found = suggest(match_input, 0, market=market_of(match_input, running))
    assert [one.explanation.slot_id for one in found.suggestions] == ["slot-1"]
    assert (found.eligible_count, found.not_free_count) == (3, 2)
    (near,) = found.near_misses
    assert near.failed_rules == ("reasonableness",)
    assert near.missing == near.explanation.reasons_against[:1]


def test_candidates_whom_a_limit_excludes_come_last_with_the_reason() -> None:
    people = [a_citizen(id="a", mentor_hours_per_week=7), a_citizen(id="b", mentor_hours_per_week=1)]
    match_input = input_of(people, [a_slot()])
    asked = candidates(
        match_input,
        0,
        market_of=lambda rows: market(
            match_input,
            rows,
            np.zeros_like(rows),
            consultants={"consultant-1": a_consultant()},
            running=running_on(match_input, ()),
        ),
    )
    assert [one.explanation.citizen_id for one in asked.candidates] == ["b", "a"]
    assert [one.explanation.failed_rules for one in asked.candidates] == [(), ("mentor_hours",)]
