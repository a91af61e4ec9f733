"""The published JSON schema of an explanation, made from the model that the API answers with.

``docs/schemas/explanation.json`` is the same schema, kept beside the code by a test.
"""

import json
from typing import Any

from service.use_cases.views import ExplanationView


def explanation_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the full record of an explanation."""
    schema = ExplanationView.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/api/v1/schemas/explanation.json",
        **schema,
        "title": "Explanation",
    }


def schema_text(schema: dict[str, Any]) -> str:
    """The schema as it is published: indented, in the order of the model, with a line end."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
