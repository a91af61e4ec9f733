r"""How good stated chances are on later placements: Brier score, calibration, and gain with an interval.

    brier = mean (p - y)^2                     0 best; always the base rate r: r (1 - r)
    calibration error = sum_b n_b / n |mean p in b - mean y in b|, over bins b of equally many cases, by p
    gain = brier(other) - brier(one), on the same cases; the interval draws persons anew, with all their placements

Where the placements are synthetic the true chance takes the place of y in the calibration error.
Source: Brier (1950); the bootstrap by groups: Efron and Tibshirani (1993).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from features.success import (
    LEAST_OF_EACH_OUTCOME,
    PastPlacements,
    SuccessModel,
    TooFewCases,
    fit_logistic,
    learn,
    weighted_value,
)
from matcher.arrays import Codes, Floats
from matcher.terms import TERMS

_TERM_IDS: Final = tuple(term.id for term in TERMS)
BINS: Final = 10
DRAWS: Final = 2000
LEAST_LATER: Final = 100
"""Later placements below which nothing is measured: ten a bin. Assumption."""
LATER_SHARE: Final = 0.25
LATER_DAYS: Final = 365
"""What is kept for measuring: the last year of starts, or the last quarter of them where that is less."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % interval."""

    estimate: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether the interval contains 0: no difference has been shown."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Cases with about the same stated chance: how many, the mean chance stated, and the share that came true."""

    cases: int
    stated: float
    found: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of stating chances, on later placements.

    Attributes
    ----------
    brier, calibration_error : see the module
    from_truth : calibration error against the true chance, where it is known
    gain : Brier score of the hand-set weights less its own; above 0 is better
    bins : the calibration curve
    """

    brier: float
    calibration_error: float
    from_truth: float | None
    gain: Interval
    bins: tuple[CalibrationBin, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """Learnt on what was known by a day, measured on placements that started later.

    Attributes
    ----------
    split_on : first day of the later placements
    learnt_from, measured_on : placements
    base : always the base rate of the setting
    hand_set : the value by the hand-set weights, turned into a chance by a logistic curve through the earlier cases
    learnt_weights : the value by the learnt weights, turned into a chance in the same way
    model : the learnt model itself
    gain_in_truth : as the gain of the model, with the true chance in place of the outcome, where it is known
    """

    split_on: date
    learnt_from: int
    measured_on: int
    base_rate: float
    base: Measured
    hand_set: Measured
    learnt_weights: Measured
    model: Measured
    gain_in_truth: Interval | None

    @property
    def better(self) -> bool:
        """Whether the learnt weights are shown to be better than the hand-set ones."""
        return self.learnt_weights.gain.low > 0


def split_day(past: PastPlacements) -> date:
    """First day of the placements to measure on: the last year of starts, or their last quarter where that is later.

    TooFewCases where there are no placements.
    """
    if not len(past):
        raise TooFewCases(f"there are no ended placements; at least {2 * LEAST_OF_EACH_OUTCOME} are needed")
    quarter = int(np.quantile(past.started_on, 1 - LATER_SHARE, method="lower"))
    return date.fromordinal(max(quarter, int(past.started_on[-1]) - LATER_DAYS))


def validate(past: PastPlacements, *, split_on: date | None = None) -> tuple[SuccessModel, Validation]:
    """Learn on placements whose outcome was known before `split_on`, measure on those that started later.

    Raises
    ------
    TooFewCases
        too few earlier placements (see `learn`) or later ones (LEAST_LATER).
    """
    split_on = split_on or split_day(past)
    earlier = past.where(past.ended_on < split_on.toordinal())
    later = past.where(past.started_on >= split_on.toordinal())
    model = learn(earlier, until=split_on - timedelta(days=1))
    if len(later) < LEAST_LATER:
        raise TooFewCases(f"{len(later)} ended placements are later; at least {LEAST_LATER} are needed to measure on")
    stated = {
        "base": _by_value(earlier, later, np.zeros(len(earlier)), np.zeros(len(later))),
        "hand_set": _by_value(earlier, later, earlier.hand_value, later.hand_value),
        "learnt_weights": _by_value(earlier, later, _learnt_value(model, earlier), _learnt_value(model, later)),
        "model": model.chance(later.terms, later.setting),
    }
    measured = {name: _measure(chance, stated["hand_set"], later) for name, chance in stated.items()}
    truth = later.true_chance
    return model, Validation(
        split_on=split_on,
        learnt_from=len(earlier),
        measured_on=len(later),
        base_rate=float(later.leads_on.mean()),
        gain_in_truth=None if truth is None else paired_gain(stated["model"], stated["hand_set"], truth, later.citizen),
        **measured,
    )


def _learnt_value(model: SuccessModel, past: PastPlacements) -> Floats:
    """Value by the slopes as weights, float64 (E,); 0 for all where nothing was learnt. A wish is left out."""
    weight = np.array([model.slope.get(name, 0.0) for name in _TERM_IDS])
    return weighted_value(past.terms, np.broadcast_to(weight, past.terms.shape))


def _by_value(earlier: PastPlacements, later: PastPlacements, known: Floats, asked: Floats) -> Floats:
    """Chances of the later cases by one number a case, through a logistic curve that rises or is flat."""
    fitted = fit_logistic(known[:, None], earlier.setting, earlier.leads_on, None)
    return fitted.chance(asked[:, None], later.setting)


def _measure(chance: Floats, hand_set: Floats, later: PastPlacements) -> Measured:
    outcome = later.leads_on.astype(np.float64)
    bins = calibration_curve(chance, outcome)
    truth = None if later.true_chance is None else calibration_curve(chance, later.true_chance)
    return Measured(
        brier=float(np.mean((chance - outcome) ** 2)),
        calibration_error=calibration_error(bins),
        from_truth=None if truth is None else calibration_error(truth),
        gain=paired_gain(chance, hand_set, outcome, later.citizen),
        bins=bins,
    )


def calibration_curve(chance: Floats, found: Floats, bins: int = BINS) -> tuple[CalibrationBin, ...]:
    """Bins of equally many cases, by stated chance; at most `bins`, none empty."""
    parts = np.array_split(np.argsort(chance, kind="stable"), min(bins, len(chance)))
    return tuple(CalibrationBin(len(part), float(chance[part].mean()), float(found[part].mean())) for part in parts)


def calibration_error(bins: tuple[CalibrationBin, ...]) -> float:
    """Mean distance of the curve from the diagonal, weighted by cases, share."""
    return sum(one.cases * abs(one.stated - one.found) for one in bins) / sum(one.cases for one in bins)


def paired_gain(one: Floats, other: Floats, found: Floats, group: Codes, *, draws: int = DRAWS) -> Interval:
    """Brier score of `other` less that of `one`, with a 95 % interval over groups drawn anew; the same each time."""
    return mean_interval((other - found) ** 2 - (one - found) ** 2, group, draws=draws)


def mean_interval(values: Floats, group: Codes, *, draws: int = DRAWS) -> Interval:
    """Mean of values with a 95 % bootstrap interval over groups; seeded, so that it is the same each time."""
    _, of = np.unique(group, return_inverse=True)
    total, count = np.bincount(of, values), np.bincount(of)
    times = np.random.default_rng(0).multinomial(len(count), np.full(len(count), 1 / len(count)), size=draws)
    means = (times @ total) / (times @ count)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high))
