"""Which errors of the database mean that it is away for a moment, and not that the program is wrong."""

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from service.problems import DatabaseUnavailable

log = structlog.get_logger("matcher.database")


def unavailable(error: DBAPIError) -> DatabaseUnavailable | None:
    """The problem that a caller is told where trying again helps; None where the error is the program's own."""
    if not (error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)):
        return None
    log.error("database unavailable", error=type(error.orig).__name__)
    return DatabaseUnavailable("nothing was stored; send the request again")
