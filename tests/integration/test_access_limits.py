"""Limits within a municipality: teams and target groups, health-related needs, and opening a citizen with a reason."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from matcher.domain.citizen import Citizen
from matcher.language import Language
from matcher.wording.needs import need_name, need_text
from service.api.models import LIST_ID
from service.app import create_app
from service.codec import CITIZEN
from service.identity.access import ACCESS, API, ON_PAGES, READS, Address
from service.settings import Role
from service.use_cases.discretion import NEED_FIELDS, NO_ACCESS, READ_NEEDS
from tests.access_world import (
    LIMITED,
    LIMITED_PLAIN,
    NO_NEEDS,
    NO_NEEDS_AUDITOR,
    OTHER_TEAM,
    RIGHTS,
    TEAM,
    TOKENS,
    WEBHOOK_KEY,
    PlannedWorld,
    World,
    request_of,
    token_of,
    world_of,
)
from tests.builders import MUNICIPALITY
from tests.serving import Client, access_token, settings_for

LEAD = token_of(Role.TEAM_LEAD)
REASON = "Vikar for en syg kollega, borgeren ringer nu."
HEADER = "X-Break-Glass-Reason"


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("limits"))


@pytest.fixture
def own(world: World) -> Citizen:
    return world.citizens_of(TEAM)[0]


@pytest.fixture
def other(world: World) -> Citizen:
    return world.citizens_of(OTHER_TEAM)[0]


def _paths_of(world: World, citizen: Citizen) -> list[str]:
    slot = world.ids["slot_id"]
    return [
        f"{API}/citizens/{citizen.id}/suggestions",
        f"{API}/citizens/{citizen.id}/suggestions/{slot}",
        f"{API}/citizens/{citizen.id}/openings",
    ]


def test_citizens_of_another_team_do_not_exist(world: World, own: Citizen, other: Citizen) -> None:
    lene, lead = world.caller(LIMITED), world.caller(LEAD)
    for path in _paths_of(world, own):
        assert lene.get(path).status_code == 200
    for path in _paths_of(world, other):
        assert lene.get(path).status_code == 404
        assert lead.get(path).status_code == 200


NAMES_CITIZENS = re.compile(r"{(citizen_id|proposal_id|placement_id|list_id|record_id)}|citizens/{id}")
OF_A_CITIZEN = [
    one
    for one in ACCESS
    if one.shares and NAMES_CITIZENS.search(one.path) and (one.method, one.path) != ("DELETE", f"{API}/citizens/{{id}}")
]


@pytest.fixture(scope="module")
def other_team(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world whose ids are of the other team's citizens, and callers of every role who are limited to the team."""
    world = world_of(planned_world, tmp_path_factory.mktemp("walk"))
    theirs = {one.id for one in world.citizens_of(OTHER_TEAM)}
    first, second, *unused = [one for one in world.night.proposals if one.citizen_id in theirs]
    listed = world.caller(LEAD).get(f"{API}/citizens/{first.citizen_id}/suggestions").headers["X-List-Id"]
    pair = {"citizen_id": second.citizen_id, "slot_id": second.slot_id, "reason": "Aftalt.", "decided_by": "karen"}
    agreed = world.caller(token_of(Role.CASE_SYSTEM)).post(f"{API}/placements", json=pair)
    assert agreed.status_code == 201, agreed.text
    ids = {"citizen_id": first.citizen_id, "slot_id": first.slot_id, "proposal_id": first.id, "list_id": listed}
    ids |= {"record_id": listed, "placement_id": agreed.json()["id"]}
    limited = [
        access_token(f"limited-{role}", f"limited-{role}", role, MUNICIPALITY, role, rights=RIGHTS, teams=(TEAM,))
        for role in Role
    ]
    app = create_app(
        settings_for(world.database, tokens=(*TOKENS, *limited), today=world.invented.on, webhook_keys=(WEBHOOK_KEY,))
    )
    return replace(world, app=app, ids=world.ids | ids, people={}, unused=unused)


@pytest.mark.parametrize("address", OF_A_CITIZEN, ids=lambda one: f"{one.method} {one.path}")
def test_no_address_knows_a_citizen_of_another_team(other_team: World, address: Address) -> None:
    for role in address.roles:
        if address.page and role not in ON_PAGES:
            continue
        path, sent = request_of(other_team, address)
        token = f"limited-{role}"
        if not address.page:
            answer = other_team.caller(token).request(address.method, path, **sent)
        else:
            person, csrf = limited_person(other_team, token)
            data = {"data": {**sent.get("data", {}), "csrf": csrf}} if address.method == "POST" else {}
            answer = person.request(address.method, path, **(sent | data))
        assert answer.status_code == 404, (role, path, answer.text[:200])


