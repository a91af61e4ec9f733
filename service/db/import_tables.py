"""Imports over HTTP, while they run and after. Only repositories use this table."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db.tables import Base, Document, Key, MunicipalityCode


class ImportProgressRow(Base):
    """How far an import has come. No personal data: rows are named by their numbers, and errors echo nothing."""

    __tablename__ = "import_progress"
    __table_args__ = (CheckConstraint("state IN ('running', 'interrupted', 'finished', 'refused')", name="state"),)

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(64))
    content_sha256: Mapped[str] = mapped_column(String(64))
    rows_total: Mapped[int]
    rows_done: Mapped[int]
    counts: Mapped[Document]
    errors: Mapped[list[Document]]
    errors_left_out: Mapped[int]
