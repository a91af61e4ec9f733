"""Repositories: runs with their proposals and decisions, and the log of imports."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from matcher.domain.placement import Decision, Verdict
from service.db.listings import proposed_pairs
from service.db.records import ProposedPair, StoredDecision, StoredImport, Unplaced
from service.db.repositories import Citizens, Decisions, Imports, MatchRuns, Proposals
from service.db.session import SessionFactory, read_only, unit_of_work
from service.db.tables import MatchRunRow
from service.problems import NotFound, VersionConflict
from tests.builders import MUNICIPALITY, a_citizen
from tests.storing import NOW, a_proposal, a_run

ELSEWHERE = "0671"


def test_runs_proposals_and_decisions_stay_in_their_municipality(session: Session) -> None:
    MatchRuns(session, MUNICIPALITY).add(a_run(), [a_proposal()], slot_prices={"slot-1": 0.1})
    assert MatchRuns(session, ELSEWHERE).latest() is None
    assert MatchRuns(session, ELSEWHERE).slot_prices("run-1") == {}
    assert MatchRuns(session, ELSEWHERE).unplaced("run-1") == ()
    assert Proposals(session, ELSEWHERE).of_run("run-1") == ()
    assert proposed_pairs(session, ELSEWHERE, "run-1") == ()
    decision = StoredDecision("d", "proposal-1", Decision(Verdict.APPROVED, "anna", "Passer godt"), NOW)
    for refused in (
        lambda: MatchRuns(session, ELSEWHERE).get("run-1"),
        lambda: Proposals(session, ELSEWHERE).get("proposal-1"),
        lambda: Decisions(session, ELSEWHERE).add(decision),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_run_reads_back_whole(session: Session) -> None:
    runs = MatchRuns(session, MUNICIPALITY)
    Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-2"))
    left = Unplaced("run-1", "citizen-2", "no_hours", "Ingen plads har timer nok.")
    runs.add(a_run(), [a_proposal()], [left], {"slot-1": 0.25, "slot-2": 0.0})
    session.expire_all()
    assert runs.get("run-1") == a_run()
    assert runs.latest() == a_run()
    assert runs.slot_prices("run-1") == {"slot-1": 0.25}
    assert runs.unplaced("run-1") == (left,)
    assert Proposals(session, MUNICIPALITY).get("proposal-1") == a_proposal()
    assert proposed_pairs(session, MUNICIPALITY, "run-1") == (ProposedPair("proposal-1", "citizen-1", "slot-1"),)


def test_runs_are_listed_newest_first_in_pages(session: Session) -> None:
    runs = MatchRuns(session, MUNICIPALITY)
    for number in range(4):
        runs.add(a_run(id=f"run-{number}", created_at=NOW + timedelta(days=number // 2)), [])
    first = runs.page(limit=3)
    assert [run.id for run in first] == ["run-3", "run-2", "run-1"]
    assert [run.id for run in runs.page(before=first[-1], limit=3)] == ["run-0"]


def test_proposals_are_listed_by_value_in_pages(session: Session) -> None:
    ids = [f"citizen-{number}" for number in range(1, 5)]
    Citizens(session, MUNICIPALITY).put_many([a_citizen(id=id_) for id_ in ids])
    proposals = [
        a_proposal(id=f"p-{value}-{number}", citizen_id=id_, value=value)
        for number, (id_, value) in enumerate(zip(ids, (0.25, 0.75, 0.75, 0.5), strict=True))
    ]
    MatchRuns(session, MUNICIPALITY).add(a_run(), proposals)
    stored = Proposals(session, MUNICIPALITY)
    first = stored.of_run("run-1", limit=2)
    assert [found.id for found in first] == ["p-0.75-1", "p-0.75-2"]
    assert [found.id for found in stored.of_run("run-1", after=first[0])] == ["p-0.75-2", "p-0.5-3", "p-0.25-0"]


def test_decisions_are_added_and_the_last_one_holds(session: Session) -> None:
    MatchRuns(session, MUNICIPALITY).add(a_run(), [a_proposal()])
    decisions = Decisions(session, MUNICIPALITY)
    held = StoredDecision("d-1", "proposal-1", Decision(Verdict.HELD, "anna", "Afventer samtale"), NOW)
    approved = StoredDecision(
        "d-2", "proposal-1", Decision(Verdict.APPROVED, "anna", "Aftalt"), NOW + timedelta(hours=1)
    )
    decisions.add(approved)
    decisions.add(held)
    assert decisions.of_proposal("proposal-1") == (held, approved)
    assert decisions.of_run("run-1") == {"proposal-1": approved}


def test_imports_are_logged_newest_first(session: Session) -> None:
    log = Imports(session, MUNICIPALITY)
    done = [StoredImport(f"i-{n}", NOW + timedelta(hours=n), ({"name": "f"},), {"citizen": n}) for n in range(2)]
    for one in done:
        log.save(one)
    assert log.newest() == (done[1], done[0])
    assert Imports(session, ELSEWHERE).newest() == ()


def test_a_clash_that_only_the_database_sees_is_a_conflict(sessions: SessionFactory) -> None:

    def write_the_same_run_twice() -> None:
        with unit_of_work(sessions) as session:
            MatchRuns(session, MUNICIPALITY).add(a_run(), [])
            MatchRuns(session, MUNICIPALITY).add(a_run(), [])

    with pytest.raises(VersionConflict):
        write_the_same_run_twice()
    with read_only(sessions) as session:
        assert MatchRuns(session, MUNICIPALITY).latest() is None


def test_a_point_in_time_without_zone_is_refused_and_reads_back_in_utc(session: Session) -> None:
    danish = datetime.fromisoformat("2026-10-01T04:00:00+02:00")
    MatchRuns(session, MUNICIPALITY).add(a_run(created_at=danish), [])
    session.expire_all()
    assert session.get_one(MatchRunRow, (MUNICIPALITY, "run-1")).created_at == NOW
    with pytest.raises(StatementError, match="time zone"):
        MatchRuns(session, MUNICIPALITY).add(a_run(id="run-2", created_at=danish.replace(tzinfo=None)), [])
