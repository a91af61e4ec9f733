"""Sessions of the pages: what their cookies hold and are allowed, how they begin and end, and forms of other sites."""

import base64
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.app import create_app
from service.identity.access import ACCESS, PUBLIC, Address
from service.settings import DEVELOPMENT_ISSUER, Role
from service.web.ended import EndedSessions
from tests.access_world import TOKENS, PlannedWorld, World, request_of, token_of, world_of
from tests.serving import Client, settings_for

LEAD = token_of(Role.TEAM_LEAD)
FORMS = [one for one in ACCESS if one.page and one.method == "POST" and one.roles != PUBLIC]
ANYBODYS_FORMS = ["/log-ind", "/log-ind/udvikling", f"{DEVELOPMENT_ISSUER}/token"]


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("sessions"))


@pytest.fixture(scope="module")
def over_https(world: World) -> FastAPI:
    return create_app(settings_for(world.database, tokens=TOKENS, today=world.invented.on, secure_cookies=True))


def _name(address: Address) -> str:
    return f"{address.method} {address.path}"


def _sign_in(app: FastAPI, token: str = LEAD, **options: Any) -> tuple[httpx.Response, str]:
    """The answer to a sign-in, and the cookie as it is sent back."""
    answer = Client(app).post("/log-ind", data={"adgangsnoegle": token}, **options)
    return answer, answer.headers["set-cookie"].partition(";")[0]


def _csrf(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found
    return found[1]


def test_the_cookie_is_for_this_host_over_https_alone(over_https: FastAPI) -> None:
    answer, cookie = _sign_in(over_https)
    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert cookie.startswith("__Host-matcher_session=")
    assert {"httponly", "secure", "samesite=strict", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    assert Client(over_https).get("/borgere", headers={"Cookie": cookie}).status_code == 200
    assert Client(over_https).get("/borgere", headers={"Cookie": cookie.replace("__Host-", "")}).status_code == 303


def test_nobody_reads_a_citizens_name_or_the_person_from_the_cookie(world: World) -> None:
    client, csrf = Client(world.app), ""
    client.post("/log-ind", data={"adgangsnoegle": LEAD})
    csrf = _csrf(client.get("/adgang").text)
    name = world.invented.citizens[0].name
    cookie = client.post("/borgere", data={"navn": name, "csrf": csrf}).headers["set-cookie"]
    content = base64.urlsafe_b64decode(cookie.partition("=")[2].partition(".")[0] + "==")
    for secret in (name, csrf, "team_lead", "search"):
        assert secret.encode() not in content
        assert secret not in cookie
    assert name in client.get("/borgere").text


def test_a_changed_cookie_is_no_cookie(world: World) -> None:
    _, cookie = _sign_in(world.app)
    for place in (20, 60, len(cookie) - 3):
        changed = cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
        assert Client(world.app).get("/borgere", headers={"Cookie": changed}).status_code == 303


def test_a_cookie_of_another_secret_is_no_cookie(world: World) -> None:
    other = create_app(settings_for(world.database, tokens=TOKENS, session_secret="t" * 32))
    _, cookie = _sign_in(other)
    assert Client(world.app).get("/borgere", headers={"Cookie": cookie}).status_code == 303


def test_signing_in_begins_a_new_session_whatever_the_browser_brings(world: World) -> None:
    _, planted = _sign_in(world.app, token_of(Role.CASEWORKER))
    answer, cookie = _sign_in(world.app, headers={"Cookie": planted})
    assert answer.status_code == 303
    assert cookie != planted
    pages = [Client(world.app).get("/adgang", headers={"Cookie": one}).text for one in (planted, cookie)]
    assert _csrf(pages[0]) != _csrf(pages[1])


def test_signing_out_ends_every_copy_of_the_session_and_no_other(world: World) -> None:
    (_, cookie), (_, other) = _sign_in(world.app), _sign_in(world.app)
    csrf = _csrf(Client(world.app).get("/adgang", headers={"Cookie": cookie}).text)
    answer = Client(world.app).post("/log-ud", data={"csrf": csrf}, headers={"Cookie": cookie})
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert Client(world.app).get("/borgere", headers={"Cookie": cookie}).status_code == 303
    assert Client(world.app).get("/borgere", headers={"Cookie": other}).status_code == 200


def test_ended_sessions_are_forgotten_when_they_would_have_run_out() -> None:
    now = 0.0
    ended = EndedSessions(clock=lambda: now)
    ended.add("a", 10.0)
    now = 9.0
    ended.add("b", 20.0)
    assert "a" in ended
    now = 11.0
    ended.add("c", 30.0)
    assert ("a" in ended, "b" in ended, len(ended)) == (False, True, 2)


@pytest.mark.parametrize("address", FORMS, ids=_name)
def test_a_form_without_the_persons_token_does_nothing(world: World, address: Address) -> None:
    person, csrf = world.person(LEAD)
    path, sent = request_of(world, address)
    for forged in ({}, {"csrf": ""}, {"csrf": csrf[::-1]}, {"csrf": "\ud7ff"}):
        answer = person.post(path, data={**sent.get("data", {}), **forged})
        assert answer.status_code == 403


@pytest.mark.parametrize("path", [one.path for one in FORMS] + ANYBODYS_FORMS)
def test_a_form_that_another_site_sends_is_refused(world: World, path: str) -> None:
    person, csrf = world.person(LEAD)
    path = path.format(**world.ids)
    for site in ("cross-site", "same-site"):
        answer = person.post(path, data={"csrf": csrf, "adgangsnoegle": LEAD}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert person.get("/borgere").status_code == 200


def test_ones_own_form_is_taken(world: World) -> None:
    answer, _ = _sign_in(world.app, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert answer.status_code == 303


def test_reading_an_address_changes_nothing_and_signs_nobody_out(world: World) -> None:
    person, _ = world.person(LEAD)
    assert person.get("/log-ud").status_code == 405
    assert person.get("/borgere").status_code == 200


def test_the_token_is_in_no_address_and_no_page(world: World) -> None:
    answer, cookie = _sign_in(world.app)
    assert LEAD not in answer.headers["location"]
    page = Client(world.app).get("/borgere", headers={"Cookie": cookie})
    assert LEAD not in page.text
    assert Client(world.app).get(f"/log-ind?adgangsnoegle={LEAD}").status_code == 200
    assert 'type="password"' in Client(world.app).get("/log-ind").text
