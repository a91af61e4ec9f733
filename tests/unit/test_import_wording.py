"""Every sentence that the domain, the codec or the store says about a field has its Danish."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from service import codec
from service.use_cases.import_wording import danish

ROOT = Path(__file__).parents[2]
SOURCES = [
    *sorted((ROOT / "matcher/domain").glob("*.py")),
    ROOT / "service/codec.py",
    ROOT / "service/db/documents.py",
    ROOT / "service/db/repositories.py",
    ROOT / "service/use_cases/import_checks.py",
    ROOT / "service/use_cases/import_placements.py",
]
FILLERS = {
    "MAX_TEXT": "4000",
    "start_field": "starts_on",
    "low": "0",
    "high": "37",
    "unit": "hours a week",
    "self.municipality": "0760",
    "_WORDS[kind]": "a consultant",
}
SENTENCES_FROM = {"InvalidValueError": 1, "FieldError": 1, "MissingReference": 1, "check_pattern": 3}
UNITS_FROM = {"check_number": 4, "check_whole": 4}


def _text(node: ast.expr) -> str | None:
    """A literal as it will read, with its gaps filled; None for what is not a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.Constant) else FILLERS.get(ast.unparse(part.value), "one, two")
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        ]
        return "".join(map(str, parts))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # f"…".rstrip()
        return _text(node.func.value)
    return None


def _calls(names: dict[str, int]) -> Iterator[str]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield from filter(None, map(_text, node.args[names[node.func.id] : names[node.func.id] + 2]))


SENTENCES = sorted({*_calls(SENTENCES_FROM), *(text for pair in codec._WORDS.values() for text in pair)})
UNITS = sorted(set(_calls(UNITS_FROM)))


def test_the_sources_say_something() -> None:
    assert len(SENTENCES) > 60
    assert len(UNITS) > 8


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_has_its_danish(sentence: str) -> None:
    assert danish(sentence) != sentence


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_has_its_danish(unit: str) -> None:
    words = danish(f"write a number from 0.5 to 37 {unit}")
    assert words.startswith("skriv et tal fra 0,5 til 37 ")
    assert unit in {"kg"} or not words.endswith(f" {unit}")


def test_gaps_are_filled_in_danish() -> None:
    assert danish("is before valid_from") == "ligger før den første dag"
    assert danish("names a slot that does not exist") == "henviser til en plads, der ikke findes"
    assert danish("use one of: job, education") == "brug en af: job, education"
    assert danish("write a whole number from 0 to 37 (a share)") == "skriv et helt tal fra 0 til 37 (en andel)"


def test_what_is_danish_already_stays() -> None:
    assert danish("er en formel") == "er en formel"


def test_no_english_is_left_in_the_danish() -> None:
    english = re.compile(r"\b(the|is|not|write|with|number|use)\b")
    assert [sentence for sentence in SENTENCES if english.search(danish(sentence))] == []
