"""Attempts at a night, the lock that keeps them one at a time, and what a broken-off one is continued from."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.db.nights import RunState
from service.db.tables import Base, Code, Key, MunicipalityCode, Ref


class NightAttemptRow(Base):
    """One attempt at a night. No personal data but who asked for it."""

    __tablename__ = "night_attempts"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in RunState)})", name="state"),
        Index(None, "municipality", "asked_at"),
    )

    municipality: Mapped[MunicipalityCode]
    id: Mapped[Key]
    state: Mapped[Code]
    asked_at: Mapped[datetime]
    viewer_id: Mapped[Ref]
    viewer_role: Mapped[Code]
    channel: Mapped[Code]
    planned_on: Mapped[date]
    seed: Mapped[int] = mapped_column(BigInteger())
    time_limit_s: Mapped[float]
    gap: Mapped[float]
    beat_at: Mapped[datetime]
    phase: Mapped[str | None] = mapped_column(String(64))
    phases_done: Mapped[int]
    ended_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None]
    same_as: Mapped[str | None] = mapped_column(String(64))


class NightLockRow(Base):
    """Who plans for a municipality right now; no row: nobody."""

    __tablename__ = "night_locks"

    municipality: Mapped[MunicipalityCode]
    run_id: Mapped[Ref]
    holder: Mapped[str] = mapped_column(String(255))
    beat_at: Mapped[datetime]


class NightCheckpointRow(Base):
    """A plan that was made and is not published yet, named by all that it was made from; citizens by number only."""

    __tablename__ = "night_checkpoints"

    municipality: Mapped[MunicipalityCode]
    made_from: Mapped[Key]
    saved_at: Mapped[datetime]
    seconds: Mapped[float]
    plan: Mapped[bytes] = mapped_column(LargeBinary())
