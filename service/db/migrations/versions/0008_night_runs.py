"""States and locks of nightly runs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "night_attempts",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("viewer_role", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("time_limit_s", sa.Double(), nullable=False),
        sa.Column("gap", sa.Double(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=True),
        sa.Column("phases_done", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("same_as", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'published', 'unchanged', 'failed')", name=op.f("ck_night_attempts_state")
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_night_attempts")),
    )
    op.create_index(op.f("ix_night_attempts_municipality_asked_at"), "night_attempts", ["municipality", "asked_at"])
    op.create_table(
        "night_locks",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=255), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_night_locks")),
    )
    op.create_table(
        "night_checkpoints",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("made_from", sa.String(length=64), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "made_from", name=op.f("pk_night_checkpoints")),
    )


def downgrade() -> None:
    op.drop_table("night_checkpoints")
    op.drop_table("night_locks")
    op.drop_table("night_attempts")
