"""A named person's decision on a proposal: approved, held or rejected, always with a reason."""

from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.placement import Decision, Verdict
from service.clock import now
from service.db.records import StoredDecision
from service.db.repositories import Decisions


def decide(
    session: Session, municipality: str, proposal_id: str, *, verdict: Verdict, decided_by: str, reason: str
) -> StoredDecision:
    """Add a decision; a later one replaces it, and both are kept.

    Raises NotFound where the municipality has no such proposal, InvalidValueError where the reason is missing.
    """
    decision = StoredDecision(str(uuid4()), proposal_id, Decision(verdict, decided_by, reason.strip()), now())
    Decisions(session, municipality).add(decision)
    return decision
