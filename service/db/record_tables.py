"""Purpose records: what each run and each list was made from, and who saw it. Only repositories use these tables.

The copies in a snapshot are documents of their own, named by their content: a value that has not changed is kept once,
however many snapshots hold it.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db.tables import Base, Code, Document, Key, MunicipalityCode, Ref


class SnapshotDocumentRow(Base):
    """One value as it was. `citizen_id`: whom it is about, so that it can be erased; then only its digest is left."""

    __tablename__ = "snapshot_documents"
    __table_args__ = (Index(None, "municipality", "citizen_id"),)

    municipality: Mapped[MunicipalityCode]
    kind: Mapped[Key]
    digest: Mapped[Key]
    citizen_id: Mapped[str | None] = mapped_column(String(64))
    document: Mapped[Document]
    erased_on: Mapped[date | None]


class SnapshotRow(Base):
    """Everything of a municipality at one moment, as the digests of its documents.

    `manifest` is whole where `base` is empty, else what has changed since the snapshot `base`.
    """

    __tablename__ = "snapshots"
    __table_args__ = (
        ForeignKeyConstraint(["municipality", "base"], ["snapshots.municipality", "snapshots.digest"]),
        Index(None, "municipality", "taken_at"),
    )

    municipality: Mapped[MunicipalityCode]
    digest: Mapped[Key]
    base: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    manifest: Mapped[bytes]


class RunRecordRow(Base):
    """What a run was made from and who asked for it."""

    __tablename__ = "run_records"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "run_id"], ["match_runs.municipality", "match_runs.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["municipality", "snapshot"], ["snapshots.municipality", "snapshots.digest"]),
    )

    municipality: Mapped[MunicipalityCode]
    run_id: Mapped[Key]
    viewer_id: Mapped[Ref]
    viewer_role: Mapped[Code]
    channel: Mapped[Code]
    snapshot: Mapped[Ref]
    weights: Mapped[Ref]
    parameters: Mapped[Document]
    versions: Mapped[Document]
    result_digest: Mapped[Code]
    repeatable: Mapped[bool]


class RunAlternativesRow(Base):
    """What else a run could have proposed for a citizen: how many places fit, and the next best of them."""

    __tablename__ = "run_alternatives"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "run_id"], ["run_records.municipality", "run_records.run_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["municipality", "citizen_id"], ["citizens.municipality", "citizens.id"], ondelete="CASCADE"
        ),
        Index(None, "municipality", "citizen_id"),
    )

    municipality: Mapped[MunicipalityCode]
    run_id: Mapped[Key]
    citizen_id: Mapped[Key]
    eligible: Mapped[int]
    next_best: Mapped[list[Document]]


class ShownListRow(Base):
    """A list that somebody saw: for what, when, made from what, and what it said. `shown` is the whole, compressed."""

    __tablename__ = "shown_lists"
    __table_args__ = (
        ForeignKeyConstraint(["municipality", "snapshot"], ["snapshots.municipality", "snapshots.digest"]),
        Index(None, "municipality", "shown_at"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    purpose: Mapped[Code]
    shown_at: Mapped[datetime]
    viewer_id: Mapped[Ref]
    viewer_role: Mapped[Code]
    channel: Mapped[Code]
    slot_id: Mapped[str | None] = mapped_column(String(64))
    run_id: Mapped[str | None] = mapped_column(String(64))
    planned_on: Mapped[date]
    snapshot: Mapped[Ref]
    plan: Mapped[str | None] = mapped_column(String(64))
    weights: Mapped[Ref]
    parameters: Mapped[Document]
    versions: Mapped[Document]
    result: Mapped[Document]
    result_digest: Mapped[Code]
    shown: Mapped[bytes]
    erased_on: Mapped[date | None]


class ShownListCitizenRow(Base):
    """A citizen in a list. Named without a reference: that a list was shown outlives the citizen's record."""

    __tablename__ = "shown_list_citizens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "list_id"], ["shown_lists.municipality", "shown_lists.id"], ondelete="CASCADE"
        ),
        Index(None, "municipality", "citizen_id"),
    )

    municipality: Mapped[MunicipalityCode]
    list_id: Mapped[Key]
    citizen_id: Mapped[Key]
