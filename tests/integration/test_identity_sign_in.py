"""Sign-in to the pages through an issuer, the service's own issuer for development, and how long a session lasts."""

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from service.app import create_app
from service.identity.client import Attempt, SignInClient
from service.identity.identity import Identity, identity_of
from service.identity.issuer import CLIENT_ID, CODE_LIFETIME_S, DevelopmentIssuer, InProcess, Refused, Wanted
from service.identity.keys import IssuerKeys
from service.identity.tokens import verified_claims
from service.problems import IssuerUnavailable, NotSignedIn
from service.settings import DEVELOPMENT_ISSUER, Right, Role
from tests.builders import MUNICIPALITY
from tests.databases import migrated
from tests.issuers import ISSUER, Issuer, claims, rsa_key, signed
from tests.serving import CONSULTANT, ELSEWHERE, REMOTE, Client, settings_for

HERE = "http://127.0.0.1:8760"
BACK = f"{HERE}/log-ind/svar"
API = "/api/v1"
SIGNED_IN = "/adgang"
"""A page that needs somebody, and of the database only that the session was not ended."""


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    migrated(tmp_path / "sign_in.db")
    return create_app(settings_for(tmp_path / "sign_in.db", development_sign_in=True, public_url=HERE))


def _sign_in(client: Client, person: str) -> httpx.Response:
    """From the sign-in page to the issuer and back."""
    away = client.get("/log-ind/kommune")
    assert away.status_code == 303
    asked = urlsplit(away.headers["location"])
    choices = client.get(f"{asked.path}?{asked.query}")
    assert "Hvem vil du logge ind som?" in choices.text
    found = re.search(rf'href="\?([^"]*person={person})"', choices.text)
    assert found
    back = client.get(f"{asked.path}?{found[1].replace('&amp;', '&')}")
    assert back.headers["location"].startswith(BACK)
    return client.get(back.headers["location"].removeprefix(HERE))


def test_somebody_signs_in_at_the_issuer_and_comes_back(app: FastAPI) -> None:
    client = Client(app)
    assert "/log-ind/kommune" in client.get("/log-ind").text
    answer = _sign_in(client, "demo.teamleder")
    assert answer.status_code == 200
    assert "Du er logget ind som Demo Teamleder" in answer.text
    assert answer.headers["refresh"] == "0; url=/borgere"
    page = client.get(SIGNED_IN)
    assert (page.status_code, "Demo Teamleder" in page.text) == (200, True)


def test_a_role_that_the_pages_are_not_for_stays_outside(app: FastAPI) -> None:
    client = Client(app)
    answer = _sign_in(client, "demo.fagsystem")
    assert answer.status_code == 401
    assert "Adgangsnøglen er et fagsystems" in answer.text
    assert client.get(SIGNED_IN).status_code == 303


def test_an_answer_belongs_to_the_browser_that_asked_and_is_good_once(app: FastAPI) -> None:
    client, other = Client(app), Client(app)
    asked = urlsplit(client.get("/log-ind/kommune").headers["location"])
    back = client.get(f"{asked.path}?{asked.query}&person=K01").headers["location"].removeprefix(HERE)
    other.get("/log-ind/kommune")
    for stranger in (other, Client(app)):
        assert stranger.get(back).status_code == 401
        assert stranger.get(SIGNED_IN).status_code == 303
    assert client.get(back + "x").status_code == 401  # another state; the attempt is used up
    assert client.get(back).status_code == 401
    assert client.get("/log-ind/svar").status_code == 401


def test_the_cookie_of_an_attempt_comes_back_from_the_issuer_and_the_sessions_does_not(app: FastAPI) -> None:
    client = Client(app)
    attempt = client.get("/log-ind/kommune").headers["set-cookie"].lower()
    assert "samesite=lax" in attempt
    assert "httponly" in attempt
    cookies = _sign_in(client, "K01").headers.get_list("set-cookie")
    session = next(one.lower() for one in cookies if one.startswith("matcher_session"))
    assert "samesite=strict" in session
    assert "httponly" in session


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/authorize"])
def test_the_own_issuer_is_for_this_machine_and_development_only(app: FastAPI, tmp_path: Path, path: str) -> None:
    address = DEVELOPMENT_ISSUER + path
    assert Client(app).get(address).status_code in {200, 400}
    assert Client(app, address=REMOTE).get(address).status_code == 404
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert Client(app).get(address, headers={header: "127.0.0.1"}).status_code == 404
    for changes in ({}, {"oidc_issuer": ISSUER, "development_sign_in": True}):
        without = create_app(settings_for(tmp_path / "unused.db", **changes))
        assert Client(without).get(address).status_code == 404
        assert Client(without).post(f"{DEVELOPMENT_ISSUER}/token").status_code == 404


