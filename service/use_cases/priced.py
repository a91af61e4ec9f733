"""What every pair of a day would cost, and whether it could be placed; after a change, only for who changed.

What one pair costs follows from its citizen and place, from what runs, from prices, and from the versions of the rules
that set limits. Where all of these are the same as before, so is the pair's price. Where a limit has several versions,
the lowest among the first days of an owner's pairs counts for all of them: then everything is priced anew.
"""

from typing import Final

import numpy as np

from matcher.arrays import MatchInput
from matcher.dated_rules import holds_throughout, versions_of
from matcher.domain.rulebook import RuleVersion
from matcher.domain.statute import CASELOAD, CLUSTER_PLACES, KEPT_APART, MENTOR_HOURS, OUTREACH_HOURS, REASONABLENESS
from matcher.scoring import ScoredPairs
from service.use_cases.scored import PRICED, Before, PricedPairs, what_was_before
from service.use_cases.standing import Standing

LIMITS: Final = (REASONABLENESS, MENTOR_HOURS, CLUSTER_PLACES, OUTREACH_HOURS, CASELOAD)


def priced(match_input: MatchInput, standing: Standing, pairs: ScoredPairs) -> PricedPairs:
    """The pairs with their prices; `pairs` are all that `scored_of` gives, sorted by citizen."""
    before = what_was_before(match_input)
    limits, apart = _limits(match_input), bool(versions_of(match_input, KEPT_APART))
    known = before.priced if before else None
    stays = np.zeros(len(pairs.citizen), dtype=np.bool_)
    price, free = np.zeros(len(pairs.citizen)), np.zeros(len(pairs.citizen), dtype=np.bool_)
    if before is not None and known is not None and _still_holds(known, before, standing, limits, apart):
        stays = before.rows[pairs.citizen] >= 0
        kept = before.rows[known.citizen] >= 0
        price[stays], free[stays] = known.price[kept], known.free[kept]
    price[~stays], free[~stays] = standing.for_pairs(match_input, pairs.citizen[~stays], pairs.slot[~stays])
    found = PRICED[match_input] = PricedPairs(standing, limits, apart, pairs.citizen, price, free)
    return found


def _still_holds(
    known: PricedPairs, before: Before, standing: Standing, limits: tuple[RuleVersion, ...] | None, apart: bool
) -> bool:
    """Whether the price of a pair whose citizen has not changed is the one it was."""
    changed = np.flatnonzero(before.rows < 0)
    return (
        limits is not None
        and (known.limits, known.apart) == (limits, apart)
        and before.in_place
        and not np.isin(changed, standing.running.citizen).any()
        and known.standing.same_for_others(standing)
    )


def _limits(match_input: MatchInput) -> tuple[RuleVersion, ...] | None:
    """The version of each rule that sets a limit; None where one has several, or not throughout."""
    found = [versions_of(match_input, rule_id) for rule_id in LIMITS]
    if any(len(versions) != 1 or not holds_throughout(match_input, versions[0]) for versions in found):
        return None
    return tuple(versions[0] for versions in found)
