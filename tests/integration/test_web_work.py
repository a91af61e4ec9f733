"""What takes long in a large municipality is found in a thread, while the page says so and asks again by itself."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from service.problems import NothingToPlan
from service.settings import Role
from service.web import calls, overview, work
from tests.access_world import PlannedWorld, World, token_of, world_of
from tests.nights import LONGEST_WAIT_S

HTMX = {"HX-Request": "true"}
PAGES = [
    ("/virksomheder?konsulent=alle", "Jobkonsulent"),
    ("/overblik/ligebehandling", "Det viser tallene"),
]


@pytest.fixture
def world(planned_world: PlannedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Every municipality is a large one."""
    monkeypatch.setattr(work, "MANY_CITIZENS", 1)
    return world_of(planned_world, tmp_path)


def _waited() -> None:
    for thread in threading.enumerate():
        if thread.name == "needs":
            thread.join(LONGEST_WAIT_S)
            assert not thread.is_alive()


@pytest.mark.parametrize(("address", "shown"), PAGES)
def test_the_page_says_that_it_is_worked_on_and_then_comes_by_itself(world: World, address: str, shown: str) -> None:
    client, _ = world.person(token_of(Role.TEAM_LEAD))
    first = client.get(address).text
    assert f'hx-get="{address}"' in first
    assert '<noscript><meta http-equiv="refresh" content="2">' in first
    assert shown not in first
    _waited()
    assert client.get(address, headers=HTMX).headers["HX-Refresh"] == "true"
    found = client.get(address).text
    assert shown in found
    assert 'id="arbejde"' not in found


@pytest.mark.parametrize(("address", "shown"), PAGES)
def test_what_fails_is_said_once_and_can_be_tried_again(
    world: World, address: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = world.person(token_of(Role.TEAM_LEAD))

    def fails(*_asked: object) -> Callable[[Callable[[], None]], object]:
        def find(_step: Callable[[], None]) -> object:
            raise NothingToPlan

        return find

    with monkeypatch.context() as broken:
        broken.setattr(calls, "_finder", fails)
        broken.setattr(overview, "_fairness_finder", fails)
        client.get(address)
        _waited()
    part = client.get(address, headers=HTMX).text
    assert "hx-get" not in part
    assert f'<a href="{address}">Prøv igen</a>' in part
    client.get(address)
    _waited()
    assert shown in client.get(address).text
