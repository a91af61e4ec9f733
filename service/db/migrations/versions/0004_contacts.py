"""Calls to companies and their answers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=True),
        sa.Column("consultant_id", sa.String(length=64), nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'no', 'later', 'not_reached')", name=op.f("ck_contacts_answer")),
        sa.ForeignKeyConstraint(
            ["municipality", "company_id"],
            ["companies.municipality", "companies.id"],
            name=op.f("fk_contacts_municipality_company_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_municipality_company_id"), "contacts", ["municipality", "company_id"])


def downgrade() -> None:
    op.drop_table("contacts")
