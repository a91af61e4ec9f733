"""Who is kept apart from whom at one worksite."""

from typing import Final

import numpy as np

from matcher.arrays import Codes, Flags, MatchInput
from matcher.assignment import Separations
from matcher.budgets import Running, site_of_slot
from matcher.dated_rules import versions_of
from matcher.domain.citizen import GroupNeed
from matcher.domain.statute import KEPT_APART
from matcher.once import once_for_input

GROUP_CLASSES: Final = (GroupNeed.NONE, GroupNeed.SUBSTANCE_FREE_GROUP, GroupNeed.ACTIVE_SUBSTANCE_USE)
"""Class of a citizen in the separations, by index."""
APART: Final = ((1, 2),)
"""Classes kept apart at one worksite, by the rule `kept_apart`. Source: see `GroupNeed`."""


def separations_of(match_input: MatchInput) -> Separations:
    """Who is kept apart; the rule counts for all pairs where it holds on the first day of any."""
    apart = APART if versions_of(match_input, KEPT_APART) else ()
    return Separations(site_of_slot(match_input), _class_of_citizen(match_input), apart)


def apart_from_running(match_input: MatchInput, citizen: Codes, slot: Codes, live: Running) -> Flags:
    """bool (E,): pairs whose citizen is to be kept apart from somebody who is placed at the worksite already.

    `live` : placements whose slots are known
    """
    separations = separations_of(match_input)
    classes, site = separations.class_of_citizen, separations.site_of_slot
    known = live.citizen >= 0
    running_site, running_class = site[live.slot[known]], classes[live.citizen[known]]
    blocked = np.zeros(len(citizen), dtype=np.bool_)
    for one, other in (*separations.apart, *((b, a) for a, b in separations.apart)):
        meant = classes[citizen] == one
        if meant.any():
            blocked |= meant & np.isin(site[slot], running_site[running_class == other])
    return blocked


@once_for_input
def _class_of_citizen(match_input: MatchInput) -> Codes:
    classes = [GROUP_CLASSES.index(citizen.group_need) for citizen in match_input.citizen_values]
    return np.array(classes, dtype=np.int32)
