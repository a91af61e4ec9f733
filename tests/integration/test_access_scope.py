"""A database session that is held to a scope, on both databases."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from sqlalchemy import Executable, Select, delete, exists, func, literal, select, update
from sqlalchemy.orm import aliased

from service.db.repositories import Citizens, Consultants
from service.db.scoping import hold_to, visible_citizens, whole_municipality
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.tables import CitizenRow, ConsultantRow
from service.problems import NotFound, NotSignedIn
from service.scope import Scope
from tests.builders import MUNICIPALITY, a_citizen, a_consultant


@pytest.fixture
def sessions(migrated_url: str) -> Iterator[SessionFactory]:
    engine = create_database_engine(migrated_url)
    factory = sessions_of(engine)
    with unit_of_work(factory) as session:
        for id_, team in (("K1", "nord"), ("K2", "syd")):
            Consultants(session, MUNICIPALITY).put(a_consultant(id=id_, team=team))
        for id_, consultant, group in (
            ("north", "K1", "activity_ready"),
            ("south", "K2", "activity_ready"),
            ("south-other", "K2", "resource_course"),
        ):
            Citizens(session, MUNICIPALITY).put(a_citizen(id=id_, consultant_id=consultant, target_group=group))
    yield factory
    engine.dispose()


NORTH, SOUTH, ACTIVE = frozenset({"nord"}), frozenset({"syd"}), frozenset({"activity_ready"})


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(MUNICIPALITY), {"north", "south", "south-other"}),
        (Scope(MUNICIPALITY, teams=NORTH), {"north"}),
        (Scope(MUNICIPALITY, teams=SOUTH), {"south", "south-other"}),
        (Scope(MUNICIPALITY, target_groups=ACTIVE), {"north", "south"}),
        (Scope(MUNICIPALITY, teams=SOUTH, target_groups=ACTIVE), {"south"}),
        (Scope(MUNICIPALITY, teams=frozenset()), set()),
        (Scope(MUNICIPALITY, teams=NORTH).opening("south-other"), {"north", "south-other"}),
        (Scope("0671"), set()),
        (Scope("0671", teams=NORTH).opening("north"), set()),
    ],
)
def test_a_session_sees_its_scope_and_no_more(sessions: SessionFactory, scope: Scope, seen: set[str]) -> None:
    with read_only(sessions) as session:
        hold_to(session, lambda: scope)
        citizens = Citizens(session, MUNICIPALITY)
        assert {one.id for one in citizens.all()} == seen
        assert citizens.count() == len(seen)
        for id_ in ("north", "south", "south-other"):
            if id_ in seen:
                assert citizens.get(id_).id == id_
            else:
                with pytest.raises(NotFound):
                    citizens.get(id_)
        assert visible_citizens(session, MUNICIPALITY) == (frozenset(seen) if scope.limited else None)
        with whole_municipality(session):
            assert citizens.count() == (3 if scope.municipality == MUNICIPALITY else 0)
        assert citizens.count() == len(seen)


def test_what_is_not_seen_is_not_removed(sessions: SessionFactory) -> None:
    with unit_of_work(sessions) as session:
        hold_to(session, lambda: Scope(MUNICIPALITY, teams=NORTH))
        with pytest.raises(NotFound):
            Citizens(session, MUNICIPALITY).delete("south")
    with read_only(sessions) as session:
        assert Citizens(session, MUNICIPALITY).count() == 3


def test_nothing_is_read_before_somebody_is_known(sessions: SessionFactory) -> None:
    def nobody() -> Scope:
        raise NotSignedIn

    with read_only(sessions) as session:
        hold_to(session, nobody)
        with pytest.raises(NotSignedIn):
            Citizens(session, MUNICIPALITY).count()


_ALIAS = aliased(CitizenRow)
STATEMENTS: Final[Mapping[str, Select[Any]]] = {
    "entity": select(CitizenRow),
    "columns": select(CitizenRow.id),
    "count": select(func.count()).select_from(CitizenRow).having(func.count() > 0),
    "alias": select(_ALIAS.id),
    "table": select(literal(1)).select_from(CitizenRow),
    "exists": select(literal(1)).where(exists().where(CitizenRow.municipality == MUNICIPALITY)),
    "within": select(literal(1)).where(literal("north").in_(select(CitizenRow.id))),
    "scalar": select(literal(1)).where(select(func.count(CitizenRow.id)).scalar_subquery() > 0),
    "subquery": select(select(CitizenRow.id).subquery().c.id),
    "cte": select(select(CitizenRow.id).cte().c.id),
    "join": select(CitizenRow.id).join(ConsultantRow, ConsultantRow.id == CitizenRow.consultant_id),
    "joined": select(ConsultantRow.id).join(CitizenRow, ConsultantRow.id == CitizenRow.consultant_id),
}


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("scope", [Scope("0671"), Scope(MUNICIPALITY, teams=frozenset())], ids=["elsewhere", "no team"])
def test_no_statement_reads_around_a_scope(sessions: SessionFactory, name: str, scope: Scope) -> None:
    with read_only(sessions) as session:
        assert session.execute(STATEMENTS[name]).all() != []
        hold_to(session, lambda: scope)
        assert session.execute(STATEMENTS[name]).all() == []


@pytest.mark.parametrize("change", [update(CitizenRow).values(name="x"), delete(CitizenRow)], ids=["update", "delete"])
def test_no_statement_changes_what_is_outside_a_scope(sessions: SessionFactory, change: Executable) -> None:
    with unit_of_work(sessions) as session:
        hold_to(session, lambda: Scope(MUNICIPALITY, teams=frozenset()))
        session.execute(change)
    with read_only(sessions) as session:
        assert set(session.scalars(select(CitizenRow.name))) == {a_citizen().name}
        assert Citizens(session, MUNICIPALITY).count() == 3
