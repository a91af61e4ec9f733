"""A municipality's own rules as masks: what a `LocalCondition` closes among citizens x slots."""

from collections.abc import Collection, Hashable, Sequence

import numpy as np

from matcher.arrays import FORMS, MODELS, PROFILES, SETTINGS, Codes, Flags, MatchInput
from matcher.domain.rulebook import RuleVersion


def lets_through(match_input: MatchInput, rows: Codes, cols: Codes, version: RuleVersion) -> Flags:
    """Whether a version of a local rule lets each pair through; `rows` and `cols` broadcast.

    passes[i, j] = not (every stated part of the condition holds of citizen i and slot j)
    """
    stated = version.condition
    if stated is None:
        raise ValueError(f"{version.id}: a rule without a condition closes no pair by one")
    citizens, slots = match_input.citizens, match_input.slots
    held = np.ones(np.broadcast_shapes(rows.shape, cols.shape), dtype=np.bool_)
    if stated.target_groups:
        held &= _among(match_input.target_groups, stated.target_groups)[citizens.target_group[rows]]
    if stated.profiles:
        held &= _among(PROFILES, stated.profiles)[citizens.profile[rows]]
    if stated.settings:
        held &= _among(SETTINGS, stated.settings)[slots.setting[cols]]
    if stated.forms:
        held &= _among(FORMS, stated.forms)[slots.form[cols]]
    if stated.models:
        held &= _among(MODELS, stated.models)[match_input.model_of_slot[cols]]
    if stated.company_ids:
        held &= _among(match_input.companies, stated.company_ids)[slots.company[cols]]
    if stated.industries:
        begins = [np.char.startswith(match_input.industry_of_slot, first) for first in stated.industries]
        held &= np.logical_or.reduce(begins)[cols]
    if stated.hours_from_above is not None:
        held &= slots.hours_from[cols] > stated.hours_from_above
    if stated.travel_minutes_above is not None:
        held &= match_input.travel.minutes(rows, cols) > stated.travel_minutes_above
    passes: Flags = ~held
    return passes


def _among(vocabulary: Sequence[Hashable], wanted: Collection[Hashable]) -> Flags:
    """For each entry of a vocabulary whether it is wanted."""
    return np.array([entry in wanted for entry in vocabulary], dtype=np.bool_)
