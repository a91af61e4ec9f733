"""Repositories of what the processes of the service share beside data."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from service.clock import now
from service.db.shared_tables import PageSessionRow, RateRow


@dataclass(frozen=True, slots=True)
class PageSession:
    """A session of the pages.

    Attributes
    ----------
    digest : SHA-256 of its id: what it is known by beside the cookie
    way : how the person signed in
    device : browser and system, as far as they are known by name
    seen_at : when it was last used, to about a minute
    until : when it runs out, whatever happens
    """

    digest: str
    way: str
    device: str
    started_at: datetime
    seen_at: datetime
    until: datetime


def session_digest(id_: str) -> str:
    """What a session's id is kept as: SHA-256, hexadecimal."""
    return hashlib.sha256(id_.encode()).hexdigest()


class PageSessions:
    """Sessions of the pages of one person that have not been ended, and that no cookie outlives."""

    def __init__(self, session: Session, municipality: str, person: str, *, issued: bool) -> None:
        self.session = session
        self._person = {"municipality": municipality, "person": person, "issued": issued}

    def add(self, new: PageSession) -> None:
        """Begin one. Those that have run out, whoever's they were, are forgotten."""
        self.session.execute(delete(PageSessionRow).where(PageSessionRow.until < now()))
        values = {"way": new.way, "device": new.device, "started_at": new.started_at, "until": new.until}
        row = {**self._person, **values, "id_sha256": new.digest, "seen_at": new.seen_at}
        self.session.execute(insert(PageSessionRow), [row])

    def get(self, digest: str) -> PageSession | None:
        """One; None where it was ended or is another person's."""
        row = self.session.scalars(select(PageSessionRow).where(self._mine(), _is(digest))).one_or_none()
        return None if row is None else _session(row)

    def all(self) -> tuple[PageSession, ...]:
        """Every one, last used first."""
        order = PageSessionRow.seen_at.desc(), PageSessionRow.id_sha256
        query = select(PageSessionRow).where(self._mine()).order_by(*order)
        return tuple(_session(row) for row in self.session.scalars(query))

    def used(self, digest: str, at: datetime) -> None:
        """One is in use; nothing happens where it was ended."""
        self.session.execute(update(PageSessionRow).where(self._mine(), _is(digest)).values(seen_at=at))

    def end(self, digests: Collection[str]) -> tuple[str, ...]:
        """End some; those that the person had."""
        ended = delete(PageSessionRow).where(self._mine(), PageSessionRow.id_sha256.in_(digests))
        return tuple(sorted(self.session.scalars(ended.returning(PageSessionRow.id_sha256))))

    def _mine(self) -> ColumnElement[bool]:
        return and_(*(getattr(PageSessionRow, name) == value for name, value in self._person.items()))


def end_replaced(session: Session, digest: str) -> int:
    """End the session that a browser had before, whoever's it was; how many that are: 1 or 0."""
    ended = delete(PageSessionRow).where(_is(digest)).returning(PageSessionRow.id_sha256)
    return len(session.scalars(ended).all())


def _is(digest: str) -> ColumnElement[bool]:
    return PageSessionRow.id_sha256 == digest


def _session(row: PageSessionRow) -> PageSession:
    return PageSession(row.id_sha256, row.way, row.device, row.started_at, row.seen_at, row.until)


class Rates:
    """Buckets of requests of a municipality's callers, shared by every process.

    A bucket holds `burst` requests, and `per_second` come back: after t seconds min(burst, before + t · per_second).
    """

    def __init__(self, session: Session, municipality: str, per_second: float, burst: int) -> None:
        self.session = session
        self.municipality = municipality
        self.per_second = per_second
        self.burst = burst

    def take(self, caller: str, most: int) -> tuple[int, float]:
        """Take at most so many requests out of a caller's bucket; how many, and seconds until there is one more."""
        key, moment = (self.municipality, caller), now()
        row = self.session.get(RateRow, key, with_for_update=True)
        if row is None:
            self._forget(moment)
            row = RateRow(municipality=self.municipality, caller=caller, held=float(self.burst), at=moment)
            self.session.add(row)
        passed = max(timedelta(), moment - row.at) / timedelta(seconds=1)
        held = min(float(self.burst), row.held + passed * self.per_second)
        taken = min(most, int(held))
        row.held, row.at = held - taken, max(moment, row.at)
        return taken, max(0.0, 1 - row.held) / self.per_second

    def _forget(self, moment: datetime) -> None:
        """Remove buckets that have filled up meanwhile: they are as good as none. Those in use are passed over."""
        filled = moment - timedelta(seconds=self.burst / self.per_second)
        query = select(RateRow.caller).where(RateRow.municipality == self.municipality, RateRow.at < filled)
        full = query.with_for_update(skip_locked=True)
        self.session.execute(
            delete(RateRow).where(RateRow.municipality == self.municipality, RateRow.caller.in_(full)),
            execution_options={"synchronize_session": False},
        )
