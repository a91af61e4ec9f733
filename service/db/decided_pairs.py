"""What was decided last about each citizen and place, where it has a bearing on later plans."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from matcher.domain.decided import DecidedPair
from matcher.domain.placement import Verdict
from service.clock import DANISH_TIME
from service.db.tables import DecisionRow, ProposalRow


def decided_pairs(session: Session, municipality: str, citizen_id: str | None = None) -> tuple[DecidedPair, ...]:
    """Pairs whose last decision, of whichever run's proposal, rejected them or put them on hold; by proposal.

    `citizen_id`: only this citizen's.
    """
    proposal = and_(ProposalRow.municipality == DecisionRow.municipality, ProposalRow.id == DecisionRow.proposal_id)
    query = (
        select(
            ProposalRow.id,
            ProposalRow.citizen_id,
            ProposalRow.slot_id,
            DecisionRow.verdict,
            DecisionRow.decided_at,
            DecisionRow.decided_by_name,
            DecisionRow.decided_by,
        )
        .join(ProposalRow, proposal)
        .where(DecisionRow.municipality == municipality)
        .order_by(DecisionRow.decided_at, DecisionRow.id)
    )
    if citizen_id is not None:
        query = query.where(ProposalRow.citizen_id == citizen_id)
    last = {(row.citizen_id, row.slot_id): row for row in session.execute(query)}
    found = [
        DecidedPair(
            row.id,
            row.citizen_id,
            row.slot_id,
            Verdict(row.verdict),
            row.decided_at.astimezone(DANISH_TIME).date(),
            row.decided_by_name or row.decided_by,
        )
        for row in last.values()
        if row.verdict != Verdict.APPROVED
    ]
    return tuple(sorted(found, key=lambda one: one.id))
