"""What every repository of domain values does: read and write documents of one municipality, with versions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload
from sqlalchemy.types import NullType

from service.codec import Codec, DomainValue
from service.db.ordering import by_code_point
from service.db.tables import Document, Versioned
from service.problems import (
    FieldError,
    InUse,
    InvalidInput,
    MissingReference,
    NotFound,
    UnknownReference,
    VersionConflict,
)

CHUNK = 500
"""Ids in one query: well below the variables that any database takes in a statement."""

_CHANGED = "it has changed since it was read; read it again"

Value = TypeVar("Value", bound=DomainValue)
Row = TypeVar("Row", bound=Versioned)


class Change(StrEnum):
    """What writing a value did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Saved:
    """Outcome of writing one value. `version` counts its changes from 1."""

    change: Change
    version: int


@dataclass(frozen=True, slots=True)
class Held(Generic[Value]):
    """A value, and which change of it this is: `written` is when, in whatever way the database says that."""

    value: Value
    version: int
    written: Any


class Documents(ABC, Generic[Value, Row]):
    """Repository of one kind of domain values in one municipality. Subclasses say what is constrained."""

    row: ClassVar[type[Any]]
    codec: ClassVar[Codec[Any]]
    children: ClassVar[tuple[InstrumentedAttribute[Any], ...]] = ()

    def __init__(self, session: Session, municipality: str) -> None:
        self.session = session
        self.municipality = municipality

    # Reading.

    def all(self) -> tuple[Value, ...]:
        """Every value, by id."""
        return tuple(self.iterate())

    def iterate(self) -> Iterator[Value]:
        """Every value, by id, without holding all documents in memory."""
        for document in self.session.scalars(self._documents().execution_options(yield_per=CHUNK)):
            yield self.codec.decode_stored(document)

    def held(self, before: Mapping[str, Held[Value]]) -> dict[str, Held[Value]]:
        """Every value by id, in order. One that is the same change as before is the same object, and is not read."""
        row, of_this = self.row, self.row.municipality == self.municipality
        columns = row.id, row.version, type_coerce(row.updated_at, NullType)  # only compared: not made a datetime
        stands = self.session.execute(select(*columns).where(of_this))
        now = {id_: (version, written) for id_, version, written in stands}
        found = {id_: one for id_, one in before.items() if now.get(id_) == (one.version, one.written)}
        changed = [id_ for id_ in now if id_ not in found]
        read = select(*columns, row.document).where(of_this)
        few = len(changed) <= len(found)
        for query in (read.where(row.id.in_(chunk)) for chunk in chunks(changed)) if few else (read,):
            for id_, version, written, document in self.session.execute(query.execution_options(yield_per=CHUNK)):
                found[id_] = Held(self.codec.decode_stored(document), version, written)
        return {id_: found[id_] for id_ in sorted(found)}

    def page(self, *, after: str | None = None, limit: int = 100) -> tuple[Value, ...]:
        """At most `limit` values whose id comes after a given one."""
        query = self._documents().limit(limit)
        if after is not None:
            query = query.where(by_code_point(self.row.id) > after)
        return tuple(self.codec.decode_stored(document) for document in self.session.scalars(query))

    def count(self) -> int:
        """How many there are."""
        query = select(func.count()).select_from(self.row).where(self.row.municipality == self.municipality)
        return self.session.scalars(query).one()

    def get(self, id_: str) -> Value:
        """The value with an id; raises NotFound."""
        return self.get_versioned(id_)[0]

    def get_versioned(self, id_: str) -> tuple[Value, int]:
        """The value with an id, and its version; raises NotFound."""
        row = self.session.execute(select(self.row.document, self.row.version).where(self._is(id_))).one_or_none()
        if row is None:
            raise NotFound
        return self.codec.decode_stored(row.document), row.version

    def among(self, ids: Iterable[str]) -> tuple[Value, ...]:
        """Those of the ids that exist, by id."""
        found: list[Value] = []
        for chunk in chunks(sorted(set(ids))):
            found += map(
                self.codec.decode_stored, self.session.scalars(self._documents().where(self.row.id.in_(chunk)))
            )
        return tuple(found)

    def ids(self) -> tuple[str, ...]:
        """Every id, in order."""
        query = select(self.row.id).where(self.row.municipality == self.municipality)
        return tuple(sorted(self.session.scalars(query)))

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that exist."""
        return self._stored(self.row, ids)

    # Writing.

    def put(self, value: Value, expected_version: int | None = None) -> Saved:
        """Write a value. An unchanged one keeps its version.

        Raises UnknownReference where a field names what is not there, InvalidInput where a field clashes with what is,
        and VersionConflict where the stored version is not the expected one (0 = must not exist yet; None = any).
        """
        if expected_version is not None and self._held_version(value.id) != expected_version:
            raise VersionConflict(_CHANGED)
        errors = self.problems_of([value])[0]
        if errors:
            missing = all(isinstance(error, MissingReference) for error in errors)
            raise (UnknownReference if missing else InvalidInput)(errors=errors)
        return self.put_many([value])[0]

    def put_many(self, values: Sequence[Value]) -> list[Saved]:
        """Write values that `problems_of` found nothing wrong with, each id once; outcomes in the same order.

        Rows are written in the order of their ids, whatever that of the values: writers of the same values wait for
        one another and do not block each other.
        """
        rows = self._rows([value.id for value in values], held=True)
        saved: dict[str, tuple[Change, Row]] = {}
        replaced: list[tuple[str, Document, Document]] = []
        for value in sorted(values, key=lambda one: one.id):
            document = self.codec.encode(value)
            row = rows.get(value.id)
            if row is not None and row.document == document:
                saved[value.id] = (Change.UNCHANGED, row)
                continue
            if row is not None:
                replaced.append((value.id, row.document, document))
                saved[value.id] = (Change.UPDATED, row)
            else:
                row = self.row(municipality=self.municipality, id=value.id)
                self.session.add(row)
                saved[value.id] = (Change.CREATED, row)
            row.document = document
            self._project(value, row)
        self.session.flush()
        if replaced:
            self._corrected(replaced)
        return [Saved(saved[value.id][0], saved[value.id][1].version) for value in values]

    def delete(self, id_: str, expected_version: int | None = None) -> None:
        """Remove a value; raises NotFound, VersionConflict, and InUse where something else refers to it."""
        row = self._rows([id_]).get(id_)
        if row is None:
            raise NotFound
        if expected_version is not None and row.version != expected_version:
            raise VersionConflict(_CHANGED)
        used_by = [what for what, condition in self._uses(id_) if self._any(condition)]
        if used_by:
            raise InUse(f"{' and '.join(used_by)} refer to it; remove or change them first")
        self.session.delete(row)
        self.session.flush()

    def problems_of(self, values: Sequence[Value]) -> list[tuple[FieldError, ...]]:
        """What keeps each value from being written, seen from what is stored and the good values before it."""
        check = self._checks(values)
        return [(*self._wrong_municipality(value), *check(value)) for value in values]

    # What subclasses say.

    @abstractmethod
    def _project(self, value: Value, row: Row) -> None:
        """Copy what is searched or constrained from the value into the row's columns."""

    @abstractmethod
    def _checks(self, values: Sequence[Value]) -> Callable[[Value], Iterable[FieldError]]:
        """Look up all that the values refer to, then judge them one by one."""

    @abstractmethod
    def _uses(self, id_: str) -> Iterable[tuple[str, ColumnElement[bool]]]:
        """What may refer to a value: its name in the plural, and the condition of such a row."""

    def _corrected(self, changes: Sequence[tuple[str, Document, Document]]) -> None:
        """Told which documents, by id, were replaced by which; subclasses may note who did it."""

    # Helpers.

    def _wrong_municipality(self, value: Value) -> Iterator[FieldError]:
        if getattr(value, "municipality", self.municipality) != self.municipality:
            yield FieldError("municipality", "is another municipality", f"write {self.municipality}")

    def _documents(self) -> Select[Document]:
        of_this = self.row.municipality == self.municipality
        return select(self.row.document).where(of_this).order_by(by_code_point(self.row.id))

    def _is(self, id_: str) -> ColumnElement[bool]:
        return and_(self.row.municipality == self.municipality, self.row.id == id_)

    def _held_version(self, id_: str) -> int:
        """Version of what is stored, 0 where nothing is; nobody else changes it before the end of the transaction."""
        row = self._rows([id_], held=True).get(id_)
        return 0 if row is None else row.version

    def _rows(self, ids: Sequence[str], *, held: bool = False) -> dict[str, Row]:
        """Rows by id; `held`: as they are now, and nobody else changes them before the end of the transaction."""
        query = select(self.row).options(*map(selectinload, self.children))
        if held:
            query = (
                query.order_by(self.row.id).with_for_update(key_share=True).execution_options(populate_existing=True)
            )
        return {row.id: row for row in self._among(query, sorted(ids))}

    def _among(self, query: Select[Row], ids: Sequence[str]) -> Iterator[Row]:
        for chunk in chunks(ids):
            yield from self.session.scalars(
                query.where(self.row.municipality == self.municipality, self.row.id.in_(chunk))
            )

    def _pairs(
        self, key: InstrumentedAttribute[str], other: InstrumentedAttribute[str], keys: Iterable[str]
    ) -> Iterator[tuple[str, str]]:
        """Two columns of a table, of this municipality's rows that have one of the keys."""
        for chunk in chunks(sorted(set(keys))):
            query = select(key, other).where(key.class_.municipality == self.municipality, key.in_(chunk))
            yield from ((row[0], row[1]) for row in self.session.execute(query))

    def _stored(self, table: type[Any], ids: Iterable[str]) -> set[str]:
        """Those of the ids that a table has in this municipality."""
        return {id_ for id_, _ in self._pairs(table.id, table.id, ids)}

    def _any(self, condition: ColumnElement[bool]) -> bool:
        return self.session.scalars(select(exists().where(condition))).one()


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids in pieces that fit into one statement."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
