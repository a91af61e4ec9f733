"""Kills a program where it stands (`kill -9`) at a chosen moment of an import, a night, a decision or a request.

`python -m tests.killing` reads one job a line and answers with one line: it forks itself for each job, so that every
job begins with a program that is loaded and ends without it. A moment is anything that touches the database or begins
a phase: before and after each statement, before and after each commit.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from features.vectorise import vectorise
from fixtures import municipality
from matcher.domain.placement import Verdict
from matcher.scoring import score_pairs
from service.db.purpose import OPERATIONS
from service.db.repositories import MatchRuns, Proposals
from service.db.session import SessionFactory, create_database_engine, sessions_of, unit_of_work
from service.logs import configure_logging
from service.settings import Role
from service.use_cases.decide import decide
from service.use_cases.import_files import import_files
from service.use_cases.night_run import Order, carry_out, take_up
from service.use_cases.placements import Person
from tests.builders import MUNICIPALITY
from tests.killed_server import answer_once, listening, sent

KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Job:
    """What to do on which database, and when to die: at a moment, after some seconds, or not at all (0)."""

    url: str
    action: str
    on: str
    file: str = ""
    moment: int = 0
    after_s: float = 0.0


@dataclass(frozen=True)
class Done:
    """How a job ended: the exit code (`KILLED`), the moments that it had where it lived to count them, and the lines
    that a server answered."""

    exit: int
    moments: int
    told: list[dict[str, Any]] = field(default_factory=list)


class Killer:
    """A loaded program that does jobs."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.killing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )

    def do(self, job: Job) -> Done:
        """One job."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(asdict(job)) + "\n")
        self._program.stdin.flush()
        return Done(**json.loads(self._program.stdout.readline()))

    def close(self) -> None:
        """End it."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        self._program.wait()
        self._program.stdout.close()


@contextmanager
def killer() -> Iterator[Killer]:
    """A loaded program, ended afterwards."""
    program = Killer()
    try:
        yield program
    finally:
        program.close()


def points(moments: int, wanted: int, seed: int) -> list[int]:
    """Moments to die at, drawn without repetition; just before and just after the last commit are always among them."""
    drawn = random.Random(seed).sample(range(1, moments - 1), max(0, min(wanted - 2, moments - 2)))
    return sorted([*drawn, moments - 1, moments])


class _Moments:
    """Counts moments and dies at one."""

    def __init__(self, last: int) -> None:
        self.count = 0
        self._last = last

    def __call__(self, *_: Any, **__: Any) -> None:
        if threading.current_thread().name == "night-beat":
            return  # it says every few seconds that a night is alive: more often on a slow machine
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def _import(sessions: SessionFactory, job: Job, _moments: _Moments) -> None:
    report = import_files(sessions, MUNICIPALITY, [Path(job.file)], on=date.fromisoformat(job.on))
    if report.errors:
        raise ValueError(str(report.errors[0]))


def _night(sessions: SessionFactory, job: Job, moments: _Moments) -> None:
    order = Order(date.fromisoformat(job.on), OPERATIONS, time_limit_s=20.0)
    carry_out(sessions, MUNICIPALITY, take_up(sessions, MUNICIPALITY, order), step=moments)


def _decision(sessions: SessionFactory, job: Job, _moments: _Moments) -> None:
    """The first proposal of the night, approved; the same each time it is asked for."""
    with unit_of_work(sessions) as session:
        run = MatchRuns(session, MUNICIPALITY).latest()
        assert run is not None
        first = min(Proposals(session, MUNICIPALITY).of_run(run.id), key=lambda one: one.citizen_id)
        decide(
            session,
            MUNICIPALITY,
            first.id,
            verdict=Verdict.APPROVED,
            person=Person("karen", "Karen Konsulent", frozenset((Role.JOB_CONSULTANT,))),
            reason="Aftalt med borgeren.",
            today=date.fromisoformat(job.on),
        )


STREAM = "stream"
"""An import over HTTP, answered by a server."""
ACTIONS: dict[str, Callable[[SessionFactory, Job, _Moments], None]] = {
    "import": _import,
    "nightly": _night,
    "decision": _decision,
}


def _work(job: Job, answer: int, at: socket.socket | None) -> None:
    """In a process of its own: do the job, and say how many moments it had."""
    moments = _Moments(job.moment)
    engine = create_database_engine(job.url)
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, name, lambda *_: moments())
    event.listen(Session, "after_commit", lambda *_: moments())
    if at is None:
        ACTIONS[job.action](sessions_of(engine), job, moments)
    else:
        answer_once(sessions_of(engine), job.url, job.on, at)
    engine.dispose()  # SQLite writes its log into the file, which is copied
    os.write(answer, str(moments.count).encode())


def _do(job: Job) -> Done:
    reading, writing = os.pipe()
    at = listening() if job.action == STREAM else None
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            _work(job, writing, at)
            code = 0
        except BaseException as error:  # the parent is told by the exit code, whatever it was
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
        finally:
            os._exit(code)
    os.close(writing)
    timer = threading.Timer(job.after_s, os.kill, (child, signal.SIGKILL)) if job.after_s else None
    if timer:
        timer.start()
    told = []
    if at is not None:
        port = at.getsockname()[1]
        at.close()  # the child's own is left: nobody is heard when it is gone
        told = sent(Path(job.file), port)
    _, status = os.waitpid(child, 0)
    if timer:
        timer.cancel()
    with os.fdopen(reading) as counted:
        return Done(os.waitstatus_to_exitcode(status), int(counted.read() or 0), told)


def _warm_up() -> None:
    """Load what every job needs, but start no solver: its threads would not outlive a fork."""
    invented = municipality(citizens=5)
    score_pairs(vectorise(invented.citizens, invented.companies, invented.agreements, on=invented.on))


def main() -> None:
    """Do the jobs that are asked for, one a line."""
    configure_logging("error")
    _warm_up()
    for line in sys.stdin:
        print(json.dumps(asdict(_do(Job(**json.loads(line))))), flush=True)


if __name__ == "__main__":
    main()
