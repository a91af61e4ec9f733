"""Who is told of what, and the messages that wait. Only repositories use these tables."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.db.tables import Base, Code, Document, Key, MunicipalityCode, Ref


class WebhookRow(Base):
    """An address that is told of events. The secret that signs is sealed; `key_id` names the key that opens it."""

    __tablename__ = "webhooks"

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    url: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(JSON())
    key_id: Mapped[Code]
    secret: Mapped[bytes]
    created_at: Mapped[datetime]
    created_by: Mapped[Ref]


class OutboxEventRow(Base):
    """Something that happened, written with it. `data` holds ids, nothing else."""

    __tablename__ = "outbox_events"
    __table_args__ = (Index(None, "municipality", "occurred_at"),)

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    type: Mapped[Code]
    occurred_at: Mapped[datetime]
    data: Mapped[Document]


class DeliveryRow(Base):
    """One event for one address: waiting until `due_at`, delivered, or dead.

    `claimed_until`: a sender has it until then; afterwards it is anybody's again.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "webhook_id"], ["webhooks.municipality", "webhooks.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["municipality", "event_id"], ["outbox_events.municipality", "outbox_events.id"], ondelete="CASCADE"
        ),
        Index(None, "municipality", "event_id"),
        Index(None, "status", "due_at"),
    )

    municipality: Mapped[MunicipalityCode]
    webhook_id: Mapped[Key]
    event_id: Mapped[Key]
    status: Mapped[Code]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[Code]
