"""Marks of what matching reads: every write draws a new one, nothing else does, and what is kept follows them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from threading import Event, Thread

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from matcher.domain.placement import Decision, Verdict
from matcher.domain.rule_changes import ChangeKind, RuleChange
from service.clock import now
from service.db.contact_repositories import Contacts
from service.db.marks import KINDS, Marks, marks_of
from service.db.records import MatchRun, StoredDecision, StoredProposal
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Decisions, MatchRuns, Placements
from service.db.rule_repositories import RuleChanges
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.tables import PlacementRow
from service.use_cases.latest_run import latest_run
from service.use_cases.matching import MatchInputs, arrays_of, load
from tests.builders import (
    MUNICIPALITY,
    ON,
    a_citizen,
    a_company,
    a_consultant,
    a_contact,
    a_placement,
    an_agreement,
)
from tests.same import assert_same

ELSEWHERE = "0671"
WRITTEN = {"agreements", "citizens", "companies", "consultants", "match_runs", "placements"}
"""Kinds that the municipality of these tests has."""


@pytest.fixture
def sessions(migrated_url: str) -> Iterator[SessionFactory]:
    """A small municipality with a run, on each database."""
    engine = create_database_engine(migrated_url)
    factory = sessions_of(engine)
    with unit_of_work(factory) as session:
        Consultants(session, MUNICIPALITY).put(a_consultant())
        Companies(session, MUNICIPALITY).put(a_company())
        for number in range(4):
            Citizens(session, MUNICIPALITY).put(a_citizen(id=f"citizen-{number}"))
        Agreements(session, MUNICIPALITY).put(an_agreement())
        Placements(session, MUNICIPALITY).put(a_placement(citizen_id="citizen-0"))
        proposal = StoredProposal("proposal-1", "run-1", "citizen-1", "slot-1", ON, 10.0, 0.5, 0.0)
        MatchRuns(session, MUNICIPALITY).add(a_run("run-1"), [proposal])
    yield factory
    engine.dispose()


def a_run(id_: str) -> MatchRun:
    return MatchRun(id_, now(), ON, 0, "optimal", 0.5, 0.5, 0.0, "hash", {}, {}, {})


def marks(sessions: SessionFactory, municipality: str = MUNICIPALITY) -> Marks:
    with read_only(sessions) as session:
        return marks_of(session, municipality)


def changed(before: Marks, after: Marks) -> set[str]:
    return {kind for kind in KINDS if before[kind] != after[kind]}


def decide(session: Session) -> None:
    decision = Decision(Verdict.REJECTED, "karen", "Nej.")
    Decisions(session, MUNICIPALITY).add(StoredDecision("decision-1", "proposal-1", decision, now()))


def change_a_rule(session: Session) -> None:
    change = RuleChange(ChangeKind.SWITCH_OFF, "starts_soon", date(2026, 1, 1))
    RuleChanges(session, MUNICIPALITY).add_all([change], changed_by="tove", reason="Prøve", changed_at=now())


WRITES: dict[str, tuple[Callable[[Session], object], set[str]]] = {
    "a new citizen": (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(id="new")), {"citizens"}),
    "a changed citizen": (
        lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(id="citizen-1", hours_now=3.0)),
        {"citizens"},
    ),
    "the same citizen": (lambda s: Citizens(s, MUNICIPALITY).put(a_citizen(id="citizen-1")), set()),
    "a citizen gone": (lambda s: Citizens(s, MUNICIPALITY).delete("citizen-3"), set(KINDS)),
    "a changed company": (lambda s: Companies(s, MUNICIPALITY).put(a_company(name="Ny")), {"companies"}),
    "a changed agreement": (
        lambda s: Agreements(s, MUNICIPALITY).put(an_agreement(lead_time_days=3)),
        {"agreements"},
    ),
    "a new consultant": (lambda s: Consultants(s, MUNICIPALITY).put(a_consultant(id="new")), {"consultants"}),
    "a new placement": (
        lambda s: Placements(s, MUNICIPALITY).put(a_placement(id="new", citizen_id="citizen-2")),
        {"placements"},
    ),
    "placements purged": (lambda s: s.execute(delete(PlacementRow)), WRITTEN),
    "a contact": (lambda s: Contacts(s, MUNICIPALITY).add(a_contact()), {"contacts"}),
    "a decision": (decide, {"decisions"}),
    "a rule": (change_a_rule, {"rule_changes"}),
    "a run": (lambda s: MatchRuns(s, MUNICIPALITY).add(a_run("run-2"), []), {"match_runs"}),
    "a run gone back from": (
        lambda s: MatchRuns(s, MUNICIPALITY).withdraw("run-1", "tove", "Tove", now()),
        {"match_runs"},
    ),
    "only read": (lambda s: Citizens(s, MUNICIPALITY).all(), set()),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_draws_new_marks(sessions: SessionFactory, name: str) -> None:
    write, kinds = WRITES[name]
    before, elsewhere = marks(sessions), marks(sessions, ELSEWHERE)
    with unit_of_work(sessions) as session:
        write(session)
    assert changed(before, marks(sessions)) == kinds
    assert marks(sessions, ELSEWHERE) == elsewhere


def test_what_is_taken_back_leaves_the_marks(sessions: SessionFactory) -> None:
    before = marks(sessions)
    with suppress(LookupError), unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="never"))
        assert changed(before, marks_of(session, MUNICIPALITY)) == {"citizens"}
        raise LookupError
    assert marks(sessions) == before


def test_what_is_taken_back_to_a_savepoint_leaves_the_marks(sessions: SessionFactory) -> None:
    before = marks(sessions)
    with unit_of_work(sessions) as session:
        Companies(session, MUNICIPALITY).put(a_company(name="Ny"))
        savepoint = session.begin_nested()
        Citizens(session, MUNICIPALITY).put(a_citizen(id="never"))
        assert changed(before, marks_of(session, MUNICIPALITY)) == {"citizens", "companies"}
        savepoint.rollback()
        assert changed(before, marks_of(session, MUNICIPALITY)) == {"companies"}
        with session.begin_nested():
            Consultants(session, MUNICIPALITY).put(a_consultant(id="new"))
    assert changed(before, marks(sessions)) == {"companies", "consultants"}


def test_what_is_not_committed_is_served_to_nobody_else(sessions: SessionFactory) -> None:
    inputs = MatchInputs()
    with suppress(LookupError), unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="never"))
        assert "never" in inputs.get(session, MUNICIPALITY, ON).citizens.ids
        raise LookupError
    with read_only(sessions) as session:
        assert "never" not in inputs.get(session, MUNICIPALITY, ON).citizens.ids


def test_what_has_not_changed_is_the_same_object(sessions: SessionFactory) -> None:
    inputs = MatchInputs()
    with read_only(sessions) as session:
        first = inputs.kept(session, MUNICIPALITY, ON)
        assert inputs.kept(session, MUNICIPALITY, ON) is first
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-2", hours_now=3.0))
    with read_only(sessions) as session:
        second = inputs.kept(session, MUNICIPALITY, ON)
    same = [one is other for one, other in zip(first.stored.citizens, second.stored.citizens, strict=True)]
    assert same == [True, True, False, True]
    assert second.match_input.slots is first.match_input.slots
    assert second.stored.citizens[2].hours_now == 3.0


@pytest.mark.parametrize("name", WRITES)
def test_what_is_kept_is_what_is_stored(sessions: SessionFactory, name: str) -> None:
    inputs = MatchInputs()
    with read_only(sessions) as session:
        inputs.kept(session, MUNICIPALITY, ON)
    with unit_of_work(sessions) as session:
        WRITES[name][0](session)
    with read_only(sessions) as session:
        kept, stored = inputs.kept(session, MUNICIPALITY, ON), load(session, MUNICIPALITY)
    assert kept.stored == stored
    assert_same(kept.match_input, arrays_of(stored, on=ON))


def test_the_run_that_lists_follow_is_the_one_that_holds_now(sessions: SessionFactory) -> None:
    inputs = MatchInputs()

    def proposed() -> tuple[str, list[str]]:
        with read_only(sessions) as session:
            known = latest_run(session, MUNICIPALITY, inputs, marks_of(session, MUNICIPALITY))
        assert known is not None
        return known.run.id, [one.citizen_id for one in known.proposed]

    assert proposed() == ("run-1", ["citizen-1"])
    with unit_of_work(sessions) as session:
        MatchRuns(session, MUNICIPALITY).add(a_run("run-2"), [])
    assert proposed() == ("run-2", [])
    with unit_of_work(sessions) as session:
        MatchRuns(session, MUNICIPALITY).withdraw("run-2", "tove", "Tove", now())
    assert proposed() == ("run-1", ["citizen-1"])
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).delete("citizen-1")
    assert proposed() == ("run-1", [])


def test_a_citizen_who_is_removed_and_comes_back_is_read_again(sessions: SessionFactory) -> None:
    inputs = MatchInputs()
    with read_only(sessions) as session:
        inputs.kept(session, MUNICIPALITY, ON)
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).delete("citizen-3")
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-3", hours_now=2.0))
    with read_only(sessions) as session:
        found = inputs.kept(session, MUNICIPALITY, ON).stored.citizens
    assert [one.hours_now for one in found if one.id == "citizen-3"] == [2.0]


def test_the_same_marks_mean_the_same_data_whoever_writes_meanwhile(sessions: SessionFactory) -> None:
    """Four writers and two readers at once: whenever two readings have the same marks, they read the same."""
    done, read = Event(), []

    def write(number: int) -> None:
        for step in range(12):
            with unit_of_work(sessions) as session:
                citizens = Citizens(session, MUNICIPALITY)
                citizens.put(replace(citizens.get(f"citizen-{number}"), hours_target=20.0 + step))

    def look() -> None:
        while not done.is_set():
            with read_only(sessions) as session:
                mark = marks_of(session, MUNICIPALITY)["citizens"]
                read.append((mark, tuple(one.hours_target for one in Citizens(session, MUNICIPALITY).all())))

    readers = [Thread(target=look) for _ in range(2)]
    writers = [Thread(target=write, args=(number,)) for number in range(4)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    by_mark: dict[str, set[tuple[float, ...]]] = {}
    for mark, hours in read:
        by_mark.setdefault(mark, set()).add(hours)
    assert all(len(hours) == 1 for hours in by_mark.values())
    assert len({next(iter(hours)) for hours in by_mark.values()}) == len(by_mark) > 1
    with read_only(sessions) as session:
        assert all(one.hours_target == 31.0 for one in Citizens(session, MUNICIPALITY).all())
