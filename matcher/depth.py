"""How much is told of a pair."""

from enum import StrEnum


class Depth(StrEnum):
    """Depth of an explanation.

    LINE: one sentence. CARD: what a list shows of a place, its terms with their weights, and of rules and limits those
    that close the place or must be settled. RECORD: every fact, rule, limit and alternative too.
    """

    LINE = "line"
    CARD = "card"
    RECORD = "record"
