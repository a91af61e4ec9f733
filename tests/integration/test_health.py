"""What watches the service asks: alive, ready and why not; a database that goes away is a clear answer."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from starlette.routing import Mount

from features.taxonomy import Taxonomy
from service.app import create_app
from service.db.migrate import migrate
from service.db.session import create_database_engine, sessions_of
from service.dependencies import Services
from service.problems import DatabaseUnavailable
from tests.databases import nowhere
from tests.nights import API, fill
from tests.postgres import PostgresServer
from tests.serving import CONSULTANT as PERSON
from tests.serving import OPERATIONS, SYSTEM, Client, settings_for

CITIZEN = "citizen-1"


def _services(app: FastAPI) -> Services:
    """The services of the API that is mounted in an application."""
    api = next(one for one in app.routes if isinstance(one, Mount) and one.path == API)
    services: Services = api.app.state.services  # type: ignore[attr-defined]  # a FastAPI application
    return services


def _ready(app: FastAPI) -> tuple[int, dict[str, str]]:
    answer = Client(app).get("/readyz")
    return answer.status_code, answer.json()["checks"]


def test_alive_says_nothing_of_the_database(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path / "missing.db"))
    assert Client(app).get("/livez").json() == {"status": "ok"}


def test_ready_names_each_check(migrated_url: str, tmp_path: Path) -> None:
    engine = create_database_engine(migrated_url)
    app = create_app(settings_for(tmp_path / "unused.db"), sessions_of(engine))
    assert _ready(app) == (200, {"database": "ok", "revision": "ok", "weights": "ok", "taxonomy": "ok"})
    engine.dispose()


def test_an_older_database_is_not_ready(empty_url: str, tmp_path: Path) -> None:
    migrate(empty_url, "0002")
    engine = create_database_engine(empty_url)
    status, checks = _ready(create_app(settings_for(tmp_path / "unused.db"), sessions_of(engine)))
    assert (status, checks["database"]) == (503, "ok")
    assert "0002" in checks["revision"]
    engine.dispose()


def test_a_database_that_is_away_is_not_ready(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path / "unused.db", database_url=nowhere()))
    away = {"database": "the database does not answer", "revision": "unknown", "weights": "unknown"}
    assert _ready(app) == (503, {**away, "taxonomy": "ok"})


def test_a_taxonomy_that_cannot_be_loaded_is_not_ready(
    migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, file = create_database_engine(migrated_url), tmp_path / "taxonomy.bin"
    Taxonomy.builtin().save(file)
    whole = file.read_bytes()
    monkeypatch.setattr(Taxonomy, "load", loading := Mock(wraps=Taxonomy.load))
    app = create_app(settings_for(tmp_path / "unused.db", taxonomy=file), sessions_of(engine))
    for content, found in ((whole, "ok"), (None, "be read"), (whole[:-9], "taxonomy import`"), (whole, "ok")):
        file.unlink() if content is None else file.write_bytes(content)
        for _ in range(3):
            status, checks = _ready(app)
            assert checks["taxonomy"].endswith(found)
            assert status == (200 if found == "ok" else 503)
    assert loading.call_count == 1 + 1 + 3 + 1, "at the start, when written, each time it was damaged, when mended"
    engine.dispose()


@pytest.fixture
def served(postgres: PostgresServer) -> Iterator[tuple[FastAPI, str]]:
    """The application on PostgreSQL, and the name of its database."""
    url = postgres.migrated()
    engine = create_database_engine(url)
    sessions = sessions_of(engine)
    fill(sessions)
    yield create_app(settings_for(Path("unused.db"), database_url=url), sessions), url.rsplit("/", 1)[1].split("?")[0]
    engine.dispose()


def _cut(server: PostgresServer, name: str) -> None:
    with server.admin.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )


@pytest.mark.databases("postgresql")
def test_connections_that_broke_between_requests_are_renewed(
    served: tuple[FastAPI, str], postgres: PostgresServer
) -> None:
    app, name = served
    operations = Client(app, token=OPERATIONS)
    assert operations.get(f"{API}/runs").status_code == 200
    _cut(postgres, name)
    assert operations.get(f"{API}/runs").status_code == 200
    assert _ready(app)[0] == 200


@pytest.mark.databases("postgresql")
def test_a_connection_that_breaks_in_mid_request_is_a_clear_answer_and_stores_nothing(
    served: tuple[FastAPI, str], postgres: PostgresServer
) -> None:
    app, name = served
    system = Client(app, token=SYSTEM)
    services = _services(app)
    engine = services.sessions.kw["bind"]
    path = f"{API}/citizens/{CITIZEN}"
    before = system.get(path)
    changed = before.json() | {"hours_now": 3.0}
    cuts: list[str] = []

    def cut_before_the_update(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE citizens") and not cuts:
            cuts.append(statement)
            _cut(postgres, name)

    event.listen(engine, "before_cursor_execute", cut_before_the_update)
    answer = system.put(path, changed, headers={"If-Match": before.headers["ETag"]})
    assert len(cuts) == 1
    assert (answer.status_code, answer.json()["type"]) == (503, DatabaseUnavailable.type)
    assert int(answer.headers["Retry-After"]) > 0
    assert system.get(path).headers["ETag"] == before.headers["ETag"]
    again = system.put(path, changed, headers={"If-Match": before.headers["ETag"]})
    assert again.status_code == 200
    assert system.get(path).json()["hours_now"] == 3.0


@pytest.mark.databases("postgresql")
def test_a_page_says_it_in_danish(served: tuple[FastAPI, str], postgres: PostgresServer) -> None:
    app, name = served
    services = _services(app)
    person = Client(app)
    assert person.post("/log-ind", data={"adgangsnoegle": PERSON}).status_code == 303
    cuts: list[str] = []

    def cut(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM citizens" in statement and not cuts:
            cuts.append(statement)
            _cut(postgres, name)

    event.listen(services.sessions.kw["bind"], "before_cursor_execute", cut)
    answer = person.get("/borgere")
    assert answer.status_code == 503
    assert "Databasen svarer ikke" in answer.text
    assert person.get("/borgere").status_code == 200
