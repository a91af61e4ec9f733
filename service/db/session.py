"""Engine, sessions and the unit of work: the only place that commits."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from service.db import marks, query_time, scoping
from service.problems import VersionConflict
from service.settings import Settings

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another before it gives up, milliseconds."""
CONNECTIONS = 40
"""Connections that one process opens at most; so many more than those who may hold one and need another (requests of
`service/dependencies.py`, work of the pages) that one of them can always go on."""
_KEPT_OPEN = 10
_IN_MEMORY = ("sqlite://", "sqlite:///:memory:")

SessionFactory = sessionmaker[Session]


def create_database_engine(database_url: str, query_seconds: float | None = None) -> Engine:
    """An engine that looks whether a connection lives before it is used; on SQLite with foreign keys, write-ahead log,
    real transactions. Writers wait for one another as long on both, and then give up.

    `query_seconds`: how long a query may take (see `query_time`); None: as long as it takes.
    """
    pool: dict[str, Any] = {
        "pool_size": _KEPT_OPEN,
        "max_overflow": CONNECTIONS - _KEPT_OPEN,
        "pool_timeout": BUSY_TIMEOUT_MS / 1000,
    }
    in_memory = database_url in _IN_MEMORY  # there, each thread has its one connection
    engine = create_engine(database_url, hide_parameters=True, pool_pre_ping=True, **({} if in_memory else pool))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _prepare_postgresql)
    if query_seconds is not None:
        query_time.hold_queries_to(engine, query_seconds)
    return engine


def session_factory(settings: Settings, *, for_requests: bool = False) -> SessionFactory:
    """Sessions for the database of the settings; `for_requests`: their queries end when their time is up."""
    return sessions_of(create_database_engine(settings.database_url, settings.query_seconds if for_requests else None))


def sessions_of(engine: Engine) -> SessionFactory:
    """Sessions on an engine. Values outlive the commit, so that a response can be written after it."""
    factory = sessionmaker(engine, expire_on_commit=False)
    scoping.listen(factory)
    marks.listen(factory)
    event.listen(factory, "after_rollback", lambda session: session.info.get(_LAST, []).clear())
    return factory


@contextmanager
def unit_of_work(factory: SessionFactory) -> Iterator[Session]:
    """One transaction that writes: commits at the end, or leaves everything as it was where anything raises.

    Raises VersionConflict where somebody else changed a row meanwhile.
    """
    with factory() as session:
        session.connection(execution_options={_WRITES: True})
        last: list[Callable[[], object]] = session.info.setdefault(_LAST, [])
        try:
            yield session
            for write in last:
                write()
            session.commit()
        except (StaleDataError, IntegrityError) as error:  # what was checked a moment ago no longer holds
            raise VersionConflict("something was changed while this was under way; read it again") from error


@contextmanager
def read_only(factory: SessionFactory) -> Iterator[Session]:
    """A session to read with; nothing that is done in it is kept. It sees one moment of the database."""
    engine = factory.kw["bind"]
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with factory(bind=engine) as session:
        yield session


def at_the_end(session: Session, write: Callable[[], object]) -> None:
    """Write something as the last thing of a unit of work: what many writers wait for one another at.

    Raises LookupError where the session only reads: nothing would be kept.
    """
    if _LAST not in session.info:
        raise LookupError("the session is no unit of work")
    session.info[_LAST].append(write)


_WRITES = "matcher_writes"
_LAST = "matcher_last_writes"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError("SQLite is used through the standard library's driver")
    connection.isolation_level = None  # the driver begins no transaction of its own; `_begin_sqlite` does
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the write lock at once: a reader that turns writer could not wait for another writer."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
