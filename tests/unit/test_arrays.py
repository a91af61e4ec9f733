"""Arrays that do not go together are refused by name."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matcher.arrays import MatchInput
from matcher.domain.conditions import Condition
from tests.builders import a_citizen, a_slot, must
from tests.pairs import input_of

INPUT = input_of(
    [a_citizen(), a_citizen(id="citizen-2", accommodations=(must(Condition.NOISE, 1),))],
    [a_slot(), a_slot(id="slot-2"), a_slot(id="slot-3")],
)


def citizens_with(**changes: Any) -> MatchInput:
    return replace(INPUT, citizens=replace(INPUT.citizens, **changes))


def slots_with(**changes: Any) -> MatchInput:
    return replace(INPUT, slots=replace(INPUT.slots, **changes))


@pytest.mark.parametrize(
    ("field", "values", "message"),
    [
        ("hours_now", np.array([10.0, np.nan]), r"CitizenArrays\.hours_now\[1\]"),
        ("hours_now", np.array([10.0, 38.0]), r"CitizenArrays\.hours_now\[1\]"),
        ("hours_now", np.array([10, 12]), "float64"),
        ("hours_now", [10.0, 12.0], "numpy array"),
        ("hours_now", np.array([10.0]), "2 rows"),
        ("hours_now", np.array([[10.0], [10.0]]), "1 dimensions"),
        ("goal_confidence", np.array([0.5, 1.5]), r"goal_confidence\[1\]"),
        ("danish_level", np.array([-2, 0], dtype=np.int32), r"danish_level\[0\]"),
        ("held", np.full((2, len(INPUT.functions) + 1), 2.0), r"held\[0, 0\]"),
        ("held", np.zeros((2, 3)), "citizens.held: has 3 columns"),
        ("competences_known", np.array([1, 0]), "bool"),
        ("needs", np.array([[0], [9]], dtype=np.int32), "citizens.needs: an index is 9"),
        ("wishes_for", np.array([[0], [5]], dtype=np.int32), "citizens.wishes_for: an index is 5"),
        ("profile", np.array([0, 5], dtype=np.int32), "citizens.profile"),
    ],
)
def test_a_bad_citizen_column_is_named_with_its_first_bad_index(field: str, values: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        citizens_with(**{field: values})


@pytest.mark.parametrize(
    ("field", "values", "message"),
    [
        ("capacity", np.array([1, -1, 1]), r"capacity\[1\]"),
        ("outlook", np.array([0.1, np.nan, 7.0]), r"outlook\[2\]"),
        ("breadth", np.array([0.1, np.nan, 0.2]), r"breadth\[1\]"),
        ("company", np.array([0, 0, 1], dtype=np.int32), "slots.company: an index is 1, must be below 1"),
        ("accepts_group", np.ones((3, 2), dtype=np.bool_), "slots.accepts_group"),
    ],
)
def test_a_bad_slot_column_is_named(field: str, values: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        slots_with(**{field: values})


def test_missing_values_are_kept_where_a_column_allows_them() -> None:
    assert np.isnan(slots_with(outlook=np.array([0.1, np.nan, 0.2])).slots.outlook[1])


def test_values_and_arrays_must_be_the_same_people_and_places() -> None:
    with pytest.raises(ValueError, match="citizen_values"):
        replace(INPUT, citizen_values=INPUT.citizen_values[::-1])
    with pytest.raises(ValueError, match="slot_values"):
        replace(INPUT, slot_values=INPUT.slot_values[:1])


def test_an_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="citizens: an id occurs twice"):
        input_of([a_citizen(), a_citizen()], [a_slot()])


def test_rows_are_found_by_id() -> None:
    assert INPUT.citizen_row("citizen-2") == 1
    assert INPUT.slot_row("slot-3") == 2
    with pytest.raises(KeyError):
        INPUT.citizen_row("nobody")
    with pytest.raises(KeyError):
        INPUT.slot_row("nowhere")


def test_a_need_table_that_has_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"NeedTable\.state"):
        replace(INPUT.needs, needs=())
    with pytest.raises(ValueError, match="function_weight"):
        replace(INPUT, function_weight=np.ones(2))
