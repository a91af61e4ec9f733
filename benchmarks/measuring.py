"""One method on one problem, in a process of its own: seconds, peak memory, and whether its plan keeps every limit.

The process builds the problem, warms up, runs the method once and ends; what a row says of memory is the peak of that
process, interpreter, libraries and problem included. A method that overstays its time is ended.
"""

import os
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from matcher.assignment import AssignmentProblem, Plan, check
from matcher.assignment.bounds import best_of_each
from matcher.assignment.plan import make_plan, total_value
from matcher.assignment.problem import Int64

Row: TypeAlias = dict[str, Any]
_STATUS = Path("/proc/self/status")
_GRACE_S = 120.0
"""Seconds beside three times the limit after which a method is ended: building the problem and loading code count."""


@dataclass(frozen=True)
class Found:
    """What a method answers: its plan, or pairs of its own making; its bound, and what else a row says.

    ``pairs`` None: the method found nothing.
    """

    pairs: Int64 | None
    bound: float | None = None
    plan: Plan | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One row to make. ``recipe`` builds the problem, ``method`` plans it; both are functions of modules, by name.

    ``warm_up`` : called before the clock starts, so that loading compiled code does not count
    """

    instance: str
    method_name: str
    recipe: Callable[[], AssignmentProblem]
    method: Callable[[AssignmentProblem, float], Found]
    time_limit_s: float
    warm_up: Callable[[], object] | None = None


def peak_gib() -> float:
    """Largest memory of this process so far, without that of the process that started it."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measured(job: Job) -> Row:
    """The row of a job, made in a process of its own; without a value where that process was ended or died."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(job, theirs))
    begun = time.perf_counter()
    process.start()
    theirs.close()
    try:
        if ours.poll(3 * job.time_limit_s + _GRACE_S):
            found: Row = ours.recv()
            return found
        ended = "ended, far beyond its time"
    except EOFError:
        ended = "its process died"
    finally:
        process.kill()
        process.join()
    return _row(job, time.perf_counter() - begun, None, None) | {"peak_gib": None, "ended": ended}


def _tell(job: Job, to: Connection) -> None:
    to.send(measure(job))


def measure(job: Job) -> Row:
    """The row of a job, made here."""
    problem = job.recipe()
    if job.warm_up is not None:
        job.warm_up()
    begun = time.perf_counter()
    found = job.method(problem, job.time_limit_s)
    seconds = time.perf_counter() - begun
    peak = peak_gib()
    value = None if found.pairs is None else total_value(problem, found.pairs)
    row = _row(job, seconds, value, found.bound) | {"peak_gib": round(peak, 2)} | dict(found.notes)
    if found.pairs is not None and (broken := violations(problem, found)):
        row["breaks"] = f"{len(broken)} limits, {broken[0]}"
    return row


def violations(problem: AssignmentProblem, found: Found) -> list[str]:
    """What `check` finds in the plan of a method; without a plan of the engine's, in its pairs."""
    plan, pairs = found.plan, found.pairs
    if plan is None:
        assert pairs is not None
        if len(np.unique(problem.citizen[pairs])) < len(pairs):
            return ["a citizen is placed twice"]
        none = (np.zeros(problem.n_citizens), np.zeros(problem.n_slots), np.zeros(problem.n_resources))
        plan = make_plan(problem, pairs, best_of_each(problem.n_citizens, problem.citizen, problem.value), none)
    return [str(one) for one in check(problem, plan)]


def _row(job: Job, seconds: float, value: float | None, bound: float | None) -> Row:
    """One line of the report."""
    return {
        "instance": job.instance,
        "method": job.method_name,
        "seconds": round(seconds, 2),
        "value": None if value is None else round(value, 4),
        "gap": None if value is None or bound is None or bound <= 0 else round(1 - value / bound, 6),
        "load": round(os.getloadavg()[0], 1),
    }
