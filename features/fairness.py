"""Outcomes of a plan by group: what each group got, how sure that is, and whether differences exceed chance.

Plain arrays in, plain figures out: nothing here reads a database, and no figure is about a single person. Groups below
`SMALLEST_GROUP` are hidden, with as many others as are needed for them not to follow from the totals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

import numpy as np

from features.fairness_statistics import (
    SMALLEST_GROUP,
    Counts,
    Flags,
    Floats,
    centred_ranks,
    fisher,
    group_statistics,
    hidden_cells,
    holm,
    mean_interval,
    two_sided,
    wilson,
)

PERMUTATIONS: Final = 200
"""How often labels are dealt anew to see what chance alone does."""
NOT_REGISTERED: Final = "not_registered"
"""The group of those of whom nothing is registered; it is shown, and compared with nobody."""


class Measure(StrEnum):
    """What is measured for each citizen; also the field's name in `Outcomes`."""

    PLACED = "placed"
    ELIGIBLE_PLACES = "eligible_places"
    RANK = "rank"
    WAITING_DAYS = "waiting_days"
    VALUE = "value"


_OF_THE_PLACED: Final = (Measure.RANK, Measure.VALUE)
"""Known only for those who got a place, so that their number tells the placement rate."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """n citizens; NaN where a figure is not known.

    Attributes
    ----------
    placed : float64 (n,), 1 where the plan proposes a place, else 0
    eligible_places : float64 (n,), slots that every rule lets through
    rank : float64 (n,), 1 + slots that fit the citizen better than the proposed one; NaN without a proposal
    waiting_days : float64 (n,), days from the start of waiting to the day of the plan
    value : float64 (n,), value of the proposed pair, in (0, 1]; NaN without a proposal
    """

    placed: Floats
    eligible_places: Floats
    rank: Floats
    waiting_days: Floats
    value: Floats

    def __post_init__(self) -> None:
        """Refuse columns of different length and a `placed` that is neither 0 nor 1."""
        if len({len(getattr(self, field.name)) for field in fields(self)}) != 1:
            raise ValueError("outcomes: the columns must have the same length")
        if not np.isin(self.placed, (0.0, 1.0)).all():
            raise ValueError("placed: must be 0 or 1")

    def __len__(self) -> int:
        return len(self.placed)

    def matrix(self) -> Floats:
        """float64 (n, K), a column a measure."""
        return np.column_stack([getattr(self, measure) for measure in Measure])


@dataclass(frozen=True, eq=False)
class Dimension:
    """A way of grouping citizens: `code[i]` indexes `groups`, -1 where nothing is registered."""

    name: str
    groups: tuple[str, ...]
    code: Counts

    def __post_init__(self) -> None:
        """Refuse codes outside the groups."""
        if len(self.code) and not (self.code.min() >= -1 and self.code.max() < len(self.groups)):
            raise ValueError(f"{self.name}: a code lies outside -1..{len(self.groups) - 1}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate or mean with its 95 % interval, of `count` people; the median where it is a mean."""

    count: int
    mean: float
    low: float
    high: float
    median: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """One group's figures; None where hidden."""

    name: str
    citizens: int | None
    estimates: Mapping[Measure, Estimate | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A group against all others of its dimension who are registered.

    `difference` is the group's mean (or rate) minus the others'; `exceeds_chance` is corrected for all comparisons.
    """

    dimension: str
    group: str
    measure: Measure
    difference: float
    p_value: float
    exceeds_chance: bool


@dataclass(frozen=True, slots=True)
class NullCheck:
    """The largest difference of a dimension beside those that chance makes when its labels are dealt anew.

    Attributes
    ----------
    largest : largest |z| of any group and measure
    chance_median, chance_high : of the largest |z| with labels dealt anew: median and 95th percentile
    p_value : share of deals at least as large, (1 + more) / (1 + deals)
    """

    dimension: str
    largest: float
    chance_median: float
    chance_high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class FairnessFigures:
    """All figures of a report: everybody, each dimension's groups, comparisons and null checks."""

    everybody: Group
    groups: Mapping[str, tuple[Group, ...]]
    comparisons: tuple[Comparison, ...]
    null_checks: tuple[NullCheck, ...]


def fairness_figures(
    outcomes: Outcomes, dimensions: Sequence[Dimension], *, seed: int = 0, permutations: int = PERMUTATIONS
) -> FairnessFigures:
    """Figures of each group of each dimension.

    Parameters
    ----------
    outcomes : n citizens
    dimensions : each with n codes
    seed, permutations : of the null checks; the same seed gives the same figures

    Raises
    ------
    ValueError
        where a dimension's codes are not aligned with the outcomes.
    """
    for dimension in dimensions:
        if len(dimension.code) != len(outcomes):
            raise ValueError(f"{dimension.name}: expected {len(outcomes)} codes, found {len(dimension.code)}")
    values = outcomes.matrix()
    everybody = np.ones((1, len(outcomes)), dtype=np.bool_)
    shown = {dimension.name: _member(dimension) for dimension in dimensions}
    found: list[Comparison] = []
    for dimension in dimensions:
        found.extend(_comparisons(dimension, values, _hidden(values, shown[dimension.name])))
    exceeds = holm([comparison.p_value for comparison in found])
    comparisons = tuple(
        Comparison(one.dimension, one.group, one.measure, one.difference, one.p_value, flag)
        for one, flag in zip(found, exceeds, strict=True)
    )
    generator = np.random.default_rng(seed)
    checks = (_null_check(one, values, shown[one.name], generator, permutations) for one in dimensions)
    return FairnessFigures(
        everybody=_groups(("everybody",), values, everybody)[0],
        groups={one.name: _groups(_names(one), values, shown[one.name]) for one in dimensions},
        comparisons=comparisons,
        null_checks=tuple(check for check in checks if check is not None),
    )


def _names(dimension: Dimension) -> tuple[str, ...]:
    return (*dimension.groups, NOT_REGISTERED)


def _member(dimension: Dimension) -> Flags:
    """bool (G + 1, n): who is in which group; the last row is those of whom nothing is registered."""
    codes = [*range(len(dimension.groups)), -1]
    member: Flags = np.equal.outer(np.array(codes), dimension.code)
    return member


def _hidden(values: Floats, member: Flags) -> Flags:
    """bool (G, 1 + K): which cells are hidden: the number of citizens, then each measure. Empty groups are not."""
    there = np.flatnonzero(member.any(axis=1))
    within = member[there]
    known = (~np.isnan(values)).astype(np.int64)
    count = within.astype(np.int64) @ known
    people = hidden_cells(within.sum(axis=1))
    columns = {}
    placed = within.astype(np.int64) @ np.nan_to_num(values[:, 0]).astype(np.int64)
    rate = hidden_cells(np.minimum(placed, count[:, 0] - placed), people)
    for k, measure in enumerate(Measure):
        before = rate if measure in _OF_THE_PLACED else people
        columns[measure] = rate if measure is Measure.PLACED else hidden_cells(count[:, k], before)
    hidden = np.zeros((len(member), 1 + len(Measure)), dtype=np.bool_)
    hidden[there] = np.column_stack([people, *columns.values()])
    return hidden


def _groups(names: Sequence[str], values: Floats, member: Flags) -> tuple[Group, ...]:
    hidden = _hidden(values, member)
    found = []
    for name, rows, hide in zip(names, member, hidden, strict=True):
        if not rows.any():
            continue
        estimates = {
            measure: None if hide[1 + k] else _estimate(measure, values[rows, k]) for k, measure in enumerate(Measure)
        }
        found.append(Group(name, None if hide[0] else int(rows.sum()), estimates))
    return tuple(found)


def _estimate(measure: Measure, values: Floats) -> Estimate | None:
    known = values[~np.isnan(values)]
    if len(known) < SMALLEST_GROUP:
        return None
    if measure is Measure.PLACED:
        low, high = wilson(int(known.sum()), len(known))
        return Estimate(len(known), float(known.mean()), low, high, None)
    low, high = mean_interval(known)
    return Estimate(len(known), float(known.mean()), low, high, float(np.median(known)))


def _comparisons(dimension: Dimension, values: Floats, hidden: Flags) -> Iterator[Comparison]:
    """Each shown group against the others; of two groups the first alone, since the second says the same."""
    registered = dimension.code >= 0
    member = _member(dimension)[:-1][:, registered]
    values = values[registered]
    known = ~np.isnan(values)
    z = group_statistics(centred_ranks(values), known, member)
    for k, measure in enumerate(Measure):
        compared = [g for g in range(len(member)) if _compares(member[g], known[:, k])]
        if len(compared) == 2 and member[compared].any(axis=0).all():
            compared = compared[:1]
        for g in compared:
            if hidden[g, 1 + k]:
                continue
            own, others = values[member[g] & known[:, k], k], values[~member[g] & known[:, k], k]
            if measure is Measure.PLACED:
                p_value = fisher(int(own.sum()), len(own), int(others.sum()), len(others))
            else:
                p_value = two_sided(float(z[g, k]))
            yield Comparison(
                dimension.name, dimension.groups[g], measure, float(own.mean() - others.mean()), p_value, False
            )


def _compares(member: Flags, known: Flags) -> bool:
    """Whether a group and the others are each large enough to be compared."""
    own = int((member & known).sum())
    return min(own, int(known.sum()) - own) >= SMALLEST_GROUP


def _null_check(
    dimension: Dimension, values: Floats, member: Flags, generator: np.random.Generator, permutations: int
) -> NullCheck | None:
    """The largest |z| of a dimension among those of labels dealt anew; None where nothing can be compared."""
    registered = dimension.code >= 0
    shown = ~_hidden(values, member)[:-1, 0] & member[:-1].any(axis=1)
    member, values = member[:-1][shown][:, registered], values[registered]
    known = ~np.isnan(values)
    if not any(_compares(group, known[:, k]) for group in member for k in range(values.shape[1])):
        return None
    centred = centred_ranks(values)
    largest = float(np.abs(group_statistics(centred, known, member)).max())
    order = np.arange(member.shape[1])
    dealt = np.array(
        [
            np.abs(group_statistics(centred, known, member[:, generator.permutation(order)])).max()
            for _ in range(permutations)
        ]
    )
    more = int((dealt >= largest - 1e-12).sum())
    return NullCheck(
        dimension.name,
        largest,
        float(np.median(dealt)),
        float(np.percentile(dealt, 95)),
        (1 + more) / (1 + permutations),
    )
