"""How long a query of a request may take, on both databases; plans and reports made elsewhere are not held to it.

It belongs to the connections: those that are opened for requests end each query when its time is up, whatever the
session is for; others do not. PostgreSQL ends a statement by itself (``statement_timeout``). SQLite has no such
setting: it asks a handler every so many steps whether to go on.
"""

import sqlite3
import time
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from service.problems import QueryTooSlow

_STEPS: Final = 20_000
"""Steps of SQLite's machine between two looks at the clock: well below a millisecond."""
_CANCELLED: Final = "57014"
"""PostgreSQL's SQLSTATE of a statement that was ended."""


def hold_queries_to(engine: Engine, seconds: float) -> None:
    """Each query on an engine's connections may take so many seconds; then it raises QueryTooSlow."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "before_cursor_execute", partial(_start_clock, seconds))
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", partial(_set, seconds))
    event.listen(engine, "handle_error", _name)


def _set(seconds: float, connection: Any, _record: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {int(1000 * seconds)}")
    connection.commit()


def _start_clock(seconds: float, connection: Connection, *_unused: Any) -> None:
    raw: Any = connection.connection.dbapi_connection
    end = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def _name(context: ExceptionContext) -> None:
    error = context.original_exception
    too_slow = getattr(error, "sqlstate", None) == _CANCELLED or (
        isinstance(error, sqlite3.OperationalError)
        and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    )
    if too_slow:
        raise QueryTooSlow("ask for less at a time, or try again when there is less to do") from error
