"""Ended placements: base rates, fit matters, the person does not, and in the null world nothing does."""

import math
from dataclasses import fields
from datetime import date
from statistics import correlation, mean

import pytest

from fixtures import REFERENCE_DATE, EndedPlacement, history
from fixtures.fit import PairFacts, goal_fit, pair_facts, possible
from fixtures.history import CENTRE_RATE, OTHER_RATE, WEIGHTS, fit_effect, true_chances
from matcher.domain.citizen import JobGoal
from matcher.domain.placement import LEADS_ON

FAIR = PairFacts(
    goal_fit=0.6, coverage=0.6, should_met=0.8, travel_share=0.5, hours_fit=1.0, breadth=0.0, mentor_cover=1.0,
    tolerance_gap=0.0, at_centre=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def past() -> tuple[EndedPlacement, ...]:
    return history(placements=1500)


@pytest.mark.parametrize("null_world", [False, True])
def test_mean_chance_is_the_published_base_rate(past: tuple[EndedPlacement, ...], null_world: bool) -> None:
    facts = [record.facts for record in past]
    chances = true_chances(facts, null_world=null_world)
    for at_centre, rate in ((True, CENTRE_RATE), (False, OTHER_RATE)):
        found = [chance for fact, chance in zip(facts, chances, strict=True) if fact.at_centre is at_centre]
        assert mean(found) == pytest.approx(rate, abs=1e-6)


def test_base_rates_are_the_weighted_published_ones() -> None:
    assert pytest.approx(0.277, abs=0.001) == CENTRE_RATE
    assert pytest.approx(0.226, abs=0.001) == OTHER_RATE


def test_outcomes_follow_the_chances(past: tuple[EndedPlacement, ...]) -> None:
    expected = mean(record.true_chance for record in past)
    error = 3 * math.sqrt(expected * (1 - expected) / len(past))
    assert mean(record.leads_on for record in past) == pytest.approx(expected, abs=error)
    assert all(record.leads_on is (record.outcome in LEADS_ON) for record in past)


def test_better_fit_leads_on_more_often(past: tuple[EndedPlacement, ...]) -> None:
    effects = [fit_effect(record.facts) for record in past]
    assert correlation(effects, [float(record.leads_on) for record in past]) > 0.15


def test_in_the_null_world_fit_means_nothing() -> None:
    records = history(placements=1500, null_world=True)
    assert len({record.true_chance for record in records}) == 2
    at_centres = [record for record in records if record.facts.at_centre]
    effects = [fit_effect(record.facts) for record in at_centres]
    found = correlation(effects, [float(record.leads_on) for record in at_centres])
    assert abs(found) < 3 / math.sqrt(len(at_centres))


def test_the_model_reads_facts_of_the_pair_only() -> None:
    assert set(WEIGHTS) == {field.name for field in fields(PairFacts)} - {"at_centre"}


@pytest.mark.parametrize(("name", "weight"), WEIGHTS.items())
def test_each_fact_moves_the_log_odds_by_its_weight(name: str, weight: float) -> None:
    values = {field.name: getattr(FAIR, field.name) for field in fields(PairFacts)}
    low = PairFacts(**{**values, name: 0.2})
    high = PairFacts(**{**values, name: 0.7})
    assert fit_effect(high) - fit_effect(low) == pytest.approx(0.5 * weight)


def test_an_unclear_goal_counts_breadth_instead() -> None:
    values = {field.name: getattr(FAIR, field.name) for field in fields(PairFacts)}
    narrow = PairFacts(**{**values, "goal_fit": None, "breadth": 0.1})
    broad = PairFacts(**{**values, "goal_fit": None, "breadth": 0.9})
    assert fit_effect(broad) > fit_effect(narrow)


def test_every_pair_could_have_been_agreed(past: tuple[EndedPlacement, ...]) -> None:
    for record in past[:300]:
        assert possible(record.citizen, record.place)
        assert record.facts == pair_facts(record.citizen, record.place)


def test_dates_lie_in_the_past_and_in_order(past: tuple[EndedPlacement, ...]) -> None:
    starts = [record.started_on for record in past]
    assert starts == sorted(starts)
    for record in past:
        assert record.place.slot.starts_on <= record.started_on <= record.ended_on < REFERENCE_DATE


def test_same_seed_same_history() -> None:
    assert history(seed=4, placements=30) == history(seed=4, placements=30) != history(seed=5, placements=30)


def test_no_placements_is_an_empty_history() -> None:
    assert history(placements=0) == ()


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="placements"):
        history(placements=-1)
    with pytest.raises(ValueError, match="until"):
        history(placements=1, until=date(2022, 12, 1))


@pytest.mark.parametrize(
    ("goals", "expected"),
    [
        ((), None),
        ((JobGoal("noget med mad"),), None),
        ((JobGoal("opvaskemedhjælper"),), 1.0),
        ((JobGoal("måske pedelmedhjælper"),), 0.15),
        ((JobGoal("helst pedelmedhjælper"), JobGoal("opvaskemedhjælper")), 0.85),
        ((JobGoal("kok", "http://data.europa.eu/esco/occupation/unknown"),), None),
    ],
)
def test_goal_fit_is_the_nearest_of_the_goals(goals: tuple[JobGoal, ...], expected: float | None) -> None:
    assert goal_fit(goals, "dish_washing") == expected
