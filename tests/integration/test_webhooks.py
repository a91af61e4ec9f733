"""Webhooks: the case system keeps them by the API, and the terminal sends, shows and replays."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from service.app import create_app
from service.crypto import new_key
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.session import create_database_engine, sessions_of, unit_of_work
from service.settings import Settings
from service.use_cases.webhooks import add_webhook
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.integration.test_cli import Run, run  # noqa: F401 - a fixture
from tests.receiving import Receiver, receiver
from tests.serving import CONSULTANT, SYSTEM, SYSTEM_ELSEWHERE, Client, settings_for
from tests.stores import Store

API = "/api/v1/webhooks"
KEY = new_key()


@pytest.fixture(scope="module")
def case_system() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


# The API.


@pytest.fixture
def application(tmp_path: Path) -> FastAPI:
    store = Store.create(tmp_path)
    return create_app(settings_for(tmp_path / "store.db", webhook_keys=(KEY,)), store.sessions)


WANTED = {"url": "https://case.example.dk/hooks", "event_types": ["run.published", "run.published"]}


def test_the_case_system_keeps_its_webhooks(application: FastAPI) -> None:
    assert Client(application).get(API).status_code == 401
    assert Client(application, token=CONSULTANT).get(API).status_code == 403
    system, elsewhere = Client(application, token=SYSTEM), Client(application, token=SYSTEM_ELSEWHERE)
    answer = system.post(API, json=WANTED)
    assert answer.status_code == 201
    created = answer.json()
    assert created["secret"].startswith("whsec_")
    assert (created["event_types"], created["created_by"]) == (["run.published"], "fagsystem")
    path = f"{API}/{created['id']}"
    shown = {name: value for name, value in created.items() if name != "secret"}
    assert system.get(API).json() == [shown]
    assert system.get(path).json() == shown
    assert elsewhere.get(API).json() == []
    for method in ("GET", "DELETE"):
        assert elsewhere.request(method, path).status_code == 404
    assert system.delete(path).status_code == 204
    assert system.get(path).status_code == 404
    assert system.delete(path).status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [
        {**WANTED, "url": "http://case.example.dk/hooks"},
        {**WANTED, "url": "https://10.0.0.1/hooks"},
        {**WANTED, "url": "https://169.254.169.254/latest/meta-data"},
        {**WANTED, "event_types": []},
        {**WANTED, "event_types": ["citizen.named"]},
        {**WANTED, "secret": "mine"},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(application: FastAPI, wanted: dict[str, Any]) -> None:
    answer = Client(application, token=SYSTEM).post(API, json=wanted)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "169.254" not in answer.text
    assert "10.0.0.1" not in answer.text


def test_a_municipality_has_a_limited_number_of_webhooks(application: FastAPI) -> None:
    system = Client(application, token=SYSTEM)
    assert {system.post(API, json=WANTED).status_code for _ in range(20)} == {201}
    assert system.post(API, json=WANTED).status_code == 422


def test_without_a_key_there_are_no_webhooks(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    app = create_app(settings_for(tmp_path / "store.db"), store.sessions)
    answer = Client(app, token=SYSTEM).post(API, json=WANTED)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/webhooks-not-configured")


# The command line.


@pytest.fixture
def terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:  # noqa: F811 - the fixture
    monkeypatch.setenv("MATCHER_WEBHOOK_KEYS", f'["{KEY}"]')
    assert run("migrate").code == 0
    return run


def test_the_terminal_sends_shows_and_replays(
    terminal: Callable[..., Any], tmp_path: Path, case_system: Receiver
) -> None:
    case_system.received.clear()
    sessions = sessions_of(create_database_engine(address_of(tmp_path / "matcher.db")))
    assert "Ingen får besked." in terminal("webhooks", "status").out
    with unit_of_work(sessions) as session:
        types = [EventType.RUN_PUBLISHED]
        add_webhook(session, MUNICIPALITY, Settings(webhook_keys=(KEY,)), case_system.url, types)
        event_id = announce(session, MUNICIPALITY, EventType.RUN_PUBLISHED, {"run_id": "r"})
    sent = terminal("webhooks", "send", "--once", "--json")
    assert (sent.code, sent.record) == (0, {"delivered": 1, "failed": 0, "dead": 0})
    assert "1 besked er lagt klar" in terminal("webhooks", "replay", event_id).out
    assert "1 besked er lagt klar" in terminal("webhooks", "replay", "--since", "2026-01-01").out
    assert "Sendt: 1." in terminal("webhooks", "send", "--once").out
    assert case_system.ids == [event_id, event_id]
    (shown,) = terminal("webhooks", "status", "--json").record
    assert (shown["delivered"], shown["waiting"], shown["dead"]) == (1, 0, 0)
    assert case_system.url in terminal("webhooks", "status").out
    assert terminal("webhooks", "replay").code == 2
    assert terminal("webhooks", "replay", "unknown").code == 1
    assert "0 hemmeligheder" in terminal("webhooks", "rotate-keys").out
    assert len(terminal("webhooks", "new-key").out.strip()) == 44


def test_without_a_key_the_terminal_says_what_to_set(run: Run) -> None:  # noqa: F811 - the fixture
    assert run("migrate").code == 0
    found = run("webhooks", "send", "--once")
    assert found.code == 1
    assert "MATCHER_WEBHOOK_KEYS" in found.err
