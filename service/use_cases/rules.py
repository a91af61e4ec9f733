"""The rules of a municipality: the common book with its own changes, who made them, and new changes with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from matcher.domain.rule_changes import RuleChange, with_change
from matcher.domain.rulebook import RuleBook, RuleVersion
from matcher.domain.statute import STATUTE
from matcher.domain.validation import InvalidValueError, check_id, check_text
from service.audit_chain import Action
from service.db.audit_repositories import audited
from service.db.rule_repositories import RULE_CHANGE, RuleChanges, StoredRuleChange
from service.db.session import SessionFactory, unit_of_work
from service.problems import FieldError, InvalidInput
from service.use_cases.rule_tried import Tried, checked_tried

NOTHING_SAID = Tried()
MOST_CHANGES = 100
"""Changes in one go: more than a municipality decides at a meeting."""

log = structlog.get_logger("matcher.rules")


@dataclass(frozen=True, slots=True)
class RulesOverview:
    """The rules that hold on a day, and every change that the municipality has made, the latest first.

    `outdated` are the numbers of changes that the common rules no longer allow; they count for nothing.
    """

    on: date
    rules: tuple[RuleVersion, ...]
    changes: tuple[StoredRuleChange, ...]
    outdated: tuple[int, ...]

    def as_record(self) -> dict[str, Any]:
        """The overview, ready for JSON."""
        return {
            "on": self.on.isoformat(),
            "rules": [rule.as_record() for rule in self.rules],
            "changes": [change_record(one, outdated=one.number in self.outdated) for one in self.changes],
        }


def change_record(stored: StoredRuleChange, *, outdated: bool = False) -> dict[str, Any]:
    """A change, ready for JSON."""
    return {
        "number": stored.number,
        "change": RULE_CHANGE.encode(stored.change),
        "changed_by": stored.changed_by,
        "reason": stored.reason,
        "changed_at": stored.changed_at.isoformat(),
        "outdated": outdated,
    }


def rulebook_of(session: Session, municipality: str) -> RuleBook:
    """The rules of a municipality: the common book with the municipality's changes.

    A change that the common rules no longer allow, since they have become law for example, is left out and logged.
    """
    book, outdated = _book_of(RuleChanges(session, municipality).all())
    if outdated:
        log.warning("rule changes no longer allowed", municipality=municipality, numbers=list(outdated))
    return book


def rules_overview(session: Session, municipality: str, on: date) -> RulesOverview:
    """The rules that hold on a day and how they came about."""
    stored = RuleChanges(session, municipality).all()
    book, outdated = _book_of(stored)
    return RulesOverview(on, book.valid_on(on), tuple(reversed(stored)), outdated)


def read_changes(document: Mapping[str, Any]) -> tuple[RuleChange, ...]:
    """The changes of a document ``{"changes": [...]}`` that a stranger wrote; InvalidInput names every bad field."""
    changes = document.get("changes") if isinstance(document, Mapping) else None
    if not isinstance(changes, list) or not changes:
        raise InvalidInput(errors=[FieldError("changes", "is missing", "write a list in [ ]")])
    if len(changes) > MOST_CHANGES:
        raise InvalidInput(errors=[FieldError("changes", "is out of range", "give fewer at a time")])
    read, errors = [], []
    for index, one in enumerate(changes):
        try:
            read.append(RULE_CHANGE.decode(one))
        except InvalidInput as refused:
            errors += [_at(index, error.field, error.problem, error.fix) for error in refused.errors]
    if errors:
        raise InvalidInput(errors=errors)
    return tuple(read)


def with_changes(book: RuleBook, changes: Sequence[RuleChange], *, begun_with: RuleBook = STATUTE) -> RuleBook:
    """A municipality's book after more changes; InvalidInput names the first that is not allowed."""
    for index, change in enumerate(changes):
        try:
            book = with_change(begun_with, book, change)
        except InvalidValueError as refused:
            raise InvalidInput(errors=[_at(index, refused.field, refused.problem, refused.fix)]) from None
    return book


def change_rules(
    sessions: SessionFactory,
    municipality: str,
    changes: Sequence[RuleChange],
    *,
    changed_by: str,
    reason: str,
    tried: Tried = NOTHING_SAID,
) -> tuple[StoredRuleChange, ...]:
    """Write changes that a named person has decided; InvalidInput, and none is written, where one is not allowed."""
    with unit_of_work(sessions) as session:
        return add_changes(session, municipality, changes, changed_by=changed_by, reason=reason, tried=tried)


def add_changes(
    session: Session,
    municipality: str,
    changes: Sequence[RuleChange],
    *,
    changed_by: str,
    reason: str,
    tried: Tried = NOTHING_SAID,
) -> tuple[StoredRuleChange, ...]:
    """As `change_rules`, in a transaction that is under way. Why there was no preview is written beside the reason."""
    if tried.without:
        reason = f"{reason} (Sat i kraft uden forhåndsvisning: {tried.without})"
    try:
        check_id("changed_by", changed_by)
        check_text("reason", reason, required=True)
    except InvalidValueError as refused:
        raise InvalidInput(errors=[FieldError(refused.field, refused.problem, refused.fix)]) from None
    with_changes(rulebook_of(session, municipality), changes)
    tried_in = checked_tried(session, municipality, changes, tried)
    stored = RuleChanges(session, municipality).add_all(
        changes, changed_by=changed_by, reason=reason, changed_at=datetime.now(UTC)
    )
    for one in stored:
        details = {"rule_id": one.change.rule_id, "kind": one.change.kind.value, "changed_by": changed_by}
        details["tried"] = tried_in
        audited(session, municipality, Action.RULES_CHANGED, "rule_change", str(one.number), details)
    return stored


def _book_of(stored: Iterable[StoredRuleChange]) -> tuple[RuleBook, tuple[int, ...]]:
    book, outdated = STATUTE, []
    for one in stored:
        try:
            book = with_change(STATUTE, book, one.change)
        except InvalidValueError:
            outdated.append(one.number)
    return book, tuple(outdated)


def _at(index: int, field: str, problem: str, fix: str) -> FieldError:
    return FieldError(f"changes[{index}]" + (f".{field}" if field else ""), problem, fix)
