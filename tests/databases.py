"""The databases of the tests, each named by a path: SQLite files, or databases of a PostgreSQL server.

``MATCHER_TEST_DATABASE=postgresql`` runs every test of tests/integration that touches a database on PostgreSQL; without
it they run on SQLite. A path stands for the same database throughout, so that tests read the same either way; where
PostgreSQL cannot start, they fail.

A test that touches none, or is about one or both, says so and runs once: ``@pytest.mark.databases("none")``,
``("sqlite")``, ``("postgresql")``, ``("sqlite", "postgresql")``. Every test is held to what it says.
"""

import os
import pickle
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, TypeVar

import pytest
from sqlalchemy import Engine, event

from service.db.migrate import migrate
from service.db.session import create_database_engine, sessions_of
from service.use_cases.backup import restore_backup, write_backup
from tests.once import built_once
from tests.postgres import PostgresServer, postgres_server

Kind = Literal["sqlite", "postgresql"]
Told = TypeVar("Told")
KINDS: Final[tuple[Kind, ...]] = ("sqlite", "postgresql")
VARIABLE: Final = "MATCHER_TEST_DATABASE"

_CLOSING: Final = ExitStack()
_ADDRESSES: Final[dict[Path, str]] = {}
_FILLED: Final[dict[Path, str]] = {}
"""What paths stand for that were filled for all processes, and nobody is connected to: copied when first asked for."""
_CONNECTED: Final[set[Engine]] = set()
_USED: Final[set[str]] = set()


def kind_in_use() -> Kind:
    """Which database the tests run on."""
    asked = os.environ.get(VARIABLE, "sqlite")
    for kind in KINDS:
        if kind == asked:
            return kind
    raise ValueError(f"{VARIABLE} is none of {', '.join(KINDS)}")


def runs_now(said: Collection[str] | None) -> bool:
    """Whether a test runs on the database in use; `said` is what it says it touches, None where it says nothing."""
    return said is None or kind_in_use() == ("postgresql" if "postgresql" in said else "sqlite")


def touched_unsaid(said: Collection[str] | None) -> set[str]:
    """What this process has connected to since it was last asked and a test had not said; none but the one in use."""
    found = _USED - set([kind_in_use()] if said is None else said)
    _USED.clear()
    return found


@cache
def server() -> PostgresServer:
    """The PostgreSQL server of this run; `close` leaves it, and the last to leave ends it."""
    return _CLOSING.enter_context(postgres_server())


def close() -> None:
    """Leave what was started, or joined."""
    _CLOSING.close()


def address_of(path: Path) -> str:
    """Address of the database that a path stands for; on PostgreSQL it is made, empty, when it is first asked for."""
    if kind_in_use() == "sqlite":
        return f"sqlite:///{path}"
    path = path.resolve()
    if path not in _ADDRESSES:
        _ADDRESSES[path] = server().copy(_FILLED[path]) if path in _FILLED else server().empty()
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
        copy_file(source, target)
        return f"sqlite:///{target}"
    filled = _FILLED.get(source.resolve())
    if filled is None:
        dispose_connected()
    _ADDRESSES[target.resolve()] = server().copy(filled or address_of(source))
    return address_of(target)


def filled_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], Told]) -> tuple[Path, Told]:
    """A database that one process of this run fills for all, and what filling it told. Read it; to write, copy it.

    `fill` makes the database that its path stands for; what it tells can be pickled.
    """

    def build(made: Path) -> None:
        database = factory.mktemp("filled") / "filled.db"
        told = fill(database)
        dispose_connected()
        if kind_in_use() == "postgresql":
            made.write_bytes(pickle.dumps((address_of(database), told)))
        else:
            copy_file(database, database.with_name("whole.db"))
            made.write_bytes(pickle.dumps((database.with_name("whole.db").read_bytes(), told)))

    content, told = pickle.loads(built_once(factory, name, build).read_bytes())
    path = factory.mktemp(name) / f"{name}.db"
    if kind_in_use() == "postgresql":
        _FILLED[path.resolve()] = content
    else:
        path.write_bytes(content)
    return path, told


def without_settings(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    """Take every setting out of the environment, and work where the program's own database would be the given one."""
    for name in [name for name in os.environ if name.startswith("MATCHER_") and name != VARIABLE]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(database.parent)
    if kind_in_use() == "postgresql":
        monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(database))


def nowhere() -> str:
    """Address where no database answers."""
    if kind_in_use() == "sqlite":
        return "sqlite:////no-such-folder/missing.db"
    return "postgresql+psycopg://nobody@127.0.0.1:1/missing"


def drop_in(folder: Path) -> None:
    """Remove the databases of the server that stand for paths in a folder: they fill the disk."""
    gone = [path for path in _ADDRESSES if path.is_relative_to(folder.resolve())]
    if gone:
        server().drop([_ADDRESSES.pop(path) for path in gone])


def copy_file(source: Path, target: Path) -> None:
    """All that has been committed, also what stands in the log beside the file only."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA synchronous = OFF").close()
        old.backup(new)


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
    _USED.add(engine.dialect.name)
    if engine.dialect.name == "postgresql":
        _CONNECTED.add(engine)


BACKGROUND = ("job-", "needs", "import-", "night-")
"""How the service's threads begin that outlive the request that asked for them."""
LONGEST_WORK_S = 120


def dispose_connected() -> None:
    """Close the connections of every engine: a server has a hundred, and a copied database must have none.

    What a test has set going in the background is waited for: it would keep its connections.
    """
    for thread in threading.enumerate():
        if thread.name.startswith(BACKGROUND):
            thread.join(LONGEST_WORK_S)
    while _CONNECTED:
        _CONNECTED.pop().dispose()
