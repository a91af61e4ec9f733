"""Repository of rule changes: added once, never changed, never removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from matcher.domain.rule_changes import RuleChange
from service.codec import Codec
from service.db.rule_tables import RuleChangeRow

RULE_CHANGE = Codec(RuleChange)


@dataclass(frozen=True, slots=True)
class StoredRuleChange:
    """A change with its number in the municipality, and who decided it, why and when (UTC)."""

    number: int
    change: RuleChange
    changed_by: str
    reason: str
    changed_at: datetime


class RuleChanges:
    """Rule changes of a municipality."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add_all(
        self, changes: Sequence[RuleChange], *, changed_by: str, reason: str, changed_at: datetime
    ) -> tuple[StoredRuleChange, ...]:
        """Write changes after those that are there, in their order."""
        first = self.count() + 1
        stored = tuple(
            StoredRuleChange(first + k, change, changed_by, reason, changed_at) for k, change in enumerate(changes)
        )
        if stored:
            self.session.execute(insert(RuleChangeRow), [self._row(one) for one in stored])
        return stored

    def all(self) -> tuple[StoredRuleChange, ...]:
        """Every change, in the order in which they count."""
        query = (
            select(RuleChangeRow).where(RuleChangeRow.municipality == self.municipality).order_by(RuleChangeRow.number)
        )
        return tuple(
            StoredRuleChange(
                row.number, RULE_CHANGE.decode_stored(row.document), row.changed_by, row.reason, row.changed_at
            )
            for row in self.session.scalars(query)
        )

    def count(self) -> int:
        """How many there are."""
        query = select(func.count()).select_from(RuleChangeRow).where(RuleChangeRow.municipality == self.municipality)
        return self.session.scalars(query).one()

    def _row(self, stored: StoredRuleChange) -> dict[str, object]:
        return {
            "municipality": self.municipality,
            "number": stored.number,
            "rule_id": stored.change.rule_id,
            "kind": stored.change.kind,
            "valid_from": stored.change.valid_from,
            "changed_by": stored.changed_by,
            "reason": stored.reason,
            "changed_at": stored.changed_at,
            "document": RULE_CHANGE.encode(stored.change),
        }
