"""What the processes of the service share: ended sessions, and requests that callers may still send."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ended_sessions",
        sa.Column("id_sha256", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_sha256", name=op.f("pk_ended_sessions")),
    )
    op.create_index(op.f("ix_ended_sessions_until"), "ended_sessions", ["until"])
    op.create_table(
        "request_rates",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("held", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "caller", name=op.f("pk_request_rates")),
    )


def downgrade() -> None:
    op.drop_table("request_rates")
    op.drop_table("ended_sessions")
