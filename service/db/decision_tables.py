"""What becomes of placements, and answers kept for repeated requests. Only repositories use these tables."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.records import PlacementChange
from service.db.tables import Base, Code, Document, Key, MunicipalityCode, Ref


class PlacementEventRow(Base):
    """What was done to a placement, by whom and why; only ever added to.

    The placement is named without a reference: one that is withdrawn is removed, and this tells of it.
    """

    __tablename__ = "placement_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "citizen_id"], ["citizens.municipality", "citizens.id"], ondelete="CASCADE"
        ),
        Index(None, "municipality", "placement_id"),
        Index(None, "municipality", "proposal_id"),
        Index(None, "municipality", "citizen_id"),
        CheckConstraint(f"change IN ({', '.join(repr(one.value) for one in PlacementChange)})", name="change"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    placement_id: Mapped[Ref]
    citizen_id: Mapped[Ref]
    slot_id: Mapped[Ref]
    proposal_id: Mapped[str | None] = mapped_column(String(64))
    change: Mapped[Code]
    recorded_by: Mapped[Ref]
    recorded_at: Mapped[datetime]
    reason: Mapped[str]
    details: Mapped[Document]


class KeptAnswerRow(Base):
    """The answer that a request with an Idempotency-Key was given; the same request is given it again."""

    __tablename__ = "kept_answers"
    __table_args__ = (Index(None, "municipality", "answered_at"),)

    municipality: Mapped[MunicipalityCode]
    caller: Mapped[Key]
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime]
    status: Mapped[int]
    headers: Mapped[Document]
    body: Mapped[str] = mapped_column(Text())
