"""What tests of the repositories store: one of each kind, a run and a proposal."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from service.db.records import MatchRun, StoredProposal
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Placements
from tests.builders import MUNICIPALITY, a_citizen, a_company, a_consultant, a_placement, an_agreement

NOW = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


def put_one_of_each(session: Session) -> None:
    """A consultant, a company, a citizen, an agreement and a placement that refer to each other."""
    Consultants(session, MUNICIPALITY).put(a_consultant())
    Companies(session, MUNICIPALITY).put(a_company())
    Citizens(session, MUNICIPALITY).put(a_citizen())
    Agreements(session, MUNICIPALITY).put(an_agreement())
    Placements(session, MUNICIPALITY).put(a_placement())


def a_run(**changes: Any) -> MatchRun:
    """A run with a count, a version and a limit, but for what is named."""
    values: dict[str, Any] = {
        "id": "run-1",
        "created_at": NOW,
        "planned_on": date(2026, 10, 1),
        "seed": 0,
        "status": "optimal",
        "value": 0.5,
        "upper_bound": 0.6,
        "gap": 1 / 6,
        "input_hash": "abc",
        "seconds": {"solve": 0.25},
        "counts": {"placed": 1, "unplaced": {"no_hours": 2}},
        "versions": {"weights": "1"},
        "resources": ({"kind": "mentor", "limit": 4.0},),
    }
    return MatchRun(**(values | changes))


def a_proposal(**changes: Any) -> StoredProposal:
    """A proposal of that run for the citizen and the place, but for what is named."""
    values: dict[str, Any] = {
        "id": "proposal-1",
        "run_id": "run-1",
        "citizen_id": "citizen-1",
        "slot_id": "slot-1",
        "starts_on": date(2026, 10, 5),
        "hours_per_week": 10.0,
        "value": 0.5,
        "price": 0.1,
        "explanation": {"for": ["tæt på hjemmet"]},
        "support": ({"problem": "pain"},),
    }
    return StoredProposal(**(values | changes))
