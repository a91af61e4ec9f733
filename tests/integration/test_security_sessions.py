"""Sessions of the pages: what their cookies hold and are allowed, how they begin and end, and forms of other sites."""

import base64
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from service.app import create_app
from service.clock import now
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.shared_repositories import PageSession, PageSessions
from service.db.shared_tables import PageSessionRow
from service.identity.access import ACCESS, PUBLIC, Address
from service.settings import DEVELOPMENT_ISSUER, Role
from service.web import session as page_session
from service.web import signed_in_at
from tests.access_world import TOKENS, PlannedWorld, World, request_of, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.serving import ELSEWHERE, Client, settings_for

LEAD = token_of(Role.TEAM_LEAD)
FORMS = [one for one in ACCESS if one.page and one.method == "POST" and one.roles != PUBLIC]
ANYBODYS_FORMS = ["/log-ind", "/log-ind/udvikling", f"{DEVELOPMENT_ISSUER}/token"]
ANYBODYS = [one for one in ACCESS if one.path in ANYBODYS_FORMS and one.method == "POST"]


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


def _sessions(world: World) -> SessionFactory:
    return sessions_of(create_database_engine(address_of(world.database)))


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
    before = Client(world.app).get("/adgang", headers={"Cookie": planted})
    answer, cookie = _sign_in(world.app, headers={"Cookie": planted})
    assert answer.status_code == 303
    assert cookie != planted
    assert _csrf(before.text) != _csrf(Client(world.app).get("/adgang", headers={"Cookie": cookie}).text)
    assert Client(world.app).get("/adgang", headers={"Cookie": planted}).status_code == 303, "it is replaced"


def test_signing_out_ends_every_copy_of_the_session_and_no_other(world: World) -> None:
    (_, cookie), (_, other) = _sign_in(world.app), _sign_in(world.app)
    csrf = _csrf(Client(world.app).get("/adgang", headers={"Cookie": cookie}).text)
    answer = Client(world.app).post("/log-ud", data={"csrf": csrf}, headers={"Cookie": cookie})
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert Client(world.app).get("/borgere", headers={"Cookie": cookie}).status_code == 303
    assert Client(world.app).get("/borgere", headers={"Cookie": other}).status_code == 200


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


def test_a_person_sees_where_they_are_signed_in_and_ends_it_elsewhere(world: World) -> None:
    token = token_of(Role.OPERATIONS)
    _, here = _sign_in(world.app, token, headers={"User-Agent": FIREFOX})
    _, phone = _sign_in(world.app, token, headers={"User-Agent": PHONE})
    _, third = _sign_in(world.app, token, headers={"User-Agent": "curl <b>"})
    _, same_id_elsewhere = _sign_in(world.app, token_of(Role.OPERATIONS, ELSEWHERE))
    client = Client(world.app)
    shown = client.get("/logget-ind", headers={"Cookie": here}).text
    assert 'href="/logget-ind"' in client.get("/adgang", headers={"Cookie": here}).text, "on every page"
    assert [text in shown for text in ("Firefox, Windows", "Safari, iPhone", "Ukendt browser", "3 steder")] == [
        True
    ] * 4
    assert shown.count('name="login"') == 2
    row = re.search(r"Safari, iPhone.*?name=\"login\" value=\"([0-9a-f]{64})\"", shown, re.DOTALL)
    assert row
    sent = {"csrf": _csrf(shown), "login": row[1]}
    stranger = Client(world.app)
    _, other = _sign_in(world.app, LEAD)
    others = _csrf(stranger.get("/logget-ind", headers={"Cookie": other}).text)
    assert stranger.post("/logget-ind", data=sent | {"csrf": others}, headers={"Cookie": other}).status_code == 303
    assert client.get("/logget-ind", headers={"Cookie": phone}).status_code == 200, "nobody ends another's"
    assert client.post("/logget-ind", data=sent, headers={"Cookie": here}).status_code == 303
    assert client.get("/logget-ind", headers={"Cookie": phone}).headers["location"] == "/log-ind"
    client.post("/logget-ind", data={"csrf": sent["csrf"]}, headers={"Cookie": here})
    stay = [client.get("/logget-ind", headers={"Cookie": one}) for one in (here, third, same_id_elsewhere)]
    assert [one.status_code for one in stay] == [200, 303, 200]
    assert "Et sted" in client.get("/logget-ind", headers={"Cookie": here}).text


