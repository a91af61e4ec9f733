"""Opening a citizen outside one's own limits: only with the right to it, a reason, and an entry in the audit chain."""

from typing import Final

import structlog

from matcher.domain.validation import LIKE_CPR, InvalidValueError, check_id, holds_cpr
from service.audit_chain import Action
from service.db.audit_repositories import audited
from service.db.purpose import Channel, Viewer
from service.db.session import SessionFactory, unit_of_work
from service.identity.callers import Caller
from service.problems import FieldError, InvalidInput
from service.settings import Right

SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 400
_FIELD: Final = "X-Break-Glass-Reason"
_CONTROL: Final = dict.fromkeys(range(32))
log = structlog.get_logger("matcher.audit")


def record_break_glass(
    sessions: SessionFactory, caller: Caller, citizen_id: str, reason: str, channel: Channel
) -> None:
    """Write down that a caller opens a citizen outside the caller's teams and target groups, before anything is shown.

    It is in the audit chain, with the reason, once this returns; the log tells of it without the reason.

    Raises Forbidden without the right, InvalidInput where the reason or the citizen is missing. Never opens another
    municipality: the scope keeps its municipality.
    """
    caller.needs_right(Right.BREAK_GLASS)
    text = " ".join(reason.split()).translate(_CONTROL)
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        fix = f"write why, in {SHORTEST_REASON} to {LONGEST_REASON} characters"
        raise InvalidInput(errors=[FieldError(_FIELD, "is too short or too long", fix)])
    if holds_cpr(text):
        raise InvalidInput(errors=[FieldError(_FIELD, LIKE_CPR, "write why, without numbers of people")])
    try:
        check_id("citizen_id", citizen_id)
    except InvalidValueError:
        fix = "open one citizen by the citizen's own address"
        raise InvalidInput(errors=[FieldError(_FIELD, "is sent to an address of no citizen", fix)]) from None
    with unit_of_work(sessions) as session:
        actor = Viewer(caller.id, caller.role, channel)
        audited(
            session,
            caller.municipality,
            Action.CITIZEN_OPENED,
            "citizen",
            citizen_id,
            {"reason": text},
            actor=actor,
        )
    log.warning("break glass", caller=caller.id, role=caller.role, municipality=caller.municipality)
