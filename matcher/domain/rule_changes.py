"""What a municipality may do to the rule book: switch off or adjust what the law leaves open, and add its own rules.

A change paints over a period of one rule; later changes paint over earlier ones. What a change leaves outside its
period stays as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from matcher.domain.local_condition import LocalCondition
from matcher.domain.rulebook import NO_FIGURES, Origin, RuleBook, RuleVersion, Severity
from matcher.domain.validation import (
    InvalidValueError,
    check_id,
    check_member,
    check_period,
    check_text,
    check_whole,
)


class ChangeKind(StrEnum):
    """What a change does in its period."""

    SWITCH_OFF = "switch_off"
    """The rule asks nothing."""
    RESTORE = "restore"
    """The rule holds as in the book that every municipality begins with."""
    SET_FIGURES = "set_figures"
    """The rule holds with other figures."""
    ADD = "add"
    """A rule of the municipality's own holds."""


@dataclass(frozen=True, slots=True)
class LocalRule:
    """What a rule of the municipality's own says, and which pairs it closes."""

    danish: str
    english: str
    source: str
    condition: LocalCondition

    def __post_init__(self) -> None:
        for name in ("danish", "english", "source"):
            check_text(name, getattr(self, name), required=True)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One change of one rule.

    Attributes
    ----------
    valid_from, valid_to : first and last day of the change; without a last day it holds until another change
    figures : for SET_FIGURES, the figures that are other than the common rule's; for the rest empty
    rule : for ADD, what the rule says; for the rest None
    """

    kind: ChangeKind
    rule_id: str
    valid_from: date
    valid_to: date | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    rule: LocalRule | None = None

    def __post_init__(self) -> None:
        check_member("kind", self.kind, ChangeKind)
        check_id("rule_id", self.rule_id)
        check_period("valid_from", self.valid_from, "valid_to", self.valid_to)
        if self.valid_from == date.min:
            raise InvalidValueError(
                "valid_from", "is the first day of the calendar", "write the first day of the change"
            )
        if self.valid_to == date.max:
            raise InvalidValueError("valid_to", "is the last day of the calendar", "leave it out: then it has no end")
        if bool(self.figures) != (self.kind is ChangeKind.SET_FIGURES):
            raise InvalidValueError("figures", "does not go with the kind of change", "give it with set_figures only")
        if (self.rule is not None) != (self.kind is ChangeKind.ADD):
            raise InvalidValueError("rule", "does not go with the kind of change", "give it with add only")


def changed(book: RuleBook, changes: Iterable[RuleChange]) -> RuleBook:
    """The book after some changes, in their order.

    Raises
    ------
    InvalidValueError
        where a change names an unknown rule, touches law, an agreement or a choice, or sets a figure out of its bounds.
    """
    now = book
    for change in changes:
        now = with_change(book, now, change)
    return now


def with_change(begun_with: RuleBook, now: RuleBook, change: RuleChange) -> RuleBook:
    """The book `now` after one more change; `begun_with` is the book before any. Raises as `changed`."""
    return now.replaced(change.rule_id, _painted(begun_with, now, change))


def _painted(begun_with: RuleBook, now: RuleBook, change: RuleChange) -> tuple[RuleVersion, ...]:
    _refuse_closed(begun_with, now, change)
    kept = _outside(now.periods(change.rule_id), change)
    if change.rule is not None:
        return (*kept, _local(change, change.rule))
    if change.kind is ChangeKind.RESTORE:
        return (*kept, *_inside(begun_with.periods(change.rule_id), change))
    if change.kind is ChangeKind.SET_FIGURES:
        return (*kept, *_with_figures(begun_with, change))
    return kept


def _refuse_closed(begun_with: RuleBook, now: RuleBook, change: RuleChange) -> None:
    common = begun_with.periods(change.rule_id)
    if change.kind is ChangeKind.ADD:
        if common:
            raise InvalidValueError("rule_id", "is the id of a common rule", "choose an id of your own")
        return
    if not now.periods(change.rule_id) and not common:
        raise InvalidValueError("rule_id", "is not a known rule", "use an id from: matcher rules list")
    if any(version.origin is Origin.LAW for version in common):
        raise InvalidValueError(
            "rule_id", "is a rule of law and cannot be weakened", "leave it; a stricter local rule may be added"
        )
    if common and not all(version.can_be_switched_off for version in common):
        raise InvalidValueError(
            "rule_id", "is an agreement or a choice and not the municipality's", "change practice or local rules only"
        )
    if not common and change.kind is not ChangeKind.SWITCH_OFF:
        raise InvalidValueError("kind", "does not go with a local rule", "use switch_off, or add the rule anew")


def _with_figures(begun_with: RuleBook, change: RuleChange) -> tuple[RuleVersion, ...]:
    """The common versions of the rule within the period, with the change's figures."""
    inside = _inside(begun_with.periods(change.rule_id), change)
    for version in inside:
        for name, figure in change.figures.items():
            if name not in version.bounds:
                raise InvalidValueError(
                    "figures", "has a figure that is not the municipality's", "use a figure from: matcher rules list"
                )
            low, high = version.bounds[name]
            check_whole("figures", figure, int(low), int(high), "")
    return tuple(
        replace(version, parameters=MappingProxyType({**version.parameters, **change.figures})) for version in inside
    )


def _local(change: RuleChange, rule: LocalRule) -> RuleVersion:
    return RuleVersion(
        change.rule_id,
        _literal(rule.danish),
        _literal(rule.english),
        rule.source,
        change.valid_from,
        Severity.CLOSES,
        Origin.LOCAL,
        valid_to=change.valid_to,
        parameters=NO_FIGURES,
        can_be_switched_off=True,
        condition=rule.condition,
    )


def _literal(text: str) -> str:
    """A text as a template without figures."""
    return text.replace("{", "{{").replace("}", "}}")


def _outside(versions: Iterable[RuleVersion], change: RuleChange) -> tuple[RuleVersion, ...]:
    """What the versions say before and after the change's period."""
    before = [_clipped(version, None, change.valid_from - timedelta(days=1)) for version in versions]
    after: list[RuleVersion | None] = []
    if change.valid_to is not None:
        after = [_clipped(version, change.valid_to + timedelta(days=1), None) for version in versions]
    return tuple(version for version in (*before, *after) if version is not None)


def _inside(versions: Iterable[RuleVersion], change: RuleChange) -> tuple[RuleVersion, ...]:
    clipped = (_clipped(version, change.valid_from, change.valid_to) for version in versions)
    return tuple(version for version in clipped if version is not None)


def _clipped(version: RuleVersion, first: date | None, last: date | None) -> RuleVersion | None:
    """The version within a period; None where nothing is left of it."""
    starts = version.valid_from if first is None else max(version.valid_from, first)
    ends = min((end for end in (version.valid_to, last) if end is not None), default=None)
    if ends is not None and ends < starts:
        return None
    return replace(version, valid_from=starts, valid_to=ends)
