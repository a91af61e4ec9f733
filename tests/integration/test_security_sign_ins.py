"""Sign-ins: guessing is held back by address, for all processes together; who signed in and out is written down; and
how strong a sign-in at the issuer must have been."""

import re
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from service.app import create_app
from service.audit_chain import Action, AuditEntry
from service.db.audit_repositories import AuditEntries
from service.db.session import create_database_engine, read_only, sessions_of
from service.identity.callers import token_digest
from service.identity.client import Attempt, SignInClient
from service.identity.identity import Identity, strength_of
from service.identity.sign_ins import SignIns, Way, network_of
from service.identity.strength import Strength
from service.logs import configure_logging
from service.rate_limits import SharedLimits
from service.sign_in_problems import TooManyFailedSignIns, UnknownCredentials
from service.use_cases.audit import verified
from service.use_cases.shared_rates import lender
from service.web.cookies import SignInCookies
from tests.builders import MUNICIPALITY
from tests.databases import address_of, migrated
from tests.issuers import Issuer, claims, rsa_key, signed
from tests.serving import CONSULTANT, LEAD, LOCAL, OPERATIONS, REMOTE, SYSTEM, Client, settings_for

Logs = list[MutableMapping[str, Any]]
API = "/api/v1"
MOST = 3
SIGN_INS = {Action.SESSION_BEGUN, Action.SESSION_ENDED, Action.SIGN_IN_REFUSED}
KEY = rsa_key()
MFA = Strength(
    acr=("http://eidas.europa.eu/LoA/high", "http://eidas.europa.eu/LoA/substantial"), amr=("mfa",), max_age_s=3600
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    migrated(tmp_path / "sign_ins.db")
    return tmp_path / "sign_ins.db"


@pytest.fixture
def logs() -> Iterator[Logs]:
    """What is logged, whatever level another test has set."""
    configure_logging("info")
    with capture_logs() as captured:
        yield captured


def _app(database: Path, identity: Identity | None = None, **changes: Any) -> FastAPI:
    few = {"failed_sign_ins_at_once": MOST, "failed_sign_ins_per_minute": 0.6}
    return create_app(settings_for(database, **few | changes), identity=identity)


def _sign_in(app: FastAPI, token: str, address: tuple[str, int] = LOCAL) -> httpx.Response:
    return Client(app, address=address).post("/log-ind", data={"adgangsnoegle": token})


def _asked(app: FastAPI, token: str, address: tuple[str, int] = LOCAL) -> httpx.Response:
    return Client(app, token=token, address=address).get(f"{API}/runs")


def _written(database: Path) -> Iterator[AuditEntry]:
    """What the audit chain, which holds, tells of sign-ins, oldest first."""
    with read_only(sessions_of(create_database_engine(address_of(database)))) as session:
        assert verified(session, MUNICIPALITY).fault is None
        yield from (one for one in AuditEntries(session, MUNICIPALITY).iterate() if one.action in SIGN_INS)


def test_an_address_that_guesses_is_held_back_on_the_pages_and_no_other(database: Path) -> None:
    app = _app(database)
    assert [_sign_in(app, f"gæt-{number}").status_code for number in range(MOST)] == [401] * MOST
    held_back = _sign_in(app, LEAD)
    assert (held_back.status_code, "set-cookie" in held_back.headers) == (429, False)
    assert 90 < int(held_back.headers["retry-after"]) <= 100
    assert "Der er prøvet for mange gange herfra" in held_back.text
    assert re.search(r"Vent \d+ sekunder, og prøv igen", held_back.text)
    assert _sign_in(app, LEAD, REMOTE).status_code == 303
    assert _asked(app, LEAD).status_code == 200, "the API counts for itself"


def test_an_address_that_guesses_is_held_back_on_the_api_and_who_worked_there_goes_on(database: Path) -> None:
    app = _app(database)
    assert _asked(app, SYSTEM).status_code == 200
    assert [_asked(app, f"guess-{number}").status_code for number in range(MOST)] == [401] * MOST
    held_back = _asked(app, LEAD)
    assert (held_back.status_code, held_back.json()["type"]) == (429, TooManyFailedSignIns.type)
    assert int(held_back.headers["retry-after"]) > 0
    assert _asked(app, SYSTEM).status_code == 200, "it was known here before"
    assert _asked(app, LEAD, REMOTE).status_code == 200
    assert _sign_in(app, LEAD).status_code == 303, "the pages count for themselves"


def test_who_signs_in_rightly_is_never_held_back(database: Path) -> None:
    app = _app(database)
    assert {_sign_in(app, LEAD).status_code for _ in range(3 * MOST)} == {303}
    expired = signed(KEY, claims(exp=int(time.time()) - 1000))
    issued = _app(database, Identity("matcher", frozenset({MUNICIPALITY}), Issuer(KEY).keys))
    assert {_asked(issued, expired).status_code for _ in range(3 * MOST)} == {401}, "nobody guesses the issuer's own"
    assert _asked(issued, signed(KEY)).status_code == 200


def test_failures_are_counted_for_all_processes_together(migrated_url: str) -> None:
    def process() -> SignIns:
        sessions = sessions_of(create_database_engine(migrated_url))
        return SignIns(sessions, MUNICIPALITY, SharedLimits(lender(sessions, 0.001, MOST), 1))

    def nobody() -> Any:
        raise UnknownCredentials

    processes = [process() for _ in range(3)]
    for one in processes[:MOST]:
        with pytest.raises(UnknownCredentials):
            one.attempt(Way.TOKEN, "192.0.2.7", "gæt", nobody)
    for one in processes:
        with pytest.raises(TooManyFailedSignIns):
            one.attempt(Way.TOKEN, "192.0.2.7", "gæt", lambda: pytest.fail("it was looked at"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("testclient", "", False),
    ],
)
def test_an_address_of_ipv6_counts_with_its_network(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_sign_ins_refusals_and_sign_outs_are_in_the_audit_chain_and_the_log(database: Path, logs: Logs) -> None:
    app, wrong = _app(database), "en-hemmelig-streng"
    person = Client(app)
    _sign_in(app, wrong)
    _sign_in(app, SYSTEM)
    _asked(app, wrong)
    _asked(app, OPERATIONS)
    person.post("/log-ind", data={"adgangsnoegle": CONSULTANT})
    csrf = re.search(r'name="csrf" value="([^"]+)"', person.get("/adgang").text)
    assert csrf
    person.post("/log-ud", data={"csrf": csrf[1]})
    written = list(_written(database))
    assert [(one.action, one.actor_id, one.channel, one.object_id, dict(one.details)) for one in written[:3]] == [
        ("sign_in.refused", "matcher", "page", "token", {"reason": "not-signed-in"}),
        ("sign_in.refused", "fagsystem", "page", "token", {"reason": "forbidden"}),
        ("sign_in.refused", "matcher", "api", "bearer", {"reason": "not-signed-in"}),
    ]
    begun, ended = written[3:]
    assert (begun.action, begun.actor_id, dict(begun.details)) == ("session.begun", "karen", _begun("token"))
    assert (ended.action, ended.object_id, dict(ended.details)) == (
        "session.ended",
        begun.object_id,
        {"from": "itself"},
    )
    told = [(one["event"], one.get("caller")) for one in logs if one["event"].startswith("sign")]
    assert told == [
        ("sign-in refused", None),
        ("sign-in refused", "fagsystem"),
        ("sign-in refused", None),
        ("signed in", "drift"),
        ("signed in", "karen"),
        ("signed out", "karen"),
    ]
    everything = repr((written, logs))
    for secret in (wrong, token_digest(wrong), CONSULTANT, token_digest(CONSULTANT), "Karen Konsulent", csrf[1]):
        assert secret not in everything
    assert "127.0.0.1" not in repr(written)


def _begun(way: str) -> dict[str, Any]:
    return {"way": way, "replaced": 0}


def test_what_nobody_knows_fills_the_audit_chain_slowly_however_many_addresses(database: Path, logs: Logs) -> None:
    app = _app(database)
    for number in range(2 * MOST):
        assert _sign_in(app, "gæt", (f"192.0.2.{number}", 50_000)).status_code == 401
    assert len(list(_written(database))) == MOST
    assert len([one for one in logs if one["event"] == "sign-in refused"]) == 2 * MOST


def test_a_refusal_that_cannot_be_written_down_is_a_refusal(tmp_path: Path, logs: Logs) -> None:
    app = create_app(settings_for(tmp_path / "no_tables.db"))
    assert _asked(app, "guess").status_code == 401
    assert "a refusal could not be written down" in [one["event"] for one in logs]


STRONG = {"acr": MFA.acr[1], "amr": ["pwd", "mfa"], "auth_time": int(time.time())}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, None),
        ({"auth_time": int(time.time()) - 1200}, None),
        ({"acr": "http://eidas.europa.eu/LoA/low"}, "acr"),
        ({"acr": None}, "acr"),
        ({"acr": [MFA.acr[0]]}, "acr"),
        ({"amr": ["pwd"]}, "amr"),
        ({"amr": None}, "amr"),
        ({"amr": "mfa"}, "amr"),
        ({"auth_time": int(time.time()) - 86_400}, "auth_time"),
        ({"auth_time": None}, "auth_time"),
        ({"auth_time": "now"}, "auth_time"),
    ],
)
def test_a_sign_in_that_is_not_strong_enough_is_refused_on_the_api(
    tmp_path: Path, changes: dict[str, Any], told: str | None
) -> None:
    identity = Identity("matcher", frozenset({MUNICIPALITY}), Issuer(KEY).keys, strength=MFA)
    app = create_app(settings_for(tmp_path / "unused.db"), identity=identity)
    token = signed(KEY, claims(**STRONG | changes))
    answer = Client(app, token=token).get(f"{API}/occupations", params={"q": "kok"})
    if told is None:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/sign-in-too-weak")
    assert f"claim {told} " in answer.json()["detail"]
    assert answer.headers["www-authenticate"] == (
        'Bearer error="insufficient_user_authentication", '
        'acr_values="http://eidas.europa.eu/LoA/high http://eidas.europa.eu/LoA/substantial", max_age="3600"'
    )


