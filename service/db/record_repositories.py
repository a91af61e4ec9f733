"""Repositories of snapshots and purpose records. Documents and snapshots are named by their content, written once."""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.db.documents import CHUNK, chunks
from service.db.purpose import Alternatives, Channel, Purpose, RunRecord, ShownList, SnapshotDocument, Viewer
from service.db.record_tables import (
    RunAlternativesRow,
    RunRecordRow,
    ShownListCitizenRow,
    ShownListRow,
    SnapshotDocumentRow,
    SnapshotRow,
)
from service.db.tables import CitizenRow
from service.problems import NotFound
from service.settings import Role

Entry = tuple[str, str]
"""Kind and digest of a document."""

_LARGEST_CHANGE = 0.1
"""A manifest is written as a change of an earlier one up to this share of its entries, else whole."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document of a snapshot; `erased_on`: since when its content is gone."""

    kind: str
    digest: str
    document: Mapping[str, Any]
    erased_on: date | None


class Snapshots:
    """Snapshots of one municipality."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add_documents(self, documents: Iterable[SnapshotDocument]) -> None:
        """Write those of the documents that are not there, or that were erased and are about a person known again."""
        by_entry = {(one.kind, one.digest): one for one in documents}
        missing = by_entry.keys() - self._there(by_entry)
        rows = [
            {
                "municipality": self.municipality,
                "kind": one.kind,
                "digest": one.digest,
                "citizen_id": one.citizen_id,
                "document": dict(one.document),
                "erased_on": None,
            }
            for one in (by_entry[entry] for entry in sorted(missing))
        ]
        for start in range(0, len(rows), CHUNK):
            statement = self._insert()(SnapshotDocumentRow)
            changed = {name: statement.excluded[name] for name in ("citizen_id", "document", "erased_on")}
            same = ("municipality", "kind", "digest")
            self.session.execute(
                statement.on_conflict_do_update(index_elements=same, set_=changed), rows[start : start + CHUNK]
            )

    def add(self, digest: str, entries: Collection[Entry], taken_at: datetime) -> None:
        """Write a snapshot whose documents are there; one that is there stays as it is."""
        if self.session.get(SnapshotRow, (self.municipality, digest)) is not None:
            return
        base, manifest = self._manifest(frozenset(entries))
        row = {"municipality": self.municipality, "digest": digest, "base": base, "taken_at": taken_at}
        self.session.execute(self._insert()(SnapshotRow).on_conflict_do_nothing(), [{**row, "manifest": manifest}])

    def entries(self, digest: str) -> frozenset[Entry]:
        """Kind and digest of every document of a snapshot; raises NotFound."""
        row = self.session.get(SnapshotRow, (self.municipality, digest))
        if row is None:
            raise NotFound
        packed = _unpacked(row.manifest)
        if row.base is None:
            return packed["in"]
        return (self.entries(row.base) - packed["out"]) | packed["in"]

    def documents(self, entries: Iterable[Entry]) -> tuple[KeptDocument, ...]:
        """Documents by kind and digest, in that order; one that is not there is left out."""
        kinds: dict[str, list[str]] = {}
        for kind, digest in sorted(entries):
            kinds.setdefault(kind, []).append(digest)
        found = []
        table = SnapshotDocumentRow
        for kind, digests in kinds.items():
            for chunk in chunks(digests):
                query = select(table).where(
                    table.municipality == self.municipality, table.kind == kind, table.digest.in_(chunk)
                )
                found += [
                    KeptDocument(row.kind, row.digest, row.document, row.erased_on)
                    for row in self.session.scalars(query)
                ]
        return tuple(sorted(found, key=lambda one: (one.kind, one.digest)))

    def about(self, citizen_id: str, kind: str, digests: Collection[str]) -> Mapping[str, Any]:
        """The document about a citizen that is one of some documents of a kind; raises NotFound."""
        table = SnapshotDocumentRow
        query = select(table.digest, table.document).where(
            table.municipality == self.municipality, table.kind == kind, table.citizen_id == citizen_id
        )
        for digest, document in self.session.execute(query):
            if digest in digests:
                found: Mapping[str, Any] = document
                return found
        raise NotFound

    def erase_from_snapshots(self, citizen_id: str, on: date) -> None:
        """Empty every document about a citizen and every list that names the person; what was kept stays dated.

        That a list was shown, to whom and for what stays; what it said and whom it was about goes.
        """
        table, lists, named = SnapshotDocumentRow, ShownListRow, ShownListCitizenRow
        self.session.execute(
            update(table)
            .where(table.municipality == self.municipality, table.citizen_id == citizen_id)
            .values(document={}, citizen_id=None, erased_on=on)
        )
        of_citizen = select(named.list_id).where(
            named.municipality == self.municipality, named.citizen_id == citizen_id
        )
        ids = tuple(self.session.scalars(of_citizen))
        for chunk in chunks(ids):
            self.session.execute(
                update(lists)
                .where(lists.municipality == self.municipality, lists.id.in_(chunk))
                .values(parameters={}, result={}, shown=b"", erased_on=on)
            )
        self.session.execute(
            delete(named).where(named.municipality == self.municipality, named.citizen_id == citizen_id)
        )

    def _there(self, entries: Iterable[Entry]) -> set[Entry]:
        kinds: dict[str, list[str]] = {}
        for kind, digest in entries:
            kinds.setdefault(kind, []).append(digest)
        table, found = SnapshotDocumentRow, set()
        for kind, digests in kinds.items():
            for chunk in chunks(digests):
                query = select(table.digest).where(
                    table.municipality == self.municipality,
                    table.kind == kind,
                    table.digest.in_(chunk),
                    table.erased_on.is_(None),
                )
                found |= {(kind, digest) for digest in self.session.scalars(query)}
        return found

    def _manifest(self, entries: frozenset[Entry]) -> tuple[str | None, bytes]:
        """The base that a manifest is written as a change of, if any, and the manifest."""
        table = SnapshotRow
        query = (
            select(table.digest, table.manifest)
            .where(table.municipality == self.municipality, table.base.is_(None))
            .order_by(table.taken_at.desc(), table.digest)
            .limit(1)
        )
        whole = self.session.execute(query).one_or_none()
        if whole is not None:
            before = _unpacked(whole.manifest)["in"]
            gone, new = before - entries, entries - before
            if len(gone) + len(new) <= _LARGEST_CHANGE * len(entries):
                return whole.digest, _packed(gone, new)
        return None, _packed(frozenset(), entries)

    def _insert(self) -> Any:
        """The database's own INSERT, which can meet a row that another transaction has written meanwhile."""
        return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[self.session.get_bind().dialect.name]


