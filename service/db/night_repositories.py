"""Repositories of attempts at a night, their lock and their checkpoint: one municipality each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from service.db.night_tables import NightAttemptRow, NightCheckpointRow, NightLockRow
from service.db.nights import UNDER_WAY, Lock, NightAttempt, RunState
from service.db.purpose import Channel, Viewer
from service.problems import AlreadyRunning, NotFound
from service.settings import Role


class _OfMunicipality:
    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality


class NightLocks(_OfMunicipality):
    """The lock of a municipality: at most one attempt holds it."""

    def holder(self) -> Lock | None:
        """Who holds it."""
        row = self.session.execute(
            select(NightLockRow.run_id, NightLockRow.holder, NightLockRow.beat_at).where(
                NightLockRow.municipality == self.municipality
            )
        ).one_or_none()
        return None if row is None else Lock(row.run_id, row.holder, row.beat_at)

    def take(self, lock: Lock, given_up: Callable[[Lock], bool]) -> Lock | None:
        """Take the lock, also from a holder that has given up; that one is returned.

        Raises AlreadyRunning where somebody else holds it. Two who take it at once: the second one's insert breaks
        the key (VersionConflict of the unit of work), or its update finds no row any more.
        """
        before = self.holder()
        if before is None:
            self.session.execute(
                insert(NightLockRow),
                [
                    {
                        "municipality": self.municipality,
                        "run_id": lock.run_id,
                        "holder": lock.holder,
                        "beat_at": lock.beat_at,
                    }
                ],
            )
            return None
        if not given_up(before):
            raise AlreadyRunning
        as_read = and_(NightLockRow.run_id == before.run_id, NightLockRow.beat_at == before.beat_at)
        if not self._update(as_read, run_id=lock.run_id, holder=lock.holder, beat_at=lock.beat_at):
            raise AlreadyRunning
        return before

    def beat(self, run_id: str, at: datetime) -> bool:
        """Say that an attempt is alive; False where it does not hold the lock any more."""
        return self._update(NightLockRow.run_id == run_id, beat_at=at)

    def hand_over(self, run_id: str, holder: str, at: datetime) -> bool:
        """Let another program hold the lock for an attempt; False where the attempt does not hold it any more."""
        return self._update(NightLockRow.run_id == run_id, holder=holder, beat_at=at)

    def release(self, run_id: str) -> bool:
        """Let go of the lock; False where the attempt does not hold it."""
        done = self.session.execute(
            delete(NightLockRow).where(NightLockRow.municipality == self.municipality, NightLockRow.run_id == run_id)
        )
        return bool(done.rowcount)  # type: ignore[attr-defined]  # a cursor result, as for every delete

    def _update(self, where: Any, **values: Any) -> bool:
        done = self.session.execute(
            update(NightLockRow).where(NightLockRow.municipality == self.municipality, where).values(**values)
        )
        return bool(done.rowcount)  # type: ignore[attr-defined]  # a cursor result, as for every update


class NightAttempts(_OfMunicipality):
    """Attempts at a night of a municipality."""

    def add(self, attempt: NightAttempt) -> None:
        """Write a new attempt."""
        asked_by = attempt.asked_by
        fields = {name: getattr(attempt, name) for name in _FIELDS}
        viewer = {"viewer_id": asked_by.id, "viewer_role": asked_by.role, "channel": asked_by.channel}
        self.session.execute(insert(NightAttemptRow), [{"municipality": self.municipality, **fields, **viewer}])

    def get(self, id_: str) -> NightAttempt:
        """An attempt; raises NotFound."""
        row = self.session.get(NightAttemptRow, (self.municipality, id_), populate_existing=True)
        if row is None:
            raise NotFound
        return _attempt(row)

    def change(self, id_: str, **values: Any) -> None:
        """Write how far an attempt is; one that has ended stays as it is."""
        self.session.execute(
            update(NightAttemptRow)
            .where(
                NightAttemptRow.municipality == self.municipality,
                NightAttemptRow.id == id_,
                NightAttemptRow.state.in_(UNDER_WAY),
            )
            .values(**values)
        )

    def page(
        self, state: RunState | None = None, *, before: NightAttempt | None = None, limit: int = 100
    ) -> tuple[NightAttempt, ...]:
        """At most `limit` attempts, newest first, from before a given one."""
        query = select(NightAttemptRow).where(NightAttemptRow.municipality == self.municipality)
        if state is not None:
            query = query.where(NightAttemptRow.state == state)
        if before is not None:
            same_moment = and_(NightAttemptRow.asked_at == before.asked_at, NightAttemptRow.id < before.id)
            query = query.where(or_(NightAttemptRow.asked_at < before.asked_at, same_moment))
        query = query.order_by(NightAttemptRow.asked_at.desc(), NightAttemptRow.id.desc()).limit(limit)
        return tuple(_attempt(row) for row in self.session.scalars(query))


class NightCheckpoints(_OfMunicipality):
    """The plan of a night that is not published yet; at most one a municipality."""

    def save(self, made_from: str, plan: bytes, seconds: float, at: datetime) -> None:
        """Keep a plan instead of what was kept."""
        self.clear()
        row = {"made_from": made_from, "saved_at": at, "seconds": seconds, "plan": plan}
        self.session.execute(insert(NightCheckpointRow), [{"municipality": self.municipality, **row}])

    def find(self, made_from: str) -> tuple[bytes, float] | None:
        """The plan that was made from just this, and the seconds it took."""
        row = self.session.get(NightCheckpointRow, (self.municipality, made_from))
        return None if row is None else (row.plan, row.seconds)

    def clear(self) -> None:
        """Forget what is kept."""
        self.session.execute(delete(NightCheckpointRow).where(NightCheckpointRow.municipality == self.municipality))


_FIELDS = (
    "id",
    "state",
    "asked_at",
    "planned_on",
    "seed",
    "time_limit_s",
    "gap",
    "beat_at",
    "phase",
    "phases_done",
    "ended_at",
    "problem",
    "detail",
    "same_as",
)


def _attempt(row: NightAttemptRow) -> NightAttempt:
    fields = {name: getattr(row, name) for name in _FIELDS}
    viewer = Viewer(row.viewer_id, Role(row.viewer_role), Channel(row.channel))
    return NightAttempt(**(fields | {"state": RunState(row.state)}), asked_by=viewer)
