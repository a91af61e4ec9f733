"""Repositories: one municipality each, versions, references, and what cannot be removed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, InternalError, StatementError
from sqlalchemy.orm import Session

from matcher.domain.agreement import AgreementModel
from matcher.domain.placement import Decision, Verdict
from service.db.documents import Change, Saved
from service.db.listings import proposed_pairs
from service.db.ordering import by_code_point
from service.db.records import MatchRun, ProposedPair, StoredDecision, StoredImport, StoredProposal, Unplaced
from service.db.repositories import (
    Agreements,
    Citizens,
    Companies,
    Consultants,
    Decisions,
    Imports,
    MatchRuns,
    Placements,
    Proposals,
)
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.tables import CitizenRow, MatchRunRow
from service.problems import InUse, InvalidInput, NotFound, UnknownReference, VersionConflict
from tests.builders import (
    MUNICIPALITY,
    a_citizen,
    a_company,
    a_consultant,
    a_placement,
    a_slot,
    a_worksite,
    an_agreement,
)

ELSEWHERE = "0671"
NOW = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def sessions(migrated_url: str) -> Iterator[SessionFactory]:
    engine = create_database_engine(migrated_url)
    yield sessions_of(engine)
    engine.dispose()


@pytest.fixture
def session(sessions: SessionFactory) -> Iterator[Session]:
    """A transaction with one of each kind stored."""
    with unit_of_work(sessions) as found:
        Consultants(found, MUNICIPALITY).put(a_consultant())
        Companies(found, MUNICIPALITY).put(a_company())
        Citizens(found, MUNICIPALITY).put(a_citizen())
        Agreements(found, MUNICIPALITY).put(an_agreement())
        Placements(found, MUNICIPALITY).put(a_placement())
        yield found


def a_run(**changes: Any) -> MatchRun:
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


# Values in, the same values out.


def test_what_is_stored_reads_back_equal(session: Session) -> None:
    assert Consultants(session, MUNICIPALITY).all() == (a_consultant(),)
    assert Companies(session, MUNICIPALITY).all() == (a_company(),)
    assert Citizens(session, MUNICIPALITY).get("citizen-1") == a_citizen()
    assert Agreements(session, MUNICIPALITY).get("agreement-1") == an_agreement()
    assert Placements(session, MUNICIPALITY).get_versioned("placement-1") == (a_placement(), 1)


def test_pages_follow_the_ids(session: Session) -> None:
    citizens = Citizens(session, MUNICIPALITY)
    citizens.put_many([a_citizen(id=f"citizen-{number}") for number in range(2, 6)])
    first = citizens.page(limit=3)
    assert [citizen.id for citizen in first] == ["citizen-1", "citizen-2", "citizen-3"]
    assert [citizen.id for citizen in citizens.page(after=first[-1].id, limit=3)] == ["citizen-4", "citizen-5"]
    assert citizens.count() == 5
    assert citizens.known(["citizen-2", "nobody"]) == {"citizen-2"}


def test_the_order_of_ids_does_not_depend_on_the_language_of_the_database(session: Session) -> None:
    citizens = Citizens(session, MUNICIPALITY)
    ids = ["Aa", "B", "a", "b-1", "b1", "z"]
    citizens.put_many([a_citizen(id=id_) for id_ in reversed(ids)])
    assert [citizen.id for citizen in citizens.all()] == sorted([*ids, "citizen-1"])
    assert [citizen.id for citizen in citizens.page(after="b1")] == ["citizen-1", "z"]
    in_order = select(CitizenRow.id).order_by(by_code_point(CitizenRow.id))
    assert str(in_order.compile(dialect=postgresql.dialect())).endswith('ORDER BY (citizens.id) COLLATE "C"')  # type: ignore[no-untyped-call]


# Versions.


def test_a_change_raises_the_version_and_an_unchanged_value_does_not(session: Session) -> None:
    citizens = Citizens(session, MUNICIPALITY)
    assert citizens.put(a_citizen()) == Saved(Change.UNCHANGED, 1)
    assert citizens.put(a_citizen(hours_now=12)) == Saved(Change.UPDATED, 2)
    assert citizens.put(a_citizen(hours_now=12), expected_version=2) == Saved(Change.UNCHANGED, 2)


def test_a_change_of_a_slot_or_a_worksite_raises_the_version_of_what_holds_it(session: Session) -> None:
    slot = a_slot(capacity=2)
    assert Agreements(session, MUNICIPALITY).put(an_agreement(slots=(slot,))).version == 2
    company = a_company(worksites=(a_worksite(ordinary_employees=30),))
    assert Companies(session, MUNICIPALITY).put(company).version == 2


@pytest.mark.parametrize("expected", [0, 2])
def test_a_stale_version_is_refused(session: Session, expected: int) -> None:
    citizens = Citizens(session, MUNICIPALITY)
    with pytest.raises(VersionConflict):
        citizens.put(a_citizen(hours_now=12), expected_version=expected)
    assert citizens.get_versioned("citizen-1") == (a_citizen(), 1)


def test_version_0_means_that_nothing_is_there_yet(session: Session) -> None:
    new = a_citizen(id="citizen-2")
    assert Citizens(session, MUNICIPALITY).put(new, expected_version=0) == Saved(Change.CREATED, 1)


def test_two_people_who_change_the_same_row_cannot_both_win(session: Session, sessions: SessionFactory) -> None:
    session.commit()
    mine = session.get(CitizenRow, (MUNICIPALITY, "citizen-1"))
    assert mine is not None
    session.expunge(mine)
    session.rollback()
    with unit_of_work(sessions) as other:
        Citizens(other, MUNICIPALITY).put(a_citizen(hours_now=12))

    def change_what_was_read_before() -> None:
        with unit_of_work(sessions) as late:
            late.add(mine)
            mine.document = {**mine.document, "hours_now": 9}

    with pytest.raises(VersionConflict):
        change_what_was_read_before()
    with read_only(sessions) as check:
        assert Citizens(check, MUNICIPALITY).get("citizen-1").hours_now == 12


# One municipality each.


def test_another_municipality_sees_and_changes_nothing(session: Session) -> None:
    for repository, id_ in (
        (Consultants, "consultant-1"),
        (Companies, "company-1"),
        (Citizens, "citizen-1"),
        (Agreements, "agreement-1"),
        (Placements, "placement-1"),
    ):
        there = repository(session, ELSEWHERE)
        assert there.all() == ()
        assert there.count() == 0
        assert there.known([id_]) == set()
        with pytest.raises(NotFound):
            there.get(id_)
        with pytest.raises(NotFound):
            there.delete(id_)


def test_the_same_ids_live_side_by_side_in_two_municipalities(session: Session) -> None:
    Consultants(session, ELSEWHERE).put(a_consultant(municipality=ELSEWHERE, name="Else"))
    assert Consultants(session, ELSEWHERE).get("consultant-1").name == "Else"
    assert Consultants(session, MUNICIPALITY).get("consultant-1") == a_consultant()


def test_a_value_of_another_municipality_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInput, match="municipality: is another municipality"):
        Citizens(session, ELSEWHERE).put(a_citizen())


def test_a_reference_does_not_reach_into_another_municipality(session: Session) -> None:
    with pytest.raises(UnknownReference, match="consultant_id"):
        Citizens(session, ELSEWHERE).put(a_citizen(municipality=ELSEWHERE))


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


# References and removal.


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(consultant_id="nobody")), "consultant_id"),
        (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(wishes_for=("company-1", "x"))), "wishes_for[1]"),
        (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(wishes_against=("x",))), "wishes_against[0]"),
        (lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(consultant_id="nobody")), "consultant_id"),
        (
            lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(slots=(a_slot(worksite_id="x"), a_slot(id="2")))),
            "slots[0].worksite_id",
        ),
        (
            lambda s: Agreements(s, MUNICIPALITY).put(
                an_agreement(company_ids=("x",), slots=(a_slot(company_id="x"),))
            ),
            "company_ids[0]",
        ),
        (lambda s: Placements(s, MUNICIPALITY).put(a_placement(citizen_id="x")), "citizen_id"),
        (lambda s: Placements(s, MUNICIPALITY).put(a_placement(slot_id="x")), "slot_id"),
    ],
)
def test_a_reference_to_what_is_not_there_names_the_field(
    session: Session, write: Callable[[Session], object], field: str
) -> None:
    with pytest.raises(UnknownReference) as caught:
        write(session)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (
            lambda s: Companies(s, MUNICIPALITY).put(
                a_company(id="company-2", worksites=(a_worksite(p_number="1000000001"),))
            ),
            "worksites[0].id",
        ),
        (
            lambda s: Companies(s, MUNICIPALITY).put(a_company(id="company-2", worksites=(a_worksite(id="w-2"),))),
            "worksites[0].p_number",
        ),
        (
            lambda s: Companies(s, MUNICIPALITY).put(
                a_company(worksites=(a_worksite(id="w-2", p_number="1000000001"),))
            ),
            "worksites",
        ),
        (lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(id="agreement-2")), "slots[0].id"),
        (lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(slots=(a_slot(id="slot-2"),))), "slots"),
    ],
)
def test_what_clashes_with_what_is_stored_is_refused(
    session: Session, write: Callable[[Session], object], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        write(session)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize(
    ("delete", "by"),
    [
        (lambda s: Consultants(s, MUNICIPALITY).delete("consultant-1"), "citizens and agreements"),
        (lambda s: Companies(s, MUNICIPALITY).delete("company-1"), "agreements"),
        (lambda s: Citizens(s, MUNICIPALITY).delete("citizen-1"), "placements"),
        (lambda s: Agreements(s, MUNICIPALITY).delete("agreement-1"), "placements"),
    ],
)
def test_what_is_referred_to_stays(session: Session, delete: Callable[[Session], object], by: str) -> None:
    with pytest.raises(InUse, match=f"^{by} refer to it"):
        delete(session)


def test_everything_can_be_removed_from_the_outside_in(session: Session) -> None:
    Placements(session, MUNICIPALITY).delete("placement-1", expected_version=1)
    Agreements(session, MUNICIPALITY).delete("agreement-1")
    Citizens(session, MUNICIPALITY).delete("citizen-1")
    Companies(session, MUNICIPALITY).delete("company-1")
    Consultants(session, MUNICIPALITY).delete("consultant-1")
    left = [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("worksites", "slots", "citizens")]
    assert left == [0, 0, 0]


def test_removing_a_stale_version_is_refused(session: Session) -> None:
    with pytest.raises(VersionConflict):
        Placements(session, MUNICIPALITY).delete("placement-1", expected_version=7)
    assert Placements(session, MUNICIPALITY).count() == 1


def test_removing_a_citizen_removes_what_was_proposed_for_the_person(session: Session) -> None:
    Placements(session, MUNICIPALITY).delete("placement-1")
    decision = StoredDecision("d", "proposal-1", Decision(Verdict.HELD, "anna", "Afventer samtale"), NOW)
    MatchRuns(session, MUNICIPALITY).add(a_run(), [a_proposal()])
    Decisions(session, MUNICIPALITY).add(decision)
    Citizens(session, MUNICIPALITY).delete("citizen-1")
    assert Proposals(session, MUNICIPALITY).of_run("run-1") == ()
    assert Decisions(session, MUNICIPALITY).of_proposal("proposal-1") == ()
    assert MatchRuns(session, MUNICIPALITY).get("run-1") == a_run()


def test_a_cluster_keeps_all_its_companies(session: Session) -> None:
    other = a_company(id="company-2", worksites=(a_worksite(id="worksite-2", p_number="1000000001"),))
    Companies(session, MUNICIPALITY).put(other)
    slots = (a_slot(), a_slot(id="slot-2", company_id="company-2", worksite_id="worksite-2"))
    cluster = an_agreement(model=AgreementModel.CLUSTER, places=3, company_ids=("company-1", "company-2"), slots=slots)
    Agreements(session, MUNICIPALITY).put(cluster)
    with pytest.raises(InUse):
        Companies(session, MUNICIPALITY).delete("company-2")
    alone = replace(cluster, model=AgreementModel.FIXED, places=None, company_ids=("company-1",), slots=slots[:1])
    Agreements(session, MUNICIPALITY).put(alone)
    Companies(session, MUNICIPALITY).delete("company-2")
    assert Companies(session, MUNICIPALITY).count() == 1


# Runs.


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


# The unit of work.


def test_whatever_raises_leaves_the_database_as_it_was(sessions: SessionFactory) -> None:

    def write_and_fail() -> None:
        with unit_of_work(sessions) as session:
            Consultants(session, MUNICIPALITY).put(a_consultant())
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    with read_only(sessions) as session:
        assert Consultants(session, MUNICIPALITY).all() == ()


def test_a_view_keeps_nothing(sessions: SessionFactory) -> None:
    with suppress(InternalError), read_only(sessions) as session:  # PostgreSQL refuses the write itself
        Consultants(session, MUNICIPALITY).put(a_consultant())
    with read_only(sessions) as session:
        assert Consultants(session, MUNICIPALITY).all() == ()


def test_the_database_itself_refuses_a_reference_to_nothing(sessions: SessionFactory) -> None:
    with sessions() as session, pytest.raises(IntegrityError):
        session.execute(
            text("INSERT INTO slot_prices (municipality, run_id, slot_id, price) VALUES ('0760', 'nothing', 'slot', 1)")
        )


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
