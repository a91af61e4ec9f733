"""Imports over HTTP: a line for each row, the same content twice, and imports that are cut off."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from fixtures import Municipality, municipality
from service.app import create_app
from service.clock import now
from service.codec import AGREEMENT, CITIZEN, COMPANY, CONSULTANT
from service.db.import_progress import SILENT_SECONDS, ImportProgresses, ImportState
from service.db.repositories import REPOSITORIES
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of
from service.problems import DatabaseUnavailable
from service.use_cases import import_files
from service.use_cases.import_files import ImportUnderWay
from service.use_cases.import_ndjson import NdjsonFile
from service.use_cases.import_stream import ImportStream
from tests.builders import MUNICIPALITY
from tests.databases import migrated
from tests.serving import CONSULTANT as CONSULTANT_TOKEN
from tests.serving import SYSTEM, SYSTEM_ELSEWHERE, Client, settings_for

API = "/api/v1"
INVENTED = municipality(seed=11, citizens=30)


def _rows(invented: Municipality = INVENTED) -> list[dict[str, Any]]:
    """Every row, agreements first: rows may stand in any order."""
    return [
        *({"type": "agreement", **AGREEMENT.encode(one)} for one in invented.agreements),
        *({"type": "citizen", **CITIZEN.encode(one)} for one in invented.citizens),
        *({"type": "company", **COMPANY.encode(one)} for one in invented.companies),
        *({"type": "consultant", **CONSULTANT.encode(one)} for one in invented.consultants),
    ]


def _content(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    migrated(tmp_path / "imports.db")
    return create_app(settings_for(tmp_path / "imports.db", today=INVENTED.on))


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[SessionFactory]:
    engine = create_database_engine(migrated(tmp_path / "stream.db"))
    yield sessions_of(engine)
    engine.dispose()


def _import(sessions: SessionFactory, content: bytes) -> ImportStream:
    source = NdjsonFile("body", BytesIO(content))
    return ImportStream(sessions, MUNICIPALITY, source, on=INVENTED.on, clock=now)


def test_anonymous_callers_and_other_municipalities_see_no_import(app: FastAPI) -> None:
    done = Client(app, token=SYSTEM).post(f"{API}/imports", content=_content(_rows()[-1:]))
    path = f"{API}/imports/{done.headers['x-import-id']}"
    assert Client(app).get(path).status_code == 401
    assert Client(app, token=SYSTEM_ELSEWHERE).get(path).status_code == 404
    assert Client(app, token=CONSULTANT_TOKEN).get(path).status_code == 403
    assert Client(app, token=SYSTEM).get(path).json()["state"] == "finished"


def test_every_row_has_a_line_and_a_bad_one_its_reasons(app: FastAPI) -> None:
    rows = _rows()
    rows[-1] |= {"caseload": -1}
    rows.append({"type": "citizen", "id": "0101901234"})
    rows.append({"type": "spaceship"})
    client = Client(app, token=SYSTEM)
    answer = client.post(f"{API}/imports", content=_content(rows))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    *lines, last = _lines(answer.content)
    assert sorted(line["row"] for line in lines) == list(range(1, len(rows) + 1))
    refused = {line["row"]: line for line in lines if line["result"] == "refused"}
    assert {len(rows) - 2, len(rows) - 1, len(rows)} <= set(refused)
    assert [error["field"] for error in refused[len(rows) - 2]["errors"]] == ["caseload"]
    assert all(error["problem"] and error["fix"] for line in refused.values() for error in line["errors"])
    assert b"0101901234" not in answer.content
    assert b"spaceship" not in answer.content
    assert last["state"] == "finished"
    assert last["rows_done"] == last["rows_total"] == len(rows) - 1
    kept = client.get(f"{API}/imports/{last['import_id']}").json()
    assert kept["rows"] == last["rows"]
    assert {error["row"] for error in kept["errors"]} == set(refused)


def test_the_same_content_again_changes_nothing(app: FastAPI) -> None:
    client = Client(app, token=SYSTEM)
    content = _content(_rows())
    first = _lines(client.post(f"{API}/imports", content=content).content)
    path = f"{API}/citizens/{INVENTED.citizens[0].id}"
    before = client.get(path)
    again = _lines(client.post(f"{API}/imports", content=content).content)
    assert {line["result"] for line in first[:-1]} == {"created"}
    assert {line["result"] for line in again[:-1]} == {"unchanged"}
    assert client.get(path).headers["etag"] == before.headers["etag"]


def test_all_or_nothing_takes_nothing_where_a_row_is_bad(app: FastAPI) -> None:
    rows = _rows()
    client = Client(app, token=SYSTEM)
    bad = [*rows, {"type": "citizen", "id": "x"}]
    *lines, last = _lines(client.post(f"{API}/imports?all_or_nothing=true", content=_content(bad)).content)
    assert last["state"] == "refused"
    assert len(lines) == len(bad)
    assert client.get(f"{API}/companies/{INVENTED.companies[0].id}").status_code == 404
    assert client.get(f"{API}/imports/{last['import_id']}").json()["state"] == "refused"
    last = _lines(client.post(f"{API}/imports?all_or_nothing=true", content=_content(rows)).content)[-1]
    assert last["state"] == "finished"
    assert client.get(f"{API}/companies/{INVENTED.companies[0].id}").status_code == 200


def test_a_body_of_which_nothing_can_be_read_says_so(app: FastAPI) -> None:
    for content in (b"", b"[]", b"\xff\xfe"):
        line, last = _lines(Client(app, token=SYSTEM).post(f"{API}/imports", content=content).content)
        assert (line["row"], line["result"]) == (0, "refused")
        assert last["rows_total"] == 0


@pytest.mark.parametrize("batches", [1, 2, 5])
def test_an_import_that_is_cut_off_is_seen_and_sent_again(
    sessions: SessionFactory, tmp_path: Path, batches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "CHUNK", 10)
    content = _content(_rows())
    cut = _import(sessions, content)
    lines = cut.lines()
    said = [json.loads(next(lines)) for _ in range(10 * batches - 5)]
    lines.close()  # type: ignore[attr-defined]  # the caller has gone
    with read_only(sessions) as session:
        left = ImportProgresses(session, MUNICIPALITY).get(cut.id)
    assert left.state is ImportState.INTERRUPTED
    assert len(said) <= left.rows_done < left.rows_total
    again = _lines(b"".join(_import(sessions, content).lines()))
    assert sum(line["result"] == "unchanged" for line in again[:-1]) == left.rows_done, "what was said to be taken is"
    engine = create_database_engine(migrated(tmp_path / "undisturbed.db"))
    list(_import(sessions_of(engine), content).lines())
    assert list(_all_of(sessions)) == list(_all_of(sessions_of(engine)))
    engine.dispose()


def _all_of(sessions: SessionFactory) -> Iterator[Any]:
    with read_only(sessions) as session:
        for repository in REPOSITORIES.values():
            yield from repository(session, MUNICIPALITY).iterate()


def test_a_database_that_goes_away_ends_the_answer_with_what_was_done(
    sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "CHUNK", 10)
    stream = _import(sessions, _content(_rows()))
    lines = stream.lines()
    taken = [next(lines) for _ in range(10)]

    def gone(*_: Any) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(ImportUnderWay, "take", gone)
    *_, last = [*taken, *lines]
    assert json.loads(last)["state"] == "interrupted"
    assert json.loads(last)["problem"] == "/problems/database-unavailable"
    assert 0 < json.loads(last)["rows_done"] < json.loads(last)["rows_total"]


def test_an_import_that_fell_silent_is_interrupted(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(app, token=SYSTEM)
    monkeypatch.setattr(ImportStream, "lines", _left_running)
    id_ = client.post(f"{API}/imports", content=_content(_rows()[-1:])).headers["x-import-id"]
    assert client.get(f"{API}/imports/{id_}").json()["state"] == "running"
    later = now() + timedelta(seconds=SILENT_SECONDS + 1)
    monkeypatch.setattr("service.api.imports.now", lambda: later)
    assert client.get(f"{API}/imports/{id_}").json()["state"] == "interrupted"


def _left_running(stream: ImportStream, *, all_or_nothing: bool) -> Iterator[bytes]:
    """What a process that is killed after its first batch leaves behind."""
    assert not all_or_nothing
    lines = stream._batches()
    yield next(lines)
    stream._save_apart(ImportState.RUNNING)
