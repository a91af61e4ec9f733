"""CPR numbers under lock and key; who read about whom; what was corrected; statistics that outlive erased rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MUNICIPALITY = "municipality"
_TEXT = sa.String(length=64)
_LOG = {
    "citizen_reads": "OLD.municipality = NEW.municipality AND OLD.id = NEW.id AND OLD.read_at = NEW.read_at "
    "AND OLD.viewer_id = NEW.viewer_id AND OLD.viewer_role = NEW.viewer_role AND OLD.channel = NEW.channel "
    "AND OLD.purpose = NEW.purpose AND NEW.case_ref IS NULL",
    "citizen_read_citizens": "OLD.municipality = NEW.municipality AND OLD.read_id = NEW.read_id "
    "AND NEW.citizen_id LIKE 'erased-%'",
}
"""Tables of the log, and the only change of a row that the database lets through: that a person is made unknown."""


def _key(*columns: str) -> list[sa.Column[str]]:
    return [
        sa.Column(_MUNICIPALITY, sa.String(length=4), nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in columns),
    ]


def _of_citizen(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [_MUNICIPALITY, "citizen_id"],
        ["citizens.municipality", "citizens.id"],
        name=op.f(f"fk_{table}_municipality_citizen_id"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "cpr_numbers",
        *_key("citizen_id", "key_id", "search_hash"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _of_citizen("cpr_numbers"),
        sa.PrimaryKeyConstraint(_MUNICIPALITY, "citizen_id", name=op.f("pk_cpr_numbers")),
        sa.UniqueConstraint(_MUNICIPALITY, "search_hash", name=op.f("uq_cpr_numbers_municipality_search_hash")),
    )
    op.create_table(
        "corrections",
        *_key("id", "citizen_id", "corrected_by", "role"),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        _of_citizen("corrections"),
        sa.PrimaryKeyConstraint(_MUNICIPALITY, "id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_municipality_citizen_id"), "corrections", [_MUNICIPALITY, "citizen_id"])
    op.create_table(
        "erasures",
        *_key("id", "erased_by", "rule"),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(_MUNICIPALITY, "id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "kept_counts",
        *_key("kind", "category"),
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(_MUNICIPALITY, "year", "kind", "category", name=op.f("pk_kept_counts")),
    )
    _create_log()


def _create_log() -> None:
    op.create_table(
        "citizen_reads",
        *_key("id", "viewer_id", "viewer_role", "channel", "purpose"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_ref", _TEXT, nullable=True),
        sa.PrimaryKeyConstraint(_MUNICIPALITY, "id", name=op.f("pk_citizen_reads")),
    )
    op.create_index(op.f("ix_citizen_reads_municipality_read_at"), "citizen_reads", [_MUNICIPALITY, "read_at"])
    op.create_table(
        "citizen_read_citizens",
        *_key("read_id", "citizen_id"),
        sa.ForeignKeyConstraint(
            [_MUNICIPALITY, "read_id"],
            ["citizen_reads.municipality", "citizen_reads.id"],
            name=op.f("fk_citizen_read_citizens_municipality_read_id"),
        ),
        sa.PrimaryKeyConstraint(_MUNICIPALITY, "read_id", "citizen_id", name=op.f("pk_citizen_read_citizens")),
    )
    op.create_index(
        op.f("ix_citizen_read_citizens_municipality_citizen_id"),
        "citizen_read_citizens",
        [_MUNICIPALITY, "citizen_id"],
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the log of reads is only added to'; END $$"
        )
    for table, allowed in _LOG.items():
        for statement in _guards(table, allowed):
            op.execute(statement)


def _guards(table: str, allowed: str) -> tuple[str, str]:
    """Triggers that keep rows from being removed, and from being changed but in the one way."""
    if op.get_bind().dialect.name == "postgresql":
        call = "EXECUTE FUNCTION refuse_change_of_log()"
        return (
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW {call}",
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NOT ({allowed})) {call}",
        )
    refuse = "BEGIN SELECT RAISE(ABORT, 'the log of reads is only added to'); END"
    return (
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} WHEN NOT ({allowed}) {refuse}",
    )


def downgrade() -> None:
    for table in ("citizen_read_citizens", "citizen_reads", "kept_counts", "erasures", "corrections", "cpr_numbers"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_log()")
