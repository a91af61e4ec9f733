"""What is listed to run on both databases exists, and an unknown database is no silent SQLite."""

from pathlib import Path

import pytest

from tests.databases import ON_BOTH, VARIABLE, kind_in_use, runs_again


def test_every_listed_file_exists_and_names_its_databases_by_paths() -> None:
    folder = Path(__file__).parents[1] / "integration"
    assert {file for file in ON_BOTH if not (folder / file).is_file()} == set()
    assert {file for file in ON_BOTH if "sqlite:///" in (folder / file).read_text(encoding="utf-8")} == set()


def test_what_names_each_database_itself_runs_once() -> None:
    assert runs_again(ON_BOTH[0], "test_one")
    assert not runs_again(ON_BOTH[0], "test_one[postgresql]")
    assert not runs_again("test_other.py", "test_one")


def test_an_unknown_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "postgres")
    with pytest.raises(ValueError, match=VARIABLE):
        kind_in_use()
