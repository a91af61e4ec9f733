"""`matcher replay`: Danish results, JSON and exit codes for what is identical, different, not repeatable and erased."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from service import cli
from service.db.repositories import Citizens
from service.db.session import create_database_engine, sessions_of, unit_of_work
from tests.builders import MUNICIPALITY
from tests.databases import address_of, copied, without_settings
from tests.replaying import Recorded, record_another_numpy

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
    return Kept(place.path, place.plan(), place.show(0), place.values.citizens[0].id)


@pytest.fixture
def run(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a copy of what is kept."""
    without_settings(monkeypatch, tmp_path / "matcher.db")
    monkeypatch.setenv("MATCHER_DATABASE_URL", copied(kept.path, tmp_path / "matcher.db"))
    monkeypatch.setenv("MATCHER_MUNICIPALITY", MUNICIPALITY)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return command


@pytest.fixture
def engine(run: Run, tmp_path: Path) -> Iterator[Engine]:  # noqa: ARG001 - the copy that its commands work on
    """The copy."""
    engine = create_database_engine(address_of(tmp_path / "matcher.db"))
    yield engine
    engine.dispose()


def _change(engine: Engine, statement: str) -> None:
    """Something behind the program's back."""
    with engine.begin() as connection:
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


def test_what_is_different_ends_with_1_and_names_the_first_difference(run: Run, kept: Kept, engine: Engine) -> None:
    _change(engine, "UPDATE match_runs SET value = value + 1")
    code, out, _ = run("replay", kept.run_id)
    assert code == 1
    said = out.splitlines()
    assert said[0] == "Planen er ikke ens."
    assert said[1] == "Første forskel: figures.value"
    before, now = (float(line.split(":")[1]) for line in said[2:4])
    assert before == pytest.approx(now + 1)
    assert [line.split(":")[0].strip() for line in said[2:4]] == ["gemt", "nu"]


def test_another_version_of_the_program_is_said_first(run: Run, kept: Kept, engine: Engine) -> None:
    record_another_numpy(engine)
    code, out, _ = run("replay", kept.run_id)
    assert code == 0
    assert out.startswith("Planen er genskabt og helt ens.")
    assert "1.0.0" in out
    _change(engine, "UPDATE match_runs SET value = value + 1")
    for repeatable in ("true", "false"):
        _change(engine, f"UPDATE run_records SET repeatable = {repeatable}")
        code, out, _ = run("replay", kept.run_id)
        assert code == 1
        flat = " ".join(out.split())
        assert flat.startswith("Planen er ikke ens, og den er nu lavet med en anden udgave end dengang:")
        assert 0 < flat.index("1.0.0") < flat.index("Første forskel: ")


def test_what_time_ended_is_said_not_to_be_repeatable_unless_it_was_changed(
    run: Run, kept: Kept, engine: Engine
) -> None:
    _change(engine, "UPDATE run_records SET repeatable = false")
    assert run("replay", kept.run_id)[0] == 0
    _change(engine, "UPDATE match_runs SET value = value + 1")
    code, out, _ = run("replay", kept.run_id, "--json")
    found = json.loads(out)
    assert (code, found["verdict"]) == (1, "different")
    assert found["difference"] is not None


def test_what_was_erased_or_never_was_ends_with_1(run: Run, kept: Kept, engine: Engine) -> None:
    with unit_of_work(sessions_of(engine)) as session:
        Citizens(session, MUNICIPALITY).delete(kept.citizen_id)
    for id_ in (kept.run_id, kept.list_id):
        code, out, err = run("replay", id_)
        assert (code, out) == (1, "")
        assert err.startswith("Fejl: ")
        assert "slettet" in err
    code, out, err = run("replay", "ukendt")
    assert (code, out) == (1, "")
    assert "ukendt" not in err
