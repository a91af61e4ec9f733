"""Planning again: what was said about citizens and places, plans and decisions that are taken back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TAKEN_BACK = {"match_runs": "withdrawn", "decisions": "taken_back"}


def upgrade() -> None:
    for table, prefix in TAKEN_BACK.items():
        op.add_column(table, sa.Column(f"{prefix}_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column(f"{prefix}_by", sa.String(length=64), nullable=True))
        op.add_column(table, sa.Column(f"{prefix}_by_name", sa.Text(), nullable=True))
    op.create_table(
        "pair_decisions",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("verdict IN ('held', 'rejected', 'free')", name=op.f("ck_pair_decisions_verdict")),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_pair_decisions_municipality_citizen_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "run_id"],
            ["match_runs.municipality", "match_runs.id"],
            name=op.f("fk_pair_decisions_municipality_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_pair_decisions")),
    )
    for column in ("citizen_id", "run_id"):
        op.create_index(op.f(f"ix_pair_decisions_municipality_{column}"), "pair_decisions", ["municipality", column])


def downgrade() -> None:
    op.drop_table("pair_decisions")
    for table, prefix in TAKEN_BACK.items():
        for suffix in ("at", "by", "by_name"):
            op.drop_column(table, f"{prefix}_{suffix}")
