"""First tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    "consultants",
    "citizens",
    "companies",
    "worksites",
    "agreements",
    "agreement_companies",
    "slots",
    "placements",
    "match_runs",
    "slot_prices",
    "proposals",
    "unplaced",
    "decisions",
    "imports",
)


def upgrade() -> None:
    _create_people()
    _create_companies()
    _create_agreements()
    _create_slots()
    _create_runs()
    _create_proposals()
    _create_log()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_people() -> None:
    op.create_table(
        "consultants",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_consultants")),
    )
    op.create_table(
        "citizens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target_group", sa.String(length=64), nullable=False),
        sa.Column("consultant_id", sa.String(length=64), nullable=False),
        sa.Column("home_postcode", sa.String(length=4), nullable=False),
        sa.Column("waiting_since", sa.Date(), nullable=False),
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "consultant_id"],
            ["consultants.municipality", "consultants.id"],
            name=op.f("fk_citizens_municipality_consultant_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_citizens")),
    )
    op.create_index(op.f("ix_citizens_municipality_consultant_id"), "citizens", ["municipality", "consultant_id"])
    op.create_index(op.f("ix_citizens_municipality_name"), "citizens", ["municipality", "name"])


def _create_companies() -> None:
    op.create_table(
        "companies",
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("industry", sa.String(length=6), nullable=False),
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_companies")),
    )
    op.create_index(op.f("ix_companies_municipality_cvr"), "companies", ["municipality", "cvr"])
    op.create_index(op.f("ix_companies_municipality_name"), "companies", ["municipality", "name"])
    op.create_table(
        "worksites",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("p_number", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("postcode", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "company_id"],
            ["companies.municipality", "companies.id"],
            name=op.f("fk_worksites_municipality_company_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_worksites")),
        sa.UniqueConstraint("municipality", "company_id", "id", name=op.f("uq_worksites_municipality_company_id_id")),
        sa.UniqueConstraint("municipality", "p_number", name=op.f("uq_worksites_municipality_p_number")),
    )


def _create_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("consultant_id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.CheckConstraint("model IN ('fixed', 'pre_agreed', 'ad_hoc', 'cluster')", name=op.f("ck_agreements_model")),
        sa.ForeignKeyConstraint(
            ["municipality", "consultant_id"],
            ["consultants.municipality", "consultants.id"],
            name=op.f("fk_agreements_municipality_consultant_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_agreements")),
    )
    op.create_table(
        "agreement_companies",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "agreement_id"],
            ["agreements.municipality", "agreements.id"],
            name=op.f("fk_agreement_companies_municipality_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "company_id"],
            ["companies.municipality", "companies.id"],
            name=op.f("fk_agreement_companies_municipality_company_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "agreement_id", "company_id", name=op.f("pk_agreement_companies")),
    )


def _create_slots() -> None:
    op.create_table(
        "slots",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agreement_id", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("worksite_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("function", sa.String(length=64), nullable=False),
        sa.Column("setting", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "form IN ('work_placement', 'wage_subsidy', 'ordinary_hours', 'flexi_job')", name=op.f("ck_slots_form")
        ),
        sa.CheckConstraint(
            "setting IN ('company_centre', 'training_track', 'job_package', 'single', 'small_job')",
            name=op.f("ck_slots_setting"),
        ),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_slots_capacity")),
        sa.ForeignKeyConstraint(
            ["municipality", "agreement_id"],
            ["agreements.municipality", "agreements.id"],
            name=op.f("fk_slots_municipality_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "company_id", "worksite_id"],
            ["worksites.municipality", "worksites.company_id", "worksites.id"],
            name=op.f("fk_slots_municipality_company_id_worksite_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_slots")),
    )
    op.create_index(op.f("ix_slots_municipality_agreement_id"), "slots", ["municipality", "agreement_id"])
    op.create_index(op.f("ix_slots_municipality_worksite_id"), "slots", ["municipality", "worksite_id"])
    op.create_table(
        "placements",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.CheckConstraint("status IN ('planned', 'running', 'ended')", name=op.f("ck_placements_status")),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_placements_municipality_citizen_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "slot_id"],
            ["slots.municipality", "slots.id"],
            name=op.f("fk_placements_municipality_slot_id"),
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_placements")),
    )
    op.create_index(op.f("ix_placements_municipality_citizen_id"), "placements", ["municipality", "citizen_id"])
    op.create_index(op.f("ix_placements_municipality_slot_id"), "placements", ["municipality", "slot_id"])


def _create_runs() -> None:
    op.create_table(
        "match_runs",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("upper_bound", sa.Double(), nullable=False),
        sa.Column("gap", sa.Double(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("resources", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_match_runs")),
    )
    op.create_index(op.f("ix_match_runs_municipality_created_at"), "match_runs", ["municipality", "created_at"])
    op.create_table(
        "slot_prices",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "run_id"],
            ["match_runs.municipality", "match_runs.id"],
            name=op.f("fk_slot_prices_municipality_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "run_id", "slot_id", name=op.f("pk_slot_prices")),
    )


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("hours_per_week", sa.Double(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("support", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_proposals_municipality_citizen_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "run_id"],
            ["match_runs.municipality", "match_runs.id"],
            name=op.f("fk_proposals_municipality_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_proposals")),
        sa.UniqueConstraint(
            "municipality", "run_id", "citizen_id", name=op.f("uq_proposals_municipality_run_id_citizen_id")
        ),
    )
    op.create_index(op.f("ix_proposals_municipality_citizen_id"), "proposals", ["municipality", "citizen_id"])
    op.create_index(op.f("ix_proposals_municipality_run_id_value"), "proposals", ["municipality", "run_id", "value"])
    op.create_table(
        "unplaced",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality", "citizen_id"],
            ["citizens.municipality", "citizens.id"],
            name=op.f("fk_unplaced_municipality_citizen_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality", "run_id"],
            ["match_runs.municipality", "match_runs.id"],
            name=op.f("fk_unplaced_municipality_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "run_id", "citizen_id", name=op.f("pk_unplaced")),
    )
    op.create_index(op.f("ix_unplaced_municipality_citizen_id"), "unplaced", ["municipality", "citizen_id"])


def _create_log() -> None:
    op.create_table(
        "decisions",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('approved', 'held', 'rejected')", name=op.f("ck_decisions_verdict")),
        sa.ForeignKeyConstraint(
            ["municipality", "proposal_id"],
            ["proposals.municipality", "proposals.id"],
            name=op.f("fk_decisions_municipality_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_municipality_proposal_id"), "decisions", ["municipality", "proposal_id"])
    op.create_table(
        "imports",
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "id", name=op.f("pk_imports")),
    )
