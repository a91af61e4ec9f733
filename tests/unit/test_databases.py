"""Which tests run on which database, and that an unknown one is no silent SQLite."""

from pathlib import Path

import pytest

from service.db.session import create_database_engine
from tests.databases import VARIABLE, kind_in_use, nowhere, runs_now, touched_unsaid


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        (None, {"sqlite", "postgresql"}),
        (("none",), {"sqlite"}),
        (("sqlite",), {"sqlite"}),
        (("postgresql",), {"postgresql"}),
        (("sqlite", "postgresql"), {"postgresql"}),
    ],
)
def test_a_test_runs_on_both_databases_unless_it_says_otherwise(
    said: tuple[str, ...] | None, kinds: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("sqlite", "postgresql"):
        monkeypatch.setenv(VARIABLE, kind)
        assert runs_now(said) == (kind in kinds)


@pytest.mark.parametrize(
    ("kind", "said", "found"),
    [
        ("sqlite", None, set()),
        ("sqlite", ("none",), {"sqlite"}),
        ("sqlite", ("sqlite",), set()),
        ("postgresql", None, {"sqlite"}),
        ("postgresql", ("postgresql",), {"sqlite"}),
        ("postgresql", ("sqlite", "postgresql"), set()),
    ],
)
def test_a_test_that_touches_another_database_than_it_says_is_found(
    kind: str, said: tuple[str, ...] | None, found: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, kind)
    touched_unsaid(())
    engine = create_database_engine(f"sqlite:///{tmp_path / 'touched.db'}")
    engine.connect().close()
    engine.dispose()
    assert touched_unsaid(said) == found
    assert touched_unsaid(said) == set()


def test_programs_that_tests_start_are_given_the_database_in_use() -> None:
    """What another process connects to cannot be seen: no address of SQLite stands in a test that runs on both."""
    files = (Path(__file__).parents[1] / "integration").glob("*.py")
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    named = {name for name, text in texts.items() if "sqlite://" in text and 'mark.databases("sqlite"' not in text}
    assert named == {"test_api_description.py"}, "which connects to none"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nowhere_is_an_address(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, kind)
    assert nowhere().startswith(kind)


def test_an_unknown_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "postgres")
    with pytest.raises(ValueError, match=VARIABLE):
        kind_in_use()
