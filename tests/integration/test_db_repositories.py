"""Repositories: the same values out, versions, one municipality each; a unit of work is whole or not at all."""

from contextlib import suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, InternalError
from sqlalchemy.orm import Session

from service.db.documents import Change, Saved
from service.db.ordering import by_code_point
from service.db.repositories import Agreements, Citizens, Companies, Consultants, Placements
from service.db.session import SessionFactory, read_only, unit_of_work
from service.db.tables import CitizenRow
from service.problems import InvalidInput, NotFound, UnknownReference, VersionConflict
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
