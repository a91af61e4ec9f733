"""Rows of every table as plain JSON values, in an order that does not depend on the database; and back."""

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    LargeBinary,
    String,
    Table,
    func,
    select,
    tuple_,
)

from service.db.metadata import Base
from service.db.ordering import by_code_point
from service.db.tables import UtcDateTime

ROWS_AT_ONCE: Final = 500
"""Rows that are held at a time; some hold megabytes."""

Values = list[Any]
"""A row as JSON values, column by column."""


def tables() -> Sequence[Table]:
    """Every table, each behind those that it refers to."""
    return Base.metadata.sorted_tables


def count(connection: Connection, table: Table) -> int:
    """Rows of a table."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def rows_of(connection: Connection, table: Table) -> Iterator[Values]:
    """Rows of a table by their key, and each behind those of the same table that it refers to."""
    encode = [_encoder(column) for column in table.columns]
    rows: Iterator[Any]
    if _parents(table):
        rows = _parents_first(connection, table)
    else:
        query = select(table).order_by(*_key_order(table))
        rows = iter(connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query))
    for row in rows:
        yield [None if value is None else how(value) for how, value in zip(encode, row, strict=True)]


def write_rows(connection: Connection, table: Table, rows: Iterable[Values]) -> None:
    """Add rows as `rows_of` gave them."""
    decode = [(column.key, _decoder(column)) for column in table.columns]
    for some in _pieces(rows):
        values = [
            {name: None if value is None else how(value) for (name, how), value in zip(decode, row, strict=True)}
            for row in some
        ]
        connection.execute(table.insert(), values)


def _pieces(rows: Iterable[Values]) -> Iterator[list[Values]]:
    remaining = iter(rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        yield some


def _key_order(table: Table) -> list[ColumnElement[Any]]:
    return [
        by_code_point(column) if isinstance(column.type, String) else column for column in table.primary_key.columns
    ]


def _parents(table: Table) -> list[tuple[Column[Any], ...]]:
    """The columns of references from a table to itself."""
    return [tuple(one.columns) for one in table.foreign_key_constraints if one.referred_table is table]


def _parents_first(connection: Connection, table: Table) -> Iterator[Any]:
    """Rows by their distance from a row that refers to none, then by key."""
    keys = list(table.primary_key.columns)
    parents = _parents(table)
    width = len(keys)
    above: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in connection.execute(select(*keys, *(column for columns in parents for column in columns))):
        referred = [tuple(part) for part in _split(row[width:], width)]
        above[tuple(row[:width])] = [one for one in referred if None not in one]
    depth: dict[tuple[Any, ...], int] = {}
    for key in above:
        path = [key]
        while path:
            waiting = [one for one in above[path[-1]] if one not in depth]
            if waiting:
                path.append(waiting[0])
            else:
                done = path.pop()
                depth[done] = 1 + max((depth[one] for one in above[done]), default=0)
    ordered = sorted(above, key=lambda key: (depth[key], key))
    for start in range(0, len(ordered), ROWS_AT_ONCE):
        some = ordered[start : start + ROWS_AT_ONCE]
        found = {
            tuple(getattr(row, column.name) for column in keys): row
            for row in connection.execute(select(table).where(tuple_(*keys).in_(some)))
        }
        yield from (found[key] for key in some)


def _split(values: Sequence[Any], width: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), width):
        yield values[start : start + width]


def _encoder(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, (UtcDateTime, Date)):
        return lambda value: value.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64encode(value).decode("ascii")
    return lambda value: value


def _decoder(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return lambda value: value
