"""What citizens ask for about what is kept of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "citizen_requests",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_by_name", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('correction', 'objection')", name=op.f("ck_citizen_requests_kind")),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_citizen_requests_municipality_citizen_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_citizen_requests")),
    )
    for column in ("citizen_id", "answered_at"):
        op.create_index(
            op.f(f"ix_citizen_requests_municipality_{column}"), "citizen_requests", ["municipality", column]
        )


def downgrade() -> None:
    op.drop_table("citizen_requests")
