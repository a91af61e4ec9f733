"""Once more where the connection to the database broke: what was under way was not stored, so it can be done again."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")
PAUSES_S = (0.2, 1.0, 5.0)
"""Seconds before the second, third and last try."""

log = structlog.get_logger("matcher.database")


def again_if_cut(work: Callable[[], Result], pauses_s: tuple[float, ...] = PAUSES_S) -> Result:
    """What `work` answers; it is asked again, after each pause, where the connection broke under it.

    `work` is one whole transaction. One that writes looks first whether it is done: a connection may break after the
    database has stored it and before it could say so.
    """
    for pause_s in pauses_s:
        try:
            return work()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            log.warning("connection to the database broke; trying again", seconds=pause_s)
            time.sleep(pause_s)
    return work()
