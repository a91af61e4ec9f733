"""What people said about a citizen and a place when they planned again. Only repositories use this table."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.db.pairs import PairVerdict
from service.db.tables import Base, Code, Key, MunicipalityCode, Ref


class PairDecisionRow(Base):
    """A citizen must have a place, must not have it, or neither any more; it counts while the plan of its run does.

    The slot is named without a reference: a later agreement may no longer have it.
    """

    __tablename__ = "pair_decisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality", "run_id"], ["match_runs.municipality", "match_runs.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["municipality", "citizen_id"], ["citizens.municipality", "citizens.id"], ondelete="CASCADE"
        ),
        Index(None, "municipality", "citizen_id"),
        Index(None, "municipality", "run_id"),
        CheckConstraint(f"verdict IN ({', '.join(repr(one.value) for one in PairVerdict)})", name="verdict"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    run_id: Mapped[Ref]
    citizen_id: Mapped[Ref]
    slot_id: Mapped[Ref]
    verdict: Mapped[Code]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[Ref]
    decided_by_name: Mapped[str]
    withdrawn: Mapped[bool] = mapped_column(default=False)
