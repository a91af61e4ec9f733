"""Protected traits, apart from all that matching reads."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "protected_traits",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("gender", sa.String(length=32), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=32), nullable=True),
        sa.CheckConstraint("gender IN ('female', 'male')", name=op.f("ck_protected_traits_gender")),
        sa.CheckConstraint(
            "origin IN ('danish', 'immigrant_western', 'immigrant_non_western', 'descendant_western', "
            "'descendant_non_western')",
            name=op.f("ck_protected_traits_origin"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_protected_traits_municipality_citizen_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "citizen_id", name=op.f("pk_protected_traits")),
    )


def downgrade() -> None:
    op.drop_table("protected_traits")
