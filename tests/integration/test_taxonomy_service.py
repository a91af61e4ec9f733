"""Import of official files from the command line, and search there and over HTTP."""

import json
import sys
from pathlib import Path

import pytest

from features.taxonomy import ISCO_FILE, OCCUPATIONS_FILE, Taxonomy
from service import cli
from service.app import create_app
from tests.serving import CONSULTANT, OPERATIONS, Client, settings_for

HEAD = "conceptUri,iscoGroup,preferredLabel,altLabels,description\n"
FERRYMAN = "http://data.europa.eu/esco/occupation/ferryman"
BAKER = "http://data.europa.eu/esco/occupation/baker"
OCCUPATIONS = f"{FERRYMAN},8350,færgemand,lods,Sejler en færge.\n{BAKER},7512,bager,,Bager brød.\n"
GROUPS = "conceptUri,code,preferredLabel\n,8350,Skibsarbejde\n,7512,Bagerarbejde\n"
RELATIONS = "occupationUri,relationType,skillType,skillUri\n" + "".join(
    f"{uri},{kind},,{skill}\n"
    for uri, kind, skill in (
        (FERRYMAN, "essential", "sail"),
        (FERRYMAN, "essential", "serve"),
        (BAKER, "essential", "serve"),
        (BAKER, "optional", "sail"),
        (BAKER, "essential", ""),
        ("http://another/version", "essential", "sail"),
    )
)
INDUSTRIES = "level,section,code,parent,title_da\n0,H,H,,Transport\n4,H,503000,5030,Sejlads\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small official download, half of it in subfolders."""
    files = {
        f"esco/{OCCUPATIONS_FILE}": HEAD + OCCUPATIONS,
        "esco/ISCOGroups_da.csv": GROUPS,
        "occupationSkillRelations_da.csv": RELATIONS,
        "db07/db07_tidy.csv": INDUSTRIES,
    }
    for name, content in files.items():
        path = tmp_path / "download" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / "download"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHER_TAXONOMY", str(tmp_path / "esco.taxonomy"))
    return tmp_path / "esco.taxonomy"


def matcher(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Exit code of a command."""
    monkeypatch.setattr(sys, "argv", ["matcher", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


def test_what_is_imported_is_found(
    folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert matcher(monkeypatch, "taxonomy", "import", str(folder)) == 0
    assert "2 stillingsbetegnelser i 2 ISCO-08-grupper." in capsys.readouterr().out
    assert matcher(monkeypatch, "taxonomy", "search", "jeg vil gerne være færgemand") == 0
    assert "færgemand" in capsys.readouterr().out
    assert matcher(monkeypatch, "taxonomy", "search", "LODS", "--json") == 0
    (first, *_) = json.loads(capsys.readouterr().out)
    assert (first["uri"], first["group"], first["other_names"]) == (FERRYMAN, "Skibsarbejde", ["lods"])
    loaded = Taxonomy.load(file)
    assert loaded.essential_skills == {FERRYMAN: {"sail", "serve"}, BAKER: {"serve"}}
    assert loaded.industries == {"503000": "Sejlads"}
    assert 0 < loaded.skill_overlap([FERRYMAN], [BAKER])[0, 0] < 1
    assert loaded.skill_overlap([FERRYMAN], [FERRYMAN])[0, 0] == pytest.approx(1.0)


def test_the_json_of_an_import(
    folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert matcher(monkeypatch, "taxonomy", "import", str(folder), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found | {"version": ""} == {
        "version": "", "occupations": 2, "groups": 2, "with_skills": 2, "industries": 1,
    }  # fmt: skip
    assert found["version"] == Taxonomy.load(file).version


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (f"esco/{OCCUPATIONS_FILE}", "conceptUri,iscoGroup\n", "preferredLabel"),
        (f"esco/{OCCUPATIONS_FILE}", None, f"{OCCUPATIONS_FILE}: is not in"),
        ("esco/ISCOGroups_da.csv", None, f"{ISCO_FILE} or ISCOGroups_da.csv: is not in"),
        ("occupationSkillRelations_da.csv", "occupationUri,relationType\n", "lacks the column(s) skillUri"),
        (
            "occupationSkillRelations_da.csv",
            "occupationUri,relationType,skillUri\nx,essential,y\n",
            "no essential skill",
        ),
        ("db07/db07_tidy.csv", "level,code,title_da\n0,A,Landbrug\n", "no industry codes of six digits"),
    ],
)
def test_a_wrong_file_is_named_and_nothing_changes(
    folder: Path,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: str | None,
    message: str,
) -> None:
    file.write_bytes(b"before")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content, encoding="utf-8")
    assert matcher(monkeypatch, "taxonomy", "import", str(folder)) == 1
    error = capsys.readouterr().err
    assert "Intet er ændret" in error
    assert message in " ".join(error.split())
    assert file.read_bytes() == b"before"


def test_relations_cut_in_the_middle_are_refused(
    folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "occupationSkillRelations_da.csv").unlink()
    (folder / "occupation_skill_relations_v1.2.0.csv.gz").write_bytes(b"\x1f\x8b\x08\x00 cut")
    assert matcher(monkeypatch, "taxonomy", "import", str(folder)) == 1
    assert "cannot be read to its end" in " ".join(capsys.readouterr().err.split())
    assert not file.exists()


def test_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("MATCHER_TAXONOMY", raising=False)
    assert matcher(monkeypatch, "taxonomy", "import", str(tmp_path)) == 2
    assert "MATCHER_TAXONOMY" in capsys.readouterr().err
    monkeypatch.setenv("MATCHER_TAXONOMY", str(tmp_path / "x"))
    assert matcher(monkeypatch, "taxonomy", "import", str(tmp_path / "missing")) == 2
    assert matcher(monkeypatch, "taxonomy", "search", "kok") == 1
    assert "Stillingsbetegnelserne kan ikke bruges" in capsys.readouterr().err


def test_the_built_in_occupations_are_searched_without_an_import(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MATCHER_TAXONOMY", raising=False)
    assert matcher(monkeypatch, "taxonomy", "search", "noget med dyr, helst ikke rengøring", "--limit", "3") == 0
    out = capsys.readouterr().out
    assert "dyrepasser" in out
    assert "rengøring" not in out
    assert matcher(monkeypatch, "taxonomy", "search", "ikke rengøring") == 0
    assert "kan ikke læses som et fag" in capsys.readouterr().out


def test_occupations_over_http(tmp_path: Path) -> None:
    client = Client(create_app(settings_for(tmp_path / "unused.db")), token=CONSULTANT)
    answer = client.get("/api/v1/occupations", params={"q": "køkkenmed", "limit": 3})
    assert answer.status_code == 200
    assert answer.json()[0]["name"] == "køkkenassistent"
    assert len(answer.json()) == 3
    refused = client.get("/api/v1/occupations", params={"q": "x" * 201})
    assert refused.status_code == 422
    assert "xxx" not in refused.text
    operations = Client(create_app(settings_for(tmp_path / "unused.db")), token=OPERATIONS)
    assert operations.get("/api/v1/occupations", params={"q": "kok"}).status_code == 200
