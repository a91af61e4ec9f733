"""The published schemas of what a case system sends: the same in the docs and over HTTP, and values keep to them."""

from pathlib import Path

import pytest

from fixtures import municipality
from service.api.schemas import value_schema
from service.app import create_app
from service.codec import CODECS
from service.use_cases.record_schema import schema_text
from tests.json_schemas import validator_of
from tests.serving import Client, settings_for

pytestmark = pytest.mark.databases("none")

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
INVENTED = municipality(seed=5, citizens=25)
VALUES = {
    "consultant": INVENTED.consultants,
    "company": INVENTED.companies,
    "citizen": INVENTED.citizens,
    "agreement": INVENTED.agreements,
}


@pytest.mark.parametrize("kind", CODECS)
def test_the_schema_in_the_docs_is_that_of_the_values(kind: str, update_golden: bool) -> None:
    path, text = FOLDER / f"{kind}.json", schema_text(value_schema(kind))
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "renew with --update-golden, then read what changed"


@pytest.mark.parametrize("kind", CODECS)
def test_the_schema_is_served_to_everybody(kind: str, tmp_path: Path) -> None:
    answer = Client(create_app(settings_for(tmp_path / "unused.db"))).get(f"/api/v1/schemas/{kind}.json")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == value_schema(kind)


@pytest.mark.parametrize("kind", CODECS)
def test_every_field_is_described(kind: str) -> None:
    schema = value_schema(kind)
    models = {kind: schema, **schema.get("$defs", {})}
    fields = {
        f"{model}.{name}": field for model, one in models.items() for name, field in one.get("properties", {}).items()
    }
    assert [name for name, field in fields.items() if not field.get("description", "").strip()] == []


@pytest.mark.parametrize("kind", VALUES)
def test_values_keep_to_their_schema(kind: str) -> None:
    validator = validator_of(value_schema(kind))
    for value in VALUES[kind]:
        assert list(validator.iter_errors(CODECS[kind].encode(value))) == []
    assert not validator.is_valid({"id": "x"})
