"""What was said last about each citizen and place, where it has a bearing on later plans."""

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from matcher.domain.decided import DecidedPair
from matcher.domain.placement import Verdict
from service.clock import DANISH_TIME
from service.db.pair_tables import PairDecisionRow
from service.db.tables import DecisionRow, ProposalRow

_COUNTING = frozenset((Verdict.HELD, Verdict.REJECTED))


def decided_pairs(session: Session, municipality: str, citizen_id: str | None = None) -> tuple[DecidedPair, ...]:
    """Pairs that were rejected or put on hold last, as a run's proposal or when planning again; by id.

    `citizen_id`: only this citizen's.
    """
    rows: list[Any] = []
    for query, of_whom in ((_of_proposals(municipality), ProposalRow), (_of_plans(municipality), PairDecisionRow)):
        rows += session.execute(query if citizen_id is None else query.where(of_whom.citizen_id == citizen_id))
    rows.sort(key=lambda row: (row.decided_at, row.decision_id))
    last = {(row.citizen_id, row.slot_id): row for row in rows}
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
        if row.verdict in _COUNTING
    ]
    return tuple(sorted(found, key=lambda one: one.id))


def _of_proposals(municipality: str) -> Select[*tuple[Any, ...]]:
    """Decisions on proposals of whichever run, with the pair."""
    proposal = and_(ProposalRow.municipality == DecisionRow.municipality, ProposalRow.id == DecisionRow.proposal_id)
    return (
        select(
            ProposalRow.id,
            ProposalRow.citizen_id,
            ProposalRow.slot_id,
            DecisionRow.id.label("decision_id"),
            DecisionRow.verdict,
            DecisionRow.decided_at,
            DecisionRow.decided_by_name,
            DecisionRow.decided_by,
        )
        .join(ProposalRow, proposal)
        .where(DecisionRow.municipality == municipality, DecisionRow.taken_back_at.is_(None))
    )


def _of_plans(municipality: str) -> Select[*tuple[Any, ...]]:
    """What was said when planning again, in plans that nobody has gone back from."""
    table = PairDecisionRow
    return select(
        table.id,
        table.citizen_id,
        table.slot_id,
        table.id.label("decision_id"),
        table.verdict,
        table.decided_at,
        table.decided_by_name,
        table.decided_by,
    ).where(table.municipality == municipality, table.withdrawn.is_(False))
