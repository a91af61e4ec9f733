"""Outreach: calls to companies and their answers. Only repositories use these tables."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.domain.contact import Answer
from service.db.tables import Base, Code, Document, Key, MunicipalityCode, Ref


class ContactRow(Base):
    """A contact with a company; contacts are added, never changed.

    The agreement is named without a reference: what was asked for outlives the agreement.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        ForeignKeyConstraint(["municipality", "company_id"], ["companies.municipality", "companies.id"]),
        Index(None, "municipality", "company_id"),
        CheckConstraint(f"answer IN ({', '.join(repr(answer.value) for answer in Answer)})", name="answer"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    company_id: Mapped[Ref]
    agreement_id: Mapped[str | None] = mapped_column(String(64))
    consultant_id: Mapped[Ref]
    contacted_on: Mapped[date]
    recorded_at: Mapped[datetime]
    answer: Mapped[Code]
    document: Mapped[Document]
