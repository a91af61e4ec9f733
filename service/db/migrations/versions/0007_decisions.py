"""Decisions that make placements; answers kept for repeated requests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("decisions", sa.Column("decided_by_name", sa.Text(), nullable=True))
    op.create_table(
        "placement_events",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("placement_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=True),
        sa.Column("change", sa.String(length=64), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint("change IN ('made', 'changed', 'withdrawn')", name=op.f("ck_placement_events_change")),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_placement_events_municipality_citizen_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_placement_events")),
    )
    for column in ("placement_id", "proposal_id", "citizen_id"):
        op.create_index(
            op.f(f"ix_placement_events_municipality_{column}"), "placement_events", ["municipality", column]
        )
    op.create_table(
        "kept_answers",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "caller", "key", name=op.f("pk_kept_answers")),
    )
    op.create_index(op.f("ix_kept_answers_municipality_answered_at"), "kept_answers", ["municipality", "answered_at"])


def downgrade() -> None:
    op.drop_table("kept_answers")
    op.drop_table("placement_events")
    op.drop_column("decisions", "decided_by_name")
