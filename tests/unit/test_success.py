"""The learnt model: the right optimum, monotone, refused below its numbers, the same from its record."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from features.success import (
    LEARNT,
    LEAST_OF_EACH_OUTCOME,
    SuccessModel,
    TooFewCases,
    fit_logistic,
    learn,
    weighted_value,
)
from matcher.arrays import PROFILES, SETTINGS
from matcher.terms import TERMS
from matcher.weights import HAND_SET
from tests.pasts import made_up

UNTIL = date(2026, 1, 1)


@pytest.fixture(scope="module")
def model() -> SuccessModel:
    return learn(made_up(2000, missing=0.1), until=UNTIL)


def test_without_a_prior_it_is_the_plain_logistic_regression() -> None:
    past = made_up(3000)
    features = past.terms[:, [0]]
    fitted = fit_logistic(features, np.zeros(len(past), dtype=np.int32), past.leads_on, None)
    plain = LogisticRegression(C=np.inf, tol=1e-8).fit(features, past.leads_on)
    assert fitted.slope[0] == pytest.approx(plain.coef_[0, 0], rel=1e-3)
    expected = plain.predict_proba(features)[:, 1]
    assert fitted.chance(features, np.zeros(len(past), dtype=np.int32)) == pytest.approx(expected, abs=1e-3)


def test_the_term_that_decides_gets_the_weight(model: SuccessModel) -> None:
    assert model.slope["goal_fit"] == pytest.approx(3.0, abs=0.7)
    assert max(model.slope, key=lambda name: model.slope[name]) == "goal_fit"
    assert min(model.slope.values()) >= 0


def test_a_term_that_harms_gets_no_negative_weight() -> None:
    model = learn(made_up(2000, slope=-3.0), until=UNTIL)
    assert model.slope["goal_fit"] == 0


def test_a_missing_term_counts_as_its_mean(model: SuccessModel) -> None:
    at_mean = np.array([[model.mean.get(term.id, 0.0) for term in TERMS]])
    nothing = np.full((1, len(TERMS)), np.nan)
    setting = np.zeros(1, dtype=np.int32)
    assert model.chance(nothing, setting) == pytest.approx(model.chance(at_mean, setting))


def test_a_wish_changes_no_chance(model: SuccessModel) -> None:
    wish = [term.id for term in TERMS].index("wish")
    without, with_wish = np.full((1, len(TERMS)), 0.5), np.full((1, len(TERMS)), 0.5)
    without[0, wish], with_wish[0, wish] = 0.0, 1.0
    setting = np.zeros(1, dtype=np.int32)
    assert model.chance(without, setting) == model.chance(with_wish, setting)


def test_weights_are_the_slopes_and_the_wish_weighs_as_before(model: SuccessModel) -> None:
    weights = model.weights()
    assert weights.id == model.id
    for profile in PROFILES:
        own = weights.by_profile[profile]
        assert own["wish"] == HAND_SET.by_profile[profile]["wish"]
        assert {name: own[name] / own["goal_fit"] for name in LEARNT} == pytest.approx(
            {name: slope / model.slope["goal_fit"] for name, slope in model.slope.items()}
        )
        assert str(model.cases) in weights.rationale[profile]


def test_without_any_slope_there_are_no_weights(model: SuccessModel) -> None:
    with pytest.raises(ValueError, match="slope"):
        replace(model, slope=dict.fromkeys(LEARNT, 0.0)).weights()


def test_the_record_gives_the_same_model(model: SuccessModel) -> None:
    record = model.as_record()
    shuffled = record | {"slope": dict(sorted(record["slope"].items()))}
    assert SuccessModel.of_record(shuffled) == model
    assert SuccessModel.of_record(shuffled).id == model.id != replace(model, level=model.level + 1).id


@pytest.mark.parametrize(
    "change",
    [
        {"slope": {"goal_fit": 1.0}},
        {"mean": dict.fromkeys([*LEARNT, "age"], 0.5)},
        {"slope": dict.fromkeys(LEARNT, -0.1)},
        {"level": float("nan")},
        {"of_setting": {SETTINGS[0].value: 0.0}},
    ],
    ids=["a term is missing", "an unknown term", "a negative slope", "not a number", "a setting is missing"],
)
def test_a_model_of_other_terms_is_refused(model: SuccessModel, change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"slope|of_setting"):
        SuccessModel.of_record(model.as_record() | change)


def test_nothing_is_learnt_from_too_few() -> None:
    past = made_up(4 * LEAST_OF_EACH_OUTCOME)
    led_on = np.flatnonzero(past.leads_on)
    kept = np.ones(len(past), dtype=np.bool_)
    kept[led_on[LEAST_OF_EACH_OUTCOME:]] = False
    assert learn(past.where(kept), until=UNTIL).cases == int(kept.sum())
    kept[led_on[0]] = False
    with pytest.raises(TooFewCases, match="at least 100 of each"):
        learn(past.where(kept), until=UNTIL)


def test_past_placements_must_go_together() -> None:
    past = made_up(10)
    with pytest.raises(ValueError, match="terms"):
        replace(past, terms=past.terms[:, :3])
    with pytest.raises(ValueError, match="setting"):
        replace(past, setting=past.setting[:3])
    with pytest.raises(ValueError, match="order"):
        replace(past, started_on=past.started_on[::-1].copy())


def test_a_weighted_value_leaves_out_what_is_not_known() -> None:
    terms = np.array([[0.2, np.nan, 0.8], [np.nan, np.nan, np.nan]])
    weight = np.array([[1.0, 5.0, 3.0], [1.0, 1.0, 1.0]])
    assert weighted_value(terms, weight).tolist() == pytest.approx([0.65, 0.0])
