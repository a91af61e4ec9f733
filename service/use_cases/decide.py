"""A named person's decision on a proposal: approved, held or rejected, always with a reason.

Approving makes the placement in the same transaction, if what was possible last night is possible still. A later
decision replaces an earlier one and both are kept; taking an approval back removes a placement that has not begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final
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
from service.problems import DecidedAgain, FieldError, InvalidInput, ProposalOutdated
from service.use_cases.capacity import Wanted, hold, look
from service.use_cases.placements import Person, agree, rules_set_aside, withdraw

NO_OVERRIDES: Final[Mapping[str, str]] = MappingProxyType({})


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
    overrides: Mapping[str, str] = NO_OVERRIDES,
) -> Decided:
    """Add a decision, with the placement that it makes or takes back. The same decision again changes nothing.

    `overrides`: rules that an approval sets aside, each with the reason that the rule book asks for.

    Raises NotFound where the municipality has no such proposal, InvalidValueError where the reason is missing,
    ProposalOutdated where an approved placement is not possible any more, Forbidden and InvalidInput where a rule is
    not set aside rightly (`rules_set_aside`), and PlacementBegun where an approval can no longer be taken back.
    """
    wanted = Decision(verdict, person.id, reason.strip())
    if overrides and verdict is not Verdict.APPROVED:
        raise InvalidInput(errors=[FieldError("overrides", "does not go with the verdict", "leave it out")])
    proposal = Proposals(session, municipality).get(proposal_id)
    hold(session, municipality, proposal.citizen_id, proposal.slot_id)
    before = Decisions(session, municipality).holding(proposal_id)
    if before is not None and _the_same(before.decision, wanted):
        return Decided(before, placement_of(session, municipality, proposal_id), repeated=True)
    decision = StoredDecision(str(uuid4()), proposal_id, wanted, now(), person.name)
    Decisions(session, municipality).add(decision)
    ids = {"proposal_id": proposal_id, "decision_id": decision.id}
    details = {"decision_id": decision.id, "verdict": verdict.value}
    audited(session, municipality, Action.PROPOSAL_DECIDED, "proposal", proposal_id, details)
    announce(session, municipality, EventType.PROPOSAL_DECIDED, ids)
    if verdict is Verdict.APPROVED:
        return Decided(decision, _approve(session, municipality, proposal, person, reason, overrides, today))
    made = PlacementEvents(session, municipality).made_of(proposal_id)
    if made is not None:
        withdraw(session, municipality, made, person, reason=reason, proposal_id=proposal_id, today=today)
    return Decided(decision, None)


def take_back(session: Session, municipality: str, decision_id: str, *, person: Person, today: date) -> StoredDecision:
    """Let a decision count no more, so that the one before it holds, or none; a placement that it made is withdrawn.

    Raises NotFound, DecidedAgain where another decision on the proposal holds by now, and PlacementBegun.
    """
    decisions = Decisions(session, municipality)
    decision = decisions.get(decision_id)
    proposal = Proposals(session, municipality).get(decision.proposal_id)
    hold(session, municipality, proposal.citizen_id, proposal.slot_id)
    holding = decisions.holding(proposal.id)
    if holding is None or holding.id != decision_id:
        raise DecidedAgain
    made = PlacementEvents(session, municipality).made_of(proposal.id)
    if made is not None:
        reason = decision.decision.reason
        withdraw(session, municipality, made, person, reason=reason, proposal_id=proposal.id, today=today)
    decisions.take_back(decision_id, person.id, person.name, now())
    details = {"decision_id": decision_id, "verdict": decision.decision.verdict.value}
    audited(session, municipality, Action.DECISION_TAKEN_BACK, "proposal", proposal.id, details)
    announce(
        session,
        municipality,
        EventType.PROPOSAL_DECIDED,
        {"proposal_id": proposal.id, "decision_id": holding.id},
    )
    return decision


def take_back_placement(
    session: Session, municipality: str, placement_id: str, *, person: Person, reason: str, today: date
) -> None:
    """Take back a placement that has not begun: with the decision that made it, as `take_back`, where it came of a
    proposal; else by itself, for `reason`.

    Raises NotFound and PlacementBegun.
    """
    events = PlacementEvents(session, municipality).of_placement(placement_id)
    proposal_id = next((one.proposal_id for one in events if one.proposal_id), None)
    made_by = Decisions(session, municipality).holding(proposal_id) if proposal_id else None
    if made_by is not None:
        take_back(session, municipality, made_by.id, person=person, today=today)
    else:
        withdraw(session, municipality, placement_id, person, reason=reason, proposal_id=proposal_id, today=today)


def _approve(
    session: Session,
    municipality: str,
    proposal: StoredProposal,
    person: Person,
    reason: str,
    overrides: Mapping[str, str],
    today: date,
) -> Placement:
    """The placement of a proposal, where nothing has come in its way; it begins as soon as it can."""
    planned_on = MatchRuns(session, municipality).get(proposal.run_id).planned_on
    wanted = Wanted(proposal.citizen_id, proposal.slot_id, hours_per_week=proposal.hours_per_week)
    found = look(session, municipality, wanted, on=max(today, planned_on))
    set_aside = rules_set_aside(found, person, overrides, ProposalOutdated)
    return agree(
        session,
        municipality,
        wanted,
        found,
        by=person,
        decided_by=person.id,
        reason=reason,
        set_aside=set_aside,
        proposal_id=proposal.id,
    )


def _the_same(before: Decision, wanted: Decision) -> bool:
    """An approval is the same whoever repeats it; else the reason is a part of what is decided."""
    if before.verdict is not wanted.verdict:
        return False
    return wanted.verdict is Verdict.APPROVED or before.reason == wanted.reason


def placement_of(session: Session, municipality: str, proposal_id: str) -> Placement | None:
    """The placement that came of a proposal and has not been taken back."""
    made = PlacementEvents(session, municipality).made_of(proposal_id)
    return None if made is None else Placements(session, municipality).get(made)


def wanted_of(session: Session, municipality: str, proposal_id: str) -> Wanted:
    """The pair of a proposal."""
    proposal = Proposals(session, municipality).get(proposal_id)
    return Wanted(proposal.citizen_id, proposal.slot_id)
