"""A planned night of the synthetic municipality, made once for all tests that only read it; databases of both kinds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.use_cases.demo import Demo, build_demo
from tests.access_world import PlannedWorld, plan_world
from tests.databases import close, dispose_connected, kind_in_use, migrated_file, moved, runs_again, server
from tests.postgres import PostgresServer


@dataclass(frozen=True)
class PlannedDemo:
    """The demonstration's database and what was made of it. Read it; to write, copy the file."""

    database: Path
    demo: Demo


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> PlannedDemo:
    """547 citizens, imported and planned."""
    database = tmp_path_factory.mktemp("planned") / "demo.db"
    demo = build_demo(database, lambda _phase, _done, _total: None, time_limit_s=60)
    moved(database)
    return PlannedDemo(database, demo)


@pytest.fixture(scope="session")
def planned_world(tmp_path_factory: pytest.TempPathFactory) -> PlannedWorld:
    """40 citizens in two teams, planned, for tests of who may what; `world_of` copies it."""
    return plan_world(tmp_path_factory.mktemp("planned-world") / "world.db")


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """A PostgreSQL server for tests that need databases of it."""
    return server()


@pytest.fixture(autouse=True)
def _connections() -> Iterator[None]:
    """No connection outlives its test: a server has only so many."""
    yield
    dispose_connected()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run the tests that `tests/databases.py` lists for both; the rest has run already."""
    if kind_in_use() == "sqlite":
        return
    here = Path(__file__).parent
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        again = not item.path.is_relative_to(here) or runs_again(item.path.name, item.name)
        (kept if again else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_sessionfinish() -> None:
    """End the server."""
    dispose_connected()
    close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database at the program's revision, on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.migrated()
    file = tmp_path / "test.db"
    file.write_bytes(migrated_file())
    return f"sqlite:///{file}"
