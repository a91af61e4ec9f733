"""What a database holds, as it is compared after a program was killed: every row, without what is new each time."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Table

from service.audit_chain import verify
from service.db.audit_repositories import AuditEntries
from service.db.dump import rows_of, tables
from service.db.session import create_database_engine, read_only, sessions_of
from service.db.tables import ImportRow, MatchRunRow, UtcDateTime
from tests.builders import MUNICIPALITY

State = dict[str, Counter[str]]
"""Rows as text, how often each is there, by table."""
ATTEMPTS: Final = frozenset(
    {
        "data_marks",
        "import_progress",
        "kept_answers",
        "night_attempts",
        "night_checkpoints",
        "night_locks",
        "page_sessions",
        "request_rates",
    }
)
"""Tables of what was tried and how far it came, by whom: they tell one attempt from another, and are not compared."""
_NEW_EACH_TIME: Final = frozenset({"hash", "previous", "result_digest", "seconds"})
"""Names of what holds durations, or digests of ids or moments. The audit chain is recomputed instead."""
_RESULT: Final = re.compile(r'"result": "[0-9a-f]{64}"')
"""What the audit chain says of a run's result: a digest of ids too."""
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(\+00:00|Z)")


def state_of(url: str) -> State:
    """All that imports, nights and decisions leave behind. Runs are numbered in the order of their making; other ids
    that the program invents, and moments, are all alike.

    Raises AssertionError where the audit chain does not hold.
    """
    engine = create_database_engine(url)
    try:
        with read_only(sessions_of(engine)) as session:
            assert verify(AuditEntries(session, MUNICIPALITY).iterate()).fault is None
            connection = session.connection()
            compared = [table for table in tables() if table.name not in ATTEMPTS]
            runs = {row["id"]: f"run {n}" for n, row in enumerate(_in_order(connection), start=1)}
            return {table.name: Counter(_rows(connection, table, runs)) for table in compared}
    finally:
        engine.dispose()


def lies_between(left: State, before: State, after: State) -> bool:
    """Whether everything from before is left, and nothing but what comes to be."""
    return all(before[name] <= left[name] <= after[name] for name in after)


def _in_order(connection: Connection) -> list[dict[str, Any]]:
    return sorted(_named(connection, MatchRunRow.__table__), key=lambda row: str(row["created_at"]))  # type: ignore[arg-type]


def _named(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return (dict(zip(names, row, strict=True)) for row in rows_of(connection, table))


def _rows(connection: Connection, table: Table, runs: Mapping[str, str]) -> Iterator[str]:
    moments = {column.name for column in table.columns if isinstance(column.type, UtcDateTime)}
    for row in _named(connection, table):
        if table.name == ImportRow.__tablename__:
            yield from _imported(row)
            continue
        kept = _without_new({name: value and "a moment" if name in moments else value for name, value in row.items()})
        text = _RESULT.sub("", _MOMENT.sub("a moment", json.dumps(kept, sort_keys=True)))
        yield _ID.sub(lambda found: runs.get(found[0], "an id"), text)


def _without_new(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_new(one) for name, one in value.items() if name not in _NEW_EACH_TIME}
    return [_without_new(one) for one in value] if isinstance(value, list) else value


def _imported(row: Mapping[str, Any]) -> Iterator[str]:
    """A line for each row of a file that was taken: an import that was cut off and sent again is two."""
    for kind, counts in row["counts"].items():
        for what, n in counts.items():
            yield from [f"{row['files']} {kind} {what}"] * n
