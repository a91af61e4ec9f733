"""`matcher replay`: Danish results, JSON and exit codes for what is identical, different, not repeatable and erased."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service import cli
from service.db.repositories import Citizens
from service.db.session import create_database_engine, sessions_of, unit_of_work
from tests.builders import MUNICIPALITY
from tests.replaying import Recorded

Run = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Kept:
    """A small municipality with a run and a list of its first citizen."""

    path: Path
    run_id: str
    list_id: str
    citizen_id: str


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Read it; commands work on a copy."""
    place = Recorded.create(tmp_path_factory.mktemp("kept") / "kept.db", seed=14, citizens=25)
    found = Kept(place.path, place.plan(), place.show(0), place.values.citizens[0].id)
    with create_engine(f"sqlite:///{place.path}").begin() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return found


@pytest.fixture
def run(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a copy of what is kept, in `matcher.db` of an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    shutil.copy(kept.path, tmp_path / "matcher.db")
    monkeypatch.setenv("MATCHER_DATABASE_URL", "sqlite:///matcher.db")
    monkeypatch.setenv("MATCHER_MUNICIPALITY", MUNICIPALITY)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return command


def _change(statement: str) -> None:
    """Something behind the program's back."""
    with create_engine("sqlite:///matcher.db").begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1


def test_what_is_identical_ends_with_0(run: Run, kept: Kept) -> None:
    assert run("replay", kept.run_id)[:2] == (0, "Planen er genskabt og helt ens.\n")
    assert run("replay", kept.list_id)[:2] == (0, "Listen er genskabt og helt ens.\n")
    code, out, _ = run("replay", kept.list_id, "--json")
    assert code == 0
    assert json.loads(out) == {
        "kind": "list",
        "id": kept.list_id,
        "verdict": "identical",
        "difference": None,
        "versions": [],
        "erased": 0,
    }


def test_what_is_different_ends_with_1_and_names_the_first_difference(run: Run, kept: Kept) -> None:
    _change("UPDATE match_runs SET value = value + 1")
    code, out, _ = run("replay", kept.run_id)
    assert code == 1
    said = out.splitlines()
    assert said[0] == "Planen er ikke ens."
    assert said[1] == "Første forskel: figures.value"
    before, now = (float(line.split(":")[1]) for line in said[2:4])
    assert before == pytest.approx(now + 1)
    assert [line.split(":")[0].strip() for line in said[2:4]] == ["gemt", "nu"]


def test_another_version_of_the_program_is_said_first(run: Run, kept: Kept) -> None:
    _change("UPDATE run_records SET versions = json_set(versions, '$.numpy', '1.0.0')")
    code, out, _ = run("replay", kept.run_id)
    assert code == 0
    assert out.startswith("Planen er genskabt og helt ens.")
    assert "1.0.0" in out
    _change("UPDATE match_runs SET value = value + 1")
    for repeatable in (1, 0):
        _change(f"UPDATE run_records SET repeatable = {repeatable}")
        code, out, _ = run("replay", kept.run_id)
        assert code == 1
        flat = " ".join(out.split())
        assert flat.startswith("Planen er ikke ens, og den er nu lavet med en anden udgave end dengang:")
        assert 0 < flat.index("1.0.0") < flat.index("Første forskel: ")


def test_what_time_ended_is_said_not_to_be_repeatable_unless_it_was_changed(run: Run, kept: Kept) -> None:
    _change("UPDATE run_records SET repeatable = 0")
    assert run("replay", kept.run_id)[0] == 0
    _change("UPDATE match_runs SET value = value + 1")
    code, out, _ = run("replay", kept.run_id, "--json")
    found = json.loads(out)
    assert (code, found["verdict"]) == (1, "different")
    assert found["difference"] is not None


def test_what_was_erased_or_never_was_ends_with_1(run: Run, kept: Kept) -> None:
    with unit_of_work(sessions_of(create_database_engine("sqlite:///matcher.db"))) as session:
        Citizens(session, MUNICIPALITY).delete(kept.citizen_id)
    for id_ in (kept.run_id, kept.list_id):
        code, out, err = run("replay", id_)
        assert (code, out) == (1, "")
        assert err.startswith("Fejl: ")
        assert "slettet" in err
    code, out, err = run("replay", "ukendt")
    assert (code, out) == (1, "")
    assert "ukendt" not in err
