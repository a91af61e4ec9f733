"""Which errors of the database mean that it is away for a moment, and not that the program is wrong."""

from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from service.problems import DatabaseUnavailable

FAILURES: Final = (DBAPIError, NoConnectionFree)
"""What may be raised where the database is away, or all its connections are in use."""

log = structlog.get_logger("matcher.database")


def unavailable(error: Exception) -> DatabaseUnavailable | None:
    """The problem that a caller is told where trying again helps; None where the error is the program's own."""
    cut = isinstance(error, DBAPIError) and error.connection_invalidated
    if not (cut or isinstance(error, OperationalError | InterfaceError | NoConnectionFree)):
        return None
    log.error("database unavailable", error=type(getattr(error, "orig", error)).__name__)
    return DatabaseUnavailable("nothing was stored; send the request again")
