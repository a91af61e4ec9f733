r"""The chance that a placement leads on, learnt from ended ones: a monotone logistic model of fit terms and setting.

Data of past placement e: terms s[e, t] in [0, 1] or missing, setting g[e], outcome y[e] in {0, 1} (led on).
Variables: level a, setting offsets u[g], slopes b[t] >= 0, scale k >= 0 of the hand-set weights h[t].

    chance[e] = 1 / (1 + exp(-(a + u[g[e]] + sum_t b[t] (s[e, t] - c[t]))))                                    (1)
    min  sum_e -log P(y[e]) + P/2 sum_t (b[t] - k h[t])^2 + 1/2 sum_g u[g]^2                                 (2)

c[t] is the mean of the known values; a missing term counts as its mean. The problem is convex. Slopes cannot be
negative, so a better fit never lowers the chance, and they stay near a multiple of the hand-set weights unless the
outcomes say otherwise: with few cases the hand-set weights are what is learnt, without signal k goes to 0.

No trait of the person is among the data: not the profile, target group, attendance, age, gender or origin. A wish for a
company is the citizen's own choice, not a finding: its weight is not learnt.

Source: non-negative logistic regression with normal priors: on the log-odds a term adds against the hand-set weights of
variance 1/P, P = PRECISION; on those of a setting of variance 1 (assumptions).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from matcher.arrays import PROFILES, SETTINGS, Codes, Flags, Floats, MatchInput
from matcher.terms import TERMS
from matcher.weights import HAND_SET, Weights

NOT_LEARNT: Final = frozenset({"wish"})
"""Terms whose weight is a matter of principle; it stays as set by hand."""
LEARNT: Final = tuple(term.id for term in TERMS if term.id not in NOT_LEARNT)
"""Terms whose weight is learnt, in the order of TERMS."""
LEAST_OF_EACH_OUTCOME: Final = 100
"""Past placements that led on, and as many that did not, below which nothing is learnt: about ten a slope. Source:
Peduzzi et al. (1996), A simulation study of the number of events per variable in logistic regression."""
PRECISION: Final = 10.0
"""P: a term seldom moves the log-odds by more than 0.6 from what the hand-set weights say, unless outcomes do.
Assumption: calibration on synthetic placements of other seeds is flat between 5 and 20."""
_COLUMNS: Final = np.array([t for t, term in enumerate(TERMS) if term.id in LEARNT])
_PRIOR: Final = HAND_SET.matrix().mean(axis=0)[_COLUMNS]


class TooFewCases(ValueError):  # noqa: N818 - reads as what it says
    """There are too few past placements to learn from or to measure on."""


@dataclass(frozen=True, eq=False)
class PastPlacements:
    """Ended placements, oldest start first.

    Attributes
    ----------
    terms : float64 (E, terms), in the order of TERMS, share; NaN where not known or not applicable
    setting : int32 (E,), index into SETTINGS
    hand_value : float64 (E,), value by the hand-set weights of the citizen's profile, in [0, 1]
    leads_on : bool (E,), whether the placement was completed and led on
    started_on, ended_on : int32 (E,), ordinals
    citizen : int32 (E,), equal for placements of one person, who are drawn together in intervals; no model sees it
    true_chance : float64 (E,), the chance that nature used, where the placements are synthetic; else None
    """

    terms: Floats
    setting: Codes
    hand_value: Floats
    leads_on: Flags
    started_on: Codes
    ended_on: Codes
    citizen: Codes
    true_chance: Floats | None = None

    def __post_init__(self) -> None:
        if self.terms.shape != (len(self), len(TERMS)):
            raise ValueError(f"terms: has shape {self.terms.shape}, must be {(len(self), len(TERMS))}")
        for name in ("setting", "hand_value", "started_on", "ended_on", "citizen"):
            if getattr(self, name).shape != (len(self),):
                raise ValueError(f"{name}: must have one element a placement")
        if bool(np.any(np.diff(self.started_on) < 0)):
            raise ValueError("started_on: must be in order")

    def __len__(self) -> int:
        return len(self.leads_on)

    def where(self, chosen: Flags) -> "PastPlacements":
        """The chosen placements, bool (E,)."""
        return PastPlacements(
            terms=self.terms[chosen],
            setting=self.setting[chosen],
            hand_value=self.hand_value[chosen],
            leads_on=self.leads_on[chosen],
            started_on=self.started_on[chosen],
            ended_on=self.ended_on[chosen],
            citizen=self.citizen[chosen],
            true_chance=None if self.true_chance is None else self.true_chance[chosen],
        )


@dataclass(frozen=True)
class SuccessModel:
    """A learnt model: see the module.

    Attributes
    ----------
    level : log-odds of a pair with mean terms
    of_setting : log-odds that each setting adds
    slope : for each learnt term the log-odds it adds from 0 to 1, >= 0
    mean : for each learnt term the mean of its known values, share
    cases : past placements it was learnt from
    learnt_until : nothing that was known later has been used
    """

    level: float
    of_setting: Mapping[str, float]
    slope: Mapping[str, float]
    mean: Mapping[str, float]
    cases: int
    learnt_until: date

    def __post_init__(self) -> None:
        if tuple(self.slope) != LEARNT or tuple(self.mean) != LEARNT:
            raise ValueError(f"slope, mean: must be of the program's terms: {', '.join(LEARNT)}")
        if set(self.of_setting) != {setting.value for setting in SETTINGS}:
            raise ValueError("of_setting: must have each setting once")
        numbers = np.array([self.level, *self.of_setting.values(), *self.slope.values(), *self.mean.values()])
        if not np.isfinite(numbers).all() or min(self.slope.values()) < 0:
            raise ValueError("slope: a number is missing, infinite or a slope is negative")

    @property
    def id(self) -> str:
        """``learnt-2025-07-01-3fa9c1d2``: the last day it knows of, and a digest of its numbers."""
        text = json.dumps(self.as_record(), sort_keys=True)
        return f"learnt-{self.learnt_until}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def chance(self, terms: Floats, setting: Codes) -> Floats:
        """Chance of leading on, float64 (E,) in (0, 1), by formula (1); `terms` (E, terms), `setting` (E,)."""
        known = np.nan_to_num(terms[:, _COLUMNS] - np.array(list(self.mean.values())))
        offset = np.array([self.of_setting[one.value] for one in SETTINGS])[setting]
        chance: Floats = expit(self.level + offset + known @ np.array(list(self.slope.values())))
        return chance

    def weights(self) -> Weights:
        """The slopes as weights of the score: w[t] = (1 - w[wish]) b[t] / sum b, the same for every profile.

        The setting's level is left out: it tells who was sent where, not where a citizen fits. ValueError where every
        slope is 0: nothing was learnt.
        """
        whole = sum(self.slope.values())
        if whole <= 0:
            raise ValueError("slope: every slope is 0, the outcomes do not depend on the terms")
        by_profile = {}
        for profile in PROFILES:
            kept = {name: HAND_SET.by_profile[profile][name] for name in NOT_LEARNT}
            left = 1 - sum(kept.values())
            by_profile[profile] = MappingProxyType(
                {term.id: kept.get(term.id, left * self.slope.get(term.id, 0.0) / whole) for term in TERMS}
            )
        why = f"Lært af {self.cases} afsluttede forløb, kendt til og med {self.learnt_until}; ens for alle profiler."
        return Weights(self.id, MappingProxyType(by_profile), MappingProxyType(dict.fromkeys(PROFILES, why)))

    def as_record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "level": self.level,
            "of_setting": dict(self.of_setting),
            "slope": dict(self.slope),
            "mean": dict(self.mean),
            "cases": self.cases,
            "learnt_until": self.learnt_until.isoformat(),
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "SuccessModel":
        """From JSON; ValueError where it was learnt with other terms than the program has."""
        return cls(
            level=record["level"],
            of_setting=record["of_setting"],
            slope={name: record["slope"][name] for name in sorted(record["slope"], key=_order)},
            mean={name: record["mean"][name] for name in sorted(record["mean"], key=_order)},
            cases=record["cases"],
            learnt_until=date.fromisoformat(record["learnt_until"]),
        )


def _order(name: str) -> int:
    return LEARNT.index(name) if name in LEARNT else len(LEARNT)


def pair_terms(match_input: MatchInput, rows: Codes, cols: Codes) -> Floats:
    """Terms of pairs, float64 (E, terms): the score's own; NaN where not known or not applicable."""
    found = [np.where(term.applies(match_input, rows), term.score(match_input, rows, cols), np.nan) for term in TERMS]
    return np.column_stack(found)


