"""Protected traits: read by the fairness report alone. Only repositories use these tables."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.domain.traits import Gender, Origin
from service.db.tables import Base, Key, MunicipalityCode


def _one_of(column: str, values: type[Gender] | type[Origin]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class ProtectedTraitsRow(Base):
    """Beskyttede kendetegn of one citizen. They go with the citizen; an empty field is not registered."""

    __tablename__ = "protected_traits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "citizen_id"], ["citizens.municipality", "citizens.id"], ondelete="CASCADE"
        ),
        _one_of("gender", Gender),
        _one_of("origin", Origin),
    )

    municipality: Mapped[MunicipalityCode]
    citizen_id: Mapped[Key]
    gender: Mapped[str | None] = mapped_column(String(32))
    birth_year: Mapped[int | None]
    origin: Mapped[str | None] = mapped_column(String(32))
