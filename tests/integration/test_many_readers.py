"""Many people read at the same moment: each is answered, soon, and what each was shown is written down."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from fixtures import municipality
from service.app import create_app
from service.db.personal_tables import CitizenReadRow
from service.db.session import CONNECTIONS, SessionFactory, create_database_engine, read_only, sessions_of
from service.dependencies import READERS_AT_ONCE, WRITERS_AT_ONCE
from service.use_cases.demo import take_in
from service.use_cases.nightly import plan_night
from tests.builders import MUNICIPALITY
from tests.databases import migrated
from tests.routes import endpoints_of
from tests.serving import CONSULTANT, SYSTEM, Client, settings_for

READERS = 100
LONG_S = 20.0
"""Far longer than the answers take, far shorter than one waits for a connection that never comes free."""


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[SessionFactory]:
    engine = create_database_engine(migrated(tmp_path / "many.db"))
    sessions = sessions_of(engine)
    invented = municipality(seed=7, citizens=12)
    take_in(sessions, MUNICIPALITY, invented)
    plan_night(sessions, MUNICIPALITY, on=invented.on, time_limit_s=10)
    yield sessions
    engine.dispose()


@pytest.fixture
def app(sessions: SessionFactory, tmp_path: Path) -> FastAPI:
    today = municipality(seed=7, citizens=1).on
    return create_app(settings_for(tmp_path / "many.db", today=today), sessions)


def citizen_ids() -> list[str]:
    return [one.id for one in municipality(seed=7, citizens=12).citizens]


def all_at_once(app: FastAPI, paths: Sequence[str], headers: dict[str, str], cookies: httpx.Cookies) -> Counter[int]:
    """How often each status was answered to READERS requests that begin together."""
    answers: Counter[int] = Counter()

    async def ask(client: httpx.AsyncClient, path: str) -> None:
        answers[(await client.get(path)).status_code] += 1

    async def ask_all() -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50_000))
        async with (
            httpx.AsyncClient(
                transport=transport, base_url="http://service", headers=headers, cookies=cookies, timeout=None
            ) as client,
            anyio.create_task_group() as tasks,
        ):
            for number in range(READERS):
                tasks.start_soon(ask, client, paths[number % len(paths)])

    anyio.run(ask_all)
    return answers


@pytest.mark.parametrize(
    ("path", "token"),
    [("/api/v1/citizens/{id}", SYSTEM), ("/api/v1/citizens/{id}/suggestions?places=1", CONSULTANT)],
)
def test_a_hundred_readers_of_the_api_are_all_answered(
    app: FastAPI, sessions: SessionFactory, path: str, token: str
) -> None:
    paths = [path.format(id=id_) for id_ in citizen_ids()]
    started = time.monotonic()
    assert all_at_once(app, paths, {"Authorization": f"Bearer {token}"}, httpx.Cookies()) == Counter({200: READERS})
    assert time.monotonic() - started < LONG_S
    if token == SYSTEM:
        with read_only(sessions) as session:
            assert session.scalar(select(func.count()).select_from(CitizenReadRow)) == READERS


def test_a_hundred_readers_of_the_pages_are_all_answered(app: FastAPI) -> None:
    signed_in = Client(app)
    assert signed_in.post("/log-ind", data={"adgangsnoegle": CONSULTANT}).status_code == 303
    paths = ["/forslag", *(f"/borgere/{id_}" for id_ in citizen_ids()), "/borgere", "/pladser"]
    started = time.monotonic()
    assert all_at_once(app, paths, {}, signed_in.cookies) == Counter({200: READERS})
    assert time.monotonic() - started < LONG_S


@pytest.mark.parametrize("path", ["/api/v1/citizens/{id}", "/borgere/{id}"])
def test_no_connection_left_is_told_as_such(
    app: FastAPI, sessions: SessionFactory, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(app, token=SYSTEM)
    client.post("/log-ind", data={"adgangsnoegle": CONSULTANT})
    engine = sessions.kw["bind"]
    monkeypatch.setattr(engine.pool, "_timeout", 0.05)
    taken = [engine.connect() for _ in range(CONNECTIONS)]
    try:
        answer = client.get(path.format(id=citizen_ids()[0]))
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert client.get("/readyz").status_code == 503
        assert "matcher_database_up 0.0" in client.get("/metrics").text
    finally:
        for connection in taken:
            connection.close()
    assert client.get(path.format(id=citizen_ids()[0])).status_code == 200


def test_whoever_may_hold_a_connection_and_need_another_leaves_one(app: FastAPI) -> None:
    """Views and transactions are held by those whose turn it is; what comes after them is done when they have ended."""
    assert READERS_AT_ONCE + WRITERS_AT_ONCE < CONNECTIONS / 1.5
    turn_of = {
        "_view": "_turn_to_read",
        "_report_view": "_turn_to_read",
        "_session": "_turn",
        "_transactions": "_turn",
    }
    found: Counter[str] = Counter()
    for route in (one for one in endpoints_of(app) if hasattr(one, "dependant")):
        asked = [(getattr(one.call, "__name__", ""), one) for one in route.dependant.dependencies]
        held = [name for name, _ in asked if name in turn_of]
        for name, one in asked:
            if name in turn_of:
                below = [getattr(part.call, "__name__", "") for part in one.dependencies]
                assert below[-2:] == ["_afterwards", turn_of[name]], route.path
        assert held == sorted(held, key=lambda name: turn_of[name] == "_turn"), f"{route.path}: reads, then writes"
        found.update(held)
    assert set(found) == set(turn_of)
    assert found["_view"] > 30
