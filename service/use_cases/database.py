"""Opens the database of the settings, once it is known to be there and at the program's revision."""

from pathlib import Path

from sqlalchemy.engine import make_url

from service.db.migrate import check_revision
from service.db.session import SessionFactory, read_only, session_factory
from service.problems import SchemaOutdated
from service.settings import Settings


def open_database(settings: Settings) -> SessionFactory:
    """Sessions on the database; raises SchemaOutdated where it is missing (and makes no empty one) or older."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise SchemaOutdated(f"there is no database {url.database}")
    sessions = session_factory(settings)
    check_current(sessions)
    return sessions


def check_current(sessions: SessionFactory) -> None:
    """Raise SchemaOutdated unless the database is at the program's revision."""
    with read_only(sessions) as session:
        check_revision(session.connection())