def weighted_value(terms: Floats, weight: Floats) -> Floats:
    """Weighted mean of the known terms, float64 (E,); both (E, terms). 0 where nothing is known."""
    known = ~np.isnan(terms)
    whole = np.where(known, weight, 0.0).sum(axis=1)
    total = np.where(known, weight * np.nan_to_num(terms), 0.0).sum(axis=1)
    value: Floats = np.divide(total, whole, out=np.zeros(len(terms)), where=whole > 0)
    return value


def learn(past: PastPlacements, *, until: date) -> SuccessModel:
    """The model of these placements.

    Parameters
    ----------
    until : last day on which their outcomes were known; stored with the model

    Raises
    ------
    TooFewCases
        below LEAST_OF_EACH_OUTCOME placements that led on, or that did not.
    """
    led_on = int(past.leads_on.sum())
    rarer = min(led_on, len(past) - led_on)
    if rarer < LEAST_OF_EACH_OUTCOME:
        raise TooFewCases(
            f"{led_on} ended placements led on and {len(past) - led_on} did not; "
            f"at least {LEAST_OF_EACH_OUTCOME} of each are needed"
        )
    fitted = fit_logistic(past.terms[:, _COLUMNS], past.setting, past.leads_on, _PRIOR)
    return SuccessModel(
        level=fitted.level,
        of_setting={one.value: float(offset) for one, offset in zip(SETTINGS, fitted.of_setting, strict=True)},
        slope=dict(zip(LEARNT, fitted.slope.tolist(), strict=True)),
        mean=dict(zip(LEARNT, fitted.mean.tolist(), strict=True)),
        cases=len(past),
        learnt_until=until,
    )


