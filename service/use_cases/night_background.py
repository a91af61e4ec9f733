"""A night for a caller who does not wait for it: in a thread, or in a process of its own, which leaves pages quick.

What becomes of it is written in the attempt. Thread and process end with the program: an attempt under way is then
broken off, and the next one goes on from its plan.
"""

from collections.abc import Callable
from multiprocessing import get_context
from threading import Thread

import structlog

from features.taxonomy import Taxonomy
from service.db.nights import NightAttempt
from service.db.session import SessionFactory, session_factory
from service.logs import configure_logging
from service.problems import Problem
from service.settings import Settings
from service.use_cases.night_run import break_off, carry_out, hand_over_to_me
from service.use_cases.taxonomy import taxonomy_of

InBackground = Callable[[str, NightAttempt], Thread]
"""Begins the work of an attempt of a municipality; the thread ends when the work has ended."""

log = structlog.get_logger("matcher.nightly")


def in_a_thread(sessions: SessionFactory, taxonomy: Taxonomy | None) -> InBackground:
    """Nights in threads of this program: what else it does waits for them at times."""

    def begin(municipality: str, attempt: NightAttempt) -> Thread:
        return _followed(attempt, lambda: _work(sessions, municipality, attempt, taxonomy))

    return begin


def in_a_process(settings: Settings, sessions: SessionFactory) -> InBackground:
    """Nights in processes of their own, each followed by a thread of this program."""

    def begin(municipality: str, attempt: NightAttempt) -> Thread:
        process = get_context("spawn").Process(target=_alone, args=(settings, municipality, attempt), daemon=True)
        try:
            process.start()
        except OSError:
            break_off(sessions, municipality, attempt)
            raise

        def follow() -> None:
            process.join()
            if process.exitcode:
                log.error("the process of a night is gone", run=attempt.id, exit_code=process.exitcode)
                break_off(sessions, municipality, attempt)

        return _followed(attempt, follow)

    return begin


def _followed(attempt: NightAttempt, work: Callable[[], None]) -> Thread:
    thread = Thread(target=work, name=f"night-{attempt.id[:8]}", daemon=True)
    thread.start()
    return thread


def _alone(settings: Settings, municipality: str, attempt: NightAttempt) -> None:
    """All that a process of its own does."""
    configure_logging(settings.log_level)
    sessions = session_factory(settings)
    hand_over_to_me(sessions, municipality, attempt)
    _work(sessions, municipality, attempt, taxonomy_of(settings))


def _work(sessions: SessionFactory, municipality: str, attempt: NightAttempt, taxonomy: Taxonomy | None) -> None:
    try:
        carry_out(sessions, municipality, attempt, again=True, taxonomy=taxonomy)
    except Problem as problem:
        log.warning("night failed", run=attempt.id, problem=problem.type)
    except Exception:
        log.exception("night failed", run=attempt.id)