def test_a_program_gets_a_token_of_the_own_issuer(app: FastAPI) -> None:
    form = {"grant_type": "client_credentials", "client_id": "demo.revisor"}
    token = Client(app).post(f"{DEVELOPMENT_ISSUER}/token", data=form).json()["access_token"]
    assert Client(app, token=token).get(f"{API}/occupations", params={"q": "køkken"}).status_code == 200
    assert Client(app, token=token).post(f"{API}/runs", json={}).status_code == 403
    wrong = Client(app).post(f"{DEVELOPMENT_ISSUER}/token", data=form | {"client_id": "nobody"})
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_client"})


# The own issuer, by itself.

WANTED = Wanted(CLIENT_ID, BACK, Attempt("s", "n", "v").challenge, "n")
FORM = {"grant_type": "authorization_code", "client_id": CLIENT_ID, "redirect_uri": BACK, "code_verifier": "v"}


@pytest.fixture
def own() -> DevelopmentIssuer:
    return DevelopmentIssuer(f"{HERE}{DEVELOPMENT_ISSUER}", MUNICIPALITY, "matcher")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "another"}, "unauthorized_client"),
        ({"redirect_uri": "https://example.com/log-ind/svar"}, "unauthorized_client"),
        ({"redirect_uri": "//127.0.0.1.example.com"}, "unauthorized_client"),
        ({"challenge": ""}, "invalid_request"),
    ],
)
def test_the_own_issuer_sends_codes_to_this_machine_alone(
    own: DevelopmentIssuer, changes: dict[str, str], error: str
) -> None:
    values = {name: getattr(WANTED, name) for name in WANTED.__slots__} | changes
    with pytest.raises(Refused) as caught:
        own.check(Wanted(**values), response_type="code", method="S256")
    assert caught.value.error == error
    with pytest.raises(Refused):
        own.check(WANTED, response_type="token", method="S256")
    with pytest.raises(Refused):
        own.check(WANTED, response_type="code", method="plain")


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": "other"}, {"redirect_uri": f"{HERE}/"}, {"client_id": "other"}, {"code": "made-up"}],
)
def test_a_code_is_bound_to_its_client_address_and_verifier(own: DevelopmentIssuer, changes: dict[str, str]) -> None:
    form = FORM | {"code": own.code(WANTED, "K01")}
    with pytest.raises(Refused):
        own.tokens(form | changes)


def test_a_code_is_good_once_and_for_a_minute() -> None:
    now = [0.0]
    own = DevelopmentIssuer(HERE, MUNICIPALITY, "matcher", clock=lambda: now[0])
    form = FORM | {"code": own.code(WANTED, "K01")}
    assert {"access_token", "id_token"} <= own.tokens(form).keys()
    with pytest.raises(Refused):
        own.tokens(form)
    late = FORM | {"code": own.code(WANTED, "K01")}
    now[0] += CODE_LIFETIME_S + 1
    with pytest.raises(Refused):
        own.tokens(late)


def test_an_id_token_is_no_access_token_and_the_other_way_round(own: DevelopmentIssuer) -> None:
    keys = IssuerKeys(own.issuer, httpx.Client(transport=InProcess(own)))
    tokens = own.tokens(FORM | {"code": own.code(WANTED, "K01")})
    assert verified_claims(tokens["access_token"], keys, "matcher")["sub"] == "K01"
    assert verified_claims(tokens["id_token"], keys, CLIENT_ID, nonce="n")["sub"] == "K01"
    for token, audience in ((tokens["id_token"], "matcher"), (tokens["access_token"], CLIENT_ID)):
        with pytest.raises(NotSignedIn):
            verified_claims(token, keys, audience)


def test_invented_people_have_every_role_and_only_who_works_with_citizens_sees_needs(own: DevelopmentIssuer) -> None:
    assert {one.role for one in own.people} == set(Role)
    without = {one.role for one in own.people if Right.NEEDS not in one.rights}
    assert without == {Role.OPERATIONS, Role.AUDITOR}


# The pages as a client of somebody else's issuer.

KEY = rsa_key()


