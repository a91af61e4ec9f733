"""Tables. Typed and portable: the same on SQLite and PostgreSQL. Only the repositories use them.

A row of the domain is a JSON document (the whole value) beside the columns that are searched, counted or constrained;
see docs/adr/0003-documents-beside-columns.md. The municipality is part of every key, so a reference cannot leave it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

from matcher.domain.agreement import AgreementModel, PlacementForm, SlotSetting
from matcher.domain.placement import PlacementStatus, Verdict

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

Document = dict[str, Any]
"""A JSON object."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; a naive one is refused. SQLite has no time zones, so UTC is understood there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - interface
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


MunicipalityCode = Annotated[str, mapped_column(String(4), primary_key=True)]
Key = Annotated[str, mapped_column(String(64), primary_key=True)]
Ref = Annotated[str, mapped_column(String(64))]
Code = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    """Declarative base with named constraints."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        datetime: UtcDateTime(),
        Document: JSON(),
        list[Document]: JSON(),
        str: Text(),
    }


def _one_of(column: str, values: type[Any]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _ref(local: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A reference to another row of the same municipality."""
    return ForeignKeyConstraint(["municipality", local], [f"{table}.municipality", f"{table}.id"], ondelete=ondelete)


class Versioned:
    """What every row of the domain has: its document, and a version that each change raises by one."""

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    document: Mapped[Document]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class-level directive
        """A change of a row that somebody else has changed meanwhile fails (optimistic lock)."""
        return {"version_id_col": cls.version}


class ConsultantRow(Versioned, Base):
    """Jobkonsulent."""

    __tablename__ = "consultants"

    name: Mapped[str]


