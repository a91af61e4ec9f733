"""A planned night of the synthetic municipality, made once for all tests that only read it; databases of both kinds."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy.orm import Session

from service.db.session import SessionFactory, create_database_engine, sessions_of, unit_of_work
from service.use_cases.demo import Demo, build_demo
from tests.access_world import PlannedWorld, plan_world
from tests.databases import (
    KINDS,
    address_of,
    close,
    dispose_connected,
    drop_in,
    filled_once,
    migrated,
    moved,
    runs_now,
    server,
    touched_unsaid,
)
from tests.nights import LONGEST_WAIT_S
from tests.postgres import PostgresServer
from tests.storing import put_one_of_each

CITIZENS: Final = 200
"""Of the municipality that tests read; the one of the documentation is recounted in test_recount_night.py."""


@dataclass(frozen=True)
class PlannedDemo:
    """The demonstration's database and what was made of it. Read it; to write, copy the file."""

    database: Path
    demo: Demo


@pytest.fixture
def sessions(migrated_url: str) -> Iterator[SessionFactory]:
    """On an empty database."""
    engine = create_database_engine(migrated_url)
    yield sessions_of(engine)
    engine.dispose()


@pytest.fixture
def session(sessions: SessionFactory) -> Iterator[Session]:
    """A transaction with one of each kind stored."""
    with unit_of_work(sessions) as found:
        put_one_of_each(found)
        yield found


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> PlannedDemo:
    """A municipality, imported and planned."""
    return planned_demo(tmp_path_factory, CITIZENS)


def planned_demo(tmp_path_factory: pytest.TempPathFactory, citizens: int) -> PlannedDemo:
    """The demonstration of a municipality of so many citizens; made once for all processes of a test run."""

    def fill(database: Path) -> Demo:
        demo = build_demo(database, lambda _phase, _done, _total: None, citizens=citizens, time_limit_s=60)
        moved(database)
        return demo

    database, demo = filled_once(tmp_path_factory, f"planned-demo-{citizens}", fill)
    touched_unsaid(KINDS)  # the demonstration is an SQLite file, whatever it is moved to
    return PlannedDemo(database, demo)


@pytest.fixture(scope="session")
def planned_world(tmp_path_factory: pytest.TempPathFactory) -> PlannedWorld:
    """40 citizens in two teams, planned, for tests of who may what; `world_of` copies it."""
    database, world = filled_once(tmp_path_factory, "planned-world", plan_world)
    return replace(world, database=database)


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """A PostgreSQL server for tests that need databases of it."""
    return server()


def _said(item: pytest.Item) -> tuple[str, ...] | None:
    """The databases that a test says it touches; None where it runs on any."""
    mark = item.get_closest_marker("databases")
    return None if mark is None else mark.args


@pytest.fixture(autouse=True)
def _connections(request: pytest.FixtureRequest) -> Iterator[None]:
    """No connection and no night outlives its test: a server has only so many connections, and a connection that is
    used while all are closed stays open. No test touches another database than it says."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("night-"):
            thread.join(LONGEST_WAIT_S)
    dispose_connected()
    if "tmp_path" in request.node.funcargs:
        drop_in(request.node.funcargs["tmp_path"])
    assert touched_unsaid(_said(request.node)) == set(), "say what the test touches: @pytest.mark.databases(…)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what runs on the other database."""
    here = Path(__file__).parent
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (kept if not item.path.is_relative_to(here) or runs_now(_said(item)) else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_sessionfinish() -> None:
    """End the server."""
    dispose_connected()
    close()


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    """Address of a database without tables."""
    return address_of(tmp_path / "test.db")


@pytest.fixture
def migrated_url(tmp_path: Path) -> str:
    """Address of a database at the program's revision."""
    return migrated(tmp_path / "test.db")
