"""What Prometheus reads: routes as templates, never an id; the last night of each municipality."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from service.app import create_app
from service.clock import now
from service.db.night_repositories import NightAttempts, NightLocks
from service.db.nights import Lock, RunState
from service.db.purpose import OPERATIONS
from service.db.session import SessionFactory, create_database_engine, sessions_of, unit_of_work
from service.metrics import measure
from service.use_cases.night_lock import SILENCE_S
from service.use_cases.night_run import Order, carry_out, take_up
from tests.builders import MUNICIPALITY, ON
from tests.databases import nowhere
from tests.nights import API, fill
from tests.serving import CONSULTANT, SYSTEM, Client, settings_for

CANARY = "canary-4711"


@pytest.fixture
def sessions(migrated_url: str) -> Iterator[SessionFactory]:
    engine = create_database_engine(migrated_url)
    sessions = sessions_of(engine)
    fill(sessions)
    yield sessions
    engine.dispose()


@pytest.fixture
def app(sessions: SessionFactory, tmp_path: Path) -> FastAPI:
    return create_app(settings_for(tmp_path / "unused.db"), sessions)


def _measured(app: FastAPI) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    text = Client(app).get("/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_template(app: FastAPI) -> None:
    system, person = Client(app, token=SYSTEM), Client(app, token=CONSULTANT)
    system.get(f"{API}/citizens/citizen-1")
    system.get(f"{API}/citizens/{CANARY}?name={CANARY}")
    person.get(f"{API}/citizens/{CANARY}/suggestions/")
    person.get(f"/borgere/{CANARY}/")
    person.get(f"/{CANARY}/{CANARY}")
    person.get(f"/static/{CANARY}.css")
    text = Client(app).get("/metrics").text
    assert CANARY not in text
    assert "citizen-1" not in text
    measured = _measured(app)
    assert measured["http_requests_total", f"{API}/citizens/{{id}}", "GET", "200"] == 1
    assert measured["http_requests_total", f"{API}/citizens/{{id}}", "GET", "404"] == 1
    handlers = set(re.findall(r'handler="([^"]+)"', text))
    assert {f"{API}/citizens/{{id}}", "/static", "none"} <= handlers
    assert "/metrics" not in handlers


def test_a_night_is_told_by_its_figures(app: FastAPI, sessions: SessionFactory) -> None:
    assert ("matcher_night_age_seconds", MUNICIPALITY) not in _measured(app)
    night = carry_out(sessions, MUNICIPALITY, take_up(sessions, MUNICIPALITY, Order(ON, OPERATIONS)))
    measured = _measured(app)
    assert measured["matcher_database_up",] == 1
    assert measured["matcher_night_age_seconds", MUNICIPALITY] >= 0
    assert measured["matcher_night_gap_ratio", MUNICIPALITY] == night.run.gap
    assert measured["matcher_night_placed", MUNICIPALITY] == 1
    assert measured["matcher_night_unplaced", MUNICIPALITY] == 2
    assert measured["matcher_night_phase_seconds", MUNICIPALITY, "plan"] == night.run.seconds["plan"]
    assert (measured["matcher_night_running", MUNICIPALITY], measured["matcher_night_failed", MUNICIPALITY]) == (0, 0)


def test_a_night_under_way_and_one_that_failed_are_told_apart(app: FastAPI, sessions: SessionFactory) -> None:
    attempt = take_up(sessions, MUNICIPALITY, Order(ON, OPERATIONS))

    def told() -> tuple[float, float]:
        measured = _measured(app)
        return measured["matcher_night_running", MUNICIPALITY], measured["matcher_night_failed", MUNICIPALITY]

    assert told() == (1, 0)
    with unit_of_work(sessions) as session:
        locks = NightLocks(session, MUNICIPALITY)
        locks.release(attempt.id)
        silent = now() - timedelta(seconds=SILENCE_S + 1)
        locks.take(Lock(attempt.id, "elsewhere/1/x", silent), lambda _: False)
    assert told() == (0, 1)
    with unit_of_work(sessions) as session:
        NightLocks(session, MUNICIPALITY).release(attempt.id)
        NightAttempts(session, MUNICIPALITY).change(attempt.id, state=RunState.FAILED)
    assert told() == (0, 1)


def test_a_database_that_is_away_is_told_and_requests_still_are(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path / "unused.db", database_url=nowhere()))
    Client(app).get("/livez")
    measured = _measured(app)
    assert measured["matcher_database_up",] == 0
    assert measured["http_requests_total", "/livez", "GET", "200"] == 1


def test_an_application_that_shows_addresses_as_sent_is_refused(sessions: SessionFactory) -> None:
    with pytest.raises(ValueError, match="redirect_slashes"):
        measure(FastAPI(), sessions)
