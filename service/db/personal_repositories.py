"""Repositories of CPR numbers, of who read about whom, and of corrections. One municipality each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, and_, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from service.db.documents import CHUNK, chunks
from service.db.personal import AccessEntry, Correction, KeptCpr, Read, ReadPurpose
from service.db.personal_tables import CitizenReadRow, CorrectionRow, CprRow, ReadCitizenRow
from service.db.purpose import Channel, Purpose, Viewer
from service.db.record_tables import ShownListCitizenRow, ShownListRow
from service.problems import NotFound
from service.settings import Role

Rows = Select[*tuple[Any, ...]]
"""A query whose rows have several columns."""
CASE = "case"
"""Where a shown list keeps the case that it was for, among its parameters."""
ERASED = "erased-"
"""How the pseudonym of an erased citizen begins."""


class CprNumbers:
    """Sealed CPR numbers of a municipality's citizens."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def put(self, kept: KeptCpr) -> None:
        """Write a citizen's number in place of any other."""
        self.remove(kept.citizen_id)
        row = {
            "municipality": self.municipality,
            "citizen_id": kept.citizen_id,
            "key_id": kept.key_id,
            "sealed": kept.sealed,
            "search_hash": kept.search_hash,
        }
        self.session.execute(insert(CprRow), [row])

    def remove(self, citizen_id: str) -> None:
        """Remove a citizen's number, if there is one."""
        table = CprRow
        of_citizen = and_(table.municipality == self.municipality, table.citizen_id == citizen_id)
        self.session.execute(delete(table).where(of_citizen))

    def get(self, citizen_id: str) -> KeptCpr | None:
        """A citizen's number."""
        query = self._all().where(CprRow.citizen_id == citizen_id)
        return next(self._found(query), None)

    def with_hash(self, hashes: Sequence[str]) -> KeptCpr | None:
        """The number that has one of the hashes."""
        return next(self._found(self._all().where(CprRow.search_hash.in_(hashes))), None)

    def all(self) -> tuple[KeptCpr, ...]:
        """Every number, by citizen."""
        return tuple(sorted(self._found(self._all()), key=lambda one: one.citizen_id))

    def _all(self) -> Rows:
        return select(CprRow.citizen_id, CprRow.key_id, CprRow.sealed, CprRow.search_hash).where(
            CprRow.municipality == self.municipality
        )

    def _found(self, query: Rows) -> Iterator[KeptCpr]:
        return (KeptCpr(*row) for row in self.session.execute(query))