class RunRecords:
    """What the runs of one municipality were made from."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, record: RunRecord, alternatives: Iterable[Alternatives]) -> None:
        """Write the record of a run that is there."""
        row = {
            "municipality": self.municipality,
            "run_id": record.run_id,
            **_viewer_columns(record.viewer),
            "snapshot": record.snapshot,
            "weights": record.weights,
            "parameters": dict(record.parameters),
            "versions": dict(record.versions),
            "result_digest": record.result_digest,
            "repeatable": record.repeatable,
        }
        self.session.execute(insert(RunRecordRow), [row])
        rows = [
            {
                "municipality": self.municipality,
                "run_id": record.run_id,
                "citizen_id": one.citizen_id,
                "eligible": one.eligible,
                "next_best": [dict(place) for place in one.next_best],
            }
            for one in alternatives
        ]
        if rows:
            self.session.execute(insert(RunAlternativesRow), rows)

    def get(self, run_id: str) -> RunRecord:
        """The record of a run; raises NotFound."""
        row = self.session.get(RunRecordRow, (self.municipality, run_id))
        if row is None:
            raise NotFound
        return RunRecord(
            row.run_id,
            _viewer(row),
            row.snapshot,
            row.weights,
            row.parameters,
            row.versions,
            row.result_digest,
            row.repeatable,
        )

    def alternatives(self, run_id: str) -> tuple[Alternatives, ...]:
        """What else the run could have proposed, by citizen."""
        table = RunAlternativesRow
        query = select(table).where(table.municipality == self.municipality, table.run_id == run_id)
        rows = self.session.scalars(query)
        found = [Alternatives(row.citizen_id, row.eligible, tuple(row.next_best)) for row in rows]
        return tuple(sorted(found, key=lambda one: one.citizen_id))


_SHOWN, _NAMED = (cast(Table, one.__table__) for one in (ShownListRow, ShownListCitizenRow))
"""Their rows are only written, and by every list: straight into the tables that takes half as long."""


class ShownLists:
    """The lists of one municipality that somebody saw; only ever added to."""

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    def add(self, shown: ShownList) -> None:
        """Write a list; raises NotFound where a citizen of it is no longer stored."""
        row = {
            "municipality": self.municipality,
            **{name: getattr(shown, name) for name in _LIST},
            **_viewer_columns(shown.viewer),
            "parameters": dict(shown.parameters),
            "versions": dict(shown.versions),
            "result": dict(shown.result),
        }
        self.session.execute(insert(_SHOWN), row)
        named = set(shown.citizen_ids)
        for some in chunks(sorted(named)):
            stored = select(CitizenRow.municipality, literal(shown.id), CitizenRow.id).where(
                CitizenRow.municipality == self.municipality, CitizenRow.id.in_(some)
            )
            columns = ["municipality", "list_id", "citizen_id"]
            named_here = insert(_NAMED).from_select(columns, stored)
            done = self.session.execute(named_here, execution_options={"preserve_rowcount": True})
            if done.rowcount != len(some):  # type: ignore[attr-defined]  # an INSERT says how many it wrote, where asked
                raise NotFound

    def get(self, id_: str) -> ShownList:
        """A list; raises NotFound."""
        row = self.session.get(ShownListRow, (self.municipality, id_))
        if row is None:
            raise NotFound
        return self._lists([row])[0]

    def page(
        self,
        *,
        citizen_id: str | None = None,
        viewer_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: ShownList | None = None,
        limit: int = 100,
    ) -> tuple[ShownList, ...]:
        """At most `limit` lists, newest first, from before a given one; of one citizen and to one person if named.

        `since` and `until`: the moments from which and before which they were shown.
        """
        table, named = ShownListRow, ShownListCitizenRow
        query = select(table).where(table.municipality == self.municipality)
        if citizen_id is not None:
            of_citizen = select(named.list_id).where(
                named.municipality == self.municipality, named.citizen_id == citizen_id
            )
            query = query.where(table.id.in_(of_citizen))
        if viewer_id is not None:
            query = query.where(table.viewer_id == viewer_id)
        if since is not None:
            query = query.where(table.shown_at >= since)
        if until is not None:
            query = query.where(table.shown_at < until)
        if before is not None:
            earlier = tuple_(table.shown_at, table.id) < tuple_(before.shown_at, before.id)
            query = query.where(earlier)
        query = query.order_by(table.shown_at.desc(), table.id.desc()).limit(limit)
        return self._lists(list(self.session.scalars(query)))

    def _lists(self, rows: Sequence[ShownListRow]) -> tuple[ShownList, ...]:
        named: dict[str, list[str]] = {}
        table = ShownListCitizenRow
        for chunk in chunks([row.id for row in rows]):
            query = select(table.list_id, table.citizen_id).where(
                table.municipality == self.municipality, table.list_id.in_(chunk)
            )
            for list_id, citizen_id in self.session.execute(query):
                named.setdefault(list_id, []).append(citizen_id)
        return tuple(_list(row, tuple(sorted(named.get(row.id, ())))) for row in rows)


_LIST = (
    "id",
    "purpose",
    "shown_at",
    "slot_id",
    "run_id",
    "planned_on",
    "snapshot",
    "plan",
    "weights",
    "result_digest",
    "shown",
    "erased_on",
)


def _list(row: ShownListRow, citizen_ids: tuple[str, ...]) -> ShownList:
    columns = {name: getattr(row, name) for name in _LIST}
    return ShownList(
        **{**columns, "purpose": Purpose(row.purpose)},
        viewer=_viewer(row),
        citizen_ids=citizen_ids,
        parameters=row.parameters,
        versions=row.versions,
        result=row.result,
    )


def _viewer_columns(viewer: Viewer) -> dict[str, str]:
    return {"viewer_id": viewer.id, "viewer_role": viewer.role, "channel": viewer.channel}


def _viewer(row: RunRecordRow | ShownListRow) -> Viewer:
    return Viewer(row.viewer_id, Role(row.viewer_role), Channel(row.channel))


def _packed(gone: frozenset[Entry], new: frozenset[Entry]) -> bytes:
    """Entries by kind, compressed."""
    kinds: dict[str, dict[str, list[str]]] = {"out": {}, "in": {}}
    for name, entries in (("out", gone), ("in", new)):
        for kind, digest in sorted(entries):
            kinds[name].setdefault(kind, []).append(digest)
    return zlib.compress(json.dumps(kinds, separators=(",", ":")).encode())


def _unpacked(manifest: bytes) -> dict[str, frozenset[Entry]]:
    """The entries of `_packed`: what is `out` of the base, and what is `in`."""
    kinds = json.loads(zlib.decompress(manifest))
    return {
        name: frozenset((kind, digest) for kind, digests in kinds[name].items() for digest in digests)
        for name in ("out", "in")
    }
