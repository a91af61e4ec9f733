"""How Alembic reaches the database: on the connection it is given, or by the service's settings."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from service.db.metadata import Base
from service.db.session import create_database_engine
from service.db.tables import UtcDateTime
from service.settings import Settings


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write the service's own type as what it is in the database: a revision must not change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=_render)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = create_database_engine(Settings().database_url)
    try:
        with engine.begin() as own:
            _run(own)
    finally:
        engine.dispose()
