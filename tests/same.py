"""Whether two match inputs are the same to the last bit."""

from dataclasses import fields
from typing import Any

import numpy as np

from features.goals import OccupationGoalFit


def assert_same(one: Any, other: Any, name: str = "match_input") -> None:
    """Every array of both is the same: type, shape and bits; every other value is equal."""
    if isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape), name
        assert one.tobytes() == other.tobytes(), name
    elif isinstance(one, OccupationGoalFit):
        for part in ("keys", "by_job", "by_function"):
            assert_same(getattr(one.goals, part), getattr(other.goals, part), f"{name}.goals.{part}")
        assert [goal.occupations for goal in one.goals.read] == [goal.occupations for goal in other.goals.read]
        assert_same(one.of_citizen, other.of_citizen, f"{name}.of_citizen")
        assert_same(one.job, other.job, f"{name}.job")
    elif hasattr(one, "neighbourhoods"):
        for part, value in vars(one).items():
            assert_same(value, getattr(other, part), f"{name}.{part}")
    elif name.rpartition(".")[2] in ("match_input", "citizens", "slots", "needs") and hasattr(one, "__post_init__"):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    else:
        assert one == other, name
