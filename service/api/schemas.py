"""Published JSON schemas: what the records of this service look like, for whoever keeps or reads them elsewhere."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from service.api.description import described_schema
from service.codec import CODECS
from service.use_cases.record_schema import explanation_schema, schema_text

router = APIRouter(prefix="/schemas", tags=["schemas"])


@router.get("/explanation.json", include_in_schema=False)
def read_explanation_schema() -> Response:
    """The schema of the full record of an explanation; open to all, since it holds no data."""
    return Response(schema_text(explanation_schema()), media_type="application/schema+json")


def value_schema(kind: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of a kind of values, as a row of an import is without its `type`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/api/v1/schemas/{kind}.json",
        **described_schema(CODECS[kind].schema(), CODECS[kind].kind.__name__),
    }


def _reader(kind: str) -> Callable[[], Response]:
    def read_schema() -> Response:
        """The schema of a kind of values; open to all, since it holds no data."""
        return Response(schema_text(value_schema(kind)), media_type="application/schema+json")

    return read_schema


for _kind in CODECS:
    router.add_api_route(f"/{_kind}.json", _reader(_kind), include_in_schema=False, name=f"read_{_kind}_schema")
