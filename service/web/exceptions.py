"""Exceptions from rules: what the rule book lets a person set aside for one citizen and place, as forms ask for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from matcher.domain.rulebook import RuleBook
from matcher.language import Text
from service.problems import InvalidInput

FIELD: Final = "overrides."


@dataclass(frozen=True, slots=True)
class RuleException:
    """A rule that may be set aside: what it asks, what the reason must say, and what was typed."""

    id: str
    statement: Text
    ask: Text
    typed: str


def asked_for(problem: InvalidInput) -> list[str]:
    """Ids of the rules that a reason is missing for."""
    return [one.field.removeprefix(FIELD) for one in problem.errors if one.field.startswith(FIELD)]


def to_allow(book: RuleBook, rules: Iterable[str], typed: Mapping[str, str], on: date) -> list[RuleException]:
    """The rules with what each asks for; those that nobody may set aside are left out."""
    found = []
    for id_ in rules:
        periods = book.periods(id_)
        version = next((one for one in periods if one.valid_on(on)), periods[-1] if periods else None)
        if version is not None and version.override is not None:
            statement = Text(version.danish, version.english)
            ask = Text(version.override.danish, version.override.english)
            found.append(RuleException(id_, statement, ask, typed.get(id_, "")))
    return found
