"""The chain of who did what. Only its repository uses it.

Triggers refuse UPDATE and DELETE on both databases (the revision makes them), and the service's role in PostgreSQL has
neither right (`service/db/grants.py`). Nothing refers to other tables: an entry outlives what it is about.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.db.tables import Base, Code, Document, MunicipalityCode, Ref


class AuditEntryRow(Base):
    """One entry; see `service/audit_chain.py`."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("n > 0", name="n"),
        Index(None, "municipality", "action", "n"),
        Index(None, "municipality", "object_id", "n"),
    )

    municipality: Mapped[MunicipalityCode]
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[Ref]
    actor_role: Mapped[Code]
    channel: Mapped[Code]
    action: Mapped[Code]
    object_kind: Mapped[Code]
    object_id: Mapped[Ref]
    details: Mapped[Document]
    previous: Mapped[Code]
    hash: Mapped[Code]
