"""The frame of the pages: where one comes back to after signing in, and errors with and without a menu."""

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from fixtures import staff
from service.app import create_app
from tests.builders import ON
from tests.databases import copied
from tests.integration.conftest import PlannedDemo
from tests.serving import AUDITOR, CONSULTANT, Client, settings_for


@pytest.fixture(scope="module")
def app(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    database = tmp_path_factory.mktemp("web-frame") / "web.db"
    copied(planned.database, database)
    return create_app(settings_for(database, today=ON, development_sign_in=True))


def _signed_in(app: FastAPI, token: str) -> Client:
    client = Client(app)
    assert client.post("/log-ind", data={"adgangsnoegle": token}).status_code == 303
    return client


def _back_to(client: Client) -> str:
    return client.post("/log-ind", data={"adgangsnoegle": CONSULTANT}).headers["location"]


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/borgere?fokus=laenge", "/borgere?fokus=laenge"),
        ("/borgere/B0001/kort", "/borgere/B0001/kort"),
    ],
)
def test_one_comes_back_to_what_was_read(app: FastAPI, path: str, back: str) -> None:
    client = Client(app)
    assert client.get(path).headers["location"] == "/log-ind"
    assert _back_to(client) == back
    assert _back_to(client) == "/borgere"  # once


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/borgere", "/borgere"),
        ("/borgere/B0001/profil/timer", "/borgere/B0001/profil/timer"),
        ("/borgere/B0001/afgoerelse", "/borgere/B0001"),
        ("/borgere/B0001/profil/timer/fortryd", "/borgere/B0001/profil/timer"),
        ("/virksomheder/V1/svar", "/virksomheder/V1"),
        ("/log-ud", "/borgere"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_one_comes_back_to_the_page_of_a_form(app: FastAPI, path: str, back: str, htmx: bool) -> None:
    client = Client(app)
    answer = client.post(path, data={"begrundelse": "x"}, headers={"HX-Request": "true"} if htmx else {})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == ((401, "/log-ind") if htmx else (303, None))
    assert _back_to(client) == back


def test_a_part_of_a_page_leads_to_the_page_and_to_no_other_site(app: FastAPI) -> None:
    part = {"HX-Request": "true", "HX-Current-URL": "http://service/borgere/B0001?gemt=hold"}
    client = Client(app)
    assert client.get("/borgere/B0001/profil/timer", headers=part).headers["HX-Redirect"] == "/log-ind"
    assert _back_to(client) == "/borgere/B0001?gemt=hold"
    for elsewhere in ("https://andre.example//andre.example/", "javascript:alert(1)"):
        client.get("/borgere", headers=part | {"HX-Current-URL": elsewhere})
        assert _back_to(client).partition("?")[0] in {"/", "/borgere"}


def test_an_address_that_does_not_exist_keeps_the_menu_for_whoever_is_signed_in(app: FastAPI) -> None:
    missing = _signed_in(app, CONSULTANT).get("/findes-ikke")
    assert missing.status_code == 404
    assert 'aria-label="Hovedmenu"' in missing.text
    assert "Gå til forsiden" in missing.text
    assert "Nattens plan" not in _signed_in(app, AUDITOR).get("/findes-ikke").text
    nobody = Client(app).get("/findes-ikke").text
    assert "Hovedmenu" not in nobody
    assert '<a href="/log-ind">' in nobody


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ValueError("hemmelig detalje"), 500, "Der skete en fejl hos os. Intet er ændret."),
        (OperationalError("hemmelig detalje", {}, Exception("database is locked")), 503, "Databasen"),
    ],
)
def test_an_error_keeps_the_menu_and_says_nothing_of_itself(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, said: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    client = _signed_in(app, CONSULTANT)
    monkeypatch.setattr("service.web.board.board", fails)
    failed = client.get("/tavle")
    assert failed.status_code == status
    assert said in failed.text
    assert "Sagsnummer til support:" in failed.text
    assert 'aria-label="Hovedmenu"' in failed.text
    assert "hemmelig detalje" not in failed.text


def test_the_invented_job_consultant_has_citizens(app: FastAPI, planned: PlannedDemo) -> None:
    consultant = staff()[0]
    client = Client(app)
    assert f"Log ind som {consultant.name} (" in client.get("/log-ind").text
    assert client.post("/log-ind/udvikling", data={"person": consultant.id}).status_code == 303
    own = [one for one in planned.demo.municipality.citizens if one.consultant_id == consultant.id]
    shown = client.get("/borgere").text
    assert "<h1>Mine borgere</h1>" in shown
    assert f"{len(own)} borgere" in shown
    assert all(f"/borgere/{one.id}" in shown for one in own)


def test_the_accessibility_statement_says_what_the_law_asks_and_whom_to_call(planned: PlannedDemo) -> None:
    without = Client(create_app(settings_for(planned.database))).get("/tilgaengelighed").text
    for asked in (
        "delvist i overensstemmelse",
        "selvevaluering",
        "10 arbejdsdage",
        "https://digst.dk/",
        "Ring til kommunens",
    ):
        assert asked in without
    assert "MATCHER_ACCESSIBILITY_EMAIL" in without
    known = {
        "accessibility_email": "digital@kommune.example",
        "accessibility_phone": "12 34 56 78",
        "accessibility_statement": "https://was.digst.dk/matcher-kommune-dk",
    }
    shown = Client(create_app(settings_for(planned.database, **known))).get("/tilgaengelighed").text
    assert 'href="mailto:digital@kommune.example"' in shown
    assert 'href="tel:12345678"' in shown
    assert 'href="https://was.digst.dk/matcher-kommune-dk"' in shown
    assert "MATCHER_" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accessibility_email", "ikke en adresse"),
        ("accessibility_phone", "ring"),
        ("accessibility_statement", "javascript:x"),
    ],
)
def test_contact_details_that_cannot_be_right_are_refused(planned: PlannedDemo, name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        settings_for(planned.database, **{name: value})
