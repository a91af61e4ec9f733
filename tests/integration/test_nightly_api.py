"""A run over HTTP: asked for, answered at once, followed until it is published; one at a time."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from service.app import create_app
from service.db.night_repositories import NightAttempts
from service.db.nights import RunState
from service.db.purpose import OPERATIONS as VIEWER
from service.db.session import SessionFactory, read_only
from service.problems import AlreadyRunning, NightTakenOver, NothingToPlan
from service.use_cases.night_background import in_a_process
from service.use_cases.night_run import INTERRUPTED, NightRun, Order, attempt_now, take_up
from service.use_cases.nightly import PHASES
from tests.builders import MUNICIPALITY, ON
from tests.nights import API, fill, finished
from tests.serving import CONSULTANT, CONSULTANT_ELSEWHERE, OPERATIONS, Client, settings_for

ASKED = {"planned_on": ON.isoformat(), "time_limit_s": 20}


@pytest.fixture
def app(sessions: SessionFactory, tmp_path: Path) -> FastAPI:
    return create_app(settings_for(tmp_path / "unused.db", today=ON), sessions)


def test_nobody_asks_without_a_name(app: FastAPI) -> None:
    assert Client(app).post(f"{API}/runs", json=ASKED).status_code == 401
    assert Client(app).get(f"{API}/runs?state=running").status_code == 401


def test_a_run_of_another_municipality_is_not_found(app: FastAPI, sessions: SessionFactory) -> None:
    fill(sessions)
    attempt = take_up(sessions, MUNICIPALITY, Order(ON, VIEWER))
    elsewhere = Client(app, token=CONSULTANT_ELSEWHERE)
    assert elsewhere.get(f"{API}/runs/{attempt.id}").status_code == 404
    assert elsewhere.get(f"{API}/runs?state=queued").json()["items"] == []
    assert elsewhere.get(f"{API}/runs?state=queued&after={attempt.id}").status_code == 404


def test_a_run_is_answered_at_once_and_followed_until_it_is_published(app: FastAPI, sessions: SessionFactory) -> None:
    fill(sessions)
    operations, person = Client(app, token=OPERATIONS), Client(app, token=CONSULTANT)
    answer = operations.post(f"{API}/runs", json=ASKED)
    begun = answer.json()
    assert (begun["state"], begun["value"], begun["phases"]) == ("queued", None, len(PHASES))
    run = finished(operations, answer)
    assert (run["id"], run["state"], run["phases_done"]) == (begun["id"], "published", len(PHASES))
    assert run["counts"]["placed"] == 1
    assert run["counts"]["quality"]["ranks"] == [1]
    assert set(run["seconds"]) >= set(PHASES) - {"store"}
    assert len(person.get(f"{API}/runs/{run['id']}/proposals").json()["items"]) == 1
    again = finished(operations, operations.post(f"{API}/runs", json=ASKED))
    assert (again["state"], again["input_hash"]) == ("published", run["input_hash"])
    assert [one["id"] for one in operations.get(f"{API}/runs").json()["items"]] == [again["id"], run["id"]]


def test_a_second_run_is_refused_while_one_is_under_way(app: FastAPI, sessions: SessionFactory) -> None:
    fill(sessions)
    operations, person = Client(app, token=OPERATIONS), Client(app, token=CONSULTANT)
    attempt = take_up(sessions, MUNICIPALITY, Order(ON, VIEWER))
    answer = operations.post(f"{API}/runs", json=ASKED)
    assert (answer.status_code, answer.json()["type"]) == (409, AlreadyRunning.type)
    night = NightRun(sessions, MUNICIPALITY, attempt, again=False)
    night.beat("plan", PHASES.index("plan"))
    shown = operations.get(f"{API}/runs/{attempt.id}").json()
    assert (shown["state"], shown["phase"], shown["phases_done"]) == ("running", "plan", 4)
    assert [one["id"] for one in operations.get(f"{API}/runs?state=running").json()["items"]] == [attempt.id]
    assert operations.get(f"{API}/runs").json()["items"] == []
    assert person.get(f"{API}/runs/{attempt.id}/proposals").status_code == 404
    night.end(RunState.FAILED, problem=NightTakenOver.type)
    shown = operations.get(f"{API}/runs/{attempt.id}").json()
    assert (shown["state"], shown["problem"]) == ("failed", NightTakenOver.type)
    assert finished(operations, operations.post(f"{API}/runs", json=ASKED))["state"] == "published"


def test_failed_runs_are_listed_page_by_page(app: FastAPI, sessions: SessionFactory) -> None:
    fill(sessions)
    operations = Client(app, token=OPERATIONS)
    failed: list[str] = []
    for _ in range(3):
        attempt = take_up(sessions, MUNICIPALITY, Order(ON, VIEWER))
        NightRun(sessions, MUNICIPALITY, attempt, again=False).end(RunState.FAILED, problem="about:blank")
        failed.insert(0, attempt.id)
    first = operations.get(f"{API}/runs?state=failed&limit=2").json()
    assert ([one["id"] for one in first["items"]], first["next"]) == (failed[:2], failed[1])
    rest = operations.get(f"{API}/runs?state=failed&limit=2&after={first['next']}").json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == (failed[2:], None)


def test_there_must_be_something_to_plan(app: FastAPI) -> None:
    answer = Client(app, token=OPERATIONS).post(f"{API}/runs", json=ASKED)
    assert (answer.status_code, answer.json()["type"]) == (409, NothingToPlan.type)


def test_a_night_in_a_process_of_its_own_is_followed_like_any_other(
    migrated_url: str, sessions: SessionFactory, tmp_path: Path
) -> None:
    fill(sessions)
    settings = settings_for(tmp_path / "unused.db", today=ON, database_url=migrated_url)
    app = create_app(settings, sessions, nights=in_a_process(settings, sessions))
    operations = Client(app, token=OPERATIONS)
    run = finished(operations, operations.post(f"{API}/runs", json=ASKED))
    assert (run["state"], run["phases_done"], run["counts"]["placed"]) == ("published", len(PHASES), 1)


def test_a_process_that_is_gone_lets_go_of_the_lock(sessions: SessionFactory, tmp_path: Path) -> None:
    fill(sessions)
    nowhere = settings_for(tmp_path / "no-such-folder" / "nothing.db")
    attempt = take_up(sessions, MUNICIPALITY, Order(ON, VIEWER))
    in_a_process(nowhere, sessions)(MUNICIPALITY, attempt).join()
    with read_only(sessions) as session:
        ended = attempt_now(session, MUNICIPALITY, NightAttempts(session, MUNICIPALITY).get(attempt.id))
    assert (ended.state, ended.problem) == (RunState.FAILED, INTERRUPTED)
    assert take_up(sessions, MUNICIPALITY, Order(ON, VIEWER)).id != attempt.id
