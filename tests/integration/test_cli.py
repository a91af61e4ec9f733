"""The command line: exit codes, Danish results, JSON, clear errors without a traceback."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from service import cli
from service.danish import PHASES, PROBLEMS, ROLES
from service.problems import Problem
from service.settings import Role
from service.use_cases.demo import DEMO_PHASES
from tests.databases import address_of, copied, kind_in_use, without_settings
from tests.integration.conftest import CITIZENS, PlannedDemo


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def record(self) -> Any:
        """The JSON that was printed."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder, without settings."""
    without_settings(monkeypatch, tmp_path / "matcher.db")

    def command(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        code = stopped.value.code
        return Outcome(code if isinstance(code, int) else 0 if code is None else 1, printed.out, printed.err)

    return command


@pytest.fixture
def demo_here(tmp_path: Path, planned: PlannedDemo, monkeypatch: pytest.MonkeyPatch) -> PlannedDemo:
    """The demonstration's database in the working folder, as `matcher demo` leaves it."""
    address = copied(planned.database, tmp_path / "demo.db")
    if kind_in_use() == "postgresql":
        monkeypatch.setenv("MATCHER_DATABASE_URL", address)
    return planned


@pytest.mark.databases("sqlite")
def test_a_citizens_list(run: Run, demo_here: PlannedDemo) -> None:
    proposal = demo_here.demo.night.proposals[0]
    done = run("suggest", proposal.citizen_id, "--places", "4")
    assert done.code == 0
    assert "opdigtede borgere" in done.err
    assert "Nattens forslag." in done.out
    assert "Tæt på – hvorfor ikke disse?" in done.out
    assert "   + " in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())
    found = run("suggest", proposal.citizen_id, "--json").record
    assert found["citizen"]["id"] == proposal.citizen_id
    assert [place["slot_id"] for place in found["places"]].count(proposal.slot_id) == 1


def test_somebody_without_a_place(run: Run, demo_here: PlannedDemo) -> None:
    done = run("suggest", demo_here.demo.night.unplaced[0].citizen_id)
    assert "Ingen plads i nattens plan." in done.out


def test_an_explanation(run: Run, demo_here: PlannedDemo) -> None:
    proposal = demo_here.demo.night.proposals[0]
    done = run("explain", proposal.citizen_id, proposal.slot_id)
    assert done.code == 0
    for part in ("Tallet bag", "Reglerne", "Bidrag", "I alt"):
        assert part in done.out
    record = run("explain", proposal.citizen_id, proposal.slot_id, "--json").record
    assert record["place"]["proposed"]


def test_migrate_import_night_and_export(
    run: Run, planned: PlannedDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("MATCHER_DATABASE_URL", copied(planned.database, tmp_path / "source.db"))
        assert run("export", "all.ndjson").code == 0
    assert run("migrate").out == "Databasen er klar.\n"
    done = run("import", "all.ndjson", "--json")
    assert done.code == 0
    assert done.record["rows"]["citizen"]["created"] == CITIZENS
    again = run("import", "all.ndjson")
    assert "Uændrede" in again.out
    dry = run("nightly", "--date", "2026-10-01", "--time-limit", "2", "--dry-run")
    assert dry.code == 0
    assert "ikke gemt (--dry-run)" in dry.out
    assert _runs(tmp_path / "matcher.db") == 0
    night = run("nightly", "--date", "2026-10-01", "--time-limit", "2")
    assert "Planen for 1. oktober 2026" in night.out
    assert "ingen gyldig plan kan nå højere" in night.out
    assert "der foreslås deres bedste plads" in night.out
    assert "Tomme pladser, som en borger uden forslag opfylder reglerne for" in night.out
    assert f"1/8 {PHASES['load']}" in night.err
    assert _runs(tmp_path / "matcher.db") == 1
    assert set(planned.demo.night.run.seconds) == set(night_phases := list(PHASES)[2:10])
    assert all(PHASES[phase] in night.out for phase in night_phases)


def _runs(database: Path) -> int:
    engine = create_engine(address_of(database))
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM match_runs"))
    engine.dispose()
    return int(count)


def test_bad_rows_are_told_and_the_exit_code_says_so(run: Run, tmp_path: Path) -> None:
    run("migrate")
    (tmp_path / "bad.ndjson").write_text('{"type": "consultant", "id": "K1"}\nnot json\n', encoding="utf-8")
    done = run("import", "bad.ndjson", "--all-or-nothing")
    assert done.code == 1
    assert "bad.ndjson, række 1" in done.out
    assert "bad.ndjson, række 2" in done.out
    assert "Intet er indlæst" in done.out


def test_the_solver_is_prepared(run: Run) -> None:
    done = run("prepare")
    assert done.code == 0
    assert "Klar på" in done.out


def test_the_template_is_written(run: Run, tmp_path: Path) -> None:
    done = run("import", "--template", "skabelon.xlsx")
    assert done.code == 0
    assert (tmp_path / "skabelon.xlsx").stat().st_size > 5_000


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("import",),
        ("import", "missing.ndjson"),
        ("nightly", "--date", "yesterday"),
        ("nightly", "--time-limit", "0"),
        ("suggest",),
        ("suggest", "B0001", "--places", "0"),
        ("bench", "nothing"),
    ],
)
def test_wrong_usage_is_2(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "arguments",
    [("suggest", "B0001"), ("explain", "B0001", "A001-1"), ("nightly",), ("serve",), ("export", "x.ndjson")],
)
def test_without_a_database_one_is_told_what_to_do_and_none_is_made(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments)
    assert done.code == 1
    assert "matcher migrate" in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "matcher.db").exists()


def test_an_empty_database_has_nothing_to_plan(run: Run) -> None:
    run("migrate")
    done = run("nightly")
    assert done.code == 1
    assert "ingen borgere" in done.err


@pytest.mark.parametrize("arguments", [("suggest", "nobody"), ("explain", "B0001", "nowhere")])
def test_an_unknown_id_is_one_clear_line(run: Run, demo_here: PlannedDemo, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (1, "")
    assert "Det findes ikke i kommunen" in done.err
    assert demo_here.demo.night.stored


@pytest.mark.parametrize(
    ("name", "value"),
    [("MATCHER_PORT", "many"), ("MATCHER_DATABASE_URL", "no address"), ("MATCHER_TOKENS", '[{"id": "x"}]')],
)
def test_a_wrong_setting_is_named_and_not_repeated(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    done = run("migrate")
    assert done.code == 2
    assert name in done.err
    assert value not in done.err


@pytest.mark.slow
@pytest.mark.databases("sqlite")
def test_the_demonstration_in_a_process_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from service.cli import main; main()", "demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    for part in ("547 borgere", "Uden plads, fordi", "Virksomhedscenter", "Øvre grænse", "Se videre", "+ ", "− "):
        assert part in done.stdout
    assert done.stdout.count("Tæt på – hvorfor ikke disse?") >= 2
    assert f"1/{len(DEMO_PHASES)} " in done.stderr
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert (tmp_path / "demo.db").exists()


def test_everything_that_is_shown_has_a_danish_name() -> None:
    assert set(PHASES) == set(DEMO_PHASES)
    assert set(ROLES) == set(Role)
    assert set(PROBLEMS) == set(_all_problems(Problem))


def _all_problems(kind: type[Problem]) -> list[type[Problem]]:
    return [found for child in kind.__subclasses__() for found in (child, *_all_problems(child))]
