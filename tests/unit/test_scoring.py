"""Values, confidence, the best K and the weights, on inputs small enough to work out by hand."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from matcher import scoring
from matcher.arrays import PROFILES
from matcher.domain.citizen import TargetGroupProfile
from matcher.domain.conditions import Condition
from matcher.rules import RULES
from matcher.scoring import LEAST_VALUE, pair_values, score_citizen, score_pairs
from matcher.terms import TERMS
from matcher.weights import HAND_SET, Weights
from tests.builders import a_citizen, a_slot, should, states
from tests.pairs import input_of, pair_of, with_goal_table

TERM_IDS = [term.id for term in TERMS]


def only(**weights: float) -> Weights:
    """The same few weights for every profile."""
    row = MappingProxyType({term: weights.get(term, 0.0) for term in TERM_IDS})
    return Weights("test", dict.fromkeys(PROFILES, row), dict.fromkeys(PROFILES, "prøve"))


def test_the_value_is_the_weighted_mean_of_the_known_terms() -> None:
    pair = pair_of({"longest_travel_minutes": 80}, {"outlook": 0.4, "hours_to": 10})
    weights = only(travel=0.5, outlook=0.25, hours_fit=0.25)
    scores = score_citizen(pair, 0, weights=weights)
    assert scores.value[0] == pytest.approx(0.5 * 0.75 + 0.25 * 0.4 + 0.25 * 0.5)
    assert scores.contribution[:, 0].sum() == pytest.approx(scores.value[0])
    assert scores.confidence[0] == pytest.approx(1.0)
    assert scores.weights_id == "test"


def test_an_unknown_term_is_left_out_and_lowers_the_confidence() -> None:
    pair = pair_of({"longest_travel_minutes": 80})
    scores = score_citizen(pair, 0, weights=only(travel=0.6, outlook=0.4))
    assert scores.value[0] == pytest.approx(0.75)
    assert scores.confidence[0] == pytest.approx(0.6)
    assert scores.contribution[TERM_IDS.index("outlook"), 0] == 0.0


def test_a_term_that_does_not_apply_takes_nothing_from_the_confidence() -> None:
    pair = pair_of({"longest_travel_minutes": 80})
    scores = score_citizen(pair, 0, weights=only(travel=0.6, wish=0.4))
    assert scores.confidence[0] == pytest.approx(1.0)
    assert np.isnan(scores.terms[TERM_IDS.index("wish"), 0])


def test_a_need_that_is_not_stated_lowers_the_confidence_by_its_share() -> None:
    needs = (should(Condition.NOISE, 1), should(Condition.PACE, 1))
    pair = pair_of({"accommodations": needs}, {"demands": (states(Condition.NOISE, 0),)})
    scores = score_citizen(pair, 0, weights=only(conditions_fit=0.8, hours_fit=0.2))
    assert scores.confidence[0] == pytest.approx(0.8 * 0.5 + 0.2)
    assert scores.value[0] == pytest.approx(1.0)


def test_where_nothing_is_known_a_pair_is_worth_the_least_and_nothing_is_sure() -> None:
    scores = score_citizen(pair_of(), 0, weights=only(outlook=1.0))
    assert scores.value[0] == LEAST_VALUE
    assert scores.confidence[0] == 0.0
    nothing_applies = score_citizen(pair_of(), 0, weights=only(wish=1.0))
    assert nothing_applies.confidence[0] == 0.0


def test_the_weights_are_those_of_the_citizens_profile() -> None:
    citizens = [a_citizen(id=profile.value, profile=profile) for profile in PROFILES]
    match_input = input_of(citizens, [a_slot()])
    for row, profile in enumerate(PROFILES):
        expected = [HAND_SET.by_profile[profile][term] for term in TERM_IDS]
        assert score_citizen(match_input, row).weight.tolist() == expected


def test_an_excluded_pair_is_absent_and_counted_out() -> None:
    match_input = input_of([a_citizen()], [a_slot(id="a", hours_from=12), a_slot(id="b")])
    pairs = score_pairs(match_input)
    assert pairs.slot.tolist() == [1]
    assert pairs.citizen.tolist() == [0]
    assert pairs.eligible_count.tolist() == [1]
    scores = score_citizen(match_input, 0)
    assert scores.eligible.tolist() == [False, True]
    assert [RULES[index].id for index in np.flatnonzero(~scores.passes[:, 0])] == ["hours"]


def test_the_best_k_are_kept_and_ties_go_to_the_lower_slot() -> None:
    match_input = input_of([a_citizen(), a_citizen(id="b")], [a_slot(id=f"s{j}") for j in range(4)])
    match_input = with_goal_table(match_input, np.array([[0.1, 0.9, 0.5, 0.9], [0.3, 0.3, 0.3, 0.3]]))
    pairs = score_pairs(match_input, top_k=2, weights=only(goal_fit=1.0))
    assert pairs.citizen.tolist() == [0, 0, 1, 1]
    assert pairs.slot.tolist() == [1, 3, 0, 1]
    assert pairs.eligible_count.tolist() == [4, 4]
    assert score_pairs(match_input, top_k=None).slot.tolist() == [0, 1, 2, 3] * 2


def test_the_size_of_a_block_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    citizens = [a_citizen(id=f"c{i}", hours_now=5 + i, hours_target=20) for i in range(7)]
    match_input = input_of(citizens, [a_slot(id=f"s{j}", hours_to=6 + j) for j in range(5)])
    whole = score_pairs(match_input, top_k=3)
    monkeypatch.setattr(scoring, "PAIRS_A_BLOCK", 11)
    parts = score_pairs(match_input, top_k=3)
    assert parts.citizen.tolist() == whole.citizen.tolist()
    assert parts.slot.tolist() == whole.slot.tolist()
    assert parts.value.tobytes() == whole.value.tobytes()


def test_without_citizens_or_slots_there_are_no_pairs() -> None:
    assert len(score_pairs(input_of([], [a_slot()])).value) == 0
    no_slots = input_of([a_citizen()], [])
    assert score_pairs(no_slots).eligible_count.tolist() == [0]
    assert score_citizen(no_slots, 0).value.shape == (0,)


def test_a_top_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="top_k"):
        score_pairs(pair_of(), top_k=0)


def test_the_value_of_a_pair_does_not_depend_on_how_it_is_asked_for() -> None:
    match_input = input_of([a_citizen(), a_citizen(id="b", hours_now=7)], [a_slot(id=f"s{j}") for j in range(3)])
    rows, cols = np.array([1, 0, 1], dtype=np.int32), np.array([2, 1, 0], dtype=np.int32)
    values = pair_values(match_input, rows, cols)
    for value, row, col in zip(values, rows, cols, strict=True):
        assert value == score_citizen(match_input, int(row)).value[col]


def test_hand_set_weights_are_complete_and_reasoned() -> None:
    assert HAND_SET.matrix().shape == (len(PROFILES), len(TERMS))
    assert HAND_SET.matrix().sum(axis=1) == pytest.approx(1.0)
    assert set(HAND_SET.rationale) == set(PROFILES)


def test_incomplete_weights_are_refused() -> None:
    some = dict(HAND_SET.by_profile)
    del some[TargetGroupProfile.JOB]
    with pytest.raises(ValueError, match="each profile once"):
        replace(HAND_SET, by_profile=some)
    with pytest.raises(ValueError, match="each term once"):
        replace(HAND_SET, by_profile={profile: {"goal_fit": 1.0} for profile in PROFILES})
    with pytest.raises(ValueError, match="sum to 1"):
        only(goal_fit=0.5)
    with pytest.raises(ValueError, match="negative"):
        only(goal_fit=1.5, travel=-0.5)
    with pytest.raises(ValueError, match="negative or missing"):
        only(goal_fit=float("nan"))
