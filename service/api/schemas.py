"""Published JSON schemas: what the records of this service look like, for whoever keeps or reads them elsewhere."""

from fastapi import APIRouter, Response

from service.use_cases.record_schema import explanation_schema, schema_text

router = APIRouter(prefix="/schemas", tags=["schemas"])


@router.get("/explanation.json", include_in_schema=False)
def read_explanation_schema() -> Response:
    """The schema of the full record of an explanation; open to all, since it holds no data."""
    return Response(schema_text(explanation_schema()), media_type="application/schema+json")
