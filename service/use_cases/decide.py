"""A named person's decision on a proposal: approved, held or rejected, always with a reason.

Approving makes the placement in the same transaction, if what was possible last night is possible still. A later
decision replaces an earlier one and both are kept; taking an approval back removes a placement that has not begun.
"""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from matcher.domain.placement import Decision, Placement, Verdict
from service.audit_chain import Action
from service.clock import now
from service.db.audit_repositories import audited
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.placing import PlacementEvents
from service.db.records import StoredDecision, StoredProposal
from service.db.repositories import Decisions, MatchRuns, Placements, Proposals
from service.problems import ProposalOutdated
from service.use_cases.capacity import Wanted, hold, look
from service.use_cases.placements import Person, agree, reasons_for, withdraw


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that holds and the placement that came of it. `repeated`: it held already, nothing was written."""

    decision: StoredDecision
    placement: Placement | None
    repeated: bool = False


def decide(
    session: Session,
    municipality: str,
    proposal_id: str,
    *,
    verdict: Verdict,
    person: Person,
    reason: str,
    today: date,
) -> Decided:
    """Add a decision, with the placement that it makes or takes back. The same decision again changes nothing.

    Raises NotFound where the municipality has no such proposal, InvalidValueError where the reason is missing,
    ProposalOutdated where an approved placement is not possible any more, and PlacementBegun where an approval can no
    longer be taken back.
    """
    wanted = Decision(verdict, person.id, reason.strip())
    proposal = Proposals(session, municipality).get(proposal_id)
    hold(session, municipality, proposal.citizen_id, proposal.slot_id)
    before = _holding(session, municipality, proposal_id)
    if before is not None and _the_same(before.decision, wanted):
        return Decided(before, placement_of(session, municipality, proposal_id), repeated=True)
    decision = StoredDecision(str(uuid4()), proposal_id, wanted, now(), person.name)
    Decisions(session, municipality).add(decision)
    ids = {"proposal_id": proposal_id, "decision_id": decision.id}
    details = {"decision_id": decision.id, "verdict": verdict.value}
    audited(session, municipality, Action.PROPOSAL_DECIDED, "proposal", proposal_id, details)
    announce(session, municipality, EventType.PROPOSAL_DECIDED, ids)
    if verdict is Verdict.APPROVED:
        return Decided(decision, _approve(session, municipality, proposal, person, reason, today))
    made = PlacementEvents(session, municipality).made_of(proposal_id)
    if made is not None:
        withdraw(session, municipality, made, person, reason=reason, proposal_id=proposal_id, today=today)
    return Decided(decision, None)


def _approve(
    session: Session, municipality: str, proposal: StoredProposal, person: Person, reason: str, today: date
) -> Placement:
    """The placement of a proposal, where nothing has come in its way; it begins as soon as it can."""
    planned_on = MatchRuns(session, municipality).get(proposal.run_id).planned_on
    wanted = Wanted(proposal.citizen_id, proposal.slot_id, hours_per_week=proposal.hours_per_week)
    found = look(session, municipality, wanted, on=max(today, planned_on))
    if found.obstacles:
        raise ProposalOutdated(reasons_for(found.obstacles, person))
    return agree(
        session,
        municipality,
        wanted,
        found,
        by=person,
        decided_by=person.id,
        reason=reason,
        set_aside={},
        proposal_id=proposal.id,
    )


def _the_same(before: Decision, wanted: Decision) -> bool:
    """An approval is the same whoever repeats it; else the reason is a part of what is decided."""
    if before.verdict is not wanted.verdict:
        return False
    return wanted.verdict is Verdict.APPROVED or before.reason == wanted.reason


def _holding(session: Session, municipality: str, proposal_id: str) -> StoredDecision | None:
    decisions = Decisions(session, municipality).of_proposal(proposal_id)
    return decisions[-1] if decisions else None


def placement_of(session: Session, municipality: str, proposal_id: str) -> Placement | None:
    """The placement that came of a proposal and has not been taken back."""
    made = PlacementEvents(session, municipality).made_of(proposal_id)
    return None if made is None else Placements(session, municipality).get(made)


def wanted_of(session: Session, municipality: str, proposal_id: str) -> Wanted:
    """The pair of a proposal."""
    proposal = Proposals(session, municipality).get(proposal_id)
    return Wanted(proposal.citizen_id, proposal.slot_id)
