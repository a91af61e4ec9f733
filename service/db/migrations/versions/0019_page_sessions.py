"""Sessions of the pages that go on, instead of those that were ended; everybody signs in again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_table("ended_sessions")
    op.create_table(
        "page_sessions",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id_sha256", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("issued", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id_sha256", name=op.f("pk_page_sessions")),
    )
    op.create_index(op.f("ix_page_sessions_municipality_person"), "page_sessions", ["municipality", "person"])
    op.create_index(op.f("ix_page_sessions_until"), "page_sessions", ["until"])


def downgrade() -> None:
    op.drop_table("page_sessions")
    op.create_table(
        "ended_sessions",
        sa.Column("id_sha256", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_sha256", name=op.f("pk_ended_sessions")),
    )
    op.create_index(op.f("ix_ended_sessions_until"), "ended_sessions", ["until"])
