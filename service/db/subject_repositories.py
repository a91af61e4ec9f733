"""Everything that the tables hold about one citizen, found by the tables' own description: a new table is in it."""

import json
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from service.db.documents import chunks
from service.db.grants import TRAITS_TABLE
from service.db.metadata import Base
from service.db.personal_tables import CprRow, ReadCitizenRow
from service.db.record_tables import ShownListCitizenRow, ShownListRow
from service.db.tables import CitizenRow, DecisionRow
from service.problems import TraitsOutOfReach

Row = dict[str, Any]
_TOLD_OTHERWISE = frozenset(kind.__tablename__ for kind in (CprRow, ReadCitizenRow, ShownListCitizenRow)) | {
    TRAITS_TABLE
}
"""Tables with a citizen that are opened, joined or read by another user first."""


_OF_SEVERAL = ("candidates", "calls")
"""Where the results of lists that name several citizens have a line for each."""


def rows_about(session: Session, municipality: str, citizen_id: str) -> dict[str, list[Row]]:
    """Rows about a citizen, by table; decisions go with their proposals. Tables without any are left out."""
    found = {CitizenRow.__tablename__: _rows(session, CitizenRow.__table__, municipality, "id", [citizen_id])}
    for table in Base.metadata.sorted_tables:
        if "citizen_id" in table.c and table.name not in _TOLD_OTHERWISE:
            found[table.name] = _rows(session, table, municipality, "citizen_id", [citizen_id])
    proposals = [row["id"] for row in found.get("proposals", [])]
    found[DecisionRow.__tablename__] = _rows(session, DecisionRow.__table__, municipality, "proposal_id", proposals)
    return {name: rows for name, rows in found.items() if rows}


def traits_of(session: Session, municipality: str, citizen_id: str) -> list[Row]:
    """Protected traits of a citizen; TraitsOutOfReach where the database refuses this user."""
    try:
        return _rows(session, Base.metadata.tables[TRAITS_TABLE], municipality, "citizen_id", [citizen_id])
    except ProgrammingError as error:
        raise TraitsOutOfReach("set MATCHER_REPORT_DATABASE_URL, see docs/fairness.md") from error


def lists_about(session: Session, municipality: str, citizen_id: str) -> Iterator[Row]:
    """Shown lists that name a citizen, oldest first: what they said of the citizen, and nothing about anybody else."""
    lists, named = ShownListRow, ShownListCitizenRow
    query = (
        select(lists)
        .join(named, and_(named.municipality == lists.municipality, named.list_id == lists.id))
        .where(lists.municipality == municipality, named.citizen_id == citizen_id)
        .order_by(lists.shown_at, lists.id)
    )
    for row in session.scalars(query):
        told = {"id": row.id, "shown_at": row.shown_at.isoformat(), "purpose": row.purpose, "slot_id": row.slot_id}
        several = next((name for name in _OF_SEVERAL if name in row.result), None)
        if several is not None:
            own = [one for one in row.result[several] if one["citizen_id"] == citizen_id]
            yield told | {"result": {several: own}}
        else:
            shown = json.loads(zlib.decompress(row.shown)) if row.shown else {}
            yield told | {"result": row.result, "shown": shown.get("view", {})}


def _rows(session: Session, table: Any, municipality: str, column: str, values: list[str]) -> list[Row]:
    found: list[Row] = []
    keys: list[ColumnElement[Any]] = list(table.primary_key.columns)
    for chunk in chunks(values):
        query = select(table).where(table.c.municipality == municipality, table.c[column].in_(chunk)).order_by(*keys)
        found += [_told(dict(row._mapping)) for row in session.execute(query)]
    return found


def _told(row: Row) -> Row:
    """A row as JSON, without the municipality and without bytes."""
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
        if name != "municipality" and not isinstance(value, bytes)
    }
