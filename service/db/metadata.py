"""Every table of the service, so that migrations and checks see them all."""

from service.db import (
    audit_tables,
    contact_tables,
    decision_tables,
    import_tables,
    mark_tables,
    night_tables,
    outbox_tables,
    pair_tables,
    personal_tables,
    record_tables,
    request_tables,
    rule_tables,
    shared_tables,
    trait_tables,
)
from service.db.tables import Base

__all__ = [
    "Base",
    "audit_tables",
    "contact_tables",
    "decision_tables",
    "import_tables",
    "mark_tables",
    "night_tables",
    "outbox_tables",
    "pair_tables",
    "personal_tables",
    "record_tables",
    "request_tables",
    "rule_tables",
    "shared_tables",
    "trait_tables",
]
