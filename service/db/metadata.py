"""Every table of the service, so that migrations and checks see them all."""

from service.db import (
    audit_tables,
    contact_tables,
    decision_tables,
    import_tables,
    night_tables,
    outbox_tables,
    personal_tables,
    record_tables,
    rule_tables,
    trait_tables,
)
from service.db.tables import Base

__all__ = [
    "Base",
    "audit_tables",
    "contact_tables",
    "decision_tables",
    "import_tables",
    "night_tables",
    "outbox_tables",
    "personal_tables",
    "record_tables",
    "rule_tables",
    "trait_tables",
]
