"""Rules as data: dated versions with text, source and figures, and the book that says which version holds on a day."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from matcher.domain.local_condition import LocalCondition
from matcher.domain.validation import (
    InvalidValueError,
    check_id,
    check_member,
    check_number,
    check_period,
    check_text,
)

NO_FIGURES: Mapping[str, float] = MappingProxyType({})
NO_BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType({})


class Severity(StrEnum):
    """What a rule does."""

    CLOSES = "closes"
    """A pair that does not keep it is not possible."""
    LIMITS = "limits"
    """The placements of a plan share a limit."""
    DUTY = "duty"
    """Something must be done or checked before or when a placement or an agreement is made."""
    ADVICE = "advice"
    """Advice to the person who decides; it closes no place."""


class Origin(StrEnum):
    """What a rule rests on."""

    LAW = "law"
    PRACTICE = "practice"
    """Practice or a study: the municipality may choose otherwise."""
    AGREEMENT = "agreement"
    """What company and municipality have agreed, or what the referral of the citizen says."""
    CHOICE = "choice"
    """The citizen's or the company's own choice."""
    LOCAL = "local"
    """Added by the municipality itself."""


@dataclass(frozen=True, slots=True)
class Override:
    """Who may set a rule aside in a single case, and what the reason must say, in both languages."""

    by: tuple[str, ...]
    danish: str
    english: str

    def __post_init__(self) -> None:
        if not self.by:
            raise InvalidValueError("by", "is empty", "name at least one role")
        check_text("danish", self.danish, required=True)
        check_text("english", self.english, required=True)


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One rule as it reads in one period.

    Attributes
    ----------
    danish_template, english_template : full sentences; ``{name}`` stands for the figure of that name
    parameters : the rule's figures by name; the unit stands in the name
    bounds : for each figure that a municipality may change, the lowest and highest whole number
    override : who may set it aside for one pair; None: nobody
    can_be_switched_off : whether a municipality may switch it off or change the figures in `bounds`
    condition : of a local rule: the pairs that it closes
    """

    id: str
    danish_template: str
    english_template: str
    source: str
    valid_from: date
    severity: Severity
    origin: Origin
    valid_to: date | None = None
    parameters: Mapping[str, float] = field(default_factory=lambda: NO_FIGURES)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=lambda: NO_BOUNDS)
    override: Override | None = None
    can_be_switched_off: bool = False
    condition: LocalCondition | None = None

    def __post_init__(self) -> None:
        check_id("id", self.id)
        check_text("danish_template", self.danish_template, required=True)
        check_text("english_template", self.english_template, required=True)
        check_text("source", self.source, required=True)
        check_period("valid_from", self.valid_from, "valid_to", self.valid_to)
        check_member("severity", self.severity, Severity)
        check_member("origin", self.origin, Origin)
        for name, figure in self.parameters.items():
            check_number(f"parameters.{name}", figure, 0, 1_000_000, "")
        if self.origin is Origin.LAW and self.can_be_switched_off:
            raise InvalidValueError("can_be_switched_off", "is true of a rule of law", "leave law as it is")
        if (self.condition is not None) != (self.origin is Origin.LOCAL):
            raise InvalidValueError("condition", "does not go with the origin", "give local rules one, and no others")

    @property
    def danish(self) -> str:
        """What the rule asks, as a full Danish sentence with its figures."""
        return self.danish_template.format_map(_Shown(self.parameters, ","))

    @property
    def english(self) -> str:
        """What the rule asks, as a full English sentence with its figures."""
        return self.english_template.format_map(_Shown(self.parameters, "."))

    def valid_on(self, day: date) -> bool:
        """Whether the version holds on a day; its first and last day belong to it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def as_record(self) -> dict[str, Any]:
        """All that the version says, ready for JSON."""
        return {
            "id": self.id,
            "danish": self.danish,
            "english": self.english,
            "danish_template": self.danish_template,
            "english_template": self.english_template,
            "source": self.source,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to and self.valid_to.isoformat(),
            "severity": self.severity.value,
            "origin": self.origin.value,
            "parameters": {name: float(self.parameters[name]) for name in sorted(self.parameters)},
            "bounds": {name: [float(end) for end in self.bounds[name]] for name in sorted(self.bounds)},
            "override": self.override
            and {"by": list(self.override.by), "danish": self.override.danish, "english": self.override.english},
            "can_be_switched_off": self.can_be_switched_off,
            "condition": self.condition and self.condition.as_record(),
        }


class _Shown(dict[str, str]):
    """Figures as they are written in a sentence."""

    def __init__(self, parameters: Mapping[str, float], decimal_sign: str) -> None:
        super().__init__({name: f"{figure:g}".replace(".", decimal_sign) for name, figure in parameters.items()})


@dataclass(frozen=True)
class RuleBook:
    """Versions of rules, by id and then by first day. No two versions of one rule hold on the same day."""

    versions: tuple[RuleVersion, ...]

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.versions, key=lambda version: (version.id, version.valid_from)))
        object.__setattr__(self, "versions", ordered)
        for one, following in pairwise(ordered):
            if one.id == following.id and (one.valid_to is None or one.valid_to >= following.valid_from):
                raise InvalidValueError(
                    f"versions.{one.id}", "has two versions on one day", "end the earlier before the later begins"
                )

    @cached_property
    def _by_id(self) -> Mapping[str, tuple[RuleVersion, ...]]:
        found: dict[str, tuple[RuleVersion, ...]] = {}
        for version in self.versions:
            found[version.id] = (*found.get(version.id, ()), version)
        return found

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all rules, ascending."""
        return tuple(self._by_id)

    def periods(self, rule_id: str) -> tuple[RuleVersion, ...]:
        """Every version of a rule, the earliest first; empty where there is none."""
        return self._by_id.get(rule_id, ())

    def between(self, rule_id: str, first: date, last: date) -> tuple[RuleVersion, ...]:
        """Versions of a rule that hold on some day from `first` to `last`, the earliest first."""
        return tuple(
            version
            for version in self.periods(rule_id)
            if version.valid_from <= last and (version.valid_to is None or version.valid_to >= first)
        )

    def holds(self, rule_id: str, day: date) -> bool:
        """Whether a version of the rule holds on a day."""
        return any(version.valid_on(day) for version in self.periods(rule_id))

    def version(self, rule_id: str, day: date) -> RuleVersion:
        """The version of a rule that holds on a day; KeyError where none does."""
        for version in self.periods(rule_id):
            if version.valid_on(day):
                return version
        raise KeyError(f"no version of the rule {rule_id!r} holds on {day}")

    def valid_on(self, day: date) -> tuple[RuleVersion, ...]:
        """Every version that holds on a day, by id."""
        return tuple(version for version in self.versions if version.valid_on(day))

    def of_origin(self, origin: Origin) -> tuple[str, ...]:
        """Ids of the rules of an origin, ascending."""
        return tuple(dict.fromkeys(version.id for version in self.versions if version.origin is origin))

    def fingerprint(self) -> str:
        """SHA-256 over every version, hexadecimal: the same rules, the same fingerprint."""
        document = [version.as_record() for version in self.versions]
        return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def replaced(self, rule_id: str, versions: Iterable[RuleVersion]) -> "RuleBook":
        """The book with other versions of one rule."""
        others = [version for version in self.versions if version.id != rule_id]
        return RuleBook((*others, *versions))
