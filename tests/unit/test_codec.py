"""JSON in, domain values out: strict, by field, and never an echo."""

from typing import Any

import pytest
from pydantic import ValidationError

from service.codec import AGREEMENT, CITIZEN, CODECS, COMPANY, CONSULTANT, PLACEMENT, Codec
from service.problems import InvalidInput
from tests.builders import a_citizen, a_company, a_consultant, a_placement, an_agreement

ONE_OF_EACH: list[tuple[Codec[Any], Any]] = [
    (CONSULTANT, a_consultant()),
    (COMPANY, a_company()),
    (CITIZEN, a_citizen()),
    (AGREEMENT, an_agreement()),
    (PLACEMENT, a_placement()),
]


@pytest.mark.parametrize(("codec", "value"), ONE_OF_EACH)
def test_a_value_survives_the_way_out_and_in(codec: Codec[Any], value: Any) -> None:
    document = codec.encode(value)
    assert codec.decode(document) == value
    assert codec.decode_stored(document) == value


@pytest.mark.parametrize(("codec", "value"), ONE_OF_EACH)
def test_the_schema_names_every_field(codec: Codec[Any], value: Any) -> None:
    assert set(codec.schema()["properties"]) == set(codec.encode(value))


def errors_of(**changes: Any) -> dict[str, tuple[str, str]]:
    """Problem and fix by field of the citizen of the builders with changes."""
    document = {**CITIZEN.encode(a_citizen()), **changes}
    with pytest.raises(InvalidInput) as caught:
        CITIZEN.decode(document)
    return {error.field: (error.problem, error.fix) for error in caught.value.errors}


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"hours_now": "10"}, "hours_now", "is not a number"),
        ({"hours_now": True}, "hours_now", "is not a number"),
        ({"hours_now": float("nan")}, "hours_now", "is not a finite number"),
        ({"longest_travel_minutes": 45.5}, "longest_travel_minutes", "is not a whole number"),
        ({"longest_travel_minutes": "45"}, "longest_travel_minutes", "is not a whole number"),
        ({"waiting_since": 20260101}, "waiting_since", "is not a date"),
        ({"waiting_since": "01-10-2026"}, "waiting_since", "is not a date"),
        ({"waiting_since": "2026-10-01T00:00:00"}, "waiting_since", "is not a date"),
        ({"knows_workplace_rules": "ja"}, "knows_workplace_rules", "is neither true nor false"),
        ({"name": None}, "name", "is not text"),
        ({"goals": {}}, "goals", "is not a list"),
        ({"home": 7}, "home", "is not an object"),
        ({"home": {"latitude": 55.9}}, "home.longitude", "is missing"),
        ({"home": {"latitude": 0, "longitude": 0}}, "home.latitude", "is out of range"),
        ({"competences": [{"function": "x", "level": 7}]}, "competences[0].level", "is unknown"),
        ({"competences": [{"function": "x", "grade": 1}]}, "competences[0].grade", "is not a known field"),
        ({"schedule": {"days": [0, 0]}}, "schedule.days", "has an element twice"),
        ({"wishes_for": ["a", ""]}, "wishes_for[1]", "is not an id"),
        ({"age": 40}, "age", "is not a known field"),
    ],
)
def test_a_bad_field_is_named_with_its_path(changes: dict[str, Any], field: str, problem: str) -> None:
    errors = errors_of(**changes)
    assert errors[field][0] == problem
    assert len(errors) == 1
    assert errors[field][1]


def test_an_unknown_choice_lists_the_known_ones() -> None:
    assert errors_of(group_need="x")["group_need"] == (
        "is unknown",
        "use one of: 'none', 'substance_free_group', 'active_substance_use'",
    )


def test_several_errors_are_reported_at_once() -> None:
    assert set(errors_of(hours_now="x", goals=1, extra=2)) == {"hours_now", "goals", "extra"}


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(InvalidInput, match="is not an object"):
        CITIZEN.decode([])  # type: ignore[arg-type]  # what a stranger may send


def test_an_error_never_repeats_the_value() -> None:
    with pytest.raises(InvalidInput) as caught:
        CITIZEN.decode({**CITIZEN.encode(a_citizen()), "id": "010170-1234", "name": "Hemmelig", "profile": "Hemmelig"})
    assert "Hemmelig" not in str(caught.value)
    assert "010170" not in str(caught.value)


def test_a_stored_document_with_a_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError):
        CITIZEN.decode_stored({**CITIZEN.encode(a_citizen()), "age": 40})


def test_a_text_that_was_let_through_before_is_read_and_not_taken_again() -> None:
    document = CITIZEN.encode(a_citizen()) | {"name": "Bo, 010170-1234"}
    assert CITIZEN.decode_stored(document).name == "Bo, 010170-1234"
    with pytest.raises(InvalidInput, match="looks like a CPR number"):
        CITIZEN.decode(document)


def test_kinds_come_in_an_order_in_which_each_refers_only_to_those_before_it() -> None:
    assert list(CODECS) == ["consultant", "company", "citizen", "agreement", "placement"]
