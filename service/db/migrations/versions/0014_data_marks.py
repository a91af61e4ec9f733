"""Marks of what matching reads."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MARKED = (
    "agreements",
    "citizens",
    "companies",
    "consultants",
    "contacts",
    "decisions",
    "placements",
    "rule_changes",
)


def upgrade() -> None:
    marks = op.create_table(
        "data_marks",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "kind", name=op.f("pk_data_marks")),
    )
    for kind in MARKED:
        table = sa.table(kind, sa.column("municipality"))
        there = op.get_bind().scalars(sa.select(table.c.municipality).distinct()).all()
        op.bulk_insert(marks, [{"municipality": code, "kind": kind, "mark": uuid4().hex} for code in there])


def downgrade() -> None:
    op.drop_table("data_marks")
