"""Reading what nights came to: runs, their proposals, those without a place."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.db.records import MatchRun, StoredDecision, StoredProposal, Unplaced
from service.db.repositories import Decisions, MatchRuns, Proposals


@dataclass(frozen=True, slots=True)
class DecidedProposal:
    """A proposal and the decision that holds, if somebody has decided."""

    proposal: StoredProposal
    decision: StoredDecision | None


def runs_page(session: Session, municipality: str, *, after: str | None, limit: int) -> tuple[MatchRun, ...]:
    """At most `limit` runs, newest first, from after the run with the id `after`."""
    runs = MatchRuns(session, municipality)
    return runs.page(before=runs.get(after) if after else None, limit=limit)


def proposals_page(
    session: Session, municipality: str, run_id: str, *, after: str | None, limit: int | None
) -> tuple[DecidedProposal, ...]:
    """At most `limit` proposals of a run, best value first, from after the proposal with the id `after`.

    Raises NotFound where the municipality has no such run or proposal.
    """
    run = MatchRuns(session, municipality).get(run_id)
    proposals = Proposals(session, municipality)
    page = proposals.of_run(run.id, after=proposals.get(after) if after else None, limit=limit)
    decided = Decisions(session, municipality).of_run(run.id)
    return tuple(DecidedProposal(proposal, decided.get(proposal.id)) for proposal in page)


def unplaced_of(session: Session, municipality: str, run_id: str) -> tuple[Unplaced, ...]:
    """Those whom a run could not place, by citizen; raises NotFound."""
    runs = MatchRuns(session, municipality)
    return runs.unplaced(runs.get(run_id).id)
