"""Brings a database to the program's revision, and says whether it is there."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.db.session import create_database_engine
from service.problems import SchemaOutdated


def migrate(database_url: str, revision: str = "head") -> None:
    """Bring a database, empty or older, to a revision, in one transaction."""
    engine = create_database_engine(database_url)
    try:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), revision)
    finally:
        engine.dispose()


def check_revision(connection: Connection) -> None:
    """Raise SchemaOutdated unless the database is at the program's revision."""
    there = MigrationContext.configure(connection).get_current_revision()
    needed = program_revision(connection)
    if there != needed:
        raise SchemaOutdated(f"the database is at revision {there or 'none'}, the program needs {needed}")


def program_revision(connection: Connection) -> str:
    """The revision that the program needs."""
    return ScriptDirectory.from_config(alembic_config(connection)).get_current_head() or ""


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for a connection; the revisions are found inside the installed package."""
    config = Config()
    config.set_main_option("script_location", "service.db:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
