"""Why a plan has no place for a citizen, in English too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("unplaced", sa.Column("text_english", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("unplaced", "text_english")
