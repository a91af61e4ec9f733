"""The cases that consultants have agreed on: which rules exclude a place, and which of two places is better."""

import numpy as np
import pytest

from matcher.rules import RULES
from matcher.scoring import score_citizen
from tests.gold.reading import Case, cases

CASES = list(cases())
LEAST_DIFFERENCE = 0.01
"""A place that is better is so by a margin that a list would show: a per cent."""


def test_there_are_cases_enough_and_of_every_rule() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    unused = {rule.id for rule in RULES} - {rule for case in CASES for rule in case.excluded_by}
    assert unused == {"municipality", "group_in_law"}, "all cases are in one municipality, of groups of the law"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    match_input = case.match_input()
    scores = score_citizen(match_input, 0)
    failed = [{rule.id for rule, ok in zip(RULES, column, strict=True) if not ok} for column in scores.passes.T]
    assert failed[0] == case.excluded_by
    assert not any(failed[1:]), "place B must be possible"
    if case.other is not None:
        better, other = (float(value) for value in scores.value)
        assert better > other + LEAST_DIFFERENCE, dict(
            zip("AB", np.round(scores.terms.T, 2).tolist(), strict=True),
        )
