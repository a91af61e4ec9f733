"""Work that takes longer than a page may: done in a thread, asked for by its id until it has ended.

Kept in this process, the newest only: whoever asks after a restart is told to begin again.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock, Thread
from typing import Annotated, Any, Final
from uuid import uuid4

import structlog
from fastapi import Depends, Request

from service.problems import NotFound, Problem
from service.use_cases.planning import Phase

MOST_KEPT: Final = 40
PLANNING_PHASES: Final = 5
"""Phases that `plan_stored` enters for one plan."""

log = structlog.get_logger("matcher.pages")


class JobKind(StrEnum):
    """What is worked on."""

    RULES = "rules"
    WEIGHTS = "weights"
    LEARNING = "learning"
    REPLAY = "replay"
    NIGHT_TRIAL = "night_trial"
    NIGHT = "night"


@dataclass
class Job:
    """One piece of work.

    Attributes
    ----------
    municipality : whose it is; nobody else finds it
    asked : what was asked for, e.g. the changes that are tried
    phase, done, total : the phase under way (empty before the first), how many are done and how many there are
    result : what it came to; None until it has ended, and where it failed
    problem : what ended it; an error that nobody foresaw is a `Problem` without more words
    """

    municipality: str
    kind: JobKind
    asked: Any
    total: int
    id: str = field(default_factory=lambda: str(uuid4()))
    phase: str = ""
    done: int = 0
    result: Any = None
    problem: Problem | None = None
    failed: bool = False

    @property
    def ended(self) -> bool:
        """Whether there is an answer."""
        return self.result is not None or self.failed

    @contextmanager
    def entered(self, phase: str) -> Iterator[None]:
        """Around a phase: says which one is under way."""
        self.phase = phase
        yield
        self.done += 1


class Jobs:
    """The pieces of work of this process. Safe for threads."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, Job] = OrderedDict()
        self._lock = Lock()

    def start(self, job: Job, work: Callable[[Phase], Any]) -> Job:
        """Begin to work; `work` is given what to enter around each phase, and answers with the result."""

        def run() -> None:
            try:
                job.result = work(job.entered)
            except Problem as problem:
                job.problem, job.failed = problem, True
            except Exception:
                log.exception("work failed", kind=job.kind)
                job.failed = True

        with self._lock:
            self._kept[job.id] = job
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        Thread(target=run, name=f"job-{job.id[:8]}", daemon=True).start()
        return job

    def get(self, municipality: str, id_: str, *kinds: JobKind) -> Job:
        """A municipality's piece of work of one of some kinds; raises NotFound."""
        with self._lock:
            job = self._kept.get(id_)
        if job is None or job.municipality != municipality or job.kind not in kinds:
            raise NotFound
        return job


def jobs_of(request: Request) -> Jobs:
    """The pieces of work of the running application."""
    jobs: Jobs = request.app.state.jobs
    return jobs


JobsOf = Annotated[Jobs, Depends(jobs_of)]