class TokenEndpoint(httpx.BaseTransport):
    """An issuer that answers every code with what it is told to."""

    def __init__(self, issuer: Issuer, answer: httpx.Response | Exception) -> None:
        self.issuer, self.answer = issuer, answer
        self.forms: list[dict[str, list[str]]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/token":
            return self.issuer.http.get(request.url)
        self.forms.append(parse_qs(request.read().decode()))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _claims_of(answer: httpx.Response | Exception, attempt: Attempt, state: str | None = None) -> dict[str, Any]:
    issuer = Issuer(KEY)
    endpoint = TokenEndpoint(issuer, answer)
    client = SignInClient(issuer.keys, httpx.Client(transport=endpoint), "sider", "hemmelig")
    found = client.claims(attempt, state=attempt.state if state is None else state, code="kode", redirect_uri=BACK)
    assert endpoint.forms[0]["code_verifier"] == [attempt.verifier]
    return found


def _answer(status: int = 200, **changes: Any) -> httpx.Response:
    return httpx.Response(status, json={"id_token": signed(KEY, claims(aud="sider", **changes))})


def test_an_id_token_must_answer_the_attempt() -> None:
    attempt = Attempt.new()
    assert _claims_of(_answer(nonce=attempt.nonce), attempt)["sub"] == "karen"
    for wrong in (_answer(nonce="another"), _answer(), _answer(nonce=attempt.nonce, iss="https://login.example.com")):
        with pytest.raises(NotSignedIn):
            _claims_of(wrong, attempt)
    with pytest.raises(NotSignedIn, match="elsewhere"):
        _claims_of(_answer(nonce=attempt.nonce), attempt, state="another")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), NotSignedIn),
        (httpx.Response(200, json={}), NotSignedIn),
        (httpx.Response(200, json=[1]), NotSignedIn),
        (httpx.Response(200, text="<html>"), IssuerUnavailable),
        (httpx.Response(502), IssuerUnavailable),
        (httpx.ConnectError("no route"), IssuerUnavailable),
    ],
)
def test_an_issuer_that_refuses_or_fails(answer: httpx.Response | Exception, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        _claims_of(answer, Attempt.new())


def test_the_api_believes_the_issuer_of_the_settings(tmp_path: Path) -> None:
    issuer = Issuer(KEY)
    identity = Identity("matcher", frozenset({MUNICIPALITY}), issuer.keys)
    app = create_app(settings_for(tmp_path / "unused.db"), identity=identity)
    ask = {"q": "køkken"}
    good = Client(app, token=signed(KEY)).get(f"{API}/occupations", params=ask)
    assert good.status_code == 200
    assert Client(app, token=CONSULTANT).get(f"{API}/occupations", params=ask).status_code == 200
    for token in (signed(KEY, claims(municipality=ELSEWHERE)), signed(rsa_key()), signed(KEY)[:-8] + "AAAAAAAA"):
        answer = Client(app, token=token).get(f"{API}/occupations", params=ask)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert token not in answer.text
    issuer.published, issuer.answers, issuer.now = [], False, issuer.now + 100_000
    silent = Client(app, token=signed(KEY)).get(f"{API}/occupations", params=ask)
    assert (silent.status_code, silent.json()["type"]) == (503, "/problems/issuer-unavailable")
    assert Client(app, token=CONSULTANT).get(f"{API}/occupations", params=ask).status_code == 200


def test_a_silent_issuer_is_said_on_the_sign_in_page(tmp_path: Path) -> None:
    issuer = Issuer(KEY)
    issuer.answers = False
    identity = Identity(keys=issuer.keys, sign_in=SignInClient(issuer.keys, issuer.http, "sider"))
    app = create_app(settings_for(tmp_path / "unused.db"), identity=identity)
    answer = Client(app).get("/log-ind/kommune")
    assert answer.status_code == 503
    assert "Kommunens login svarer ikke" in answer.text


def test_the_settings_name_the_issuer_and_whom_it_vouches_for(tmp_path: Path) -> None:
    database = tmp_path / "unused.db"
    found = identity_of(settings_for(database, oidc_issuer=f"{ISSUER}/", oidc_client_id="sider"))
    assert found.keys is not None
    assert (found.keys.issuer, found.municipalities, found.development) == (ISSUER, frozenset({MUNICIPALITY}), None)
    assert found.sign_in is not None
    several = identity_of(settings_for(database, oidc_issuer=ISSUER, oidc_municipalities=(MUNICIPALITY, ELSEWHERE)))
    assert (several.municipalities, several.sign_in) == (frozenset({MUNICIPALITY, ELSEWHERE}), None)
    assert identity_of(settings_for(database)) == Identity()


# How long a session lasts.


def test_a_session_ends_when_nobody_uses_it_and_after_a_day_of_work(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.time()
    client = Client(app)
    assert client.post("/log-ind", data={"adgangsnoegle": CONSULTANT}).status_code == 303
    assert "set-cookie" not in client.get(SIGNED_IN).headers
    for minutes in range(50, 8 * 60, 50):
        monkeypatch.setattr(time, "time", lambda minutes=minutes: began + minutes * 60)
        answer = client.get(SIGNED_IN)
        assert (answer.status_code, "matcher_session" in answer.headers["set-cookie"]) == (200, True)
    monkeypatch.setattr(time, "time", lambda: began + 8 * 3600 + 60)
    assert client.get(SIGNED_IN).status_code == 303


def test_an_idle_session_ends(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time()
    client = Client(app)
    client.post("/log-ind", data={"adgangsnoegle": CONSULTANT})
    monkeypatch.setattr(time, "time", lambda: began + 61 * 60)
    assert client.get(SIGNED_IN).status_code == 303
