"""Measuring on later placements: figures worked out by hand, no look into the future, honest intervals."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from features.success import TooFewCases
from features.validation import (
    LEAST_LATER,
    Interval,
    calibration_curve,
    calibration_error,
    mean_interval,
    paired_gain,
    split_day,
    validate,
)
from tests.pasts import flat, made_up

EACH = np.arange(4, dtype=np.int32)


def test_the_gain_is_the_difference_of_brier_scores() -> None:
    found = np.array([1.0, 0.0, 1.0, 0.0])
    assert paired_gain(found, flat(4), found, EACH).estimate == pytest.approx(0.25)
    assert paired_gain(flat(4), flat(4), found, EACH) == Interval(0.0, 0.0, 0.0)
    assert Interval(0.0, 0.0, 0.0).holds_zero
    assert not Interval(0.2, 0.1, 0.3).holds_zero


def test_the_calibration_curve_has_equally_many_in_each_bin() -> None:
    chance = np.array([0.9, 0.1, 0.2, 0.8])
    bins = calibration_curve(chance, np.array([1.0, 0.0, 0.0, 1.0]), bins=2)
    assert [one.cases for one in bins] == [2, 2]
    assert [one.stated for one in bins] == pytest.approx([0.15, 0.85])
    assert [one.found for one in bins] == [0, 1]
    assert calibration_error(bins) == pytest.approx(0.15)


def test_an_interval_draws_persons_not_placements() -> None:
    random = np.random.default_rng(1)
    of_person = random.normal(size=50)
    values, person = np.repeat(of_person, 20), np.repeat(np.arange(50, dtype=np.int32), 20)
    by_person = mean_interval(values, person)
    by_placement = mean_interval(values, np.arange(len(values), dtype=np.int32))
    assert by_person.high - by_person.low > 3 * (by_placement.high - by_placement.low)
    assert by_person.low < by_person.estimate < by_person.high
    assert by_person == mean_interval(values, person)


def test_the_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    random, each = np.random.default_rng(2), np.arange(80, dtype=np.int32)
    covered = [mean_interval(random.normal(size=80), each, draws=400).holds_zero for _ in range(200)]
    assert 0.88 <= np.mean(covered) <= 0.99


def test_the_last_year_is_kept_or_the_last_quarter() -> None:
    short, long = made_up(400), made_up(2000)
    assert split_day(short) == date.fromordinal(int(short.started_on[299]))
    assert split_day(long) == date.fromordinal(int(long.started_on[-1]) - 365)
    with pytest.raises(TooFewCases, match="no ended placements"):
        split_day(made_up(0))


def test_what_is_known_later_changes_nothing_that_is_learnt() -> None:
    past = made_up(1200)
    split_on = split_day(past)
    unknown = past.ended_on >= split_on.toordinal()
    other = replace(past, leads_on=np.where(unknown, ~past.leads_on, past.leads_on))
    model, validation = validate(past)
    assert validate(other)[0] == model
    assert validation.learnt_from == int((~unknown).sum())
    assert validation.measured_on == int((past.started_on >= split_on.toordinal()).sum())
    assert model.learnt_until < split_on


def test_a_signal_is_found_and_the_chances_are_near_the_truth() -> None:
    _, validation = validate(made_up(3000))
    assert validation.better
    assert validation.model.brier < validation.base.brier
    assert validation.model.from_truth is not None
    assert validation.model.from_truth < 0.05
    assert validation.gain_in_truth is not None
    assert validation.gain_in_truth.low > 0
    assert validation.hand_set.gain == Interval(0.0, 0.0, 0.0)


def test_without_a_signal_there_is_no_gain() -> None:
    _, validation = validate(made_up(3000, slope=0.0))
    assert validation.learnt_weights.gain.low <= 0
    assert validation.model.gain.low <= 0
    assert not validation.better


def test_too_few_later_placements_are_refused() -> None:
    past = made_up(800)
    late = date.fromordinal(int(past.started_on[-LEAST_LATER + 1]))
    with pytest.raises(TooFewCases, match="are later"):
        validate(past, split_on=late)