class AccessLog:
    """Who read about which citizen: shown lists, and reads beside them. Only ever added to."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, reads: Iterable[Read]) -> None:
        """Write reads."""
        rows, named = [], []
        for read in reads:
            rows.append(
                {
                    "municipality": self.municipality,
                    "id": read.id,
                    "read_at": read.read_at,
                    "viewer_id": read.viewer.id,
                    "viewer_role": read.viewer.role,
                    "channel": read.viewer.channel,
                    "purpose": read.purpose,
                    "case_ref": read.case,
                }
            )
            named += [
                {"municipality": self.municipality, "read_id": read.id, "citizen_id": citizen_id}
                for citizen_id in read.citizen_ids
            ]
        if rows:
            self.session.execute(insert(CitizenReadRow), rows)
        for start in range(0, len(named), CHUNK):
            self.session.execute(insert(ReadCitizenRow), named[start : start + CHUNK])

    def of_citizen(
        self, citizen_id: str, *, before: AccessEntry | None = None, limit: int = 100
    ) -> tuple[AccessEntry, ...]:
        """At most `limit` entries about a citizen (or the pseudonym of an erased one), newest first."""
        reads = self._reads(citizen_id, before).limit(limit)
        lists = self._lists(citizen_id, before).limit(limit)
        found = [
            _entry(*row, shown=shown)
            for shown, query in ((False, reads), (True, lists))
            for row in self.session.execute(query)
        ]
        return tuple(sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit])

    def entry(self, citizen_id: str, id_: str) -> AccessEntry:
        """One entry about a citizen; raises NotFound."""
        read = self.session.execute(self._reads(citizen_id, None).where(CitizenReadRow.id == id_)).one_or_none()
        if read is not None:
            return _entry(*read, shown=False)
        row = self.session.execute(self._lists(citizen_id, None).where(ShownListRow.id == id_)).one_or_none()
        if row is None:
            raise NotFound
        return _entry(*row, shown=True)

    def lists_of(self, citizen_id: str) -> tuple[str, ...]:
        """Ids of the shown lists that name a citizen."""
        table = ShownListCitizenRow
        query = select(table.list_id).where(table.municipality == self.municipality, table.citizen_id == citizen_id)
        return tuple(sorted(self.session.scalars(query)))

    def pseudonymise(self, citizen_id: str, list_ids: Iterable[str] = ()) -> str:
        """Give an erased citizen a random name in the log, and leave out the cases that reads were for.

        `list_ids` are shown lists that named the citizen and no longer do. That the name belongs to the citizen is
        written nowhere: entries about one person can still be counted, but not led back to anybody.
        """
        pseudonym = f"{ERASED}{uuid4()}"
        reads, named = CitizenReadRow, ReadCitizenRow
        of_citizen = and_(named.municipality == self.municipality, named.citizen_id == citizen_id)
        ids = tuple(self.session.scalars(select(named.read_id).where(of_citizen)))
        for chunk in chunks(ids):
            these = and_(reads.municipality == self.municipality, reads.id.in_(chunk), reads.case_ref.is_not(None))
            self.session.execute(update(reads).where(these).values(case_ref=None))
        self.session.execute(update(named).where(of_citizen).values(citizen_id=pseudonym))
        rows = [{"municipality": self.municipality, "list_id": id_, "citizen_id": pseudonym} for id_ in list_ids]
        if rows:
            self.session.execute(insert(ShownListCitizenRow), rows)
        return pseudonym

    def _reads(self, citizen_id: str, before: AccessEntry | None) -> Rows:
        table, named = CitizenReadRow, ReadCitizenRow
        query = (
            select(
                table.id,
                table.read_at,
                table.viewer_id,
                table.viewer_role,
                table.channel,
                table.purpose,
                table.case_ref,
            )
            .join(named, and_(named.municipality == table.municipality, named.read_id == table.id))
            .where(table.municipality == self.municipality, named.citizen_id == citizen_id)
            .order_by(table.read_at.desc(), table.id.desc())
        )
        return query if before is None else query.where(tuple_(table.read_at, table.id) < _moment(before))

    def _lists(self, citizen_id: str, before: AccessEntry | None) -> Rows:
        table, named = ShownListRow, ShownListCitizenRow
        query = (
            select(
                table.id,
                table.shown_at,
                table.viewer_id,
                table.viewer_role,
                table.channel,
                table.purpose,
                table.parameters[CASE].as_string(),
            )
            .join(named, and_(named.municipality == table.municipality, named.list_id == table.id))
            .where(table.municipality == self.municipality, named.citizen_id == citizen_id)
            .order_by(table.shown_at.desc(), table.id.desc())
        )
        return query if before is None else query.where(tuple_(table.shown_at, table.id) < _moment(before))


class Corrections:
    """Which fields of citizens were changed, and by whom; only ever added to."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, corrections: Sequence[Correction]) -> None:
        """Write corrections of citizens of this municipality."""
        rows = [
            {
                "municipality": self.municipality,
                "id": one.id,
                "citizen_id": one.citizen_id,
                "corrected_at": one.corrected_at,
                "corrected_by": one.corrected_by,
                "role": one.role,
                "fields": list(one.fields),
            }
            for one in corrections
        ]
        self.session.execute(insert(CorrectionRow), rows)

    def of_citizen(self, citizen_id: str) -> tuple[Correction, ...]:
        """Corrections of a citizen, oldest first."""
        table = CorrectionRow
        query = (
            select(table)
            .where(table.municipality == self.municipality, table.citizen_id == citizen_id)
            .order_by(table.corrected_at, table.id)
        )
        return tuple(
            Correction(row.id, row.citizen_id, row.corrected_at, row.corrected_by, Role(row.role), tuple(row.fields))
            for row in self.session.scalars(query)
        )


def _moment(entry: AccessEntry) -> tuple[datetime, str]:
    return (entry.at, entry.id)


def _entry(
    id_: str, at: datetime, viewer_id: str, role: str, channel: str, purpose: str, case: str | None, *, shown: bool
) -> AccessEntry:
    """An entry; a read from before its kind was recorded as a list has the purpose of a list, and names none."""
    return AccessEntry(
        id=id_,
        at=at,
        viewer=Viewer(viewer_id, Role(role), Channel(channel)),
        purpose=Purpose(purpose) if purpose in set(Purpose) else ReadPurpose(purpose),
        case=case,
        list_id=id_ if shown else None,
    )
