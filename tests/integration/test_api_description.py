"""The description of the API: whole, with every field explained, and changed only knowingly."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.api import create_api
from service.api.field_examples import EXAMPLES
from service.api.field_words import FIELD_WORDS
from service.api.schemas import value_schema
from service.codec import CODECS
from service.db.session import session_factory
from service.dependencies import Services
from service.settings import Settings
from service.use_cases.night_background import in_a_thread
from tests.json_schemas import validator_of

pytestmark = pytest.mark.databases("none")

PUBLISHED = Path(__file__).parents[2] / "docs" / "openapi.json"
METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    settings = Settings(database_url="sqlite://")
    sessions = session_factory(settings)
    return create_api(Services(settings, sessions, in_a_thread(sessions, None))).openapi()


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS
            yield f"{method.upper()} {path}", operation


def _fields(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for model, schema in document["components"]["schemas"].items():
        yield from ((f"{model}.{name}", field) for name, field in schema.get("properties", {}).items())


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def test_the_contract_changes_only_knowingly(document: dict[str, Any], update_golden: bool) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if update_golden:
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text, "renew with --update-golden, then read what changed"


def test_every_field_is_described(document: dict[str, Any]) -> None:
    assert [name for name, field in _fields(document) if not field.get("description", "").strip()] == []


def _choices(field: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    """The schemas of one of which a field's value is, without null."""
    schemas = document["components"]["schemas"]
    options = [schemas[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in field.get("anyOf", [field])]
    return [one for one in options if one.get("type") != "null"]


def _of_other_fields(schema: dict[str, Any]) -> bool:
    """Whether a value is made of objects whose own fields have examples."""
    if "properties" in schema:
        return True
    inner = schema.get("items", schema.get("additionalProperties", schema.get("prefixItems")))
    return isinstance(inner, dict | list) and any(_references(inner))


def test_every_field_that_is_no_object_of_others_has_an_example(document: dict[str, Any]) -> None:
    without = [(name, _choices(field, document)) for name, field in _fields(document) if "examples" not in field]
    assert [name for name, choices in without if not any(_of_other_fields(one) for one in choices)] == []


def test_every_number_has_a_unit(document: dict[str, Any]) -> None:
    numbers = [
        (name, field)
        for name, field in _fields(document)
        if any(one.get("type") in {"integer", "number"} and "enum" not in one for one in _choices(field, document))
    ]
    assert len(numbers) > 100
    assert [name for name, field in numbers if not field.get("x-unit")] == []


def test_no_words_are_left_over(document: dict[str, Any]) -> None:
    known = {name for name, _ in _fields(document)} | {name.partition(".")[2] for name, _ in _fields(document)}
    for kind in CODECS:
        schema = value_schema(kind)
        for model, one in {kind: schema, **schema.get("$defs", {})}.items():
            known |= set(one.get("properties", {})) | {f"{model}.{name}" for name in one.get("properties", {})}
    parameters = [one for _, operation in _operations(document) for one in operation.get("parameters", [])]
    known |= {one["name"] for one in parameters} | {f"{one['in']}.{one['name']}" for one in parameters}
    assert (set(FIELD_WORDS) | set(EXAMPLES)) - known == set()


def test_every_example_can_be(document: dict[str, Any]) -> None:
    around = {"components": document["components"]}
    wrong = []
    for name, field in _fields(document):
        plain = {key: value for key, value in field.items() if key != "examples"}
        validator = validator_of(plain | around)
        wrong += [(name, example) for example in field.get("examples", []) if not validator.is_valid(example)]
    assert wrong == []


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    parameters = [(name, one) for name, operation in _operations(document) for one in operation.get("parameters", [])]
    assert [(name, one["name"]) for name, one in parameters if not one.get("description", "").strip()] == []


def test_every_operation_has_an_id_a_summary_and_words(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in _operations(document)]
    assert len(ids) == len(set(ids))
    assert all(name.isidentifier() for name in ids)
    assert [name for name, one in _operations(document) if not (one.get("summary") and one.get("description"))] == []


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    for name, operation in _operations(document):
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            if status >= "400":
                assert answer["content"] == problem, (name, status)
        if "security" in operation:
            assert {"401", "429", "503"} <= set(operation["responses"]), name
        if "requestBody" in operation:
            assert {"413", "422"} <= set(operation["responses"]), name


def test_all_that_is_referred_to_is_there(document: dict[str, Any]) -> None:
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(_references(document)) <= schemas


def test_who_calls_is_said_by_a_bearer_token(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert [scheme["scheme"] for scheme in schemes.values()] == ["bearer"]
    assert all(operation["security"] for _, operation in _operations(document))