@dataclass(frozen=True, eq=False)
class Fitted:
    """Formula (1) with its numbers."""

    level: float
    of_setting: Floats
    slope: Floats
    mean: Floats

    def chance(self, features: Floats, setting: Codes) -> Floats:
        """float64 (E,) in (0, 1)."""
        chance: Floats = expit(self.level + self.of_setting[setting] + np.nan_to_num(features - self.mean) @ self.slope)
        return chance


def fit_logistic(features: Floats, setting: Codes, outcome: Flags, prior: Floats | None) -> Fitted:
    """Problem (2); without a `prior` the slopes are only held non-negative.

    Parameters
    ----------
    features : float64 (E, F), NaN missing;  setting : int32 (E,);  outcome : bool (E,);  prior : float64 (F,)
    """
    mean = np.array([column[~np.isnan(column)].mean() if not np.isnan(column).all() else 0.5 for column in features.T])
    centred = np.nan_to_num(features - mean)
    many, settings, pull = centred.shape[1], len(SETTINGS), 0.0 if prior is None else PRECISION
    toward = np.zeros(many) if prior is None else prior

    def loss(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        level, offset, scale, slope = x[0], x[1 : 1 + settings], x[1 + settings], x[2 + settings :]
        odds = level + offset[setting] + centred @ slope
        away = slope - scale * toward
        residual = expit(odds) - outcome
        value = np.logaddexp(0, odds).sum() - odds[outcome].sum() + 0.5 * (pull * away @ away + offset @ offset)
        of_offset = np.bincount(setting, residual, minlength=settings) + offset
        return float(value), np.r_[residual.sum(), of_offset, -pull * away @ toward, centred.T @ residual + pull * away]

    bounds = [(None, None)] * (1 + settings) + [(0.0, None)] * (1 + many)
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000})
    if not found.success:
        raise RuntimeError(f"the model did not converge: {found.message}")
    x = found.x
    return Fitted(float(x[0]), x[1 : 1 + settings], x[2 + settings :], mean)
