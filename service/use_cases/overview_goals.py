"""What the effort aims at: the share of each target group in company-directed effort or ordinary hours."""

from dataclasses import dataclass
from typing import Final

from matcher.language import Text


@dataclass(frozen=True, slots=True)
class GroupGoal:
    """The share that a target group began at and is to reach, both shares in [0, 1]."""

    target_group: str
    start_share: float
    goal_share: float


GOALS: Final = (GroupGoal("activity_ready", 0.146, 0.396), GroupGoal("resource_course", 0.23, 0.43))
SOURCE: Final = Text(
    "en kommunes ansøgning om særligt tilrettelagt virksomhedsforløb, 2016–2018",
    "a Danish municipality's application for specially arranged company placements, 2016–2018",
)