def limited_person(world: World, token: str) -> tuple[Client, str]:
    """Somebody signed in to the pages, and the token of that person's forms, wherever the first one is."""
    if token not in world.people:
        client = Client(world.app)
        assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
        found = re.search(r'name="csrf" value="([^"]+)"', client.get(client.get("/").headers["location"]).text)
        assert found
        world.people[token] = client, found[1]
    return world.people[token]


def test_who_asks_first_does_not_decide_what_others_see(world: World, own: Citizen, other: Citizen) -> None:
    app = create_app(settings_for(world.database, tokens=TOKENS, today=world.invented.on))
    limited = Client(app, token=LIMITED).get(_paths_of(world, own)[0])
    assert limited.status_code == 200
    whole = Client(app, token=LEAD).get(_paths_of(world, own)[0])
    assert [one["slot_id"] for one in limited.json()["places"]] == [one["slot_id"] for one in whole.json()["places"]]
    assert Client(app, token=LEAD).get(_paths_of(world, other)[0]).status_code == 200


def test_lists_hold_the_teams_citizens_alone(world: World, other: Citizen) -> None:
    hidden = {one.id for one in world.citizens_of(OTHER_TEAM)}
    lene, lead = world.caller(LIMITED), world.caller(LEAD)
    for caller_path in _paths_of(world, other)[:1]:
        lead.get(caller_path)
    run = world.night.run.id
    for path in (
        f"{API}/runs/{run}/proposals",
        f"{API}/runs/{run}/unplaced",
        f"{API}/slots/{world.ids['slot_id']}/candidates?places=50",
        f"{API}/lists",
        f"{API}/outreach",
        f"{API}/runs/{run}/record",
    ):
        seen, whole = lene.get(path), lead.get(path)
        assert (seen.status_code, whole.status_code) == (200, 200)
        assert _named(seen.json(), hidden) == set(), path
        if "outreach" not in path:
            assert _named(whole.json(), hidden), path


def _named(value: Any, ids: set[str]) -> set[str]:
    """Ids that stand anywhere in a JSON value."""
    if isinstance(value, dict):
        return {id_ for one in (*value.values(), *value) for id_ in _named(one, ids)}
    if isinstance(value, list):
        return {id_ for one in value for id_ in _named(one, ids)}
    return {value} & ids if isinstance(value, str) else set()


def test_pages_hold_the_teams_citizens_alone(world: World, own: Citizen, other: Citizen) -> None:
    lene, csrf = world.person(LIMITED)
    for path in ("/borgere", "/forslag", "/forslag/uden-plads", "/virksomheder"):
        text = lene.get(path).text
        assert [one.id for one in world.citizens_of(OTHER_TEAM) if f"/borgere/{one.id}" in text] == []
    assert lene.get(f"/borgere/{own.id}").status_code == 200
    assert lene.get(f"/borgere/{other.id}").status_code == 404
    theirs = next(one for one in world.night.proposals if one.citizen_id in _ids(world, OTHER_TEAM))
    assert lene.get(f"/forslag/{theirs.id}").status_code == 404
    sent = {"csrf": csrf, "afgoerelse": "held", "begrundelse": "Vi venter."}
    assert lene.post(f"/forslag/{theirs.id}", data=sent).status_code == 404
    decision = {"verdict": "held", "reason": "Vi venter."}
    answer = world.caller(LIMITED).post(f"{API}/proposals/{theirs.id}/decision", json=decision)
    assert answer.status_code == 404


def _ids(world: World, team: str) -> set[str]:
    return {one.id for one in world.citizens_of(team)}


def test_a_limit_by_target_group(world: World) -> None:
    groups = sorted({one.target_group for one in world.invented.citizens})
    token = access_token("groups", "g", "G", MUNICIPALITY, Role.TEAM_LEAD, target_groups=(groups[0],))
    nobody = access_token("nobody", "n", "N", MUNICIPALITY, Role.TEAM_LEAD, teams=())
    settings = settings_for(world.database, tokens=(token, nobody), today=world.invented.on)
    app = create_app(settings)
    for citizen in (next(one for one in world.invented.citizens if one.target_group == group) for group in groups):
        expected = 200 if citizen.target_group == groups[0] else 404
        assert Client(app, token="groups").get(f"{API}/citizens/{citizen.id}/suggestions").status_code == expected
        assert Client(app, token="nobody").get(f"{API}/citizens/{citizen.id}/suggestions").status_code == 404


# Opening a citizen with a reason.


