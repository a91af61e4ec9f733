"""What each answer tells the browser, wherever it comes from: pages, API, files, errors."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from service.app import create_app
from service.identity.access import ACCESS, API, Address
from service.settings import Role
from service.web.headers import HEADERS, HTTPS_ONLY
from service.web.rendering import static
from tests.access_world import TOKENS, PlannedWorld, World, request_of, token_of, world_of
from tests.serving import Client, settings_for

TEMPLATES = Path(__file__).parents[2] / "service/web/templates"


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("headers"))


@pytest.fixture(scope="module")
def over_https(world: World) -> FastAPI:
    return create_app(settings_for(world.database, tokens=TOKENS, today=world.invented.on, secure_cookies=True))


def _name(address: Address) -> str:
    return f"{address.method} {address.path}"


@pytest.mark.parametrize("address", ACCESS, ids=_name)
def test_every_address_answers_with_the_headers(world: World, over_https: FastAPI, address: Address) -> None:
    path, sent = request_of(world, address)
    for app in (world.app, over_https):
        headers = Client(app).request(address.method, path, **sent).headers
        assert {name: headers.get(name) for name in HEADERS} == HEADERS
        assert headers["cache-control"] == "no-store"
        assert headers.get("strict-transport-security") == (HTTPS_ONLY if app is over_https else None)
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/findes-ikke", 404),
        ("GET", f"{API}/nothing", 404),
        ("DELETE", "/borgere", 405),
        ("TRACE", f"{API}/runs", 405),
        ("TRACE", "/borgere", 405),
        ("GET", "/static/style.css", 200),
        ("GET", "/static/", 404),
    ],
)
def test_errors_and_files_do_so_too(world: World, method: str, path: str, status: int) -> None:
    answer = Client(world.app).request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    kept = path.startswith("/static/") and status == 200
    assert answer.headers.get("cache-control") == ("public, max-age=86400" if kept else "no-store")


def test_a_file_whose_address_names_its_content_is_kept_for_good(world: World) -> None:
    answer = Client(world.app).get(static("style.css"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


def test_an_unexpected_error_tells_nothing_and_has_the_headers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("hemmelig-forbindelse")

    monkeypatch.setattr("service.api.runs.runs_page", broken)
    monkeypatch.setattr("service.web.citizens.CitizenLists", broken)
    person, _ = world.person(token_of(Role.TEAM_LEAD))
    for answer in (world.caller(token_of(Role.TEAM_LEAD)).get(f"{API}/runs"), person.get("/borgere")):
        assert answer.status_code == 500
        assert "hemmelig" not in answer.text
        assert "Traceback" not in answer.text
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_the_policy_lets_a_page_load_its_own_files_and_nothing_else() -> None:
    policy = dict(one.strip().partition(" ")[::2] for one in HEADERS["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }


FORBIDDEN = (
    r"<script(?! src=)",
    r"\bstyle=",
    r"\son\w+=",
    r"\|\s*safe",
    r"autoescape",
    r"https?://",
    r"javascript:",
)


def _templates() -> Iterator[tuple[str, str]]:
    for file in sorted(TEMPLATES.rglob("*.html")):
        yield file.name, file.read_text("utf-8")


def test_templates_hold_nothing_that_the_policy_forbids_and_switch_no_escaping_off() -> None:
    found = [(name, pattern) for name, text in _templates() for pattern in FORBIDDEN if re.search(pattern, text)]
    assert found == []


def test_every_form_of_somebody_who_is_signed_in_carries_the_persons_token() -> None:
    without = [
        name
        for name, text in _templates()
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
        if not re.search(r'name="csrf"|csrf[,)]|action="/sprog"', form) and name != "sign_in.html"
    ]
    assert without == []


def test_no_redirect_leads_elsewhere(world: World) -> None:
    person, _ = world.person(token_of(Role.TEAM_LEAD))
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in ("/", "/borgere/", "//evil.example/borgere", "/\\evil.example", f"{API}/runs/", "/log-ind/"):
        for client in (person, Client(world.app)):
            answer = client.get(path, headers=evil)
            assert answer.headers.get("location", "/") in {"/", "/log-ind", "/borgere"}, path
            assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/static/../settings.py", "/static/%2e%2e/%2e%2e/settings.py", "/static/..%2f..%2fapp.py", "/static//etc/passwd"],
)
def test_files_outside_the_folder_are_not_served(world: World, path: str) -> None:
    answer = Client(world.app).get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text
