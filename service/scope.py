"""Whose data a caller may see: one value that every query of a request is held to."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Scope:
    """One municipality, and within it the citizens of some teams and target groups.

    Attributes
    ----------
    municipality : code; nothing of another municipality exists for the caller
    teams : teams of job consultants whose citizens are seen; None = all
    target_groups : target groups whose citizens are seen; None = all
    opened : citizens outside these limits that the caller has opened with a reason (break-glass)
    """

    municipality: str
    teams: frozenset[str] | None = None
    target_groups: frozenset[str] | None = None
    opened: frozenset[str] = field(default=frozenset())

    @property
    def limited(self) -> bool:
        """Whether there may be citizens of the municipality whom the caller does not see."""
        return self.teams is not None or self.target_groups is not None

    def opening(self, citizen_id: str) -> "Scope":
        """The same limits, and one citizen beside them."""
        return replace(self, opened=self.opened | {citizen_id})
