"""Requests that may still be sent, counted for all processes of the service together."""

from collections.abc import Callable

from service.db.session import SessionFactory, unit_of_work
from service.db.shared_repositories import Rates
from service.problems import VersionConflict


def lender(
    sessions: SessionFactory, per_second: float, burst: int
) -> Callable[[tuple[str, str], int], tuple[int, float]]:
    """What takes requests out of a caller's bucket in the database."""

    def lend(caller: tuple[str, str], most: int) -> tuple[int, float]:
        municipality, id_ = caller
        with unit_of_work(sessions) as session:
            return Rates(session, municipality, per_second, burst).take(id_, most)

    def lend_or_again(caller: tuple[str, str], most: int) -> tuple[int, float]:
        try:
            return lend(caller, most)
        except VersionConflict:  # another process has just made the caller's bucket
            return lend(caller, most)

    return lend_or_again