def test_a_citizen_outside_the_limits_is_opened_with_a_reason_that_is_written_down(
    world: World, other: Citizen
) -> None:
    path = _paths_of(world, other)[0]
    with structlog.testing.capture_logs() as logs:
        assert world.caller(LIMITED).get(path, headers={HEADER: REASON}).status_code == 200
    assert [one["caller"] for one in logs if one["event"] == "break glass"] == [LIMITED]
    assert REASON not in str(logs)
    auditor = world.caller(token_of(Role.AUDITOR))
    written = auditor.get(f"{API}/audit", params={"action": "citizen.opened", "limit": 1}).json()["items"]
    assert [(one["actor_id"], one["object_id"], one["details"], one["municipality"]) for one in written] == [
        (LIMITED, other.id, {"reason": REASON}, MUNICIPALITY)
    ]
    assert world.caller(LIMITED).get(path).status_code == 404


@pytest.mark.parametrize(
    ("token", "reason", "status"),
    [
        (LIMITED_PLAIN, REASON, 403),
        (LIMITED, "nu", 422),
        (LIMITED, "   " * 20, 422),
        (LIMITED, "Det gælder 010190-1234 og haster", 422),
        (LIMITED, "x" * 500, 422),
    ],
)
def test_opening_takes_the_right_and_a_reason(
    world: World, other: Citizen, token: str, reason: str, status: int
) -> None:
    answer = world.caller(token).get(_paths_of(world, other)[0], headers={HEADER: reason.encode()})
    assert answer.status_code == status
    assert "010190" not in answer.text


def test_opening_opens_one_citizen_of_the_own_municipality(world: World, other: Citizen) -> None:
    lene = world.caller(LIMITED)
    assert lene.get(f"{API}/citizens/findes-ikke/suggestions", headers={HEADER: REASON}).status_code == 404
    assert lene.get(f"{API}/runs/{world.night.run.id}/proposals", headers={HEADER: REASON}).status_code == 422
    elsewhere = world.caller(token_of(Role.TEAM_LEAD, "0671"))
    assert elsewhere.get(_paths_of(world, other)[0], headers={HEADER: REASON}).status_code == 404


def test_opening_on_the_pages(world: World, other: Citizen) -> None:
    lene, csrf = world.person(LIMITED)
    form = {"csrf": csrf, "borger": other.id, "begrundelse": REASON}
    assert lene.post("/adgang", data=form | {"csrf": "forged"}).status_code == 403
    short = lene.post("/adgang", data=form | {"begrundelse": "nu"})
    assert (short.status_code, "Skriv borgerens id og en begrundelse" in short.text) == (422, True)
    assert lene.get(f"/borgere/{other.id}").status_code == 404
    opened = lene.post("/adgang", data=form)
    assert opened.headers["location"] == f"/borgere/{other.id}"
    assert lene.get(f"/borgere/{other.id}").status_code == 200
    assert lene.get(f"/borgere/{world.citizens_of(OTHER_TEAM)[1].id}").status_code == 404
    lars, csrf = world.person(LIMITED_PLAIN)
    assert lars.post("/adgang", data=form | {"csrf": csrf}).status_code == 403


# Health-related needs.


def _words(world: World) -> set[str]:
    """What tells of a need: every citizen's needs as they are written in both languages, and what each is about."""
    needs = [need for citizen in world.invented.citizens for need in citizen.accommodations]
    written = {need_text(need).in_(language) for need in needs for language in Language}
    return written | {name for need in needs if len(name := need_name(need.condition).danish) > 6}


def _told(answer: httpx.Response, words: set[str]) -> list[str]:
    text = json.dumps(answer.json(), ensure_ascii=False) if "json" in answer.headers["content-type"] else answer.text
    return [word for word in words if word in text]


SHOWN = [one for one in ACCESS if one.method == "GET" and one.roles and not one.roles.isdisjoint(READS)]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("address", SHOWN, ids=lambda one: f"{one.method} {one.path}")
def test_without_the_right_no_answer_tells_of_a_need(world: World, address: Any, language: Language) -> None:
    """Every address that somebody who works with citizens may read; a new one is walked too."""
    if Role.TEAM_LEAD not in address.roles or "/rules" in address.path or "/occupations" in address.path:
        return  # the case system's documents are tested below; rules and occupations are about nobody
    path, sent = request_of(world, address)
    sent["params"] = {**sent.get("params", {}), "language": language.value}
    client = world.person(NO_NEEDS)[0] if address.page else world.caller(NO_NEEDS)
    answer = client.get(path, **sent)
    assert answer.status_code == 200
    assert _told(answer, _words(world)) == []


