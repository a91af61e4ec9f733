"""The overview's pages: for whom they are, what they show and what they hide."""

import html
import re
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Role
from tests.access_world import PlannedWorld, World, token_of, world_of
from tests.builders import ON
from tests.databases import migrated
from tests.serving import AUDITOR, CONSULTANT, LEAD, OPERATIONS, Client, settings_for


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("overview"))


@pytest.fixture
def empty(tmp_path: Path) -> Client:
    """A municipality without anything."""
    database = tmp_path / "empty.db"
    migrated(database)
    client = Client(create_app(settings_for(database, today=ON)))
    assert client.post("/log-ind", data={"adgangsnoegle": LEAD}).status_code == 303
    return client


@pytest.mark.parametrize("path", ["/overblik", "/overblik/ligebehandling"])
def test_the_overview_is_for_those_who_lead_run_or_audit(planned_world: PlannedWorld, path: str) -> None:
    app = create_app(settings_for(planned_world.database, today=planned_world.invented.on))
    anonymous = Client(app).get(path)
    assert (anonymous.status_code, anonymous.headers["location"]) == (303, "/log-ind")
    for token, status in ((CONSULTANT, 403), (LEAD, 200), (OPERATIONS, 200), (AUDITOR, 200)):
        client = Client(app)
        client.post("/log-ind", data={"adgangsnoegle": token})
        assert client.get(path).status_code == status, token


@pytest.mark.parametrize("path", ["/overblik", "/overblik/ligebehandling"])
def test_no_citizen_is_named(world: World, path: str) -> None:
    client, _ = world.person(token_of(Role.TEAM_LEAD))
    text = html.unescape(client.get(path).text)
    named = [one.id for one in world.invented.citizens if one.name in text or re.search(rf"\b{one.id}\b", text)]
    assert named == []


def test_the_figures_are_those_of_the_municipality(world: World) -> None:
    client, _ = world.person(token_of(Role.TEAM_LEAD))
    text = html.unescape(client.get("/overblik").text)
    running = len(world.invented.placements)
    live = {one.citizen_id for one in world.invented.placements} | {world.night.proposals[1].citizen_id}
    waiting = len(world.invented.citizens) - len(live)
    assert f"<dd>{waiting}</dd>" in text
    assert running > 0
    assert re.search(r"<svg[^>]*aria-labelledby=\"maal-activity_ready-title", text)
    assert "Aktivitetsparat kontanthjælpsmodtager" in text
    assert "39,6 procent" in text
    assert "Oktober 2026" in text


def test_a_lead_of_one_team_sees_the_figures_of_all(world: World) -> None:
    whole, limited = world.person(token_of(Role.TEAM_LEAD))[0], world.person("limited")[0]
    figures = [re.findall(r"<dd>([^<]*)</dd>", client.get("/overblik").text) for client in (whole, limited)]
    assert figures[0] == figures[1]


def test_a_municipality_without_anything_is_told_what_is_missing(empty: Client) -> None:
    text = html.unescape(empty.get("/overblik").text)
    assert "Der er ikke indlæst samarbejdsaftaler endnu." in text
    assert "Ingen borgere venter på et forløb." in text
    assert "Der er for få borgere i målgruppen til at vise en andel." in text
    assert "Ingen har afgjort et forslag" in text
    assert "Der er ikke lagt nogen plan endnu." in html.unescape(empty.get("/overblik/ligebehandling").text)


def test_small_groups_are_hidden_in_the_fairness_report(world: World) -> None:
    client, _ = world.person(token_of(Role.TEAM_LEAD))
    text = html.unescape(client.get("/overblik/ligebehandling").text)
    assert "Grupper på under 5 er skjult" in text
    assert "Målgruppe" in text
    counts = re.findall(r'<th scope="row">[^<]*</th><td class="number">(\w+)</td>', text)
    assert counts
    assert all(count == "skjult" or int(count) >= 5 for count in counts)
