"""Documents against a JSON schema."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def validator_of(schema: dict[str, Any]) -> "Validator":
    """Checks documents."""
    from jsonschema import Draft202012Validator  # takes two seconds to load: in the processes that need it alone

    return Draft202012Validator(schema)
