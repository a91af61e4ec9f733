"""The guides are true: every command, option, setting, address, problem, phase and Danish label in them exists."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from matcher.domain.placement import Verdict
from service.app import create_app
from service.cli import app
from service.codec import CITIZEN
from service.danish import PROBLEMS
from service.settings import AccessToken, Role, Settings
from service.use_cases.nightly import PHASES
from tests.serving import Client, settings_for

pytestmark = pytest.mark.databases("none")

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CONSULTANT = (DOCS / "guide-job-consultant.md").read_text(encoding="utf-8")
NIGHTLY = (DOCS / "guide-nightly.md").read_text(encoding="utf-8")
CASE_SYSTEM = (DOCS / "guide-case-system.md").read_text(encoding="utf-8")
GUIDES = [CONSULTANT, NIGHTLY, CASE_SYSTEM]


@pytest.mark.parametrize("guide", GUIDES, ids=["consultant", "nightly", "case-system"])
def test_commands_and_options_exist(guide: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]  # a group, as the program has several commands
    named = set(re.findall(r"\bmatcher (\w+)", guide))
    assert named
    assert named <= set(commands)
    options = {option for command in commands.values() for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)", guide)) <= options


def test_every_setting_is_described_and_no_other() -> None:
    known = {f"MATCHER_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"MATCHER_[A-Z_]+", NIGHTLY)) == known
    assert set(re.findall(r"MATCHER_[A-Z_]+", CASE_SYSTEM)) <= known


def test_the_phases_are_those_of_a_night() -> None:
    section = NIGHTLY.partition("## What a night does")[2].partition("##")[0]
    assert tuple(re.findall(r"^\| ([a-z]+) \| (?!what happens)", section, flags=re.MULTILINE)) == PHASES


def test_the_endpoints_are_those_of_the_api(tmp_path: Path) -> None:
    paths = Client(create_app(settings_for(tmp_path / "unused.db"))).get("/api/v1/openapi.json").json()["paths"]
    named = set(re.findall(r"`(?:GET|PUT|POST|DELETE|PATCH) /api/v1(/[^`?]+?)`", CASE_SYSTEM))
    assert named - {"/runs?limit=1"} == set(paths)


def test_every_problem_is_described() -> None:
    described = dict(re.findall(r"^\| `(/problems/[a-z-]+)` \| (\d+) \|", CASE_SYSTEM, flags=re.MULTILINE))
    assert described == {problem.type: str(problem.status) for problem in PROBLEMS}


def test_the_examples_are_accepted() -> None:
    citizen = json.loads(re.findall(r"```json\n(.+?)```", CASE_SYSTEM, flags=re.DOTALL)[0])
    assert CITIZEN.decode(citizen).id == "sag-4711"
    tokens = re.search(r"MATCHER_TOKENS='(.+?)'", CASE_SYSTEM, flags=re.DOTALL)
    assert tokens
    read = [AccessToken(**token) for token in json.loads(tokens[1])]
    assert {token.role for token in read} == {Role.CASE_SYSTEM, Role.JOB_CONSULTANT}
    assert set(re.findall(r"^\| `([a-z_]+)` \|", CASE_SYSTEM, flags=re.MULTILINE)) == set(Role)
    assert set(re.findall(r"verdicts: (.+?) \|", CASE_SYSTEM)[0].replace("`", "").split(", ")) == set(Verdict)


def test_danish_labels_stand_on_the_pages() -> None:
    files = [path for kind in ("*.html", "*.py") for path in sorted((ROOT / "service/web").rglob(kind))]
    pages = "".join(path.read_text(encoding="utf-8") for path in files)
    labels = set(re.findall(r"»([^«]+)«", CONSULTANT))
    assert len(labels) > 10
    assert {label for label in labels if label not in pages} == set()
