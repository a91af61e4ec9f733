"""Reading what nights came to: runs, their proposals, those without a place."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.db.night_repositories import NightAttempts
from service.db.nights import NightAttempt, RunState
from service.db.records import MatchRun, StoredDecision, StoredProposal, Unplaced
from service.db.repositories import Decisions, MatchRuns, Proposals
from service.use_cases.night_run import attempt_now


@dataclass(frozen=True, slots=True)
class DecidedProposal:
    """A proposal and the decision that holds, if somebody has decided."""

    proposal: StoredProposal
    decision: StoredDecision | None


def runs_page(session: Session, municipality: str, *, after: str | None, limit: int) -> tuple[MatchRun, ...]:
    """At most `limit` runs, newest first, from after the run with the id `after`."""
    runs = MatchRuns(session, municipality)
    return runs.page(before=runs.get(after) if after else None, limit=limit)


def attempts_page(
    session: Session, municipality: str, state: RunState, *, after: str | None, limit: int
) -> tuple[NightAttempt, ...]:
    """At most `limit` attempts in a state, newest first, from after the one with the id `after`, each as it is now."""
    attempts = NightAttempts(session, municipality)
    found = attempts.page(state, before=attempts.get(after) if after else None, limit=limit)
    return tuple(attempt_now(session, municipality, one) for one in found)


def run_or_attempt(session: Session, municipality: str, run_id: str) -> MatchRun | NightAttempt:
    """The published run of an id, or the attempt that is none yet; raises NotFound."""
    runs = MatchRuns(session, municipality)
    if runs.knows(run_id):
        return runs.get(run_id)
    return attempt_now(session, municipality, NightAttempts(session, municipality).get(run_id))


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
