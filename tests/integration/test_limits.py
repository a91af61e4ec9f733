"""Limits of the API, each with a clear answer: how large, how often, how long."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from service.api.limits import LARGEST_BODY_BYTES
from service.app import create_app
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.problems import QueryTooSlow
from tests.databases import kind_in_use, migrated
from tests.serving import CONSULTANT, CONSULTANT_ELSEWHERE, OPERATIONS, SYSTEM, Client, settings_for

API = "/api/v1"
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (VALUES (1) UNION SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "limits.db"
    migrated(path)
    return path


@pytest.fixture
def app(database: Path) -> FastAPI:
    return create_app(settings_for(database))


@pytest.mark.parametrize("path", [f"{API}/citizens/c1", "/log-ind"])
def test_a_body_that_is_too_large_is_answered_at_once(app: FastAPI, path: str) -> None:
    content = b" " * (LARGEST_BODY_BYTES + 1)
    method = "PUT" if path.startswith(API) else "POST"
    for body in (content, _in_pieces(content)):
        answer = Client(app, token=SYSTEM).request(method, path, content=body)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/too-large"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def _in_pieces(content: bytes):  # type: ignore[no-untyped-def]  # a body without a length
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


def test_a_body_within_the_limit_arrives_whole(app: FastAPI) -> None:
    body = _in_pieces(b" " * 100_000 + b"{}")
    headers = {"Content-Type": "application/json"}
    answer = Client(app, token=SYSTEM).request("PUT", f"{API}/citizens/c1", content=body, headers=headers)
    assert answer.status_code == 422
    assert {error["problem"] for error in answer.json()["errors"]} == {"is missing"}


def test_who_asks_too_often_is_told_when_to_go_on(database: Path) -> None:
    app = create_app(settings_for(database, requests_per_second=0.01, requests_at_once=3))
    answers = [Client(app, token=CONSULTANT).get(f"{API}/runs") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 100
    assert [
        Client(app, token=token).get(f"{API}/runs").status_code for token in (CONSULTANT_ELSEWHERE, OPERATIONS)
    ] == [
        200,
        200,
    ], "other callers are not held back"


@pytest.mark.parametrize("limit", [0, 501])
def test_a_page_has_a_largest_size(app: FastAPI, limit: int) -> None:
    answer = Client(app, token=CONSULTANT).get(f"{API}/runs", params={"limit": limit})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["limit"]


def test_a_query_is_ended_when_its_time_is_up(migrated_url: str) -> None:
    """Whether a session reads or writes; on connections that are opened for other work it has all the time there is."""
    kind = kind_in_use()
    held, free = (sessions_of(create_database_engine(migrated_url, seconds)) for seconds in (0.05, None))
    quick = "SELECT pg_sleep(0.1)" if kind == "postgresql" else SLOW[kind].replace("1000000000", "300000")
    for opened in (read_only, unit_of_work):
        with opened(held) as session:
            with pytest.raises(QueryTooSlow):
                session.execute(text(SLOW[kind]))
            session.rollback()
        with opened(free) as session:
            assert session.execute(text(quick)).one() is not None
    for sessions in (held, free):
        sessions.kw["bind"].dispose()


def test_a_request_whose_query_takes_too_long_is_told_so(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = text(SLOW[kind_in_use()])
    monkeypatch.setattr("service.api.runs.runs_page", lambda session, *_, **__: session.execute(slow).all())
    app = create_app(settings_for(database, query_seconds=0.05))
    answer = Client(app, token=CONSULTANT).get(f"{API}/runs")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/query-too-slow"
    assert int(answer.headers["retry-after"]) > 0