class CompanyRow(Versioned, Base):
    """Virksomhed; its worksites are rows of their own so that slots can refer to them."""

    __tablename__ = "companies"
    __table_args__ = (Index(None, "municipality", "cvr"), Index(None, "municipality", "name"))

    cvr: Mapped[str] = mapped_column(String(8))
    name: Mapped[str]
    industry: Mapped[str] = mapped_column(String(6))
    worksites: Mapped[list["WorksiteRow"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="WorksiteRow.id"
    )


class WorksiteRow(Base):
    """P-enhed. The P-number is unique: legal limits count per P-number, and a second row would double them."""

    __tablename__ = "worksites"
    __table_args__ = (
        _ref("company_id", "companies"),
        UniqueConstraint("municipality", "company_id", "id"),
        UniqueConstraint("municipality", "p_number"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    company_id: Mapped[Ref]
    p_number: Mapped[str] = mapped_column(String(10))
    name: Mapped[str]
    postcode: Mapped[str] = mapped_column(String(4))


class CitizenRow(Versioned, Base):
    """Borger."""

    __tablename__ = "citizens"
    __table_args__ = (
        _ref("consultant_id", "consultants"),
        Index(None, "municipality", "consultant_id"),
        Index(None, "municipality", "name"),
        Index(None, "municipality", "id", "version", "updated_at"),  # what has changed, without the documents
        Index(None, "municipality", "waiting_since", "id"),  # lists in their order, without the documents
    )

    name: Mapped[str]
    target_group: Mapped[Code]
    consultant_id: Mapped[Ref]
    home_postcode: Mapped[str] = mapped_column(String(4))
    waiting_since: Mapped[date]


class AgreementRow(Versioned, Base):
    """Samarbejdsaftale; its slots and companies are rows of their own."""

    __tablename__ = "agreements"
    __table_args__ = (_ref("consultant_id", "consultants"), _one_of("model", AgreementModel))

    model: Mapped[Code]
    consultant_id: Mapped[Ref]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    slots: Mapped[list["SlotRow"]] = relationship(lazy="raise", cascade="all, delete-orphan", order_by="SlotRow.id")
    companies: Mapped[list["AgreementCompanyRow"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class AgreementCompanyRow(Base):
    """A company of an agreement; a cluster has several."""

    __tablename__ = "agreement_companies"
    __table_args__ = (_ref("agreement_id", "agreements"), _ref("company_id", "companies"))

    municipality: Mapped[MunicipalityCode]
    agreement_id: Mapped[Key]
    company_id: Mapped[Key]


class SlotRow(Base):
    """Plads."""

    __tablename__ = "slots"
    __table_args__ = (
        _ref("agreement_id", "agreements"),
        ForeignKeyConstraint(
            ["municipality", "company_id", "worksite_id"],
            ["worksites.municipality", "worksites.company_id", "worksites.id"],
        ),
        Index(None, "municipality", "agreement_id"),
        Index(None, "municipality", "worksite_id"),
        CheckConstraint("capacity >= 0", name="capacity"),
        _one_of("setting", SlotSetting),
        _one_of("form", PlacementForm),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    agreement_id: Mapped[Ref]
    company_id: Mapped[Ref]
    worksite_id: Mapped[Ref]
    title: Mapped[str]
    function: Mapped[Code]
    setting: Mapped[Code]
    form: Mapped[Code]
    capacity: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class PlacementRow(Versioned, Base):
    """What people agreed. A citizen or slot with a placement cannot be removed."""

    __tablename__ = "placements"
    __table_args__ = (
        _ref("citizen_id", "citizens"),
        _ref("slot_id", "slots"),
        Index(None, "municipality", "citizen_id"),
        Index(None, "municipality", "slot_id"),
        _one_of("status", PlacementStatus),
    )

    citizen_id: Mapped[Ref]
    slot_id: Mapped[Ref]
    status: Mapped[Code]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class MatchRunRow(Base):
    """One plan of a night. `planned_on` is the day that the plan is made for.

    `withdrawn_at` and by whom: somebody went back to the plan before.
    """

    __tablename__ = "match_runs"
    __table_args__ = (Index(None, "municipality", "created_at"),)

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    created_at: Mapped[datetime]
    planned_on: Mapped[date]
    seed: Mapped[int] = mapped_column(BigInteger())
    status: Mapped[Code]
    value: Mapped[float]
    upper_bound: Mapped[float]
    gap: Mapped[float]
    input_hash: Mapped[Code]
    seconds: Mapped[Document]
    counts: Mapped[Document]
    versions: Mapped[Document]
    resources: Mapped[list[Document]]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(64))
    withdrawn_by_name: Mapped[str | None]


class SlotPriceRow(Base):
    """What a place was worth to others in a run; slots at price 0 are absent."""

    __tablename__ = "slot_prices"
    __table_args__ = (_ref("run_id", "match_runs", ondelete="CASCADE"),)

    municipality: Mapped[MunicipalityCode]
    run_id: Mapped[Key]
    slot_id: Mapped[Key]
    price: Mapped[float]


class ProposalRow(Base):
    """What a run suggests. The slot is named without a reference: a later agreement may no longer have it."""

    __tablename__ = "proposals"
    __table_args__ = (
        _ref("run_id", "match_runs", ondelete="CASCADE"),
        _ref("citizen_id", "citizens", ondelete="CASCADE"),
        UniqueConstraint("municipality", "run_id", "citizen_id"),
        Index(None, "municipality", "citizen_id"),
        Index(None, "municipality", "run_id", "value"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    run_id: Mapped[Ref]
    citizen_id: Mapped[Ref]
    slot_id: Mapped[Ref]
    starts_on: Mapped[date]
    hours_per_week: Mapped[float]
    value: Mapped[float]
    price: Mapped[float]
    explanation: Mapped[Document]
    support: Mapped[list[Document]]


class UnplacedRow(Base):
    """A citizen that a run could not place, and why. `text_english` is empty in runs from before it was written."""

    __tablename__ = "unplaced"
    __table_args__ = (
        _ref("run_id", "match_runs", ondelete="CASCADE"),
        _ref("citizen_id", "citizens", ondelete="CASCADE"),
        Index(None, "municipality", "citizen_id"),
    )

    municipality: Mapped[MunicipalityCode]
    run_id: Mapped[Key]
    citizen_id: Mapped[Key]
    reason: Mapped[Code]
    text: Mapped[str]
    text_english: Mapped[str | None]


class DecisionRow(Base):
    """A named person's decision on a proposal; decisions are added, and taken back at most, never changed."""

    __tablename__ = "decisions"
    __table_args__ = (
        _ref("proposal_id", "proposals", ondelete="CASCADE"),
        Index(None, "municipality", "proposal_id"),
        _one_of("verdict", Verdict),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    proposal_id: Mapped[Ref]
    verdict: Mapped[Code]
    decided_by: Mapped[Ref]
    decided_by_name: Mapped[str | None]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[str | None] = mapped_column(String(64))
    taken_back_by_name: Mapped[str | None]


class ImportRow(Base):
    """One import that changed something: when, from which files, how much. No personal data."""

    __tablename__ = "imports"

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    imported_at: Mapped[datetime]
    files: Mapped[list[Document]]
    counts: Mapped[Document]


class LearntWeightsRow(Base):
    """A learnt model with the figures that it was measured by; written once. No personal data."""

    __tablename__ = "learnt_weights"

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    learnt_at: Mapped[datetime]
    model: Mapped[Document]
    validation: Mapped[Document]


class WeightsChoiceRow(Base):
    """Which weights a named person has chosen, and why; only ever added to, the last one holds.

    `weights_id` names learnt weights of the municipality; empty: the hand-set ones.
    """

    __tablename__ = "weights_choices"
    __table_args__ = (_ref("weights_id", "learnt_weights"), Index(None, "municipality", "chosen_at"))

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    weights_id: Mapped[str | None] = mapped_column(String(64))
    chosen_by: Mapped[Ref]
    reason: Mapped[str]
    chosen_at: Mapped[datetime]
