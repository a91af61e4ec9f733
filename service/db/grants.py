"""Who may do what in PostgreSQL: the service's role sees everything but protected traits, the report's only reads,
and neither changes what is only added to.

The statements are run by the owner of the tables after each `matcher migrate`; they may be run again at any time. The
roles sign nobody in: the users that do are made members of them.
"""

from service.db.audit_tables import AuditEntryRow
from service.db.metadata import Base
from service.db.session import create_database_engine
from service.db.trait_tables import ProtectedTraitsRow

SERVICE_ROLE = "matcher_service"
REPORT_ROLE = "matcher_report"
TRAITS_TABLE = ProtectedTraitsRow.__tablename__
ADDED_TO_ONLY = (AuditEntryRow.__tablename__,)
"""Tables whose rows the service adds and reads, and never changes or removes."""
_REVISION_TABLE = "alembic_version"
REPORT_READS = (
    "agreements",
    "citizens",
    "companies",
    "consultants",
    "contacts",
    "data_marks",
    "decisions",
    "learnt_weights",
    "match_runs",
    "pair_decisions",
    "placements",
    "proposals",
    "rule_changes",
    "run_alternatives",
    "run_records",
    "snapshot_documents",
    "snapshots",
    "unplaced",
    "weights_choices",
)
"""What the report is made from beside the traits: runs, and what plans are made from (decisions are: a rejected
proposal rests). Who saw or imported what is not among it."""


def grant_statements() -> tuple[str, ...]:
    """SQL, one statement each, in order."""
    tables = sorted(set(Base.metadata.tables) - {TRAITS_TABLE, *ADDED_TO_ONLY})
    both = f"{SERVICE_ROLE}, {REPORT_ROLE}"
    return (
        *(_role_unless_there(role) for role in (SERVICE_ROLE, REPORT_ROLE)),
        f"GRANT USAGE ON SCHEMA public TO {both}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {both}, PUBLIC",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(tables)} TO {SERVICE_ROLE}",
        f"GRANT SELECT, INSERT ON {', '.join(ADDED_TO_ONLY)} TO {SERVICE_ROLE}",
        f"GRANT SELECT ON {', '.join([*REPORT_READS, TRAITS_TABLE])} TO {REPORT_ROLE}",
        f"GRANT SELECT ON {_REVISION_TABLE} TO {both}",
    )


def apply_grants(database_url: str) -> None:
    """Run the statements, all or none. ValueError where the database is not PostgreSQL: it has no roles."""
    engine = create_database_engine(database_url)
    try:
        if engine.dialect.name != "postgresql":
            raise ValueError("the database has no roles")
        with engine.begin() as connection:
            for statement in grant_statements():
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def _role_unless_there(role: str) -> str:
    """SQL for one of the roles above; nothing else is written into it."""
    there = f"SELECT FROM pg_roles WHERE rolname = '{role}'"  # nosec B608
    return f"DO $$ BEGIN IF NOT EXISTS ({there}) THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"
