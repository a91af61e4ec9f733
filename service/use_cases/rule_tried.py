"""What changes of rules were tried in before they are put into force: a preview, or a reason to go without one.

A preview is written down in the audit with the digest of its changes; a change that names it must be those changes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.rule_changes import RuleChange
from service.audit_chain import Action
from service.db.audit_repositories import AuditEntries, audited
from service.db.rule_repositories import RULE_CHANGE
from service.problems import FieldError, InvalidInput

WITHOUT: Final = "without"
NOT_SAID: Final = "not_said"
"""Callers from before previews had ids say nothing; the audit shows it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The preview that changes were tried in, or why they go into force without one; both empty: not said."""

    preview_id: str = ""
    without: str = ""


def record_preview(
    session: Session, municipality: str, changes: Sequence[RuleChange], preview_id: str | None = None
) -> str:
    """Write down that changes were tried on a plan; the id that a change into force names."""
    preview_id = preview_id or str(uuid4())
    details = {"changes": _digest(changes)}
    audited(session, municipality, Action.RULES_PREVIEWED, "rule_preview", preview_id, details)
    return preview_id


def checked_tried(session: Session, municipality: str, changes: Sequence[RuleChange], tried: Tried) -> str:
    """What the audit of the changes says of it: the preview's id, WITHOUT or NOT_SAID.

    Raises InvalidInput where both are given, or the preview is not there or is of other changes.
    """
    if tried.preview_id and tried.without:
        fix = "name the preview, or say why there is none"
        raise InvalidInput(errors=[FieldError("without_preview", "does not go with preview_id", fix)])
    if not tried.preview_id:
        return WITHOUT if tried.without else NOT_SAID
    found = AuditEntries(session, municipality).page(action=Action.RULES_PREVIEWED, object_id=tried.preview_id, limit=1)
    if not found or found[0].details.get("changes") != _digest(changes):
        fix = "preview these changes first, or say in without_preview why they are not"
        raise InvalidInput(errors=[FieldError("preview_id", "is no preview of these changes", fix)])
    return tried.preview_id


def _digest(changes: Sequence[RuleChange]) -> str:
    """SHA-256 of the changes as they are stored, in their order."""
    document = [RULE_CHANGE.encode(change) for change in changes]
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
