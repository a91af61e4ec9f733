"""A night in a thread of its own, for a caller who does not wait for it."""

from threading import Thread

import structlog

from features.taxonomy import Taxonomy
from service.db.nights import NightAttempt
from service.db.session import SessionFactory
from service.problems import Problem
from service.use_cases.night_run import carry_out

log = structlog.get_logger("matcher.nightly")


def carry_out_in_background(
    sessions: SessionFactory, municipality: str, attempt: NightAttempt, taxonomy: Taxonomy | None
) -> Thread:
    """Start the work of an attempt; what becomes of it is written in the attempt.

    The thread ends with the program: an attempt under way is then broken off, and the next one goes on from its plan.
    """

    def work() -> None:
        try:
            carry_out(sessions, municipality, attempt, again=True, taxonomy=taxonomy)
        except Problem as problem:
            log.warning("night failed", run=attempt.id, problem=problem.type)
        except Exception:
            log.exception("night failed", run=attempt.id)

    thread = Thread(target=work, name=f"night-{attempt.id[:8]}", daemon=True)
    thread.start()
    return thread