def test_with_the_right_needs_are_told_and_the_places_are_the_same(world: World) -> None:
    citizen = max(world.invented.citizens, key=lambda one: len(one.accommodations))
    path = f"{API}/citizens/{citizen.id}/suggestions"
    whole, part = world.caller(LEAD).get(path), world.caller(NO_NEEDS).get(path)
    assert _told(whole, _words(world))
    assert _told(part, _words(world)) == []
    assert NO_ACCESS.danish in part.text
    for kind in ("places", "near_misses"):
        assert [(one["slot_id"], one["explanation"]["value"]) for one in part.json()[kind]] == [
            (one["slot_id"], one["explanation"]["value"]) for one in whole.json()[kind]
        ]


@pytest.mark.parametrize("list_", ["suggestions", "without-place", "openings"])
def test_what_a_list_came_to_names_no_rule_about_needs_without_the_right(world: World, list_: str) -> None:
    """The record of a list is read by auditors: it tells no more than the list itself."""
    citizen = max(world.invented.citizens, key=lambda one: len(one.accommodations))
    list_id = world.caller(LEAD).get(f"{API}/citizens/{citizen.id}/{list_}").headers[LIST_ID]
    path = f"{API}/lists/{list_id}"
    whole, part = (world.caller(one).get(path).json()["result"] for one in (token_of(Role.AUDITOR), NO_NEEDS_AUDITOR))
    assert part.keys() == whole.keys()
    assert [rule for rule in READ_NEEDS if rule in json.dumps(part)] == []
    if list_ == "without-place":
        assert [one for one in whole["closed"] if one["rule"] not in READ_NEEDS] == part["closed"] != whole["closed"]


def test_every_citizen_looks_the_same_to_whoever_may_not_see_needs(world: World) -> None:
    """Whether somebody has needs at all cannot be read from what is left out."""
    term_of = {}
    for has in (True, False):
        citizen = next(one for one in world.invented.citizens if bool(one.accommodations) is has)
        path = f"{API}/citizens/{citizen.id}/suggestions/{world.ids['slot_id']}"
        explanation = world.caller(NO_NEEDS).get(path).json()["place"]["explanation"]
        [term_of[has]] = [one for one in explanation["terms"] if one["id"] == "conditions_fit"]
    assert {name: term_of[True][name] for name in ("value", "applies", "text", "contribution")} == {
        name: term_of[False][name] for name in ("value", "applies", "text", "contribution")
    }


def test_a_system_without_the_right_reads_a_citizen_without_needs_and_writes_none(world: World) -> None:
    citizen = max(world.invented.citizens, key=lambda one: len(one.accommodations))
    path = f"{API}/citizens/{citizen.id}"
    system, without = world.caller(token_of(Role.CASE_SYSTEM)), world.caller("no-needs-system")
    whole, part = system.get(path), without.get(path)
    assert set(NEED_FIELDS) <= set(whole.json())
    assert part.json()["left_out"] == list(NEED_FIELDS)
    assert set(NEED_FIELDS).isdisjoint(part.json())
    assert not any(condition in part.text for condition in {str(need.condition) for need in citizen.accommodations})
    version = {"If-Match": part.headers["etag"]}
    assert without.put(path, part.json(), headers=version).status_code == 403
    assert system.put(path, part.json(), headers=version).status_code == 422
    assert without.post(f"{API}/imports", content=b"").status_code == 403
    assert system.get(path).json() == whole.json()


def test_who_is_limited_imports_nothing(planned_world: PlannedWorld, tmp_path: Path, other: Citizen) -> None:
    world = world_of(planned_world, tmp_path)
    limited = access_token("limited-system", "lim", "L", MUNICIPALITY, Role.CASE_SYSTEM, rights=RIGHTS, teams=(TEAM,))
    app = create_app(settings_for(world.database, tokens=(limited,), today=world.invented.on))
    row = {"type": "citizen", **CITIZEN.encode(other), "name": "Overskrevet"}
    answer = Client(app, token="limited-system").post(f"{API}/imports", content=json.dumps(row).encode())
    assert answer.status_code == 403
    person, csrf = world.person(LIMITED)
    assert "Prøv filen" not in person.get("/administration/indlaesninger").text
    sent = person.post(
        "/administration/indlaesninger",
        data={"csrf": csrf},
        files={"fil": ("b.ndjson", json.dumps(row).encode())},
    )
    assert sent.status_code == 403
    whole = Client(world.app, token=token_of(Role.CASE_SYSTEM))
    assert whole.get(f"{API}/citizens/{other.id}").json()["name"] == other.name
