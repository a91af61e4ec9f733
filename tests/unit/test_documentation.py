"""What the documentation names exists, and what it must name is there."""

import re
from pathlib import Path

import pytest
from typer.main import get_group

from matcher.domain.citizen import TargetGroupProfile
from matcher.rules import RULES
from matcher.terms import TERMS
from matcher.weights import HAND_SET
from service.cli import app
from service.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
COMMANDS = set(get_group(app).commands)
SETTINGS = {f"MATCHER_{name.upper()}" for name in Settings.model_fields}


def names(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_what_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert names(r"(?:^|`)make ([a-z]+)", text) <= TARGETS
    code = "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"```[^\n]*\n(.*?)```", text, flags=re.DOTALL)])
    assert names(r"(?:^|/|\s)matcher ([a-z]+)\b", code) <= COMMANDS
    assert {name for name in names(r"\bMATCHER_[A-Z_]+\b", text) if not name.endswith("_")} <= SETTINGS | {
        "MATCHER_DATA",
        "MATCHER_TEST_DATABASE",
        "MATCHER_TEST_SLOWLY",
    }
    missing = {
        link for link in names(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link and not (page.parent / link).exists()
    }
    assert missing == set()


def test_every_make_target_is_there() -> None:
    assert {"install", "demo", "test", "check", "bench", "serve"} <= TARGETS


def test_the_page_on_scoring_has_every_rule_and_term_with_its_weights() -> None:
    rows = [line.strip("| ").split(" | ") for line in (ROOT / "docs/scoring.md").read_text("utf-8").splitlines()]
    table = {row[0].strip("`"): row[1:] for row in rows if row[0].startswith("`")}
    assert set(table) == {rule.id for rule in RULES} | {term.id for term in TERMS}
    for term in TERMS:
        percent = [round(100 * HAND_SET.by_profile[profile][term.id]) for profile in TargetGroupProfile]
        assert [int(cell) for cell in table[term.id][1:]] == percent
