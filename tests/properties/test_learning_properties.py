"""What a learnt model may never do: read a trait of the person, or hold a better fit against anybody."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.success import SuccessModel, learn, pair_terms
from features.vectorise import vectorise
from matcher.arrays import SETTINGS, Floats
from matcher.domain.citizen import TargetGroupProfile
from matcher.scoring import pair_values
from matcher.terms import TERMS
from tests.builders import ON
from tests.pasts import made_up
from tests.strategies import World, worlds

MODELS = [learn(made_up(1200, seed=term, term=term), until=date(2026, 1, 1)) for term in (0, 3)]
shares = st.one_of(st.just(np.nan), st.floats(0, 1))


def chances(model: SuccessModel, world: World) -> tuple[Floats, Floats]:
    """Chance and learnt value of every pair of a world."""
    match_input = vectorise(world.citizens, world.companies, world.agreements, on=ON)
    n, m = len(match_input.citizens), len(match_input.slots)
    rows, cols = np.repeat(np.arange(n, dtype=np.int32), m), np.tile(np.arange(m, dtype=np.int32), n)
    chance = model.chance(pair_terms(match_input, rows, cols), match_input.slots.setting[cols])
    learnt = model.weights()
    same = dict.fromkeys(TargetGroupProfile, learnt.by_profile[TargetGroupProfile.JOB])
    return chance, pair_values(match_input, rows, cols, replace(learnt, by_profile=same))


@given(
    world=worlds(),
    model=st.sampled_from(MODELS),
    changes=st.fixed_dictionaries(
        {
            "attendance_stability": st.one_of(st.none(), st.floats(0, 1)),
            "knows_workplace_rules": st.one_of(st.none(), st.booleans()),
            "target_group": st.sampled_from(["job_ready", "resource_course", "sick_pay"]),
            "profile": st.sampled_from(list(TargetGroupProfile)),
            "name": st.sampled_from(["Anne Andersen", "Mohammed Ali"]),
            "waiting_since": st.dates(ON - timedelta(2000), ON - timedelta(1)),
            "consultant_id": st.sampled_from(["consultant-0", "consultant-1"]),
        }
    ),
)
@settings(max_examples=25)
def test_no_trait_of_the_person_changes_a_chance(world: World, model: SuccessModel, changes: dict[str, Any]) -> None:
    other = replace(world, citizens=tuple(replace(citizen, **changes) for citizen in world.citizens))
    for before, after in zip(chances(model, world), chances(model, other), strict=True):
        assert np.array_equal(before, after)


@given(
    model=st.sampled_from(MODELS),
    terms=st.lists(shares, min_size=len(TERMS), max_size=len(TERMS)),
    term=st.integers(0, len(TERMS) - 1),
    low=st.floats(0, 1),
    high=st.floats(0, 1),
    setting=st.integers(0, len(SETTINGS) - 1),
)
def test_a_better_fit_never_lowers_the_chance(
    model: SuccessModel, terms: list[float], term: int, low: float, high: float, setting: int
) -> None:
    pair = np.array([terms, terms], dtype=np.float64)
    pair[:, term] = sorted((low, high))
    worse, better = model.chance(pair, np.full(2, setting, dtype=np.int32))
    assert 0 < worse <= better < 1
