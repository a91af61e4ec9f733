"""Past placements for tests: made up, synthetic, or stored as a municipality's own."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np

from features.success import PastPlacements
from features.validation import validate
from fixtures import EndedPlacement, Municipality, history, municipality
from fixtures.history import HISTORY_FROM, PAST_WORLD
from matcher.arrays import Codes, Floats
from matcher.domain.placement import Placement, PlacementStatus
from matcher.terms import TERMS
from service.db.learning import StoredWeights
from service.use_cases.learning import Learnt
from service.use_cases.past import past_of_history

MANY, ENOUGH = 4000, 900
"""Synthetic placements: to show a gain, and to be let through at all."""


@cache
def synthetic_past(*, null_world: bool = False) -> PastPlacements:
    """The past that evaluations learn from."""
    return past_of_history(history(placements=MANY, null_world=null_world))


def made_up(count: int, *, seed: int = 0, slope: float = 3.0, term: int = 0, missing: float = 0.0) -> PastPlacements:
    """Placements with random terms, of which one decides, one a day from 1 January 2024, each two weeks long."""
    random = np.random.default_rng(seed)
    terms = random.random((count, len(TERMS)))
    chance = 1 / (1 + np.exp(-slope * (terms[:, term] - 0.5)))
    terms[random.random(terms.shape) < missing] = np.nan
    start: Codes = (738_886 + np.arange(count)).astype(np.int32)
    return PastPlacements(
        terms=terms,
        setting=random.integers(0, 5, count).astype(np.int32),
        hand_value=flat(count),
        leads_on=random.random(count) < chance,
        started_on=start,
        ended_on=(start + 13).astype(np.int32),
        citizen=np.arange(count, dtype=np.int32),
        true_chance=chance,
    )


@cache
def learnt_weights() -> StoredWeights:
    """Weights learnt from placements of which the first term decides, as they are stored."""
    learnt = Learnt(*validate(made_up(600)), as_proposed=0)
    record = learnt.as_record()
    return StoredWeights(learnt.id, datetime(2026, 9, 1, 8, tzinfo=UTC), record["model"], record["validation"])


def flat(count: int, value: float = 0.5) -> Floats:
    """The same share for everybody."""
    return np.full(count, value)


def municipality_with_past(placements: int = ENOUGH) -> Municipality:
    """The world of the history with its ended placements, as a municipality that could be imported."""
    world = municipality(760 + PAST_WORLD, max(50, placements // 2), HISTORY_FROM)
    ended = tuple(_ended(k, one) for k, one in enumerate(history(placements=placements)))
    return replace(world, placements=ended)


def _ended(number: int, record: EndedPlacement) -> Placement:
    slot = record.place.slot
    return Placement(
        id=f"ended-{number}",
        citizen_id=record.citizen.id,
        slot_id=slot.id,
        form=slot.form,
        status=PlacementStatus.ENDED,
        hours_per_week=max(1.0, slot.hours_from),
        starts_on=record.started_on,
        ends_on=record.ended_on,
        decided_by=record.citizen.consultant_id,
        reason="Aftalt",
        outcome=record.outcome,
    )
