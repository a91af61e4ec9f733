"""docs/fixtures.md says what the code does: every figure it names is the code's."""

import ast
import importlib
import operator
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "fixtures.md"
ROWS = re.findall(r"\| `(fixtures\.\w+)\.(\w+)` \| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"))
_OPERATORS = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Div: operator.truediv}


def _value(node: ast.AST) -> object:
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        return _OPERATORS[type(node.op)](left, right)
    return ast.literal_eval(node)


def test_the_page_has_figures() -> None:
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("module", "name", "figure"), ROWS, ids=[row[1] for row in ROWS])
def test_figure_is_the_codes(module: str, name: str, figure: str) -> None:
    assert getattr(importlib.import_module(module), name) == _value(ast.parse(figure, mode="eval").body)


def test_named_tables_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, module in (("HOURS", "profiles"), ("AREA_WEIGHTS", "goals"), ("STEPS_ON", "history")):
        assert f"`{name}`" in text
        assert getattr(importlib.import_module(f"fixtures.{module}"), name)
