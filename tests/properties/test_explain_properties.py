"""Explanations against an independent reading of the rules, over random small municipalities."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings

from features.taxonomy import Taxonomy
from features.vectorise import vectorise
from matcher.domain.catalogue import CERTIFICATES, JOB_FUNCTIONS
from matcher.domain.conditions import Condition
from matcher.explain import Explanation, explain
from matcher.scoring import score_citizen, score_pairs
from matcher.suggest import suggest
from tests.builders import ON
from tests.pairs import excluded_by
from tests.strategies import World, worlds

TAXONOMY = Taxonomy.builtin()
CODE_NAMES = {name for name in (*JOB_FUNCTIONS, *CERTIFICATES, *Condition) if "_" in name}
NOT_DANISH = re.compile(r"\b(nan|None|True|False|inf)\b|_|  |\.\.|<|\d\.\d{3}")


def texts_of(explanation: Explanation) -> tuple[str, ...]:
    """Every text that a user may read."""
    return (
        explanation.heading,
        explanation.one_line,
        explanation.practical,
        *explanation.reasons_for,
        *explanation.reasons_against,
        *explanation.must_confirm,
        *explanation.missing,
        *explanation.support_texts,
        *(term.text for term in explanation.terms if term.applies),
        *(text for rule in explanation.rules for text in rule.texts),
    )


@given(worlds())
@settings(max_examples=40)
def test_every_pair_is_explained_by_what_it_is(world: World) -> None:
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON, taxonomy=TAXONOMY)
    cols = np.arange(len(match_input.slots), dtype=np.int32)
    for i, citizen in enumerate(match_input.citizen_values):
        scores = score_citizen(match_input, i)
        minutes = match_input.travel.minutes(np.full(len(cols), i, dtype=np.int32), cols)
        for j, context in enumerate(match_input.slot_values):
            explanation = explain(match_input, i, j, scores=scores)
            assert set(explanation.failed_rules) == excluded_by(citizen, context, float(minutes[j]))
            assert explanation.eligible == (not explanation.failed_rules)
            total = sum(term.contribution for term in explanation.terms)
            assert total == pytest.approx(explanation.value, abs=1e-9)
            for rule in explanation.rules:
                assert bool(rule.texts) == (not rule.passed or rule.to_confirm)
            for text in texts_of(explanation):
                assert text
                assert not NOT_DANISH.search(text), text
                assert not CODE_NAMES & set(text.split())
            assert len(set(explanation.reasons_against)) == len(explanation.reasons_against)
            json.dumps(explanation.as_record(), allow_nan=False)


@given(worlds())
@settings(max_examples=25)
def test_lists_are_the_best_pairs_and_the_nearest_misses(world: World) -> None:
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON, taxonomy=TAXONOMY)
    pairs = score_pairs(match_input, top_k=3)
    cols = np.arange(len(match_input.slots), dtype=np.int32)
    for i, citizen in enumerate(match_input.citizen_values):
        found = suggest(match_input, i, k=3)
        assert {one.slot_row for one in found.suggestions} == set(pairs.slot[pairs.citizen == i].tolist())
        assert [one.value for one in found.suggestions] == sorted(
            (one.value for one in found.suggestions), reverse=True
        )
        minutes = match_input.travel.minutes(np.full(len(cols), i, dtype=np.int32), cols)
        failed = [excluded_by(citizen, match_input.slot_values[j], float(minutes[j])) for j in cols]
        near = sorted(len(rules) for rules in failed if 0 < len(rules) <= 3)[:5]
        assert [len(miss.failed_rules) for miss in found.near_misses] == near
        for miss in found.near_misses:
            assert set(miss.failed_rules) == failed[miss.slot_row]
            assert len(miss.missing) >= len(miss.failed_rules)