def test_programs_sign_nobody_in_and_need_no_strength(tmp_path: Path) -> None:
    identity = Identity("matcher", frozenset({MUNICIPALITY}), Issuer(KEY).keys, strength=MFA)
    app = create_app(settings_for(tmp_path / "unused.db"), identity=identity)
    for roles, status in ((["case_system"], 200), (["case_system", "team_lead"], 401)):
        token = signed(KEY, claims(roles=roles))
        assert Client(app, token=token).get(f"{API}/occupations", params={"q": "kok"}).status_code == status


def test_the_pages_ask_for_the_strength_and_refuse_less(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strength = strength_of(settings_for(database, oidc_acr_values=MFA.acr, oidc_amr_values=("mfa",)))
    assert strength == Strength(MFA.acr, ("mfa",), None)
    issuer = Issuer(KEY)
    client = SignInClient(issuer.keys, issuer.http, "sider", strength=strength)
    app = _app(database, Identity("matcher", frozenset({MUNICIPALITY}), issuer.keys, client, strength=strength))
    person = Client(app)
    asked = parse_qs(urlsplit(person.get("/log-ind/kommune").headers["location"]).query)
    assert (asked["acr_values"], "prompt" in asked, "max_age" in asked) == ([" ".join(MFA.acr)], False, False)
    monkeypatch.setattr(SignInCookies, "read_attempt", lambda *_: Attempt.new())
    for amr, status in ((["pwd"], 401), (["mfa"], 200)):
        monkeypatch.setattr(SignInClient, "claims", lambda *_, amr=amr, **__: claims(**STRONG | {"amr": amr}))
        answer = person.get("/log-ind/svar?code=kode&state=x")
        assert answer.status_code == status
        assert ("ikke sikkert nok til tjenesten" in answer.text) is (status == 401)
    refused, begun = _written(database)
    assert (refused.action, refused.object_id, refused.details["reason"]) == (
        "sign_in.refused",
        "issuer",
        "sign-in-too-weak",
    )
    assert (begun.action, begun.actor_id, dict(begun.details)) == ("session.begun", "karen", _begun("issuer"))


def test_signing_in_again_at_the_issuer_asks_for_proof_and_replaces_the_session(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = Issuer(KEY)
    client = SignInClient(issuer.keys, issuer.http, "sider")
    app = _app(database, Identity("matcher", frozenset({MUNICIPALITY}), issuer.keys, client))
    person = Client(app)
    person.post("/log-ind", data={"adgangsnoegle": LEAD})
    before = {"Cookie": f"matcher_session={person.cookies['matcher_session']}"}
    assert 'href="/log-ind/kommune?igen=true"' in person.get("/log-ind").text
    asked = parse_qs(urlsplit(person.get("/log-ind/kommune?igen=true").headers["location"]).query)
    assert asked["prompt"] == ["login"]
    assert Client(app).get("/adgang", headers=before).status_code == 200, "asking alone ends nothing"
    monkeypatch.setattr(SignInClient, "claims", lambda *_, **__: claims(name="Karen Kommune"))
    assert person.get("/log-ind/svar?code=kode&state=x").status_code == 200
    assert "Karen Kommune" in person.get("/adgang").text
    assert Client(app).get("/adgang", headers=before).status_code == 303
