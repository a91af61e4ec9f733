"""Made-up requests to every operation of the API, on both databases, with and without a right to ask."""

from pathlib import Path

import pytest

from tests import databases
from tests.access_world import plan_world, world_of
from tests.databases import KINDS, VARIABLE, Kind
from tests.fuzzing import fuzz

EXAMPLES = 6
"""Requests to each operation; `benchmarks/fuzz.py` sends many more."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_as_described(kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, kind)
    assert databases.kind_in_use() == kind
    world = world_of(plan_world(tmp_path / "planned.db"), tmp_path)
    found = fuzz(world, examples=EXAMPLES)
    assert sorted(found.wrong) == []
    assert {status for counts in found.answers.values() for status in counts} >= {200, 401, 403, 404, 422}
    assert len(found.answers) > 40
