"""The pages' catalogues: complete, used, and with the same values to fill in."""

from functools import cache

import pytest

from matcher.language import Language
from service.web import translation
from tools import messages


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All texts of the pages are looked for once: it takes a second."""
    monkeypatch.setattr(messages, "texts", _texts)


_texts = cache(messages.texts)


def test_every_text_has_its_english() -> None:
    assert list(messages.faults()) == []


def test_a_text_is_found_in_every_kind_of_file() -> None:
    parts = messages.texts()
    assert any(message.id == "Log ud" for message in parts[messages.SHELL])
    assert any(message.id == "Findes ikke" for message in parts[messages.SHELL])
    assert any(isinstance(message.id, tuple) for part in parts.values() for message in part)


def test_a_text_without_english_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = messages.written()
    monkeypatch.setattr(messages, "written", lambda: {key: one for key, one in kept.items() if key != "Log ud"})
    assert list(messages.faults()) == ["shell: no English for 'Log ud'"]


def test_english_with_other_values_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = messages.written()
    kept["Sagsnummer til support: %(number)s"].string = "Case number: %(id)s"
    monkeypatch.setattr(messages, "written", lambda: kept)
    assert list(messages.faults()) == [
        "shell: other places to fill in than in 'Sagsnummer til support: %(number)s'",
    ]


@pytest.mark.parametrize(("language", "one", "two"), [("da", "Der er en fejl", "Der er %(num)d fejl")])
def test_danish_is_as_it_is_written(language: str, one: str, two: str) -> None:
    token = translation._CURRENT.set(Language(language))
    try:
        assert translation.gettext("Log ud") == "Log ud"
        assert [translation.ngettext(one, two, count) for count in (0, 1, 2)] == [two, one, two]
    finally:
        translation._CURRENT.reset(token)


def test_english_is_looked_up_with_its_number() -> None:
    token = translation._CURRENT.set(Language.ENGLISH)
    try:
        assert translation.gettext("Log ud") == "Sign out"
        found = [translation.ngettext("Der er en fejl", "Der er %(num)d fejl", count) for count in (0, 1, 2)]
        assert found == ["There are %(num)d errors", "There is an error", "There are %(num)d errors"]
    finally:
        translation._CURRENT.reset(token)
