"""Which version of a rule counts for which pair: the one that holds on the first day of the pair's placement."""

from datetime import date

import numpy as np

from matcher.arrays import Codes, Flags, Floats, MatchInput
from matcher.domain.rulebook import RuleVersion


def versions_of(match_input: MatchInput, rule_id: str) -> tuple[RuleVersion, ...]:
    """Versions that hold on some possible first day of a placement, the earliest first."""
    last = date.fromordinal(match_input.last_start_day)
    return match_input.rulebook.between(rule_id, match_input.on, last)


def holds_throughout(match_input: MatchInput, version: RuleVersion) -> bool:
    """Whether a version holds on every possible first day of a placement."""
    ends = version.valid_to is None or version.valid_to.toordinal() >= match_input.last_start_day
    return ends and version.valid_from <= match_input.on


def holds_at(version: RuleVersion, start_day: Codes) -> Flags:
    """Whether each day (ordinal) lies in the version's period; its first and last day belong to it."""
    holds: Flags = start_day >= version.valid_from.toordinal()
    return holds if version.valid_to is None else holds & (start_day <= version.valid_to.toordinal())


def asks_at(match_input: MatchInput, rule_id: str, start_day: Codes) -> Flags:
    """Whether any version of a rule holds on each day (ordinal)."""
    asks = np.zeros(start_day.shape, dtype=np.bool_)
    for version in versions_of(match_input, rule_id):
        if holds_throughout(match_input, version):
            return np.ones(start_day.shape, dtype=np.bool_)
        asks |= holds_at(version, start_day)
    return asks


def figure_at(match_input: MatchInput, rule_id: str, name: str, start_day: Codes) -> Floats:
    """A figure of a rule on each day (ordinal), float64 in the shape of the days; NaN where no version holds."""
    figure = np.full(start_day.shape, np.nan)
    for version in versions_of(match_input, rule_id):
        figure[holds_at(version, start_day)] = version.parameters[name]
    return figure
