"""The examples in docs/examples.md, kept word for word: ten explanations, fourteen refusals, three letters.

Renew with ``pytest tests/golden --update-golden``, then read them as a citizen and as a lawyer would.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fixtures import Municipality, municipality
from matcher import english, wording
from matcher.arrays import Floats, MatchInput
from matcher.budgets import running_on
from matcher.demand import Demand
from matcher.domain.citizen import GroupNeed, TargetGroupProfile
from matcher.domain.placement import Placement
from matcher.domain.statute import STATUTE
from matcher.explain import Explanation, explain
from matcher.language import Language, Text
from matcher.letter import letter
from matcher.letter_without_place import letter_without_place
from matcher.limit_reasons import WITH_OTHERS_ID
from matcher.limits import Barrier
from matcher.market import Market, market
from matcher.pair import goal_title
from matcher.scoring import score_citizen
from matcher.suggest import suggest
from matcher.unplaced import explain_unplaced
from matcher.without_place import without_place
from tests.builders import a_placement
from tests.golden.test_golden_texts import CITIZENS, PRICE_OF_A_PLACE, world

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples.md"
INTRODUCTION = """# Examples of reasons

Printed from the synthetic municipality (seed 760, 120 citizens), word for word as the service writes them; a test
compares. People, companies and numbers are invented. The plan behind "wanted by others" and "no place in the plan" is a
simple one that takes the best pairs first, so that the examples change with words and data and not with the solver;
the rule book's version is written as 0123456789ab. In refusal 11 a placement has been added so that the
example exists.
What the parts mean: [Explanations](explanations.md). Five needs summed over all citizens stand, word for word, in
[What would open a place](openings.md).
"""
DANISH, ENGLISH = Language.DANISH, Language.ENGLISH
CLOSING_RULES = (
    "travel",
    "hours",
    "schedule",
    "must_needs_met",
    "must_needs_stated",
    "certificates",
    "group_accepted",
    "additional_employment",
    "former_employer",
    "reasonableness",
    WITH_OTHERS_ID,
)
"""What closes a place by itself in one example each."""
UNPLACED = (Barrier.NO_PLACE_FITS, Barrier.GIVEN_TO_OTHERS, Barrier.RESOURCE)


@cache
def citizen_prices() -> Floats:
    """What the plan of the examples has for each citizen: the value of the pair it chose, 0 without one."""
    match_input, use = world()
    worth = np.zeros(len(match_input.citizens))
    pairs = use.account.pair_of_citizen
    placed = np.flatnonzero(pairs >= 0)
    worth[placed] = use.night.problem.value[pairs[placed]]
    return worth


@cache
def explained(row: int, slot_row: int, language: Language, extra: tuple[Placement, ...] = ()) -> Explanation:
    match_input, use = world()
    problem, prices = use.night.problem, np.full(len(match_input.slots), PRICE_OF_A_PLACE)
    value = float(score_citizen(match_input, row).value[slot_row])
    demand = Demand.of(problem.citizen, problem.slot, problem.value, citizen_prices())
    wanted = demand.others(row, slot_row, value)
    met = beside(row, extra).met(slot_row)
    return explain(match_input, row, slot_row, prices=prices, wanted=wanted, alternatives=1, met=met, language=language)


@cache
def everybody() -> Municipality:
    return municipality(citizens=CITIZENS)


def beside(row: int, extra: tuple[Placement, ...]) -> Market:
    """The citizen and every place beside the placements of the fixtures and some more."""
    match_input, place = world()[0], everybody()
    slots = np.arange(len(match_input.slots), dtype=np.int32)
    running = running_on(match_input, (*place.placements, *extra)).without(row)
    consultants = {one.id: one for one in place.consultants}
    return market(match_input, np.full_like(slots, row), slots, consultants=consultants, running=running)


def about(match_input: MatchInput, row: int, language: Language) -> str:
    """Who it is about, as far as the example needs it."""
    citizen = match_input.citizen_values[row]
    names = [goal_title(goal) for goal in citizen.goals]
    danish = wording.joined([name.danish for name in names]) or "ikke afklaret endnu"
    goals = english.joined([name.english for name in names]) or "not clear yet"
    return Text(
        f"Jobmål: {danish}. {wording.hours_per_week(citizen.hours_now)} nu, "
        f"{wording.hours_per_week(citizen.hours_target)} som mål.",
        f"Job goal: {goals}. {english.hours_per_week(citizen.hours_now)} now, "
        f"{english.hours_per_week(citizen.hours_target)} as the target.",
    ).in_(language)


def bullets(title: Text, texts: tuple[str, ...], language: Language) -> list[str]:
    return [f"*{title.in_(language)}*", "", *(f"- {text}" for text in texts), ""] if texts else []


def card(number: int, row: int, explanation: Explanation) -> list[str]:
    match_input, language = world()[0], explanation.language
    value, known = explanation.value, explanation.confidence
    fits = Text(
        f"Pladsen passer {wording.percent(value)}. {wording.percent(known)} af det, der tæller, er oplyst.",
        f"The place fits {english.percent(value)}. {english.percent(known)} of what counts is known.",
    )
    return [
        f"### {number}. {explanation.heading}",
        "",
        about(match_input, row, language),
        "",
        f"**{explanation.one_line}**",
        "",
        " ".join(filter(None, (explanation.practical, fits.in_(language), explanation.price_text))),
        "",
        *bullets(Text("Taler for", "In favour"), explanation.reasons_for, language),
        *bullets(Text("Taler imod", "Against"), explanation.reasons_against, language),
        *bullets(Text("Skal på plads først", "To be settled first"), explanation.must_confirm, language),
        *bullets(Text("Mangler at blive oplyst", "Not known"), explanation.missing, language),
        *bullets(Text("Støtte, der kan gå ved siden af", "Support beside it"), explanation.support_texts, language),
        *bullets(Text("Andre pladser", "Other places"), tuple(one.text for one in explanation.alternatives), language),
    ]


def ten_explanations() -> list[tuple[int, Explanation]]:
    """For each profile the first two citizens with a place, the second in English."""
    match_input, _ = world()
    found = []
    for profile in TargetGroupProfile:
        rows = [row for row, citizen in enumerate(match_input.citizen_values) if citizen.profile is profile]
        lists = ((row, suggest(match_input, row, k=1, near_misses=0).suggestions) for row in rows)
        with_places = [(row, places[0].slot_row) for row, places in lists if places][:2]
        for (row, slot_row), language in zip(with_places, Language, strict=True):
            found.append((row, explained(row, slot_row, language)))
    return found


@cache
def why_nots() -> list[tuple[int, Explanation]]:
    """The first place that each rule or limit closes for a citizen by itself, every fourth in English."""
    return [
        next(_kept_apart(language) if rule_id == WITH_OTHERS_ID else _closed_by(rule_id, language))
        for rule_id, language in zip(CLOSING_RULES, cycle((DANISH, DANISH, DANISH, ENGLISH)), strict=False)
    ]


def _closed_by(rule_id: str, language: Language) -> Iterator[tuple[int, Explanation]]:
    for row in range(len(world()[0].citizens)):
        for slot_row in np.flatnonzero(_failing(row, ()) == 1).tolist():
            explanation = explained(row, slot_row, language)
            if explanation.failed_rules == (rule_id,):
                yield row, explanation


@cache
def _failing(row: int, extra: tuple[Placement, ...]) -> NDArray[np.int64]:
    """How many rules and limits close each place."""
    match_input, found = world()[0], beside(row, extra)
    rules = ~score_citizen(match_input, row).passes
    taken = match_input.slots.capacity <= found.taken
    closing: NDArray[np.int64] = rules.sum(axis=0) + found.lacking + taken + found.apart
    return closing


def _kept_apart(language: Language) -> Iterator[tuple[int, Explanation]]:
    """Somebody who needs a group without substance use, beside somebody who is placed there for the example."""
    match_input = world()[0]
    needs = [citizen.group_need for citizen in match_input.citizen_values]
    other = match_input.citizens.ids[needs.index(GroupNeed.ACTIVE_SUBSTANCE_USE)]
    for row in [row for row, need in enumerate(needs) if need is GroupNeed.SUBSTANCE_FREE_GROUP]:
        for slot_row in np.flatnonzero((_failing(row, ()) == 0) & (match_input.slots.capacity > 1)).tolist():
            slot_id = match_input.slots.ids[slot_row]
            there = (a_placement(citizen_id=other, slot_id=slot_id, hours_per_week=2),)
            explanation = explained(row, slot_row, language, there)
            if explanation.failed_rules == (WITH_OTHERS_ID,):
                yield row, explanation


def unplaced() -> list[tuple[int, str, tuple[str, ...]]]:
    """The first citizen without a place for each of three reasons, the last in English."""
    match_input, use = world()
    found = []
    waiting = [row for row in np.flatnonzero(use.account.pair_of_citizen < 0).tolist() if row not in use.night.placed]
    for number, reason in enumerate(UNPLACED):
        language = Language.DANISH if number < 2 else Language.ENGLISH
        row = next(row for row in waiting if explain_unplaced(match_input, row, use).reason is reason)
        why = explain_unplaced(match_input, row, use, language)
        found.append((row, why.text, why.details))
    return found


def letter_of_nobody_s_place() -> str:
    """The letter of the first citizen whom no place fits."""
    row, told, _ = unplaced()[0]
    return letter_without_place(without_place(world()[0], row, beside(row, ()), DANISH), told)


def examples() -> str:
    match_input, _ = world()
    places, refusals = ten_explanations(), why_nots()
    lines = [INTRODUCTION, "## Ten places explained", ""]
    for number, (row, explanation) in enumerate(places, start=1):
        lines += card(number, row, explanation)
    lines += ["## Fourteen refusals", ""]
    for number, (row, explanation) in enumerate(refusals, start=1):
        failed = tuple(
            f"{' '.join(rule.texts)} ({rule.source}: {rule.statement})" for rule in explanation.rules if not rule.passed
        )
        language = explanation.language
        lines += [f"### {number}. {explanation.heading}", "", about(match_input, row, language), ""]
        lines += [f"**{explanation.one_line}**", "", *(f"- {text}" for text in failed), ""]
    for number, (row, text, details) in enumerate(unplaced(), start=len(refusals) + 1):
        language = DANISH if number < len(refusals) + len(UNPLACED) else ENGLISH
        title = Text("Ingen plads i planen", "No place in the plan").in_(language)
        lines += [f"### {number}. {title}", "", about(match_input, row, language), "", f"**{text}**", ""]
        lines += [*(f"- {detail}" for detail in details), ""]
    lines += ["## Reasons in a decision letter", ""]
    english_refusal = next(one for _, one in refusals if one.language is ENGLISH)
    for number, explanation in enumerate((places[0][1], english_refusal), start=1):
        lines += [f"### {number}. {explanation.heading}", "", letter(explanation), ""]
    lines += ["### 3. Uden en plads", "", letter_of_nobody_s_place(), ""]
    rules_id = match_input.rules_id[:12]
    return "\n".join(lines).replace(rules_id, "0123456789ab").rstrip() + "\n"


def test_examples_are_kept_word_for_word(update_golden: bool) -> None:
    text = examples()
    if update_golden:
        EXAMPLES.write_text(text, encoding="utf-8")
    assert EXAMPLES.read_text(encoding="utf-8") == text, "read the new text, then renew with --update-golden"


def test_there_are_enough_of_each_and_every_rule_named_exists() -> None:
    assert len(ten_explanations()) == 10
    assert len(why_nots()) + len(unplaced()) == 14
    assert [one.failed_rules for _, one in why_nots()] == [(rule_id,) for rule_id in CLOSING_RULES]
    assert set(CLOSING_RULES) <= {WITH_OTHERS_ID, *STATUTE.ids}


def test_what_keeps_people_apart_says_nothing_of_the_other_person() -> None:
    _, explanation = why_nots()[-1]
    said = json.dumps(explanation.as_record(), ensure_ascii=False) + letter(explanation)
    assert not re.search("misbrug(?!sbehandling)|substance|kept_apart|en anden i forløb", said)


@pytest.mark.parametrize("language", Language)
def test_why_somebody_has_no_place_names_no_staff_and_tells_of_nobody_else(language: Language) -> None:
    match_input, use = world()
    names = [one.name for one in municipality(citizens=CITIZENS).consultants]
    told = 0
    for row in np.flatnonzero(use.account.pair_of_citizen < 0).tolist():
        why = explain_unplaced(match_input, row, use, language)
        for text in (why.text, *why.details):
            told += 1
            assert not any(name in text for name in names), text
            assert not re.search(r"_|\d %|\b(misbrug|misuse|gruppe med|group with)\b", text), text
    assert told > 100
