"""The OpenAPI document: every field with description, unit and example, every error as a problem, stable ids."""

import json
import re
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.api.documents import domain_schemas
from service.api.errors import PROBLEM_JSON, ProblemOut
from service.api.field_examples import example_of
from service.api.field_words import UNITS, words_of
from service.problems import (
    DatabaseUnavailable,
    InvalidInput,
    NotFound,
    Problem,
    QueryTooSlow,
    TooLarge,
    TooManyRequests,
)
from service.sign_in_problems import SignInTooWeak, TooManyFailedSignIns

REFERENCE: Final = "#/components/schemas/"
DESCRIPTION: Final = """\
Places that suit a citizen, a plan for a municipality overnight, and the reasons; decided by named persons.

Errors are `application/problem+json` (RFC 9457) and never repeat what was sent. Lists are read page by page: `next` of
one page is `after` of the next. A change names the version that it changes: the `ETag` of what was read as `If-Match`.
Days that are sent as fields or parameters of their own lie from 1900-01-01 to 2100-12-31.
What goes away is announced 12 months before, with the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).
"""
_EXAMPLES: Final = {"date": "2026-10-01", "date-time": "2026-10-01T08:00:00Z", "time": "08:00:00"}
_FOR_ALL: Final = (SignInTooWeak, TooManyRequests, TooManyFailedSignIns, QueryTooSlow, DatabaseUnavailable)
"""What every endpoint that asks for a caller may answer."""


_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_ATTRIBUTE: Final = re.compile(r"^ {0,4}(\w+(?:, \w+)*) : (.+(?:\n {4,8}\S.*)*)", flags=re.MULTILINE)
"""An attribute of a model's own docstring, and the lines that go on."""


def operation_id(route: APIRoute) -> str:
    """The id of an operation: the endpoint's name, which stays when a path or a text changes."""
    return route.name


class DescribedApi(FastAPI):
    """An application whose document says all of this. It is made when somebody first asks for it, which takes half a
    second, and kept."""

    def openapi(self) -> dict[str, Any]:
        """The document; nothing may be added to the application afterwards."""
        with _MAKING:
            if self.openapi_schema is None:
                self.openapi_schema = _described(super().openapi())
            return self.openapi_schema


_MAKING: Final = Lock()


def _described(document: dict[str, Any]) -> dict[str, Any]:
    document["info"]["description"] = DESCRIPTION
    document["servers"] = [{"url": "/api/v1"}]
    schemas = document["components"]["schemas"]
    schemas |= domain_schemas()
    schemas.setdefault("ProblemOut", ProblemOut.model_json_schema(ref_template=REFERENCE + "{model}"))
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if "{" in path:  # an id with a slash leads nowhere
                _add(operation["responses"], NotFound)
            _describe_answers(operation)
            for parameter in operation.get("parameters", ()):
                _describe_parameter(parameter)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for name, schema in schemas.items():
        _describe_fields(name, schema, schemas)
    return document


def described_schema(schema: dict[str, Any], model: str) -> dict[str, Any]:
    """A JSON schema of its own with every field described as in the document."""
    inner = schema.get("$defs", {})
    for name, one in (*inner.items(), (model, schema)):
        _describe_fields(name, one, inner)
    return schema


def _describe_answers(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if "security" in operation:
        _add(answers, *_FOR_ALL)
    if "requestBody" in operation:
        _add(answers, TooLarge, InvalidInput)
    for content in (operation.get("requestBody", {}), *answers.values()):
        for media in content.get("content", {}).values():
            if "$ref" in media.get("schema", {}):
                media["schema"] = {"$ref": media["schema"]["$ref"]}
    for status, answer in answers.items():
        if not status.startswith(("4", "5")):
            continue
        if status == str(InvalidInput.status) and answer["description"] == "Validation Error":
            answer["description"] = InvalidInput.title
        answer["content"] = {PROBLEM_JSON: {"schema": {"$ref": f"{REFERENCE}ProblemOut"}}}
    for status in (str(TooManyRequests.status), str(QueryTooSlow.status)):
        if status in answers:
            words = "seconds after which to try again"
            answers[status]["headers"] = {"Retry-After": {"description": words, "schema": {"type": "integer"}}}
    operation["responses"] = dict(sorted(answers.items()))


def _add(answers: dict[str, Any], *problems: type[Problem]) -> None:
    for problem in problems:
        answer = answers.setdefault(str(problem.status), {"description": problem.title})
        if problem.title not in answer["description"] and answer["description"] != "Validation Error":
            answer["description"] += f"; {problem.title}"


def _describe_parameter(parameter: dict[str, Any]) -> None:
    words = words_of(parameter["in"], parameter["name"])
    if words is not None:
        parameter.setdefault("description", words.description)


def _describe_fields(model: str, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    own, _, attributes = schema.get("description", "").partition("Attributes\n----------\n")
    said = {
        name: " ".join(text.split())
        for names, text in _ATTRIBUTE.findall(attributes)
        for name in names.split(", ")
        if name in schema.get("properties", {})
    }
    if said:
        schema["description"] = own.strip()
    for name, field in schema.get("properties", {}).items():
        words = None if "description" in field else words_of(model, name)
        if name in said:
            field.setdefault("description", said[name])
        if words is not None:
            field.setdefault("description", words.description)
        more = example_of(model, name)
        by_name = next((unit for end, unit in UNITS if name.endswith(end)), "")
        unit = (words.unit if words else "") or (more.unit if _is_number(field, schemas) else "") or by_name
        if unit:
            field.setdefault("x-unit", unit)
        if "examples" not in field:
            said_so = [text for text in (words.example if words else "", more.example) if text]
            given = (*map(json.loads, said_so), *_example(field, schemas))
            field["examples"] = [one for one in given if _may_be(one, field, schemas)][:1]
            if not field["examples"]:
                del field["examples"]


def _is_number(field: dict[str, Any], schemas: dict[str, Any]) -> bool:
    return any(choice.get("type") in {"integer", "number"} for choice in _choices(field, schemas))


def _example(field: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Any]:
    """One value that the field can have, where its schema tells one."""
    schema = next(iter(_choices(field, schemas)), {})
    if schema.get("enum"):
        yield schema["enum"][0]
    elif "const" in schema:
        yield schema["const"]
    elif schema.get("type") == "boolean":
        yield True
    elif schema.get("format") in _EXAMPLES:
        yield _EXAMPLES[schema["format"]]


def _choices(field: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas of one of which a field's value is, without null."""
    for option in field.get("anyOf", [field]):
        reference: str = option.get("$ref", "")
        found = schemas.get(reference.rpartition("/")[2], {}) if reference else option
        if found.get("type") != "null":
            yield found


def _may_be(value: Any, field: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether a value is of a kind that the field can have: names are shared by fields of several kinds."""
    return any(
        isinstance(value, _KINDS.get(choice.get("type", ""), ()))
        and not ("properties" in choice or "$ref" in choice.get("items", {}))  # their own fields have examples
        and ("enum" not in choice or value in choice["enum"])
        and ("format" not in choice or choice["format"] not in _EXAMPLES or value == _EXAMPLES[choice["format"]])
        for choice in _choices(field, schemas)
    )
