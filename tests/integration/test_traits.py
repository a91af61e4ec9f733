"""Protected traits: imported apart, gone with the citizen, out of the matching's reach."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from fixtures.municipality import REFERENCE_DATE, municipality
from fixtures.traits import protected_traits
from matcher.domain.traits import Gender, Origin, ProtectedTraits
from service.db.grants import ADDED_TO_ONLY, REPORT_ROLE, SERVICE_ROLE, TRAITS_TABLE, apply_grants
from service.db.repositories import Citizens, Consultants, Placements
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.db.tables import ProposalRow, UnplacedRow
from service.db.trait_repositories import Traits
from service.problems import TraitsOutOfReach
from service.use_cases.database import check_current
from service.use_cases.demo import take_in
from service.use_cases.fairness import report_of_run
from service.use_cases.fairness_price import price_of_shares
from service.use_cases.fairness_traits import import_traits
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import MatchInputs, load
from service.use_cases.nightly import plan_night
from service.use_cases.suggest import list_for_citizen
from tests.builders import MUNICIPALITY, a_citizen, a_consultant
from tests.postgres import PostgresServer, as_user, grant
from tests.stores import Store, lines

ELSEWHERE = "0671"
WOMAN = ProtectedTraits("citizen-1", Gender.FEMALE, 1990, Origin.DANISH)


@pytest.fixture
def sessions(migrated_url: str) -> Iterator[SessionFactory]:
    """A database with two citizens."""
    engine = create_database_engine(migrated_url)
    factory = sessions_of(engine)
    with unit_of_work(factory) as session:
        Consultants(session, MUNICIPALITY).put(a_consultant())
        Citizens(session, MUNICIPALITY).put_many([a_citizen(), a_citizen(id="citizen-2")])
    yield factory
    engine.dispose()


def traits_of(sessions: SessionFactory, code: str = MUNICIPALITY) -> dict[str, ProtectedTraits]:
    with read_only(sessions) as session:
        return Traits(session, code).all()


def test_traits_read_back_equal_and_are_replaced(sessions: SessionFactory) -> None:
    nothing = ProtectedTraits("citizen-2")
    with unit_of_work(sessions) as session:
        Traits(session, MUNICIPALITY).put_all([WOMAN, nothing])
    assert traits_of(sessions) == {"citizen-1": WOMAN, "citizen-2": nothing}
    later = ProtectedTraits("citizen-1", Gender.MALE, 1980, Origin.IMMIGRANT_WESTERN)
    with unit_of_work(sessions) as session:
        Traits(session, MUNICIPALITY).put_all([later])
    assert traits_of(sessions) == {"citizen-1": later, "citizen-2": nothing}
    assert traits_of(sessions, ELSEWHERE) == {}


def test_traits_go_with_the_citizen(sessions: SessionFactory) -> None:
    with unit_of_work(sessions) as session:
        Traits(session, MUNICIPALITY).put_all([WOMAN])
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).delete("citizen-1")
    assert traits_of(sessions) == {}


# Import.

ROW = {"type": "traits", "citizen_id": "citizen-1", "gender": "female", "birth_year": 1990, "origin": "danish"}


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    found = Store.create(tmp_path_factory.mktemp("traits"))
    with unit_of_work(found.sessions) as session:
        Consultants(session, MUNICIPALITY).put(a_consultant())
        Citizens(session, MUNICIPALITY).put(a_citizen())
    return found


def bring(store: Store, content: bytes) -> tuple[int, list[str]]:
    path = store.folder / "traits.ndjson"
    path.write_bytes(content)
    found = import_traits(store.sessions, MUNICIPALITY, path)
    return found.citizens, [str(error) for error in found.errors]


def test_a_file_is_taken_and_taken_again(store: Store) -> None:
    assert bring(store, lines(ROW)) == (1, [])
    assert bring(store, lines({**ROW, "origin": None})) == (1, [])
    assert traits_of(store.sessions) == {"citizen-1": ProtectedTraits("citizen-1", Gender.FEMALE, 1990, None)}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({**ROW, "citizen_id": "nobody"}, "citizen_id henviser til en borger, der ikke findes"),
        ({**ROW, "gender": "x"}, "gender er ukendt – brug en af: 'female', 'male'"),
        ({**ROW, "birth_year": 1850}, "birth_year ligger uden for det mulige – skriv et tal fra 1900 til 2100"),
        ({**ROW, "diagnosis": "x"}, "diagnosis er ikke et kendt felt"),
        ({**ROW, "type": "citizen"}, "type er ukendt – brug en af: traits"),
        (ROW, "citizen_id nævner det samme to gange"),
    ],
)
def test_one_wrong_row_and_nothing_is_taken(store: Store, wrong: dict[str, object], said: str) -> None:
    taken, errors = bring(store, lines(ROW, wrong))
    assert taken == 0
    assert len(errors) == 1
    assert errors[0].startswith("traits.ndjson, række 2: ")
    assert said in errors[0]
    assert "nobody" not in errors[0]
    assert traits_of(store.sessions) == {}


def test_an_empty_file_is_refused(store: Store) -> None:
    taken, errors = bring(store, b"")
    assert (taken, len(errors)) == (0, 1)


def test_the_general_import_does_not_take_traits(store: Store) -> None:
    report = store.bring(lines(ROW))
    assert report.good == 0
    assert [error.field for error in report.errors] == ["type"]


# Out of reach.


@dataclass(frozen=True)
class Town:
    """A small invented municipality with traits, in a PostgreSQL database."""

    url: str
    sessions: SessionFactory


@pytest.fixture(scope="module")
def town(postgres: PostgresServer) -> Iterator[Town]:
    """60 citizens with traits; the roles have their rights, and a user is a member of each."""
    url = postgres.migrated()
    engine = create_database_engine(url)
    sessions = sessions_of(engine)
    invented = municipality(citizens=60)
    take_in(sessions, MUNICIPALITY, invented)
    with unit_of_work(sessions) as session:
        Traits(session, MUNICIPALITY).put_all(protected_traits(citizen.id for citizen in invented.citizens))
    grant(url)
    grant(url)  # running them again changes nothing
    yield Town(url, sessions)
    engine.dispose()


@pytest.fixture
def signed_in(town: Town) -> Iterator[Callable[[str], SessionFactory]]:
    """Sessions of a member of a role."""
    engines = []

    def sessions(role: str) -> SessionFactory:
        engine = create_database_engine(as_user(town.url, f"{role}_user"))
        engines.append(engine)
        return sessions_of(engine)

    yield sessions
    for engine in engines:
        engine.dispose()


def refused(session: Session, statement: str) -> bool:
    try:
        session.execute(text(statement))
    except ProgrammingError as error:
        session.rollback()
        return "permission denied" in str(error.orig)
    return False


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(
    "statement",
    [
        f"SELECT gender FROM {TRAITS_TABLE}",
        f"SELECT count(*) FROM {TRAITS_TABLE}",
        f"INSERT INTO {TRAITS_TABLE} (municipality, citizen_id) VALUES ('0760', 'x')",
        f"UPDATE {TRAITS_TABLE} SET gender = 'male'",
        f"DELETE FROM {TRAITS_TABLE}",
        "CREATE TABLE own (id integer)",
    ],
)
def test_the_services_role_is_refused_the_traits(signed_in: Callable[[str], SessionFactory], statement: str) -> None:
    with signed_in(SERVICE_ROLE)() as session:
        assert refused(session, statement)


@pytest.mark.databases("postgresql")
def test_a_whole_night_lists_and_removals_run_as_the_services_role(
    town: Town, signed_in: Callable[[str], SessionFactory]
) -> None:
    service = signed_in(SERVICE_ROLE)
    check_current(service)
    night = plan_night(service, MUNICIPALITY, on=REFERENCE_DATE)
    assert night.stored
    assert night.counts.placed > 0
    with read_only(service) as session:
        found = list_for_citizen(
            session, MUNICIPALITY, MatchInputs(), night.proposals[0].citizen_id, today=REFERENCE_DATE, places=3
        )
        assert found.places
        in_placement = {one.citizen_id for one in Placements(session, MUNICIPALITY).all()}
    leaves = next(one.citizen_id for one in night.unplaced if one.citizen_id not in in_placement)
    before = traits_of(town.sessions)
    with unit_of_work(service) as session:
        Citizens(session, MUNICIPALITY).delete(leaves)
    assert set(before) - set(traits_of(town.sessions)) == {leaves}


@pytest.mark.databases("postgresql")
def test_the_report_reads_as_its_own_role_and_writes_nothing(
    town: Town, signed_in: Callable[[str], SessionFactory]
) -> None:
    night = plan_night(town.sessions, MUNICIPALITY, on=REFERENCE_DATE)
    with read_only(signed_in(REPORT_ROLE)) as session:
        report = report_of_run(session, MUNICIPALITY, MatchInputs(), night.run.id)
        assert report.has_traits
        stored, weights = load(session, MUNICIPALITY), weights_in_use(session, MUNICIPALITY)
        assert price_of_shares(stored, weights, on=REFERENCE_DATE, min_share=0.0).found.met
    with signed_in(REPORT_ROLE)() as session:
        for table in (TRAITS_TABLE, "citizens", "match_runs", "proposals", "decisions"):
            assert refused(session, f"DELETE FROM {table}")
        assert refused(session, "UPDATE citizens SET name = ''")
        assert refused(session, "SELECT * FROM shown_lists")
    with read_only(signed_in(SERVICE_ROLE)) as session, pytest.raises(TraitsOutOfReach):
        report_of_run(session, MUNICIPALITY, MatchInputs(), night.run.id)


@pytest.mark.databases("postgresql")
def test_the_database_knows_who_may_what(town: Town) -> None:
    with read_only(town.sessions) as session:
        tables = set(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
        granted: dict[tuple[str, str], set[str]] = {}
        query = "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants"
        for grantee, table, privilege in session.execute(text(query)):
            granted.setdefault((grantee, table), set()).add(privilege)
    everything = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    for table in tables - {TRAITS_TABLE, "alembic_version"}:
        expected = {"SELECT", "INSERT"} if table in ADDED_TO_ONLY else everything
        assert granted[SERVICE_ROLE, table] == expected, table
        assert granted.get((REPORT_ROLE, table), set()) <= {"SELECT"}, table
    assert (SERVICE_ROLE, TRAITS_TABLE) not in granted
    assert granted[REPORT_ROLE, TRAITS_TABLE] == {"SELECT"}
    assert granted[SERVICE_ROLE, "alembic_version"] == granted[REPORT_ROLE, "alembic_version"] == {"SELECT"}


@pytest.mark.databases("sqlite")
def test_a_database_without_roles_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ValueError, match="no roles"):
        apply_grants(f"sqlite:///{tmp_path_factory.mktemp('plain') / 'plain.db'}")


def test_removing_the_table_changes_no_plan(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store.create(tmp_path_factory.mktemp("without"))
    invented = municipality(citizens=60)
    take_in(store.sessions, MUNICIPALITY, invented)
    with unit_of_work(store.sessions) as session:
        Traits(session, MUNICIPALITY).put_all(protected_traits(citizen.id for citizen in invented.citizens))
    with_traits = plan_night(store.sessions, MUNICIPALITY, on=REFERENCE_DATE)
    with unit_of_work(store.sessions) as session:
        session.execute(delete(ProposalRow))
        session.execute(delete(UnplacedRow))
        session.execute(text(f"DROP TABLE {TRAITS_TABLE}"))
    without = plan_night(store.sessions, MUNICIPALITY, on=REFERENCE_DATE)
    assert with_traits.counts.placed > 0
    assert without.plan_digest() == with_traits.plan_digest()
    assert without.run.input_hash == with_traits.run.input_hash
