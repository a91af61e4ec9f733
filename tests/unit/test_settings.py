"""Settings come from the environment, are checked, and never show a secret."""

import hashlib
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

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
