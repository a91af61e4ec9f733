"""Repository of what citizens ask for about what is kept of them. One municipality each."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from service.db.request_tables import CitizenRequestRow
from service.db.requests import CitizenRequest, RequestKind
from service.problems import NotFound

_FIELDS = tuple(CitizenRequest.__dataclass_fields__)


class CitizenRequests:
    """Requests of a municipality's citizens: added, answered once, never changed otherwise."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, request: CitizenRequest) -> None:
        """Write a request of a citizen of this municipality."""
        self.session.execute(insert(CitizenRequestRow), [{"municipality": self.municipality, **asdict(request)}])

    def of_citizen(self, citizen_id: str) -> tuple[CitizenRequest, ...]:
        """A citizen's requests, newest first."""
        table = CitizenRequestRow
        query = (
            select(table)
            .where(table.municipality == self.municipality, table.citizen_id == citizen_id)
            .order_by(table.recorded_at.desc(), table.id)
        )
        return tuple(_request(row) for row in self.session.scalars(query))

    def unanswered(self) -> dict[str, int]:
        """How many requests wait for an answer, by citizen: whose page needs attention."""
        table = CitizenRequestRow
        query = (
            select(table.citizen_id, func.count())
            .where(table.municipality == self.municipality, table.answered_at.is_(None))
            .group_by(table.citizen_id)
        )
        return {row[0]: row[1] for row in self.session.execute(query)}

    def answer(self, citizen_id: str, id_: str, *, answer: str, at: datetime, by: str, by_name: str) -> None:
        """Answer a request that waits; raises NotFound where the citizen has none with this id that does."""
        table = CitizenRequestRow
        waiting = (
            table.municipality == self.municipality,
            table.citizen_id == citizen_id,
            table.id == id_,
            table.answered_at.is_(None),
        )
        if self.session.scalar(select(table.id).where(*waiting)) is None:
            raise NotFound
        values = {"answer": answer, "answered_at": at, "answered_by": by, "answered_by_name": by_name}
        self.session.execute(update(table).where(*waiting).values(**values))


def _request(row: CitizenRequestRow) -> CitizenRequest:
    values = {name: getattr(row, name) for name in _FIELDS}
    return CitizenRequest(**values | {"kind": RequestKind(row.kind)})
