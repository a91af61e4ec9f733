"""Made-up requests to every operation of the API, with and without a right to ask."""

from pathlib import Path

from tests.access_world import PlannedWorld, world_of

EXAMPLES = 6
"""Requests to each operation; `benchmarks/fuzz.py` sends many more."""


def test_every_answer_is_as_described(planned_world: PlannedWorld, tmp_path: Path) -> None:
    import tests.hypotheses  # noqa: F401 - for what it sets
    from tests.fuzzing import fuzz  # loads much that no other test needs

    found = fuzz(world_of(planned_world, tmp_path), examples=EXAMPLES)
    assert sorted(found.wrong) == []
    assert {status for counts in found.answers.values() for status in counts} >= {200, 401, 403, 404, 422}
    assert len(found.answers) > 40
