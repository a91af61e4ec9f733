"""What a citizen gets when asking for all that is kept, and the commands around it."""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service import cli
from service.crypto import new_key
from service.db.metadata import Base
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of
from service.db.subject_repositories import rows_about
from service.identity.access import API
from service.settings import Role
from service.use_cases.cpr import CprKeys, citizen_with_cpr
from tests.access_world import PlannedWorld, World, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.serving import CPR_KEY, CPR_SEARCH_KEY, settings_for

CPR = "170362-9017"
Run = Callable[..., str]


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A citizen with a number, a list, a place among the candidates of a slot, a correction and a decision."""
    world = world_of(planned_world, tmp_path_factory.mktemp("subject"))
    system, lead = world.caller(token_of(Role.CASE_SYSTEM)), world.caller(token_of(Role.TEAM_LEAD))
    path = f"{API}/citizens/{world.ids['citizen_id']}"
    read = system.get(path, headers={"X-Case": "SAG-1"})
    changed = read.json() | {"longest_travel_minutes": 61}
    assert system.put(path, changed, headers={"If-Match": read.headers["ETag"]}).status_code == 200
    assert system.put(f"{path}/cpr", {"cpr": CPR}).status_code == 204
    assert lead.get(f"{API}/slots/{world.ids['slot_id']}/candidates").status_code == 200
    decision = {"verdict": "held", "reason": "Vi venter på svar."}
    assert lead.post(f"{API}/proposals/{world.ids['proposal_id']}/decision", json=decision).status_code == 201
    return world


def _sessions(world: World) -> SessionFactory:
    return sessions_of(create_database_engine(address_of(world.database)))


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the world, which must go well; gives what it printed."""
    for name in [name for name in os.environ if name.startswith("MATCHER_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(world.database))
    monkeypatch.setenv("MATCHER_MUNICIPALITY", MUNICIPALITY)
    monkeypatch.setenv("MATCHER_CPR_KEYS", f'["{CPR_KEY}"]')
    monkeypatch.setenv("MATCHER_CPR_SEARCH_KEYS", f'["{CPR_SEARCH_KEY}"]')

    def command(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        printed = capfd.readouterr()
        assert not stopped.value.code, printed.err
        return printed.out

    return command


@pytest.fixture
def exported(world: World, run: Run, tmp_path: Path) -> tuple[dict[str, Any], str]:
    """The two files."""
    run("personal", "export", world.ids["citizen_id"], str(tmp_path / "indsigt.json"))
    found: dict[str, Any] = json.loads((tmp_path / "indsigt.json").read_text("utf-8"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    return found, (tmp_path / "indsigt.txt").read_text("utf-8")


def test_everything_about_the_citizen_is_in_the_file(world: World, exported: tuple[dict[str, Any], str]) -> None:
    found, _ = exported
    citizen = next(one for one in world.invented.citizens if one.id == world.ids["citizen_id"])
    assert found["cpr"] == CPR.replace("-", "")
    assert found["rows"]["citizens"][0]["document"]["name"] == citizen.name
    assert {"proposals", "decisions", "corrections", "snapshot_documents"} <= set(found["rows"])
    assert found["rows"]["decisions"][0]["reason"] == "Vi venter på svar."
    assert {one["purpose"] for one in found["shown_lists"]} == {"suggestions", "candidates"}
    assert {one["purpose"] for one in found["reads"]} == {"profile", "suggestions", "candidates"}
    assert "SAG-1" in {one["case"] for one in found["reads"]}


def test_nothing_about_anybody_else_is_in_the_files(world: World, exported: tuple[dict[str, Any], str]) -> None:
    found, text = exported
    told = json.dumps(found, ensure_ascii=False) + text
    others = [one for one in world.invented.citizens if one.id != world.ids["citizen_id"]]
    assert [one.id for one in others if f'"{one.id}"' in told or one.name in told] == []
    assert "viewer_id" not in json.dumps(found["reads"])


def test_the_text_is_danish_that_can_be_handed_over(world: World, exported: tuple[dict[str, Any], str]) -> None:
    found, text = exported
    citizen = next(one for one in world.invented.citizens if one.id == world.ids["citizen_id"])
    assert f"Navn: {citizen.name}" in text
    assert "CPR-nummer: " + CPR.replace("-", "") in text
    assert "Længste rejsetid: 61 minutter hver vej" in text
    assert "Rettet den " in text
    assert "Et forslag er ikke en afgørelse" in text
    assert "borgerens oplysninger (fagsystem gennem et andet system)" in text
    for code in ("case_system", "candidates", "longest_travel", "held", "None", "True", "{", "_id", "_on"):
        assert code not in text, code
    assert found["made_at"][:4] in text


def test_the_export_itself_stands_in_the_log(world: World, run: Run, tmp_path: Path) -> None:
    run("personal", "export", world.ids["citizen_id"], str(tmp_path / "x.json"))
    entries = json.loads(run("personal", "access-log", world.ids["citizen_id"], "--json"))
    assert (entries[0]["purpose"], entries[0]["channel"]) == ("subject_access", "command_line")
    assert "udlevering til borgeren" in " ".join(run("personal", "access-log", world.ids["citizen_id"]).split())


def test_every_table_that_names_a_citizen_is_looked_in(world: World) -> None:
    told_otherwise = {"cpr_numbers", "citizen_read_citizens", "shown_list_citizens", "protected_traits"}
    naming = {table.name for table in Base.metadata.sorted_tables if "citizen_id" in table.c} - told_otherwise
    with read_only(_sessions(world)) as session:
        found = rows_about(session, MUNICIPALITY, world.ids["citizen_id"])
        assert set(found) - {"citizens", "decisions"} <= naming
        nobody = rows_about(session, "0671", world.ids["citizen_id"])
    assert nobody == {}


def test_keys_are_changed_without_losing_a_number(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    key, search_key = new_key(), new_key()
    both = {"cpr_keys": (key, CPR_KEY), "cpr_search_keys": (search_key, CPR_SEARCH_KEY)}
    monkeypatch.setenv("MATCHER_CPR_KEYS", json.dumps(both["cpr_keys"]))
    monkeypatch.setenv("MATCHER_CPR_SEARCH_KEYS", json.dumps(both["cpr_search_keys"]))
    with read_only(_sessions(world)) as session:
        before = citizen_with_cpr(session, MUNICIPALITY, CprKeys.of(settings_for(world.database, **both)), CPR)
    assert before == world.ids["citizen_id"]
    assert json.loads(run("personal", "rotate-keys", "--json"))["renewed"] == 1
    assert json.loads(run("personal", "rotate-keys", "--json"))["renewed"] == 0
    new_alone = CprKeys.of(settings_for(world.database, cpr_keys=(key,), cpr_search_keys=(search_key,)))
    with read_only(_sessions(world)) as session:
        assert citizen_with_cpr(session, MUNICIPALITY, new_alone, CPR) == world.ids["citizen_id"]
    monkeypatch.setenv("MATCHER_CPR_KEYS", json.dumps([CPR_KEY, key]))
    monkeypatch.setenv("MATCHER_CPR_SEARCH_KEYS", json.dumps([CPR_SEARCH_KEY, search_key]))
    assert json.loads(run("personal", "rotate-keys", "--json"))["renewed"] == 1


def test_erasing_at_the_terminal_says_what_it_would_do_and_then_does_it(
    planned_world: PlannedWorld, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(planned_world, tmp_path)
    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(world.database))
    id_ = world.ids["citizen_id"]
    asked = ("personal", "erase", "--citizen", id_, "--reason", "Borgeren er flyttet.")
    assert "Intet er slettet" in run(*asked, "--dry-run")
    assert "Slettet: 1" in run(*asked)
    assert "ingen borgere at slette" in run(*asked)
    assert "under 5" in run("personal", "statistics")
