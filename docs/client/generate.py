"""Writes the typed Python client, `matcher_client.py`, from the description of the API, `docs/openapi.json`.

``python docs/client/generate.py``; a test holds that both are of one piece.
"""

import json
import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
DOCUMENT: Final = HERE.parent / "openapi.json"
CLIENT: Final = HERE / "matcher_client.py"
TRANSPORT: Final = HERE / "transport.py.txt"
NDJSON: Final = "application/x-ndjson"
_PLAIN: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_LEFT_OUT: Final = ("X-Break-Glass-Reason",)
"""Headers that a program does not send; a person does."""


def client_of(document: dict[str, Any]) -> str:
    """The source of the client."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    parts = [TRANSPORT.read_text(encoding="utf-8").rstrip()]
    kinds = sorted(schemas, key=lambda name: ("properties" in schemas[name], name))
    parts += [_declared(name, schemas[name]) for name in kinds]
    parts.append('class Client(Transport):\n    """One method for each operation."""')
    for path, methods in document["paths"].items():
        parts += [_method(method, path, operation) for method, operation in methods.items()]
    return formatted("\n\n".join(parts) + "\n")


def formatted(source: str) -> str:
    """The source as the project writes Python."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(CLIENT), "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def _declared(name: str, schema: dict[str, Any]) -> str:
    if "properties" not in schema:
        return f"{_class(name)} = {_type(schema)}"
    required = set(schema.get("required", ()))
    fields = [
        f"    {_quoted(field)}: {_type(value) if field in required else f'NotRequired[{_type(value)}]'},"
        for field, value in schema["properties"].items()
    ]
    return "\n".join([f'{_class(name)} = TypedDict("{_class(name)}", {{', *fields, "})"])


def _class(name: str) -> str:
    """`Page_RunOut_` as `PageRunOut`."""
    return re.sub(r"\W|_", "", name)


def _type(schema: dict[str, Any], *, quoted: bool = True) -> str:
    if "$ref" in schema:
        name = _class(schema["$ref"].rpartition("/")[2])
        return f'"{name}"' if quoted else name
    if "enum" in schema or "const" in schema:
        return f"Literal[{', '.join(map(_quoted, schema.get('enum', [schema.get('const')])))}]"
    if "anyOf" in schema:
        return f"Union[{', '.join(dict.fromkeys(_type(one, quoted=quoted) for one in schema['anyOf']))}]"
    kind = schema.get("type")
    if kind == "array":
        return f"list[{_type(schema.get('items', {}), quoted=quoted)}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"dict[str, {_type(schema['additionalProperties'], quoted=quoted)}]"
    return "dict[str, Any]" if kind == "object" else _PLAIN.get(str(kind), "Any")


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _python_name(name: str) -> str:
    plain = re.sub(r"\W", "_", name).lower().removeprefix("x_")
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _method(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = [one for one in operation.get("parameters", ()) if one["name"] not in _LEFT_OUT]
    in_path = [one for one in parameters if one["in"] == "path"]
    others = sorted((one for one in parameters if one["in"] != "path"), key=lambda one: not one.get("required", False))
    sent = operation.get("requestBody", {}).get("content", {})
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    content: dict[str, Any] = next((answer["content"] for answer in answers if answer.get("content")), {})
    result = "None" if not content else _type(content.get("application/json", {}).get("schema", {}), quoted=False)
    result = "list[dict[str, Any]]" if NDJSON in content else result
    arguments = ["self", *(f"{_python_name(one['name'])}: str" for one in in_path), *_body_argument(sent)]
    if others:
        arguments += ["*", *(_argument(one) for one in others)]
    call = [_quoted(method.upper()), _path(path), *_given(others, sent)]
    return "\n".join(
        [
            f"\n    def {operation['operationId']}({', '.join(arguments)}) -> Reply[{result}]:",
            f'        """{operation["summary"]}."""',
            f"        answer: Reply[{result}] = self._send({', '.join(call)})",
            "        return answer",
            "",
        ]
    )


def _body_argument(sent: dict[str, Any]) -> Iterator[str]:
    if NDJSON in sent:
        yield "rows: Iterable[Mapping[str, Any]]"
    elif sent:
        yield f"body: {_type(next(iter(sent.values()))['schema'], quoted=False)}"


def _argument(parameter: dict[str, Any]) -> str:
    kind = _type(parameter["schema"], quoted=False)
    if parameter.get("required"):
        return f"{_python_name(parameter['name'])}: {kind}"
    return f"{_python_name(parameter['name'])}: {kind if 'None' in kind else f'Union[{kind}, None]'} = None"


def _path(path: str) -> str:
    with_names = re.sub(r"\{(\w+)\}", lambda found: f"{{quoted({_python_name(found[1])})}}", path)
    return f'f"{with_names}"' if "{" in path else f'"{path}"'


def _given(others: list[dict[str, Any]], sent: dict[str, Any]) -> Iterator[str]:
    for place, argument in (("query", "params"), ("header", "headers")):
        pairs = [f"{_quoted(one['name'])}: {_python_name(one['name'])}" for one in others if one["in"] == place]
        if pairs:
            yield f"{argument}={{{', '.join(pairs)}}}"
    if NDJSON in sent:
        yield "rows=rows"
    elif sent:
        yield "body=body"


if __name__ == "__main__":
    CLIENT.write_text(client_of(json.loads(DOCUMENT.read_text(encoding="utf-8"))), encoding="utf-8")
