"""The fairness report's statistics: against other implementations, in worlds without signal, and with a planted one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import odds_ratio

from features.fairness import NOT_REGISTERED, Dimension, FairnessFigures, Measure, Outcomes, fairness_figures
from features.fairness_statistics import (
    SMALLEST_GROUP,
    centred_ranks,
    fisher,
    group_statistics,
    hidden_cells,
    holm,
    mean_interval,
    wilson,
)


def outcomes(generator: np.random.Generator, n: int) -> Outcomes:
    """Invented outcomes with the skew and the ties that real ones have."""
    placed = (generator.random(n) < 0.4).astype(np.float64)
    rank = np.where(placed > 0, generator.geometric(0.4, n), np.nan).astype(np.float64)
    value = np.where(placed > 0, generator.beta(6, 2, n), np.nan)
    waiting = np.floor(generator.exponential(200, n))
    return Outcomes(placed, generator.poisson(8, n).astype(np.float64), rank, waiting, value)


def a_dimension(generator: np.random.Generator, n: int, shares: tuple[float, ...] = (0.7, 0.2, 0.1)) -> Dimension:
    codes = generator.choice(len(shares), n, p=shares).astype(np.int64)
    return Dimension("origin", tuple(f"group-{g}" for g in range(len(shares))), codes)


# Intervals.


@given(st.integers(1, 500).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_wilson_solves_its_defining_equation(sample: tuple[int, int]) -> None:
    """Each end is a rate from which the sample lies exactly z standard errors away: (p̂ - p)² = z² p (1 - p)/n."""
    successes, count = sample
    for end in wilson(successes, count):
        if 0.0 < end < 1.0:
            distance = (successes / count - end) ** 2
            assert distance == pytest.approx(stats.norm.ppf(0.975) ** 2 * end * (1 - end) / count, abs=1e-12)


def test_wilson_agrees_with_scipy() -> None:
    for successes, count in ((0, 5), (3, 10), (10, 10), (230, 547)):
        expected = stats.binomtest(successes, count).proportion_ci(0.95, method="wilson")
        assert wilson(successes, count) == pytest.approx((expected.low, expected.high), abs=1e-12)
    with pytest.raises(ValueError, match="successes"):
        wilson(3, 2)


def test_the_interval_of_a_mean_agrees_with_scipy() -> None:
    values = np.array([1.0, 4.0, 2.0, 8.0, 5.0])
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert mean_interval(values) == pytest.approx((expected.low, expected.high))
    with pytest.raises(ValueError, match="two finite numbers"):
        mean_interval(np.array([1.0]))


# Comparisons.


@given(st.lists(st.integers(0, 6), min_size=12, max_size=60), st.data())
def test_the_group_statistic_is_the_rank_sum_test_with_ties(numbers: list[int], data: st.DataObject) -> None:
    values = np.array(numbers, dtype=np.float64)
    size = data.draw(st.integers(SMALLEST_GROUP, len(values) - SMALLEST_GROUP))
    member = np.arange(len(values)) < size
    z = group_statistics(centred_ranks(values[:, None]), np.ones((len(values), 1), bool), member[None])[0, 0]
    if len(set(numbers)) == 1:
        assert z == 0
        return
    expected = stats.mannwhitneyu(values[member], values[~member], method="asymptotic", use_continuity=False)
    assert 2 * stats.norm.sf(abs(z)) == pytest.approx(expected.pvalue, abs=1e-9)


def test_fisher_finds_a_clear_difference_and_no_other() -> None:
    assert fisher(5, 10, 50, 100) == pytest.approx(1.0)
    assert fisher(2, 40, 60, 100) < 1e-6
    assert odds_ratio(np.array([[2, 38], [60, 40]])).confidence_interval(0.95).high < 1


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_rejects_what_the_closed_test_of_bonferroni_rejects(p_values: list[float]) -> None:
    """Oracle: a comparison exceeds chance if every set of comparisons that holds it has one below level / size."""
    numbers = range(len(p_values))
    for index, exceeds in enumerate(holm(p_values)):
        others = [other for other in numbers if other != index]
        sets = ((index, *rest) for size in range(len(p_values)) for rest in combinations(others, size))
        assert exceeds == all(min(p_values[i] for i in one) <= (1 - 0.95) / len(one) for one in sets)


# Suppression.


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_no_small_cell_is_seen_or_follows_from_the_total(sizes: list[int]) -> None:
    cells = np.array(sizes, dtype=np.int64)
    hidden = hidden_cells(cells)
    assert (cells[~hidden] >= SMALLEST_GROUP).all()
    if hidden.any() and not hidden.all():
        assert hidden.sum() >= 2
        assert cells[hidden].sum() >= SMALLEST_GROUP
    if (cells >= SMALLEST_GROUP).all():
        assert not hidden.any()


def figures_of(sizes: tuple[int, ...], placed: tuple[int, ...], unregistered: int = 0) -> FairnessFigures:
    """Groups of given sizes, with so many placed in each."""
    codes = np.concatenate([np.repeat(np.arange(len(sizes)), sizes), np.full(unregistered, -1)]).astype(np.int64)
    got = np.concatenate([np.arange(n) < k for n, k in zip(sizes, placed, strict=True)] + [np.zeros(unregistered)])
    n = len(codes)
    rank = np.where(got > 0, 1.0 + np.arange(n) % 3, np.nan)
    found = Outcomes(
        got.astype(np.float64),
        np.arange(n, dtype=np.float64),
        rank,
        2.0 * np.arange(n, dtype=np.float64),
        np.where(got > 0, 0.5, np.nan),
    )
    names = tuple(f"group-{g}" for g in range(len(sizes)))
    return fairness_figures(found, [Dimension("d", names, codes)], permutations=20)


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    groups = figures_of((60, 20, 3), (30, 10, 1)).groups["d"]
    assert [group.citizens for group in groups] == [60, None, None]
    assert all(estimate is None for group in groups[1:] for estimate in group.estimates.values())


def test_a_rate_near_none_or_all_hides_what_would_tell_it() -> None:
    groups = figures_of((60, 20, 30), (30, 18, 15)).groups["d"]
    assert [group.citizens for group in groups] == [60, 20, 30]
    told = [[group.estimates[measure] is not None for group in groups] for measure in Measure]
    placed, places, rank, waiting, value = told
    assert placed == rank == value == [True, False, False]
    assert places == waiting == [True, True, True]


def test_those_of_whom_nothing_is_registered_are_shown_and_not_compared() -> None:
    found = figures_of((40, 40), (20, 20), unregistered=10)
    assert [group.name for group in found.groups["d"]] == ["group-0", "group-1", NOT_REGISTERED]
    assert {comparison.group for comparison in found.comparisons} == {"group-0"}


def test_nothing_is_said_of_a_handful_of_people() -> None:
    found = figures_of((2, 2), (1, 1))
    assert found.everybody.citizens is None
    assert found.comparisons == ()
    assert found.null_checks == ()


def test_the_figures_are_what_they_say() -> None:
    found = figures_of((40, 60), (10, 30))
    first, second = found.groups["d"]
    rate = first.estimates[Measure.PLACED]
    assert rate is not None
    assert (rate.mean, rate.low, rate.high) == (0.25, *wilson(10, 40))
    places = second.estimates[Measure.ELIGIBLE_PLACES]
    assert places is not None
    assert (places.mean, places.median, places.count) == (69.5, 69.5, 60)
    by_measure = {one.measure: one for one in found.comparisons}
    assert by_measure[Measure.PLACED].difference == pytest.approx(-0.25)
    assert by_measure[Measure.WAITING_DAYS].exceeds_chance


# Worlds with and without signal.


def test_a_world_without_signal_is_flagged_in_no_more_than_five_of_a_hundred() -> None:
    flagged, seeds = 0, 200
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        n = 250
        world = outcomes(generator, n)
        dimensions = [a_dimension(generator, n), Dimension("gender", ("f", "m"), generator.integers(0, 2, n))]
        found = fairness_figures(world, dimensions, permutations=1)
        flagged += any(comparison.exceeds_chance for comparison in found.comparisons)
    assert flagged <= stats.binom.ppf(0.95, seeds, 0.05)  # five of a hundred, as far as so many seeds can tell


def test_the_null_check_of_a_world_without_signal_is_as_often_low_as_high() -> None:
    p_values: list[float] = []
    for seed in range(100):
        generator = np.random.default_rng(seed)
        found = fairness_figures(outcomes(generator, 150), [a_dimension(generator, 150)], permutations=60)
        p_values.extend(check.p_value for check in found.null_checks)
    assert len(p_values) == 100
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert np.mean(np.array(p_values) <= 0.05) <= 0.1


def test_a_planted_bias_is_flagged_and_lies_outside_what_chance_makes() -> None:
    generator = np.random.default_rng(7)
    world = outcomes(generator, 500)
    codes = np.where(generator.random(500) < 0.25, world.placed, generator.integers(0, 2, 500)).astype(np.int64)
    found = fairness_figures(world, [Dimension("gender", ("not so", "favoured"), codes)])
    flagged = {one.measure for one in found.comparisons if one.exceeds_chance}
    assert flagged == {Measure.PLACED}
    assert found.null_checks[0].p_value == pytest.approx(1 / 201)
    assert found.null_checks[0].largest > found.null_checks[0].chance_high


def test_the_same_seed_gives_the_same_figures() -> None:
    generator = np.random.default_rng(3)
    world, dimension = outcomes(generator, 120), a_dimension(generator, 120)
    assert fairness_figures(world, [dimension], seed=4) == fairness_figures(world, [dimension], seed=4)


def test_codes_that_are_not_aligned_are_refused() -> None:
    world = outcomes(np.random.default_rng(1), 10)
    with pytest.raises(ValueError, match="expected 10 codes"):
        fairness_figures(world, [Dimension("d", ("a",), np.zeros(9, dtype=np.int64))])
    with pytest.raises(ValueError, match="lies outside"):
        Dimension("d", ("a",), np.ones(3, dtype=np.int64))
