"""What would open places for the first citizen of a match input."""

from typing import Any

from features.variants import vary
from matcher.arrays import MatchInput
from matcher.openings.changes import Change
from matcher.openings.market import Market, market_of
from matcher.openings.ranking import Opening, openings
from matcher.scoring import score_citizen
from tests.builders import a_consultant


def market(match_input: MatchInput, **changes: Any) -> Market:
    """The market of the first citizen, with one consultant and nothing running, but for what is named."""
    values: dict[str, Any] = {"consultants": [a_consultant()], "running": []}
    return market_of(match_input, 0, score_citizen(match_input, 0), **(values | changes))


def opened(match_input: MatchInput, **changes: Any) -> tuple[Opening, ...]:
    """Openings of the first citizen at the first slot."""
    return openings(match_input, 0, [0], vary, market(match_input, **changes))


def sets(found: tuple[Opening, ...]) -> set[tuple[Change, ...]]:
    """The changes of each."""
    return {one.changes for one in found}
