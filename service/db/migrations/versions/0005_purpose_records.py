"""What runs and lists were made from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "snapshot_documents",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("municipality", "kind", "digest", name=op.f("pk_snapshot_documents")),
    )
    op.create_index(
        op.f("ix_snapshot_documents_municipality_citizen_id"), "snapshot_documents", ["municipality", "citizen_id"]
    )
    op.create_table(
        "snapshots",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "base"],
            ["snapshots.municipality", "snapshots.digest"],
            name=op.f("fk_snapshots_municipality_base"),
        ),
        sa.PrimaryKeyConstraint("municipality", "digest", name=op.f("pk_snapshots")),
    )
    op.create_index(op.f("ix_snapshots_municipality_taken_at"), "snapshots", ["municipality", "taken_at"])
    op.create_table(
        "run_records",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("viewer_role", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=False),
        sa.Column("weights", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("result_digest", sa.String(length=64), nullable=False),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "run_id"],
            ["match_runs.municipality", "match_runs.id"],
            name=op.f("fk_run_records_municipality_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "snapshot"],
            ["snapshots.municipality", "snapshots.digest"],
            name=op.f("fk_run_records_municipality_snapshot"),
        ),
        sa.PrimaryKeyConstraint("municipality", "run_id", name=op.f("pk_run_records")),
    )
    op.create_table(
        "shown_lists",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewer_id", sa.String(length=64), nullable=False),
        sa.Column("viewer_role", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=True),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=True),
        sa.Column("weights", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("result_digest", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality", "snapshot"],
            ["snapshots.municipality", "snapshots.digest"],
            name=op.f("fk_shown_lists_municipality_snapshot"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_shown_lists")),
    )
    op.create_index(op.f("ix_shown_lists_municipality_shown_at"), "shown_lists", ["municipality", "shown_at"])
    op.create_table(
        "run_alternatives",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("next_best", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_run_alternatives_municipality_citizen_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "run_id"],
            ["run_records.municipality", "run_records.run_id"],
            name=op.f("fk_run_alternatives_municipality_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "run_id", "citizen_id", name=op.f("pk_run_alternatives")),
    )
    op.create_index(
        op.f("ix_run_alternatives_municipality_citizen_id"), "run_alternatives", ["municipality", "citizen_id"]
    )
    op.create_table(
        "shown_list_citizens",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "list_id"],
            ["shown_lists.municipality", "shown_lists.id"],
            name=op.f("fk_shown_list_citizens_municipality_list_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "list_id", "citizen_id", name=op.f("pk_shown_list_citizens")),
    )
    op.create_index(
        op.f("ix_shown_list_citizens_municipality_citizen_id"), "shown_list_citizens", ["municipality", "citizen_id"]
    )


def downgrade() -> None:
    op.drop_table("shown_list_citizens")
    op.drop_table("run_alternatives")
    op.drop_table("shown_lists")
    op.drop_table("run_records")
    op.drop_table("snapshots")
    op.drop_table("snapshot_documents")