def test_whoever_signed_in_a_while_ago_signs_in_again_before_ending_sessions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, person = token_of(Role.AUDITOR), Client(world.app)
    person.post("/log-ind", data={"adgangsnoegle": token})
    _, other = _sign_in(world.app, token)
    csrf = _csrf(person.get("/logget-ind").text)
    with monkeypatch.context() as later:
        later.setattr(signed_in_at, "FRESH_MINUTES", 0)
        assert person.post("/logget-ind", data={"csrf": csrf}).headers["location"] == "/log-ind"
    assert Client(world.app).get("/adgang", headers={"Cookie": other}).status_code == 403, "still signed in"
    assert person.post("/log-ind", data={"adgangsnoegle": token}).headers["location"] == "/logget-ind"
    person.post("/logget-ind", data={"csrf": _csrf(person.get("/logget-ind").text)})
    assert Client(world.app).get("/adgang", headers={"Cookie": other}).headers["location"] == "/log-ind"


def test_when_a_session_was_last_used_is_known_to_the_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    began, person = now(), Client(world.app)
    person.post("/log-ind", data={"adgangsnoegle": token_of(Role.CASEWORKER)})
    with read_only(_sessions(world)) as session:
        (before,) = PageSessions(session, MUNICIPALITY, Role.CASEWORKER, issued=False).all()[:1]
    seen = []
    for seconds in (30, 90, 100):
        monkeypatch.setattr(page_session, "now", lambda seconds=seconds: began + timedelta(seconds=seconds))
        assert person.get("/logget-ind").status_code == 200
        with read_only(_sessions(world)) as session:
            kept = PageSessions(session, MUNICIPALITY, Role.CASEWORKER, issued=False).get(before.digest)
            seen.append(kept and kept.seen_at)
    assert seen == [before.seen_at, began + timedelta(seconds=90), began + timedelta(seconds=90)]


def test_where_to_go_on_is_kept_sealed_and_for_this_host_alone(world: World, over_https: FastAPI) -> None:
    address = f"/borgere/{world.ids['citizen_id']}"
    asked = Client(over_https).get(address)
    cookie = next(one for one in asked.headers.get_list("set-cookie") if "matcher_next" in one)
    name, _, value = cookie.partition(";")[0].partition("=")
    assert name == "__Host-matcher_next"
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    held = base64.urlsafe_b64decode(value.partition(".")[0] + "===")
    assert world.ids["citizen_id"].encode() not in held + value.encode()
    sent = {"Cookie": f"{name}={value}"}
    assert _sign_in(over_https, headers=sent)[0].headers["location"] == address
    forged = {"Cookie": f"{name}={value[:-2]}xx"}
    assert _sign_in(over_https, headers=forged)[0].headers["location"] != address


def test_a_session_stays_ended_in_another_process_and_after_a_restart(world: World) -> None:
    _, cookie = _sign_in(world.app)
    person = Client(world.app)
    page = person.get("/adgang", headers={"Cookie": cookie})
    settings = settings_for(world.database, tokens=TOKENS, today=world.invented.on)
    assert Client(create_app(settings)).get("/adgang", headers={"Cookie": cookie}).status_code == 200
    assert person.post("/log-ud", data={"csrf": _csrf(page.text)}, headers={"Cookie": cookie}).status_code == 303
    for app in (world.app, create_app(settings)):
        assert Client(app).get("/adgang", headers={"Cookie": cookie}).headers["location"] == "/log-ind"
    with read_only(_sessions(world)) as session:
        assert _csrf(page.text) not in repr(session.execute(select(PageSessionRow.__table__)).all())


def test_sessions_are_forgotten_when_they_have_run_out(world: World) -> None:
    with unit_of_work(_sessions(world)) as session:
        kept, moment = PageSessions(session, MUNICIPALITY, "nobody", issued=False), now()
        found = []
        for digest, hours in (("new", 1), ("old", -1), ("newest", 1)):
            kept.add(PageSession(digest, "token", "", moment, moment, moment + timedelta(hours=hours)))
            found.append([one.digest for one in kept.all()])
        assert found == [["new"], ["new", "old"], ["new", "newest"]]


@pytest.mark.parametrize("address", FORMS, ids=_name)
def test_a_form_without_the_persons_token_does_nothing(world: World, address: Address) -> None:
    person, csrf = world.person(LEAD)
    path, sent = request_of(world, address)
    for forged in ({}, {"csrf": ""}, {"csrf": csrf[::-1]}, {"csrf": "\ud7ff"}):
        answer = person.post(path, data={**sent.get("data", {}), **forged})
        assert answer.status_code == 403


@pytest.mark.parametrize("address", [*FORMS, *ANYBODYS], ids=_name)
def test_a_form_that_another_site_sends_is_refused(world: World, address: Address) -> None:
    person, csrf = world.person(LEAD)
    path = address.path if address.path in ANYBODYS_FORMS else request_of(world, address)[0]
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
