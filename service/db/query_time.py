"""How long a request's query may take, on both databases; plans and reports made elsewhere are not held to it.

PostgreSQL ends a statement by itself (``statement_timeout``): a connection that is opened for requests is told once how
long, and a transaction that may take another time says so. SQLite has no such setting: it asks a handler every so
many steps whether to go on.
"""

import sqlite3
import time
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from service.problems import QueryTooSlow

_SECONDS: Final = "query_seconds"
_USUAL: Final = "usual_query_seconds"
_STEPS: Final = 20_000
"""Steps of SQLite's machine between two looks at the clock: well below a millisecond."""
_CANCELLED: Final = "57014"
"""PostgreSQL's SQLSTATE of a statement that was ended."""


def hold_queries_to(session: Session, seconds: float) -> None:
    """From now on, each query of a session may take so many seconds; then it raises QueryTooSlow."""
    session.info[_SECONDS] = seconds
    if session.in_transaction():
        connection = session.connection()
        connection.info[_SECONDS] = seconds
        _set(connection, seconds)


def listen(factory: sessionmaker[Session]) -> None:
    """Make sessions of a factory obey `hold_queries_to`."""
    event.listen(factory, "after_begin", _begin)


def listen_engine(engine: Engine, usual: float | None) -> None:
    """Make an engine's connections obey it, and its errors say so; `usual`: seconds that most of its sessions have."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "before_cursor_execute", _start_clock)
    if engine.dialect.name == "postgresql" and usual is not None:
        event.listen(engine, "connect", partial(_usually, usual))
    event.listen(engine, "handle_error", _name)


def _usually(seconds: float, connection: Any, record: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {_milliseconds(seconds)}")
    connection.commit()
    record.info[_USUAL] = seconds


def _milliseconds(seconds: float | None) -> int:
    """As PostgreSQL counts them; 0: without end."""
    return int(1000 * (seconds or 0))


def _begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    seconds: float | None = session.info.get(_SECONDS)
    connection.info[_SECONDS] = seconds
    if seconds != connection.info.get(_USUAL):
        _set(connection, seconds)


def _set(connection: Connection, seconds: float | None) -> None:
    """For the transaction that is under way."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = {_milliseconds(seconds)}"))


def _start_clock(connection: Connection, *_unused: Any) -> None:
    raw: Any = connection.connection.dbapi_connection
    seconds: float | None = connection.info.get(_SECONDS)
    if seconds is None:
        raw.set_progress_handler(None, 0)
        return
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
