"""A place that becomes better in one respect never scores lower in it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.citizen import Competence, CompetenceLevel
from matcher.domain.conditions import CONDITIONS, Accommodation, Condition, Kind, Scale, Strength
from matcher.domain.geography import Position, TravelMode
from matcher.terms import comfort
from tests.builders import a_citizen
from tests.pairs import pair_of, term

HOURS = st.integers(1, 37).map(float)


@st.composite
def needs_with_two_levels(draw: st.DrawFn) -> tuple[Accommodation, float, float]:
    """A need and two levels of its condition, the lower first."""
    condition = draw(st.sampled_from(Condition))
    spec = CONDITIONS[condition]
    level = st.sampled_from((0.0, 1.0)) if spec.scale is Scale.YES_NO else st.floats(0, spec.maximum)
    low, high = sorted((draw(level), draw(level)))
    return Accommodation(condition, draw(level), draw(st.sampled_from(Strength))), low, high


@given(needs_with_two_levels())
def test_comfort_is_a_share_that_follows_the_direction(
    case: tuple[Accommodation, float, float],
) -> None:
    need, low, high = case
    one, other = comfort(need, np.array([low, high]))
    assert 0 <= min(one, other) <= max(one, other) <= 1
    if CONDITIONS[need.condition].kind is Kind.BURDEN:
        assert one >= other
    else:
        assert one <= other


@given(needs_with_two_levels())
def test_a_met_need_is_always_more_comfortable_than_an_unmet_one(case: tuple[Accommodation, float, float]) -> None:
    need, low, high = case
    met, unmet = (
        [float(comfort(need, np.array(x))) for x in (low, high) if need.met_by(x) is state] for state in (True, False)
    )
    if met and unmet:
        assert min(met) > max(unmet) - 1e-12


@given(HOURS, HOURS, HOURS)
def test_more_hours_to_grow_into_never_fit_worse(now: float, one: float, other: float) -> None:
    citizen = {"hours_now": now, "hours_target": 37.0}
    low, high = (
        term(pair_of(citizen, {"hours_from": 1.0, "hours_to": hours}), "hours_fit") for hours in sorted((one, other))
    )
    assert low <= high + 1e-12


@given(st.sets(st.sampled_from(("milking", "cleaning", "dish_washing")), min_size=1), st.sampled_from(CompetenceLevel))
def test_mastering_more_never_covers_less(functions: set[str], level: CompetenceLevel) -> None:
    slot = {"required": ("milking", "cleaning")}
    some = tuple(Competence(code, CompetenceLevel.WITH_GUIDANCE) for code in sorted(functions))
    more = tuple(Competence(code, level) for code in sorted(functions))
    every = (*more, *(Competence(code) for code in ("milking", "cleaning") if code not in functions))
    shares = [term(pair_of({"competences": held}, slot), "competence_coverage") for held in (some, more, every)]
    assert shares == sorted(shares)


@given(st.floats(0, 0.4), st.floats(0, 0.4), st.sets(st.sampled_from(TravelMode), min_size=1))
def test_a_nearer_place_never_scores_lower_and_another_mode_never_hurts(
    one: float, other: float, modes: set[TravelMode]
) -> None:
    home = a_citizen().home
    assert home is not None
    near, far = sorted((one, other))
    citizen = {"travel_modes": tuple(sorted(modes))}

    def at(degrees: float, ways: Mapping[str, Any]) -> float:
        return term(pair_of(ways, worksite={"position": Position(home.latitude + degrees, home.longitude)}), "travel")

    assert at(near, citizen) >= at(far, citizen)
    assert at(far, {"travel_modes": tuple(TravelMode)}) >= at(far, citizen)
