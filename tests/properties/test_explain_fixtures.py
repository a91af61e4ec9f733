"""Explanations of 200 citizens x 20 places of the synthetic municipality, in both languages, against the masks."""

import re
from functools import cache

import numpy as np
import pytest

from features.vectorise import vectorise
from fixtures import REFERENCE_DATE, municipality
from matcher.alternatives import LEAST_TOLD
from matcher.arrays import Flags, MatchInput
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS
from matcher.domain.conditions import Condition
from matcher.explain import Explanation, explain
from matcher.language import Language
from matcher.letter import OF_ONE_FORM, letter
from matcher.rules import rules_of
from matcher.scoring import score_citizen
from matcher.wording.addressed import to_citizen

CITIZENS, PLACES = 200, 20
CODE_NAMES = {name for name in (*JOB_FUNCTIONS, *CERTIFICATES, *Condition) if "_" in name}
NEVER = re.compile(
    r"\b(nan|None|True|False|inf)\b|_|  |\.\.| \.|,,|<|\d[.,]\d{3}|\b1 (timer|dage|uger|pladser|minutter)\b"
)
FAULTS = re.compile(
    r"\b(\w+) \1\b(?<!der der)(?<!så så)"
    r"|\b1 (andre|borgere|mentorer|mentortimer|forløb er|krav er)\b"
    r"|\d %|: spørg|bekræft det|regn med|\b[a-z]+_[a-z]+\b|\bog samt\b"
    r"|\b(the|and|place|hours|week)\b"
)
"""Danish that nobody writes: a word twice, a plural of one, a line break before a per cent sign, orders to a consultant
in what a citizen may read, codes, English."""
FAULTS_ENGLISH = re.compile(r"\b(\w+) \1\b|\ban? (hours|places|mentors)\b|: ask\b|\ba [aeio]|\d %")
NEVER_ENGLISH = re.compile(
    r"\b(1 (hours|days|weeks|places|minutes)"
    r"|og|ikke|borgeren|borgerens|pladsen|virksomheden|arbejdspladsen|som|til|timer|ugen|eller|kan|skal|bør|har|der)\b",
    re.IGNORECASE,
)


@cache
def input_of_fixtures() -> MatchInput:
    place = municipality(citizens=CITIZENS)
    return vectorise(place.citizens, place.companies, place.agreements, on=REFERENCE_DATE)


def pairs_of(row: int) -> list[int]:
    """Places of a citizen: random, the same every time."""
    slots = len(input_of_fixtures().slots)
    return np.random.default_rng([760, row]).choice(slots, size=PLACES, replace=False).tolist()  # type: ignore[no-any-return]


def texts_of(explanation: Explanation) -> list[str]:
    """Every text that somebody may read, without names of places and sources, which are data."""
    return [
        explanation.one_line,
        explanation.practical,
        explanation.price_text,
        *explanation.reasons_for,
        *explanation.reasons_against,
        *explanation.must_confirm,
        *explanation.missing,
        *explanation.support_texts,
        *(alternative.text.removeprefix(alternative.heading) for alternative in explanation.alternatives),
        *(text for fact in explanation.facts for text in (fact.name, fact.text)),
        *(text for term in explanation.terms for text in (term.name, term.text, *term.open)),
        *(text for rule in explanation.rules for text in (rule.statement, *rule.texts)),
    ]


def without_names(text: str, match_input: MatchInput, row: int, slot_row: int) -> str:
    """The text without what is data in any language: the company's name and the citizen's own words."""
    names = [match_input.slot_values[slot_row].company.name]
    names += [goal.text.strip() for goal in match_input.citizen_values[row].goals if goal.text.strip()]
    for name in names:
        text = text.replace(name, "X")
    return text


@pytest.mark.parametrize("first", range(0, CITIZENS, 50))
def test_contributions_sum_and_every_why_not_names_all_and_only_the_failing_rules(first: int) -> None:
    match_input = input_of_fixtures()
    prices = np.linspace(0, 0.9, len(match_input.slots))
    for row in range(first, first + 50):
        masks = {
            rule.id: rule.passes(match_input, np.array([row], dtype=np.int32))[0] for rule in rules_of(match_input)
        }
        scores = score_citizen(match_input, row)
        for slot_row in pairs_of(row):
            explanation = explain(match_input, row, slot_row, scores=scores, prices=prices, alternatives=2)
            failing = {rule_id for rule_id, passes in masks.items() if not passes[slot_row]}
            assert set(explanation.failed_rules) == failing
            assert all(rule.texts for rule in explanation.rules if not rule.passed)
            total = sum(term.contribution for term in explanation.terms)
            assert total == pytest.approx(explanation.value, abs=1e-9)
            for other in explanation.alternatives:
                assert not masks_close(masks, match_input.slot_row(other.slot_id))
                difference = sum(term.difference for term in other.terms)
                assert difference == pytest.approx(other.value_difference, abs=2e-9)
                assert other.value - explanation.value == pytest.approx(other.value_difference, abs=1e-9)
                assert abs(other.value_difference) < LEAST_TOLD or other.text.count(" ") > 5


def masks_close(masks: dict[str, Flags], slot_row: int) -> bool:
    return any(not passes[slot_row] for passes in masks.values())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("first", range(0, CITIZENS, 50))
def test_every_text_reads_as_its_language(first: int, language: Language) -> None:
    match_input = input_of_fixtures()
    prices, danish_words = np.linspace(0, 0.9, len(match_input.slots)), 0
    for row in range(first, first + 50):
        scores = score_citizen(match_input, row)
        for slot_row in pairs_of(row)[: PLACES // 4]:
            explanation = explain(
                match_input, row, slot_row, scores=scores, prices=prices, alternatives=1, language=language
            )
            for text in texts_of(explanation):
                plain = without_names(text, match_input, row, slot_row)
                assert not NEVER.search(plain), text
                assert not (FAULTS if language is Language.DANISH else FAULTS_ENGLISH).search(plain), text
                assert not CODE_NAMES & set(text.split())
                danish_words += bool(NEVER_ENGLISH.search(plain) or re.search("[æøåÆØÅ]", plain))
                assert language is Language.DANISH or not danish_words, text
    assert (danish_words > 0) == (language is Language.DANISH)


@pytest.mark.parametrize("language", Language)
def test_a_letter_has_rules_facts_rights_and_who_decides(language: Language) -> None:
    match_input = input_of_fixtures()
    for row in range(0, CITIZENS, 10):
        scores = score_citizen(match_input, row)
        for slot_row in pairs_of(row)[:5]:
            explanation = explain(match_input, row, slot_row, scores=scores, language=language)
            text = letter(explanation)
            assert explanation.heading in text
            assert ("§§ 19 og 21" if language is Language.DANISH else "sections 19 and 21") in text
            assert not re.search(r"\b[Bb]orgeren|\b[Tt]h(e|is) citizen\b", text), text
            assert not re.search(r"\b(jeg|vi|os) \w+er\b|\bsig\b(?! til)", text) or language is Language.ENGLISH, text
            form = match_input.slot_values[slot_row].slot.form
            cited = {rule.source.lower() for rule in explanation.rules if OF_ONE_FORM.get(rule.id, form) is not form}
            assert not explanation.eligible or not any(source in text.lower() for source in cited)
            assert ("ikke en afgørelse" if language is Language.DANISH else "not a decision") in text
            assert not re.search(r"  |\b(None|nan)\b|: \.|\n\n\n", text), text
            for rule in explanation.rules:
                if not rule.passed:
                    assert rule.source in text
                    assert all(to_citizen(said, language) in text for said in rule.texts)
