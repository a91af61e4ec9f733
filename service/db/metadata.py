"""Every table of the service, so that migrations and checks see them all."""

from service.db import contact_tables, record_tables, rule_tables, trait_tables
from service.db.tables import Base

__all__ = ["Base", "contact_tables", "record_tables", "rule_tables", "trait_tables"]
