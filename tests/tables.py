"""A row of every table, made from the tables' own types: for what must work whatever tables there are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, Float, Integer, LargeBinary, String, Table

from service.db.metadata import Base
from service.db.tables import UtcDateTime

_TEXT = 'Æø "\\ \u2028 😀'


def filled() -> Iterator[tuple[Table, dict[str, Any]]]:
    """A row of every table, each behind those that it refers to."""
    rows: dict[str, dict[str, Any]] = {}
    for table in Base.metadata.sorted_tables:
        row = {column.name: _value(column) for column in table.columns}
        row |= {name: value for name, value in _allowed(table) if name in row}
        for reference in table.foreign_key_constraints:
            for element in reference.elements:
                here, there = element.parent.name, element.column
                row[here] = None if reference.referred_table is table else rows[there.table.name][there.name]
        for reference in table.foreign_key_constraints:
            if reference.referred_table is table:
                row["municipality"] = "0760"
        rows[table.name] = row
        yield table, row


def _value(column: Column[Any]) -> Any:
    kind = column.type
    if column.name == "municipality":
        return "0760"
    if isinstance(kind, UtcDateTime):
        return datetime(2026, 7, 1, 23, 59, 59, 123456, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2026, 7, 2)
    if isinstance(kind, JSON):
        return {"b": 1.1, "a": [True, None, _TEXT]}
    if isinstance(kind, LargeBinary):
        return b"\x00\xff\n["
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 3
    if isinstance(kind, Float):
        return 0.1 + 0.2
    assert isinstance(kind, String), kind
    return _TEXT[: kind.length]


def _allowed(table: Table) -> Iterator[tuple[str, str]]:
    """The first value that a constraint `column IN ('a', 'b')` allows."""
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            name, found, rest = str(constraint.sqltext).partition(" IN ('")
            if found:
                yield name.strip('"'), rest.partition("'")[0]
