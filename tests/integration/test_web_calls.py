"""The call sheet: an answer is written down and taken back, by whoever wrote it; what was typed is never lost."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from service.app import create_app
from service.clock import now
from service.db.contact_repositories import Contacts
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of
from service.use_cases import outreach
from service.use_cases.outreach import UNDO_FOR
from tests.builders import MUNICIPALITY, ON
from tests.databases import address_of, copied
from tests.integration.conftest import PlannedDemo
from tests.serving import CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE, LEAD, Client, settings_for

CALLS = "/virksomheder?konsulent=K05"


@pytest.fixture(scope="module")
def database(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("calls") / "calls.db"
    copied(planned.database, database)
    return database


@pytest.fixture(scope="module")
def app(database: Path) -> FastAPI:
    return create_app(settings_for(database, today=ON))


@pytest.fixture(scope="module")
def sessions(database: Path) -> SessionFactory:
    return sessions_of(create_database_engine(address_of(database)))


def _signed_in(app: FastAPI, token: str = CONSULTANT) -> Client:
    client = Client(app)
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def _csrf(client: Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/virksomheder").text)
    assert found
    return found[1]


def _form(client: Client) -> tuple[str, dict[str, str]]:
    """The address and the hidden fields of the first call's answer."""
    page = client.get(CALLS).text
    form = re.search(r'action="(/virksomheder/\w+/svar)".*?name="aftale" value="(\w+)"', page, re.DOTALL)
    assert form
    return form[1], {"csrf": _csrf(client), "aftale": form[2], "konsulent": "K05"}


def _contacts(sessions: SessionFactory) -> int:
    with read_only(sessions) as session:
        return Contacts(session, MUNICIPALITY).count()


def _written(client: Client) -> tuple[str, dict[str, str]]:
    """Write an answer down; the address that takes it back, and what it is sent."""
    address, data = _form(client)
    done = client.post(address, data={**data, "svar": "ingen"})
    undo = re.search(r'action="(/virksomheder/svar/[^"]+/fortryd)"', client.get(done.headers["location"]).text)
    assert undo
    return undo[1], {"csrf": data["csrf"], "konsulent": "K05"}


def test_without_signing_in_nothing_is_shown_or_written(app: FastAPI, sessions: SessionFactory) -> None:
    before = _contacts(sessions)
    for answer in (
        Client(app).get(CALLS),
        Client(app).post("/virksomheder/V060/svar", data={"svar": "ja"}),
        Client(app).post("/virksomheder/svar/some-contact/fortryd"),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")
    assert _contacts(sessions) == before


def test_another_municipality_finds_nothing(app: FastAPI, sessions: SessionFactory) -> None:
    undo, _sent = _written(_signed_in(app))
    elsewhere = _signed_in(app, CONSULTANT_ELSEWHERE)
    before = _contacts(sessions)
    data = {"csrf": _csrf_of(elsewhere)}
    assert elsewhere.get(CALLS).status_code == 404
    assert elsewhere.post(undo, data=data).status_code == 404
    assert elsewhere.post("/virksomheder/V060/svar", data={**data, "svar": "ja"}).status_code == 404
    assert _contacts(sessions) == before


def _csrf_of(client: Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/tilgaengelighed").text)
    assert found
    return found[1]


def test_an_answer_can_be_taken_back_and_the_list_is_as_before(app: FastAPI, sessions: SessionFactory) -> None:
    client = _signed_in(app)
    before, listed = _contacts(sessions), re.findall(r'action="(/virksomheder/\w+/svar)"', client.get(CALLS).text)
    undo, sent = _written(client)
    assert _contacts(sessions) == before + 1
    assert re.findall(r'action="(/virksomheder/\w+/svar)"', client.get(CALLS).text) != listed
    done = client.post(undo, data=sent)
    assert (done.status_code, done.headers["location"]) == (303, "/virksomheder?konsulent=K05&fortrudt=ja#besked")
    assert "Svaret er taget tilbage" in client.get(done.headers["location"]).text
    assert _contacts(sessions) == before
    assert re.findall(r'action="(/virksomheder/\w+/svar)"', client.get(CALLS).text) == listed
    assert client.post(undo, data=sent).status_code == 404


def test_an_answer_that_is_sent_twice_is_written_down_once(app: FastAPI, sessions: SessionFactory) -> None:
    client = _signed_in(app)
    address, data = _form(client)
    before = _contacts(sessions)
    sent = [client.post(address, data={**data, "svar": "ja"}).headers["location"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert _contacts(sessions) == before + 1
    sent.append(client.post(address, data={**data, "svar": "ingen"}).headers["location"])
    assert _contacts(sessions) == before + 2
    for written in sent[1:]:
        id_ = re.findall(r"gemt=([^&#]+)", written)[0]
        client.post(f"/virksomheder/svar/{id_}/fortryd", data={"csrf": data["csrf"]})
    assert _contacts(sessions) == before


def test_only_whoever_wrote_an_answer_takes_it_back_and_only_at_once(
    app: FastAPI, sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, lead = _signed_in(app), _signed_in(app, LEAD)
    undo, sent = _written(client)
    before = _contacts(sessions)
    assert client.post(undo, data={**sent, "csrf": "forged"}).status_code == 403
    refused = lead.post(undo, data={"csrf": _csrf(lead)})
    assert refused.headers["location"] == "/virksomheder?fortrudt=nej#besked"
    assert "kan ikke fortrydes" in lead.get(refused.headers["location"]).text
    monkeypatch.setattr(outreach, "now", lambda: now() + UNDO_FOR + timedelta(minutes=1))
    assert client.post(undo, data=sent).headers["location"].endswith("fortrudt=nej#besked")
    assert _contacts(sessions) == before


def test_what_was_typed_stands_beside_what_is_wrong(app: FastAPI) -> None:
    client = _signed_in(app)
    address, data = _form(client)
    answer = client.post(address, data={**data, "svar": "ikke-nu", "igen_den": "", "tekst": "Ringer <b>selv</b>"})
    assert answer.status_code == 422
    assert 'href="#igen-den"' in answer.text
    assert 'id="igen-den"' in answer.text
    assert 'value="Ringer &lt;b&gt;selv&lt;/b&gt;"' in answer.text
    assert "Skriv, hvilken dag virksomheden kan spørges igen." in answer.text


def test_an_answer_on_a_places_page_leads_back_to_it(app: FastAPI) -> None:
    client = _signed_in(app)
    address, data = _form(client)
    done = client.post(address, data={**data, "svar": "ja", "tilbage": "/pladser/S1"})
    assert re.fullmatch(r"/pladser/S1\?gemt=[0-9a-f-]{36}#besked", done.headers["location"])
    other, data = _form(client)
    away = client.post(other, data={**data, "svar": "ja", "tilbage": "//example.org/"})
    assert away.headers["location"].startswith("/?")


def test_who_does_not_decide_reads_the_list_without_forms(app: FastAPI) -> None:
    caseworker = _signed_in(app, CASEWORKER)
    page = caseworker.get(CALLS).text
    assert "Spørg om" in page
    assert "/svar" not in page
    sent = {"csrf": _csrf_of(caseworker), "svar": "ja"}
    assert caseworker.post("/virksomheder/V060/svar", data=sent).status_code == 403


def test_the_list_is_english_whole_where_it_is_asked_for(app: FastAPI) -> None:
    client = _signed_in(app)
    client.post("/sprog", data={"til": "en", "tilbage": CALLS})
    page = client.get(CALLS).text
    assert "Companies to call" in page
    assert "For whom" in page
    assert "Spørg" not in page
