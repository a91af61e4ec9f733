"""How good a night's plan is beside its value: the engine's figures, over those who were planned for."""

import math

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from matcher.arrays import MatchInput
from matcher.assignment import Plan, quality
from matcher.resources import NightProblem


class PlanQuality(BaseModel):
    """Figures of one plan, as `matcher.assignment.Quality` defines them; counts only, of nobody by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    top_suggestions: int = Field(
        description="citizens with at least one possible place: each has one that fits best",
        json_schema_extra={"x-unit": "citizens"},
        examples=[480],
    )
    first_choices: int = Field(
        description="how many of those are proposed the place that fits best",
        json_schema_extra={"x-unit": "citizens"},
        examples=[120],
    )
    ranks: tuple[int, ...] = Field(
        description="citizens by the rank of the place they are proposed: the first number counts those who are "
        "proposed the place that fits best, the second those with the second best, and so on",
        json_schema_extra={"x-unit": "citizens"},
        examples=[[120, 31, 9]],
    )
    mean_rank: float | None = Field(
        description="mean of those ranks, 1 = best; null where nobody is proposed a place",
        json_schema_extra={"x-unit": "rank"},
        examples=[1.4],
    )
    blocking_pairs: int = Field(
        description="pairs of citizen and place that fit better than what the plan has for either, and that every "
        "limit would allow: a measure of envy, as a count",
        json_schema_extra={"x-unit": "pairs"},
        examples=[4],
    )
    envious: int = Field(
        description="citizens in at least one of those pairs", json_schema_extra={"x-unit": "citizens"}, examples=[3]
    )
    unused_places: int = Field(
        description="places that the plan leaves free, each slot by itself: what a cluster's slots share is counted at "
        "each of them",
        json_schema_extra={"x-unit": "places"},
        examples=[61],
    )
    wanted_unused_places: int = Field(
        description="of those, places that pass every rule for somebody who has none: another limit is in the way",
        json_schema_extra={"x-unit": "places"},
        examples=[7],
    )
    evenness: float = Field(
        description="how evenly proposals fall to the target groups, a share: 1 where the same share of each is "
        "proposed a place, 0 where each is served wholly or not at all",
        json_schema_extra={"x-unit": "share"},
        examples=[0.87],
    )


def quality_of(match_input: MatchInput, night: NightProblem, plan: Plan) -> PlanQuality:
    """The figures of a checked plan; those whose placement runs already are in no target group here."""
    groups = match_input.citizens.target_group.astype(np.int32)
    groups[list(night.placed)] = -1
    found = quality(night.problem, plan, groups)
    return PlanQuality(
        top_suggestions=found.top_suggestions,
        first_choices=found.first_choices,
        ranks=tuple(found.rank_distribution.tolist()),
        mean_rank=None if math.isnan(found.mean_rank) else found.mean_rank,
        blocking_pairs=found.blocking_pairs,
        envious=found.envious,
        unused_places=found.unused_places,
        wanted_unused_places=found.wanted_unused_places,
        evenness=found.evenness,
    )
