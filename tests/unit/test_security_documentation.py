"""The pages on security name every requirement and only tests that exist; the list of components; lines of the log."""

import json
import re
import subprocess
import sys
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
import structlog
from packaging.requirements import Requirement

from service.logs import configure_logging

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
SECTIONS = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}
"""How many requirements of levels 1 and 2 each section of a chapter of ASVS 5.0.0 has; in each they come first."""


def _numbers(text: str) -> list[str]:
    """`1.2.6–1.2.8, 1.3.8` as the four numbers."""
    found = []
    for part in text.split(", "):
        first, _, last = part.partition("–")
        stem, _, start = first.rpartition(".")
        found += [f"{stem}.{number}" for number in range(int(start), int((last or first).rpartition(".")[2]) + 1)]
    return found


def test_every_requirement_of_level_2_has_one_line() -> None:
    rows = re.findall(r"^\| (\d[^|]*?) \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE)
    named = [number for row in rows for number in _numbers(row)]
    known = {
        f"{chapter}.{section}.{number}"
        for chapter, counts in SECTIONS.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    }
    assert len(known) == 253
    assert sorted(named) == sorted(known)


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 80
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or f"\ndef {name}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert missing == []


def test_the_list_of_components_has_every_package_that_runs(tmp_path: Path) -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nsbom:")[2].partition("\n\n")[0]
    command = re.search(r"\$\(BIN\)/cyclonedx-py (.+) --output-file \S+", recipe)
    assert command
    file = tmp_path / "sbom.json"
    arguments = [*command[1].split(), "--output-file", str(file)]
    subprocess.run([sys.executable, "-m", "cyclonedx_py", *arguments], cwd=ROOT, check=True, timeout=120)
    found = json.loads(file.read_text("utf-8"))
    versions = {_plain(one["name"]): one["version"] for one in found["components"]}
    needed = {_plain(one) for one in _runtime("matcher")}
    assert needed - versions.keys() == set()
    assert {name: distribution(name).version for name in needed} == {name: versions[name] for name in needed}
    assert found["metadata"]["component"]["name"] == "matcher"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _runtime(name: str, extras: tuple[str, ...] = ("",), seen: set[str] | None = None) -> set[str]:
    """Names of what a distribution needs to run, and of what that needs."""
    seen = set() if seen is None else seen
    for text in distribution(name).requires or ():
        one = Requirement(text)
        wanted = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras)
        if wanted and _plain(one.name) not in seen:
            seen.add(_plain(one.name))
            _runtime(one.name, ("", *one.extras), seen)
    return seen


def test_every_locked_package_has_a_version_and_hashes_and_no_address() -> None:
    for file in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / file).read_text("utf-8")
        packages = re.split(r"\n(?=[a-z0-9])", text)
        assert len(packages) > 40
        assert [one.splitlines()[0] for one in packages if "==" not in one.splitlines()[0]] == []
        assert [one.splitlines()[0] for one in packages if "--hash=sha256:" not in one] == []
        assert "://" not in text


def test_whatever_is_asked_for_with_an_extra_is_locked_with_it() -> None:
    """Else pip asks its index for the extra's newest version, which has no hash here, and the installation fails."""
    locked = re.findall(
        r"^([\w.-]+)(?:\[([\w,.-]+)\])?==", (ROOT / "requirements-dev.lock").read_text("utf-8"), re.MULTILINE
    )
    extras: dict[str, set[str]] = {}
    for name, named in locked:
        extras.setdefault(_plain(name), set()).update(_plain(one) for one in named.split(",") if one)
    missing = {
        f"{owner.metadata['Name']} asks for {asked}"
        for owner in distributions()
        if _plain(owner.metadata["Name"]) in extras
        for asked in map(Requirement, owner.requires or ())
        if _plain(asked.name) in extras
        and (
            asked.marker is None
            or any(asked.marker.evaluate({"extra": one}) for one in ("", *extras[_plain(owner.metadata["Name"])]))
        )
        and not {_plain(one) for one in asked.extras} <= extras[_plain(asked.name)]
    }
    assert missing == set()


def test_the_image_holds_the_program_alone() -> None:
    kept = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert kept[0] == "*"
    assert {"!tests", "!.git", "!benchmarks", "!docs"}.isdisjoint(kept)
    file = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.search(r"^USER 10001$", file, re.MULTILINE)
    assert "--require-hashes" in file
    assert not re.search(r"(?i)(secret|token|password)\s*=", file)


def test_a_log_line_stays_one_line_whatever_it_tells(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info")
    try:
        structlog.get_logger("matcher.test").warning("told", text='a\nb\r\n{"event": "forged"}\x1b[31m\u2028', number=1)
    finally:
        structlog.reset_defaults()
    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["number"], entry["level"]) == ("told", 1, "warning")
    assert entry["timestamp"].endswith("Z")
