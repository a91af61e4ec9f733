"""An attempt at a night as plain values: how far it is, who asked for it, who works on it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from service.db.purpose import Viewer


class RunState(StrEnum):
    """How far an attempt is."""

    QUEUED = "queued"
    """Asked for; nothing is done yet."""
    RUNNING = "running"
    PUBLISHED = "published"
    """The plan is stored whole; everybody sees it."""
    UNCHANGED = "unchanged"
    """Nothing has changed since an earlier run, which holds."""
    FAILED = "failed"
    """Nothing was stored; `problem` says why."""


UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class NightAttempt:
    """One attempt at a night. What it came to stands in the run of the same id, once that is published.

    Attributes
    ----------
    planned_on : the day that the plan is made for
    phase, phases_done : the phase under way and how many are done
    beat_at : when the program that works on it last said so
    problem : type of the problem that ended it;  detail : what it was, without personal data
    same_as : the run that holds, where nothing had changed
    """

    id: str
    state: RunState
    asked_at: datetime
    asked_by: Viewer
    planned_on: date
    seed: int
    time_limit_s: float
    gap: float
    beat_at: datetime
    phase: str | None = None
    phases_done: int = 0
    ended_at: datetime | None = None
    problem: str | None = None
    detail: str | None = None
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """Who plans for a municipality right now. `holder` names machine, process and start."""

    run_id: str
    holder: str
    beat_at: datetime
