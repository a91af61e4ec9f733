"""The revisions build exactly the tables of the program, from any folder, and can be taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from service.db.metadata import Base
from service.db.migrate import alembic_config, check_revision, migrate
from service.db.session import create_database_engine
from service.problems import SchemaOutdated


@pytest.fixture
def database_url(empty_url: str) -> str:
    """Nothing is there yet."""
    return empty_url


@contextmanager
def connected(database_url: str) -> Iterator[Connection]:
    """A connection whose changes are kept."""
    engine = create_database_engine(database_url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def test_the_revisions_build_the_tables_of_the_program(database_url: str) -> None:
    migrate(database_url)
    with connected(database_url) as connection:
        command.check(alembic_config(connection))  # raises where tables and revisions differ
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_every_constraint_has_the_name_that_the_program_gives_it(database_url: str) -> None:
    migrate(database_url)
    with connected(database_url) as connection:
        inspector = inspect(connection)
        for table in Base.metadata.sorted_tables:
            there = {found["name"] for found in inspector.get_foreign_keys(table.name)}
            there |= {found["name"] for found in inspector.get_unique_constraints(table.name)}
            there |= {found["name"] for found in inspector.get_check_constraints(table.name)}
            there.add(inspector.get_pk_constraint(table.name)["name"])
            assert there == {str(constraint.name) for constraint in table.constraints}


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)
    with connected(database_url) as connection:
        check_revision(connection)
        assert inspect(connection).has_table("citizens")


def test_migrating_works_from_another_folder(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    migrate(database_url)
    with connected(database_url) as connection:
        assert inspect(connection).has_table("match_runs")


def test_the_first_revision_can_be_taken_back(database_url: str) -> None:
    migrate(database_url)
    with connected(database_url) as connection:
        command.downgrade(alembic_config(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_a_database_without_tables_is_reported(database_url: str) -> None:
    with connected(database_url) as connection, pytest.raises(SchemaOutdated, match="none"):
        check_revision(connection)


def test_developers_reach_the_same_database_through_the_settings(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", database_url)
    command.upgrade(Config(Path(__file__).parents[2] / "alembic.ini"), "head")
    with connected(database_url) as connection:
        assert inspect(connection).has_table("citizens")
