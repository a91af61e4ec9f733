"""The examples in docs/examples.md, kept word for word: ten explanations, ten refusals, two letters.

Renew with ``pytest tests/golden --update-golden``, then read them as a citizen and as a lawyer would.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from matcher import english, wording
from matcher.arrays import Floats, MatchInput
from matcher.demand import Demand
from matcher.domain.citizen import TargetGroupProfile
from matcher.explain import Explanation, explain
from matcher.language import Language, Text
from matcher.letter import letter
from matcher.limits import Barrier
from matcher.pair import goal_name
from matcher.rules import RULES
from matcher.scoring import score_citizen
from matcher.suggest import suggest
from matcher.unplaced import explain_unplaced
from tests.golden.test_golden_texts import PRICE_OF_A_PLACE, world

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples.md"
INTRODUCTION = """# Examples of reasons

Printed from the synthetic municipality (seed 760, 120 citizens), word for word as the service writes them; a test
compares. People, companies and numbers are invented. The plan behind "wanted by others" and "no place in the plan" is a
simple one that takes the best pairs first, so that the examples change with words and data and not with the solver;
the rule book's version is written as 0123456789ab.
What the parts mean: [Explanations](explanations.md). Five needs summed over all citizens stand, word for word, in
[What would open a place](openings.md).
"""
CLOSING_RULES = ("travel", "hours", "schedule", "must_needs_met", "must_needs_stated", "certificates", "target_group")
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


def explained(row: int, slot_row: int, language: Language) -> Explanation:
    match_input, use = world()
    problem, prices = use.night.problem, np.full(len(match_input.slots), PRICE_OF_A_PLACE)
    value = float(score_citizen(match_input, row).value[slot_row])
    demand = Demand.of(problem.citizen, problem.slot, problem.value, citizen_prices())
    wanted = demand.others(row, slot_row, value)
    return explain(match_input, row, slot_row, prices=prices, wanted=wanted, alternatives=1, language=language)


def about(match_input: MatchInput, row: int, language: Language) -> str:
    """Who it is about, as far as the example needs it."""
    citizen = match_input.citizen_values[row]
    names = [goal_name(goal) for goal in citizen.goals]
    danish = wording.joined([name.danish for name in names]) or "intet jobmål endnu"
    goals = english.joined([name.english for name in names]) or "no job goal yet"
    return Text(
        f"Profil: {wording.label(citizen.profile)}. {wording.sentence(danish)} "
        f"{wording.hours_per_week(citizen.hours_now)} nu, {wording.hours_per_week(citizen.hours_target)} som mål.",
        f"Profile: {english.label(citizen.profile)}. {english.sentence(goals)} "
        f"{english.hours_per_week(citizen.hours_now)} now, "
        f"{english.hours_per_week(citizen.hours_target)} as the target.",
    ).in_(language)


def bullets(title: Text, texts: tuple[str, ...], language: Language) -> list[str]:
    return [f"*{title.in_(language)}*", "", *(f"- {text}" for text in texts), ""] if texts else []


def card(number: int, row: int, explanation: Explanation) -> list[str]:
    match_input, language = world()[0], explanation.language
    value, known = explanation.value, explanation.confidence
    fits = Text(
        f"Passer {wording.percent(value)}; {wording.percent(known)} af grundlaget er kendt.",
        f"Fits {english.percent(value)}; {english.percent(known)} of the basis is known.",
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
        *bullets(Text("Taler for", "Speaks for"), explanation.reasons_for, language),
        *bullets(Text("Taler imod", "Speaks against"), explanation.reasons_against, language),
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


def why_nots() -> list[tuple[int, Explanation]]:
    """The first place that each of seven rules closes for a citizen, the last two in English."""
    match_input, _ = world()
    found = []
    for number, rule_id in enumerate(CLOSING_RULES):
        language = Language.DANISH if number < 5 else Language.ENGLISH
        found.append(next(_closed_by(rule_id, match_input, language)))
    return found


def _closed_by(rule_id: str, match_input: MatchInput, language: Language) -> Iterator[tuple[int, Explanation]]:
    for row in range(len(match_input.citizens)):
        for miss in suggest(match_input, row, k=0).near_misses:
            if miss.failed_rules == (rule_id,):
                yield row, explained(row, miss.slot_row, language)


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


def examples() -> str:
    match_input, _ = world()
    places, refusals = ten_explanations(), why_nots()
    lines = [INTRODUCTION, "## Ten places explained", ""]
    for number, (row, explanation) in enumerate(places, start=1):
        lines += card(number, row, explanation)
    lines += ["## Ten refusals", ""]
    for number, (row, explanation) in enumerate(refusals, start=1):
        failed = tuple(
            f"{' '.join(rule.texts)} ({rule.source}: {rule.statement})" for rule in explanation.rules if not rule.passed
        )
        language = explanation.language
        lines += [f"### {number}. {explanation.heading}", "", about(match_input, row, language), ""]
        lines += [f"**{explanation.one_line}**", "", *(f"- {text}" for text in failed), ""]
    for number, (row, text, details) in enumerate(unplaced(), start=len(refusals) + 1):
        language = Language.DANISH if number < 10 else Language.ENGLISH
        title = Text("Ingen plads i planen", "No place in the plan").in_(language)
        lines += [f"### {number}. {title}", "", about(match_input, row, language), "", f"**{text}**", ""]
        lines += [*(f"- {detail}" for detail in details), ""]
    lines += ["## Reasons in a decision letter", ""]
    for number, explanation in enumerate((places[0][1], refusals[-1][1]), start=1):
        lines += [f"### {number}. {explanation.heading}", "", letter(explanation), ""]
    rules_id = match_input.rules_id[:12]
    return "\n".join(lines).replace(rules_id, "0123456789ab").rstrip() + "\n"


def test_examples_are_kept_word_for_word(update_golden: bool) -> None:
    text = examples()
    if update_golden:
        EXAMPLES.write_text(text, encoding="utf-8")
    assert EXAMPLES.read_text(encoding="utf-8") == text, "read the new text, then renew with --update-golden"


def test_there_are_ten_of_each_and_every_rule_named_exists() -> None:
    assert len(ten_explanations()) == 10
    assert len(why_nots()) + len(unplaced()) == 10
    assert set(CLOSING_RULES) <= {rule.id for rule in RULES}
