"""How long a decision about a proposal counts in later plans, by the rule `decided_proposal`."""

from collections.abc import Iterable
from datetime import date, timedelta

from matcher.domain.decided import DecidedPair
from matcher.domain.placement import Verdict
from matcher.domain.rulebook import RuleBook
from matcher.domain.statute import DECIDED_PROPOSAL


def rejected_on(decided: Iterable[DecidedPair], on: date, rulebook: RuleBook) -> dict[tuple[str, str], DecidedPair]:
    """Rejected pairs that are not to be proposed on a day, by citizen and slot; none where the rule is switched off."""
    counting = _counting(decided, Verdict.REJECTED, "rest_after_rejection_days", on, rulebook)
    return {(one.citizen_id, one.slot_id): one for one in counting}


def held_on(decided: Iterable[DecidedPair], on: date, rulebook: RuleBook) -> list[DecidedPair]:
    """Pairs on hold that keep their place on a day, the longest held first; none where the rule is switched off."""
    counting = _counting(decided, Verdict.HELD, "hold_days", on, rulebook)
    return sorted(counting, key=lambda one: (one.decided_on, one.id))


def _counting(
    decided: Iterable[DecidedPair], verdict: Verdict, figure: str, on: date, rulebook: RuleBook
) -> list[DecidedPair]:
    if not rulebook.holds(DECIDED_PROPOSAL, on):
        return []
    days = timedelta(days=rulebook.version(DECIDED_PROPOSAL, on).parameters[figure])
    return [one for one in decided if one.verdict is verdict and on < one.decided_on + days]
