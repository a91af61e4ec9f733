"""What changes of the rules, or other weights, would do to tonight's plan: planned twice in memory and compared."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace as changed_copy
from datetime import date
from functools import partial

from features.taxonomy import Taxonomy
from matcher.domain.rule_changes import RuleChange
from matcher.weights import Weights
from service.use_cases.matching import Stored
from service.use_cases.plan_comparison import PlanComparison, compared
from service.use_cases.planning import Phase, plan_stored
from service.use_cases.rules import with_changes

PREVIEW_TIME_LIMIT_S = 30.0
"""Each of the two plans stops at the same proven gap as the night's, or after this many seconds."""


def preview_rules(
    stored: Stored,
    weights: Weights,
    changes: Sequence[RuleChange],
    *,
    on: date,
    seed: int = 0,
    time_limit_s: float = PREVIEW_TIME_LIMIT_S,
    taxonomy: Taxonomy | None = None,
    phase: Phase = lambda _: nullcontext(),
) -> PlanComparison:
    """What some changes would do to the plan of a day. Nothing is read or written.

    Both plans are made with the same seed, and where the gap stays open the second stays near to the first, since what
    differs is to come from the rules. `phase`: entered around each phase of each plan, with its name.

    Raises
    ------
    InvalidInput
        where a change is not allowed.
    NothingToPlan
        where there are no citizens or no slots.
    """
    other = changed_copy(stored, rulebook=with_changes(stored.rulebook, changes))
    plan = partial(plan_stored, on=on, seed=seed, time_limit_s=time_limit_s, taxonomy=taxonomy, phase=phase)
    before = plan(stored, weights)
    return compared(before, plan(other, weights, before=before.proposed))


def preview_weights(
    stored: Stored,
    weights: Weights,
    other: Weights,
    *,
    on: date,
    seed: int = 0,
    time_limit_s: float = PREVIEW_TIME_LIMIT_S,
    taxonomy: Taxonomy | None = None,
    phase: Phase = lambda _: nullcontext(),
) -> PlanComparison:
    """What other weights would do to the plan of a day, as `preview_rules`.

    The values of the two plans are not comparable: each is measured by its own weights.
    """
    plan = partial(plan_stored, stored, on=on, seed=seed, time_limit_s=time_limit_s, taxonomy=taxonomy, phase=phase)
    before = plan(weights)
    return compared(before, plan(other, before=before.proposed))
