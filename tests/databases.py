"""The databases of the tests, each named by a path: SQLite files, or databases of a PostgreSQL server.

``MATCHER_TEST_DATABASE=postgresql`` runs every test that names its databases here on PostgreSQL. A path stands for the
same database throughout, so that tests read the same either way; where PostgreSQL cannot start, they fail.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from sqlalchemy import Engine, event

from service.db.migrate import migrate
from service.db.session import create_database_engine, sessions_of
from service.use_cases.backup import restore_backup, write_backup
from tests.postgres import PostgresServer, postgres_server

Kind = Literal["sqlite", "postgresql"]
KINDS: Final[tuple[Kind, ...]] = ("sqlite", "postgresql")
VARIABLE: Final = "MATCHER_TEST_DATABASE"

ON_BOTH: Final = (
    "test_import_rows.py",
    "test_openings_service.py",
    "test_outreach_service.py",
    "test_records.py",
    "test_rules_service.py",
    "test_web.py",
)
"""Test files of tests/integration that run on SQLite and then again on PostgreSQL: they name their databases here.
Tests that take `migrated_url` or `empty_url` run on both at once, and need no second time."""

_CLOSING: Final = ExitStack()
_ADDRESSES: Final[dict[Path, str]] = {}
_CONNECTED: Final[set[Engine]] = set()


def kind_in_use() -> Kind:
    """Which database the tests run on."""
    asked = os.environ.get(VARIABLE, "sqlite")
    for kind in KINDS:
        if kind == asked:
            return kind
    raise ValueError(f"{VARIABLE} is none of {', '.join(KINDS)}")


def runs_again(file: str, test: str) -> bool:
    """Whether a test is run a second time, on PostgreSQL."""
    return file in ON_BOTH and "[sqlite" not in test and "[postgresql" not in test


@cache
def server() -> PostgresServer:
    """The PostgreSQL server of this process; `close` ends it."""
    return _CLOSING.enter_context(postgres_server())


def close() -> None:
    """End what was started."""
    _CLOSING.close()


def address_of(path: Path) -> str:
    """Address of the database that a path stands for; on PostgreSQL it is made, empty, when it is first asked for."""
    if kind_in_use() == "sqlite":
        return f"sqlite:///{path}"
    path = path.resolve()
    if path not in _ADDRESSES:
        _ADDRESSES[path] = server().empty()
    return _ADDRESSES[path]


def migrated(path: Path) -> str:
    """Address of a new database at the program's revision."""
    if kind_in_use() == "sqlite":
        path.write_bytes(migrated_file())
        return f"sqlite:///{path}"
    _ADDRESSES[path.resolve()] = server().migrated()
    return address_of(path)


def copied(source: Path, target: Path) -> str:
    """Address of a new database with all that another holds."""
    if kind_in_use() == "sqlite":
        shutil.copy(source, target)
        return f"sqlite:///{target}"
    dispose_connected()
    _ADDRESSES[target.resolve()] = server().copy(address_of(source))
    return address_of(target)


def moved(file: Path) -> str:
    """Address of the database that a path stands for, holding what an SQLite file of that path holds."""
    if kind_in_use() == "sqlite":
        return f"sqlite:///{file}"
    address = migrated(file)
    old, new = create_database_engine(f"sqlite:///{file}"), create_database_engine(address)
    with TemporaryDirectory() as folder:
        made = write_backup(sessions_of(old), Path(folder) / "backup")
        assert restore_backup(sessions_of(new), Path(folder) / "backup") == made
    old.dispose()
    new.dispose()
    return address


@contextmanager
def held(address: str, table: str) -> Iterator[None]:
    """Keep all writers of a table waiting, as one does that has written and not committed."""
    engine = create_database_engine(address)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(matcher_writes=True).exec_driver_sql("SELECT 1")
        else:
            connection.exec_driver_sql(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield
        connection.rollback()
    engine.dispose()


@cache
def migrated_file() -> bytes:
    """An empty SQLite database at the program's revision."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


@event.listens_for(Engine, "engine_connect")
def _remember(connection: object) -> None:
    engine: Engine = connection.engine  # type: ignore[attr-defined]  # a Connection; the event is not typed
    if engine.dialect.name == "postgresql":
        _CONNECTED.add(engine)


def dispose_connected() -> None:
    """Close the idle connections of every engine: a server has a hundred, and a copied database must have none."""
    while _CONNECTED:
        _CONNECTED.pop().dispose()
