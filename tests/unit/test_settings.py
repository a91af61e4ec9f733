"""Settings come from the environment, are checked, and never show a secret."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from service.problems import UnsafeSettings
from service.settings import Role, Settings


def test_defaults_work_without_any_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("MATCHER_PORT=1\n")
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MATCHER_{name.upper()}", raising=False)
    settings = Settings()
    assert (settings.database_url, settings.municipality) == ("sqlite:///matcher.db", "0760")
    assert (settings.host, settings.port) == ("127.0.0.1", 8760)


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "postgresql+psycopg://matcher@localhost/matcher")
    monkeypatch.setenv("MATCHER_MUNICIPALITY", "0671")
    monkeypatch.setenv("MATCHER_TODAY", "2026-10-01")
    settings = Settings()
    assert settings.database_url.startswith("postgresql")
    assert (settings.municipality, str(settings.today)) == ("0671", "2026-10-01")


def test_a_token_is_kept_as_its_digest_only(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(b"a token of some length").hexdigest()
    known = {"id": "anna", "name": "Anna", "municipality": "0760", "role": "job_consultant", "token_sha256": digest}
    monkeypatch.setenv("MATCHER_TOKENS", json.dumps([known]))
    [token] = Settings().tokens
    assert (token.role, token.token_sha256) == (Role.JOB_CONSULTANT, digest)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "not an address"),
        ("MUNICIPALITY", "Ringkøbing"),
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("LOG_LEVEL", "loud"),
        ("TODAY", "2026-02-30"),
        ("TOKENS", '[{"name": "Anna", "token_sha256": "secret"}]'),
    ],
)
def test_a_bad_setting_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MATCHER_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert name.lower() in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "input_value" not in str(caught.value)


PRODUCTION: dict[str, Any] = {
    "environment": "production",
    "secure_cookies": True,
    "session_secret": "9f2Kx7Qm4Wv1Zt8Lb3Rn6Yc5Hd0Jg2Ps",
    "oidc_issuer": "https://login.example.dk",
    "oidc_client_id": "matcher",
    "public_url": "https://matcher.example.dk",
}


def test_production_starts_with_settings_that_are_for_it() -> None:
    assert Settings(**PRODUCTION).environment == "production"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"development_sign_in": True}, "MATCHER_DEVELOPMENT_SIGN_IN"),
        ({"secure_cookies": False}, "MATCHER_SECURE_COOKIES"),
        ({"session_secret": None}, "MATCHER_SESSION_SECRET"),
        ({"session_secret": "kort"}, "MATCHER_SESSION_SECRET"),
        ({"session_secret": "s" * 64}, "MATCHER_SESSION_SECRET"),
        ({"oidc_issuer": "http://login.example.dk"}, "MATCHER_OIDC_ISSUER"),
        ({"oidc_issuer": "https://127.0.0.1:8760/udvikling/issuer"}, "MATCHER_OIDC_ISSUER"),
        ({"public_url": "http://matcher.example.dk"}, "MATCHER_PUBLIC_URL"),
        ({"public_url": None}, "MATCHER_PUBLIC_URL"),
        ({"tokens": "foo"}, "MATCHER_TOKENS"),
    ],
)
def test_production_refuses_what_is_for_development(changes: dict[str, Any], named: str) -> None:
    if "tokens" in changes:
        digest = hashlib.sha256(str(changes["tokens"]).encode()).hexdigest()
        known = {"id": "sag", "name": "Sag", "municipality": "0760", "role": "case_system", "token_sha256": digest}
        changes = {"tokens": [known]}
    with pytest.raises(UnsafeSettings) as caught:
        Settings(**(PRODUCTION | changes))
    assert caught.value.detail.startswith(f"{named}: ")
    assert "kort" not in caught.value.detail
    assert Settings(**(PRODUCTION | changes | {"environment": "development"}))


def test_everything_wrong_in_production_is_said_at_once() -> None:
    with pytest.raises(UnsafeSettings) as caught:
        Settings(environment="production", development_sign_in=True)
    assert caught.value.detail.count("MATCHER_") == 3


@pytest.mark.parametrize("name", ["oidc_issuer", "public_url"])
def test_an_address_is_an_address(name: str) -> None:
    for text in ("login.example.dk", "ftp://login.example.dk", "https://"):
        changed: dict[str, Any] = {name: text}
        with pytest.raises(ValidationError):
            Settings(**changed)
