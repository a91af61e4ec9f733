"""Learnt weights and who has chosen which."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "learnt_weights",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.JSON(), nullable=False),
        sa.Column("validation", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_learnt_weights")),
    )
    op.create_table(
        "weights_choices",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("weights_id", sa.String(length=64), nullable=True),
        sa.Column("chosen_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "weights_id"],
            ["learnt_weights.municipality", "learnt_weights.id"],
            name=op.f("fk_weights_choices_municipality_weights_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_weights_choices")),
    )
    op.create_index(op.f("ix_weights_choices_municipality_chosen_at"), "weights_choices", ["municipality", "chosen_at"])


def downgrade() -> None:
    op.drop_table("weights_choices")
    op.drop_table("learnt_weights")
