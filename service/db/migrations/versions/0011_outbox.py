"""Who is told of what, and the messages that wait."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_types", sa.JSON(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "outbox_events",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_outbox_events")),
    )
    op.create_index(op.f("ix_outbox_events_municipality_occurred_at"), "outbox_events", ["municipality", "occurred_at"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "event_id"],
            ["outbox_events.municipality", "outbox_events.id"],
            name=op.f("fk_webhook_deliveries_municipality_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "webhook_id"],
            ["webhooks.municipality", "webhooks.id"],
            name=op.f("fk_webhook_deliveries_municipality_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "webhook_id", "event_id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_municipality_event_id"), "webhook_deliveries", ["municipality", "event_id"]
    )
    op.create_index(op.f("ix_webhook_deliveries_status_due_at"), "webhook_deliveries", ["status", "due_at"])


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("outbox_events")
    op.drop_table("webhooks")
