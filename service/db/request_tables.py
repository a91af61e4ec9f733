"""What citizens ask for about what is kept of them. Only repositories use this table."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db.requests import RequestKind
from service.db.tables import Base, Code, Key, MunicipalityCode, Ref


class CitizenRequestRow(Base):
    """A wish for a correction, or an objection; unanswered while the answer is empty."""

    __tablename__ = "citizen_requests"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "citizen_id"], ["citizens.municipality", "citizens.id"], ondelete="CASCADE"
        ),
        Index(None, "municipality", "citizen_id"),
        Index(None, "municipality", "answered_at"),
        CheckConstraint(f"kind IN ({', '.join(repr(one.value) for one in RequestKind)})", name="kind"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    citizen_id: Mapped[Ref]
    kind: Mapped[Code]
    text: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[Ref]
    recorded_by_name: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answered_by_name: Mapped[str | None]
