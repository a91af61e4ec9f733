"""Needs that nobody covers, on the page: found in a thread while the page tells how far, kept, and confirmed."""

import threading
from pathlib import Path

import pytest

from service.app import create_app
from service.problems import NothingToPlan
from service.settings import Role
from service.web.work import Work, Works
from tests.access_world import LIMITED_PLAIN, PlannedWorld, World, token_of, world_of
from tests.databases import migrated
from tests.nights import LONGEST_WAIT_S
from tests.serving import CONSULTANT, Client, settings_for


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("needs"))


def _waited(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(LONGEST_WAIT_S)
            assert not thread.is_alive()


def test_without_signing_in_one_sees_the_sign_in_page(world: World) -> None:
    for answer in (Client(world.app).get("/behov"), Client(world.app).post("/behov/efterproev")):
        assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")


def test_needs_are_found_while_the_page_says_so_and_then_confirmed(world: World) -> None:
    client, csrf = world.person(token_of(Role.JOB_CONSULTANT))
    first = client.get("/behov").text
    assert "<progress" in first
    assert 'hx-get="/behov"' in first
    _waited("needs")
    found = client.get("/behov").text
    assert "<progress" not in found
    assert "Borgere, der venter uden forløb og forslag" in found
    part = client.get("/behov", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="behov"')
    assert "<h1" not in part
    assert client.post("/behov/efterproev", data={"csrf": "forged"}).status_code == 403
    done = client.post("/behov/efterproev", data={"csrf": csrf})
    assert (done.status_code, done.headers["location"]) == (303, "/behov#behov")
    _waited("needs")
    confirmed = client.get("/behov").text
    assert "efterprøvet" in confirmed
    assert "En ny plan med behovet dækket bliver" in confirmed
    lead, _ = world.person(token_of(Role.TEAM_LEAD))
    assert "En ny plan med behovet dækket bliver" not in lead.get("/behov").text, "confirmed for another reader"


def test_no_citizen_is_named(world: World) -> None:
    client, _ = world.person(token_of(Role.JOB_CONSULTANT))
    page = client.get("/behov").text
    _waited("needs")
    page += client.get("/behov").text
    assert [one.id for one in world.invented.citizens if one.name in page or f"/borgere/{one.id}" in page] == []


def test_who_may_not_see_needs_is_told_what_is_left_out(world: World) -> None:
    client, _ = world.person(LIMITED_PLAIN)
    client.get("/behov")
    _waited("needs")
    page = client.get("/behov").text
    assert "Behov, der handler om dem, er udeladt." in page


def test_without_a_plan_the_page_says_so(tmp_path: Path) -> None:
    migrated(tmp_path / "empty.db")
    client = Client(create_app(settings_for(tmp_path / "empty.db")))
    assert client.post("/log-ind", data={"adgangsnoegle": CONSULTANT}).status_code == 303
    page = client.get("/behov")
    assert page.status_code == 200
    assert "Der er ikke lagt nogen plan endnu" in page.text


def test_the_same_work_is_done_once_at_a_time_and_a_failure_is_told() -> None:
    works, go_on = Works(), threading.Event()

    def wait(step: object) -> str:
        assert callable(step)
        step()
        assert go_on.wait(LONGEST_WAIT_S)
        return "done"

    first = works.start("a", 2, wait)
    assert works.start("a", 2, wait) is first
    assert first.under_way
    go_on.set()
    _waited("needs")
    assert (first.result, first.done, first.under_way) == ("done", 1, False)

    def fail(_step: object) -> str:
        raise NothingToPlan("there are no citizens")

    failed = works.start("b", 1, fail)
    _waited("needs")
    assert failed.failed
    assert isinstance(failed.problem, NothingToPlan)
    assert works.of("b") is failed
    works.forget("b")
    assert works.of("b") is None
    assert Work(3).under_way
