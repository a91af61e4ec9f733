"""Domain values to and from JSON: strict, every field named, nothing guessed, no value ever echoed in an error."""

import json
import types
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from matcher.domain.agreement import SlotAgreement
from matcher.domain.citizen import Citizen
from matcher.domain.company import Company
from matcher.domain.contact import Contact
from matcher.domain.decided import DecidedPair
from matcher.domain.placement import Placement
from matcher.domain.staff import JobConsultant
from matcher.domain.validation import InvalidValueError, kept_already
from service.problems import FieldError, InvalidInput

Value = TypeVar("Value")
DomainValue = JobConsultant | Company | Citizen | SlotAgreement | Placement

_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class Codec(Generic[Value]):
    """Reads and writes one class of domain values.

    The class itself stays free of pydantic; a tuple around it carries the strict settings into all nested classes.
    """

    def __init__(self, kind: type[Value]) -> None:
        around: Any = types.GenericAlias(tuple, (kind,))
        self._adapter: TypeAdapter[tuple[Value]] = TypeAdapter(around, config=_STRICT)
        self.kind = kind

    def encode(self, value: Value) -> dict[str, Any]:
        """A JSON-ready object with every field; dates as ISO 8601, enumerations as their values.

        Unchangeable mappings are written as objects (pydantic would warn of them); any other stranger is an error.
        """
        plain = self._adapter.dump_python((value,), mode="json", fallback=_as_object, warnings=False)
        document: dict[str, Any] = plain[0]
        return document

    def decode(self, document: Mapping[str, Any]) -> Value:
        """The value of an object that a stranger wrote; InvalidInput names every bad field."""
        if not isinstance(document, Mapping):
            raise InvalidInput(errors=[FieldError("", "is not an object", "write fields and values in { }")])
        try:
            return self._adapter.validate_json(json.dumps([dict(document)]))[0]
        except ValidationError as error:
            raise InvalidInput(errors=field_errors(error, skip=1)) from None

    def decode_stored(self, document: Mapping[str, Any]) -> Value:
        """The value of a document that `encode` wrote; faster than `decode`, and as strict about fields.

        Texts were looked through for CPR numbers when they were written.
        """
        with kept_already():
            return self._adapter.validate_python((document,), strict=False)[0]

    def schema(self) -> dict[str, Any]:
        """JSON schema of the object."""
        return TypeAdapter(self.kind).json_schema()


CONSULTANT = Codec(JobConsultant)
COMPANY = Codec(Company)
CITIZEN = Codec(Citizen)
AGREEMENT = Codec(SlotAgreement)
PLACEMENT = Codec(Placement)
CONTACT = Codec(Contact)
DECIDED = Codec(DecidedPair)

CODECS: Mapping[str, Codec[Any]] = types.MappingProxyType(
    {
        "consultant": CONSULTANT,
        "company": COMPANY,
        "citizen": CITIZEN,
        "agreement": AGREEMENT,
        "placement": PLACEMENT,
    }
)
"""By the word that names the kind in files; in an order in which each refers only to those before it."""


def _as_object(value: Any) -> dict[str, Any]:
    """A mapping that cannot be changed, as the plain dictionary that JSON takes."""
    if isinstance(value, types.MappingProxyType):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a document")


def field_errors(error: ValidationError, *, skip: int = 0) -> list[FieldError]:
    """Field path, problem and fix of each error, in plain words; `skip` leading parts of the path are left out."""
    return [_field_error(details, skip) for details in error.errors(include_url=False, include_input=False)]


def _field_error(details: ErrorDetails, skip: int) -> FieldError:
    path = _path(details["loc"][skip:])
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, InvalidValueError):
        return FieldError(f"{path}.{cause.field}" if path else cause.field, cause.problem, cause.fix)
    if details["type"] == "enum":
        return FieldError(path, "is unknown", f"use one of: {context['expected'].replace(' or ', ', ')}")
    return FieldError(path, *_WORDS.get(details["type"], ("is not valid", "see the description of the format")))


def _path(parts: tuple[int | str, ...]) -> str:
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


_NUMBER = ("is not a number", "write a number, with a point for decimals, without quotes")
_WHOLE = ("is not a whole number", "write a whole number without quotes")
_MOMENT = ("is not a point in time with a time zone", 'write it as "2026-10-01T08:00:00Z"')
_DATE = ("is not a date", 'write a date that exists, as "2026-10-01"')
_LIST = ("is not a list", "write a list in [ ]")
_OBJECT = ("is not an object", "write fields and values in { }")
_TEXT = ("is not text", "write text in quotes")

_WORDS: Mapping[str, tuple[str, str]] = types.MappingProxyType(
    {
        "missing": ("is missing", "add the field"),
        "unexpected_keyword_argument": ("is not a known field", "correct its name or leave it out"),
        "extra_forbidden": ("is not a known field", "correct its name or leave it out"),
        "string_type": _TEXT,
        "float_type": _NUMBER,
        "float_parsing": _NUMBER,
        "finite_number": ("is not a finite number", "write an ordinary number"),
        "int_type": _WHOLE,
        "int_from_float": _WHOLE,
        "int_parsing": _WHOLE,
        "int_parsing_size": ("is out of range", "write an ordinary number"),
        "bool_type": ("is neither true nor false", "write true or false without quotes"),
        "date_type": _DATE,
        "date_parsing": _DATE,
        "date_from_datetime_parsing": _DATE,
        "date_from_datetime_inexact": _DATE,
        "datetime_type": _MOMENT,
        "datetime_parsing": _MOMENT,
        "datetime_from_date_parsing": _MOMENT,
        "tuple_type": _LIST,
        "list_type": _LIST,
        "dataclass_type": _OBJECT,
        "dict_type": _OBJECT,
        "json_invalid": ("has text that is not valid", "write text in UTF-8"),
    }
)
