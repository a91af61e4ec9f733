"""Rules: what a municipality has changed or added, by whom and why. Only repositories use these tables."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.domain.rule_changes import ChangeKind
from service.db.tables import Base, Code, Document, MunicipalityCode, Ref


class RuleChangeRow(Base):
    """One change of one rule; changes are added, never changed, and count in the order of their numbers.

    The rule is named without a reference: the common rules are not in the database. No personal data but who decided.
    """

    __tablename__ = "rule_changes"
    __table_args__ = (CheckConstraint(f"kind IN ({', '.join(repr(kind.value) for kind in ChangeKind)})", name="kind"),)

    municipality: Mapped[MunicipalityCode]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule_id: Mapped[Ref]
    kind: Mapped[Code]
    valid_from: Mapped[date]
    changed_by: Mapped[Ref]
    reason: Mapped[str]
    changed_at: Mapped[datetime]
    document: Mapped[Document]
