"""Marks of what plans came to, beside those of what they are made from."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RUNS = "match_runs"


def _marks() -> sa.TableClause:
    return sa.table("data_marks", *(sa.column(name) for name in ("municipality", "kind", "mark")))


def upgrade() -> None:
    runs = sa.table(RUNS, sa.column("municipality"))
    there = op.get_bind().scalars(sa.select(runs.c.municipality).distinct()).all()
    op.bulk_insert(_marks(), [{"municipality": code, "kind": RUNS, "mark": uuid4().hex} for code in there])


def downgrade() -> None:
    marks = _marks()
    op.execute(marks.delete().where(marks.c.kind == RUNS))
