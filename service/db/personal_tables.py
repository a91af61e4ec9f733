"""CPR numbers under lock and key, who read about whom, what was corrected and erased. Only repositories use these."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.tables import Base, Code, Document, Key, MunicipalityCode, Ref


def _of_citizen() -> ForeignKeyConstraint:
    """What goes with the citizen."""
    columns = ["citizens.municipality", "citizens.id"]
    return ForeignKeyConstraint(["municipality", "citizen_id"], columns, ondelete="CASCADE")


class CprRow(Base):
    """A citizen's CPR number: sealed, and a keyed hash to find it by. Neither says anything without the keys."""

    __tablename__ = "cpr_numbers"
    __table_args__ = (_of_citizen(), UniqueConstraint("municipality", "search_hash"))

    municipality: Mapped[MunicipalityCode]
    citizen_id: Mapped[Key]
    key_id: Mapped[Code]
    sealed: Mapped[bytes]
    search_hash: Mapped[Code]


class CitizenReadRow(Base):
    """That somebody read about citizens, where no shown list says so. Only added to; see the triggers of 0009."""

    __tablename__ = "citizen_reads"
    __table_args__ = (Index(None, "municipality", "read_at"),)

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    read_at: Mapped[datetime]
    viewer_id: Mapped[Ref]
    viewer_role: Mapped[Code]
    channel: Mapped[Code]
    purpose: Mapped[Code]
    case_ref: Mapped[str | None] = mapped_column(String(64))


class ReadCitizenRow(Base):
    """Whom a read was about; without a reference, since the log outlives the citizen, who then has a pseudonym."""

    __tablename__ = "citizen_read_citizens"
    __table_args__ = (
        ForeignKeyConstraint(["municipality", "read_id"], ["citizen_reads.municipality", "citizen_reads.id"]),
        Index(None, "municipality", "citizen_id"),
    )

    municipality: Mapped[MunicipalityCode]
    read_id: Mapped[Key]
    citizen_id: Mapped[Key]


class CorrectionRow(Base):
    """Which fields of a citizen were changed, by whom. What stood there before is not kept here."""

    __tablename__ = "corrections"
    __table_args__ = (_of_citizen(), Index(None, "municipality", "citizen_id"))

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    citizen_id: Mapped[Ref]
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[Ref]
    role: Mapped[Code]
    fields: Mapped[list[str]] = mapped_column(JSON())


class ErasureRow(Base):
    """One erasure: when, by whom, by which rule, why, and how much. It names nobody who was erased."""

    __tablename__ = "erasures"

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    erased_at: Mapped[datetime]
    erased_by: Mapped[Ref]
    rule: Mapped[Code]
    reason: Mapped[str]
    counts: Mapped[Document]


class KeptCountRow(Base):
    """How many erased rows there were, by year, kind and category: the statistics outlive the people in them."""

    __tablename__ = "kept_counts"

    municipality: Mapped[MunicipalityCode]
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Key]
    category: Mapped[Key]
    count: Mapped[int]
