"""A night as operations runs it: one at a time, told phase by phase, continued where it broke off, published whole.

The lock of the municipality is taken with the attempt and let go in the transaction that publishes the plan. Whoever
has lost the lock publishes nothing: that transaction looks for the lock first.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from features.taxonomy import Taxonomy
from matcher.assignment import Plan, solve
from service.clock import now
from service.db.night_repositories import NightAttempts, NightCheckpoints, NightLocks
from service.db.nights import Lock, NightAttempt, RunState
from service.db.purpose import Viewer
from service.db.record_repositories import RunRecords
from service.db.records import MatchRun
from service.db.repositories import Agreements, Citizens, MatchRuns, Proposals
from service.db.retry import again_if_cut
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import AlreadyRunning, NightTakenOver, NotFound, NothingToPlan, Problem, VersionConflict
from service.use_cases.matching import Stored
from service.use_cases.night_counts import NightCounts
from service.use_cases.night_lock import BEAT_S, has_given_up, this_process
from service.use_cases.night_plan import packed, unpacked
from service.use_cases.nightly import BEFORE, PHASES, Companion, Night, NightInput, Step, plan_night
from service.use_cases.plan_changes import PlanChanges
from service.use_cases.planning import ENOUGH_GAP, Solver

INTERRUPTED = "/problems/interrupted"
"""What ended an attempt whose program was gone before it had published anything."""
UNEXPECTED = "about:blank"

log = structlog.get_logger("matcher.nightly")


@dataclass(frozen=True, slots=True)
class Order:
    """A night that somebody asks for. `again`: plan it also where nothing has changed since the last one."""

    on: date
    asked_by: Viewer
    seed: int = 0
    time_limit_s: float = 60.0
    gap: float = ENOUGH_GAP
    again: bool = False


def take_up(sessions: SessionFactory, municipality: str, order: Order) -> NightAttempt:
    """An attempt that holds the municipality's lock; `carry_out` does the work.

    Raises
    ------
    AlreadyRunning
        where another attempt holds it and its program is alive.
    NothingToPlan
        where there are no citizens or no agreements.
    """
    moment = now()
    attempt = NightAttempt(
        id=str(uuid4()),
        state=RunState.QUEUED,
        asked_at=moment,
        asked_by=order.asked_by,
        planned_on=order.on,
        seed=order.seed,
        time_limit_s=order.time_limit_s,
        gap=order.gap,
        beat_at=moment,
    )
    try:
        with unit_of_work(sessions) as session:
            for kind, name in ((Citizens, "citizens"), (Agreements, "agreements")):
                if not kind(session, municipality).count():
                    raise NothingToPlan(f"there are no {name}")
            lock = Lock(attempt.id, this_process(), moment)
            before = NightLocks(session, municipality).take(lock, has_given_up)
            attempts = NightAttempts(session, municipality)
            if before is not None:
                attempts.change(before.run_id, state=RunState.FAILED, problem=INTERRUPTED, ended_at=moment)
                log.warning("night taken over", run=attempt.id, before=before.run_id)
            attempts.add(attempt)
    except VersionConflict as error:  # somebody else took the lock between look and insert
        raise AlreadyRunning from error
    return attempt


def carry_out(
    sessions: SessionFactory,
    municipality: str,
    attempt: NightAttempt,
    *,
    again: bool = False,
    step: Step = lambda _phase, _done, _total: None,
    solver: Solver = solve,
    taxonomy: Taxonomy | None = None,
    changes: PlanChanges | None = None,
) -> Night:
    """Plan the night of an attempt and publish it; where nothing has changed, the night that holds.

    `changes` are planned with, and stored with the plan.

    Raises what `plan_night` raises, NightTakenOver, and AgreementChanged where a change cannot be stored; the attempt
    has failed then, and the lock is free.
    """
    run = NightRun(sessions, municipality, attempt, again=again, changes=changes)

    def told(phase: str, done: int, total: int) -> None:
        run.beat(phase, done)
        step(phase, done, total)

    try:
        with run.beating():
            return plan_night(
                sessions,
                municipality,
                on=attempt.planned_on,
                seed=attempt.seed,
                time_limit_s=attempt.time_limit_s,
                gap=attempt.gap,
                step=told,
                solver=solver,
                taxonomy=taxonomy,
                viewer=attempt.asked_by,
                run_id=attempt.id,
                companion=run,
            )
    except _Unchanged as unchanged:
        run.end(RunState.UNCHANGED, same_as=unchanged.run_id)
        return stored_night(sessions, municipality, unchanged.run_id)
    except Problem as problem:
        run.end(RunState.FAILED, problem=problem.type, detail=problem.detail or None)
        raise
    except BaseException:
        run.end(RunState.FAILED, problem=UNEXPECTED)
        raise


def hand_over_to_me(sessions: SessionFactory, municipality: str, attempt: NightAttempt) -> None:
    """Hold the lock of an attempt that another program has taken up. Raises NightTakenOver where it is lost."""

    def write() -> None:
        with unit_of_work(sessions) as session:
            if not NightLocks(session, municipality).hand_over(attempt.id, this_process(), now()):
                raise NightTakenOver

    again_if_cut(write)


def break_off(sessions: SessionFactory, municipality: str, attempt: NightAttempt) -> None:
    """Write down that the program of an attempt is gone; one that has ended by itself stays as it is."""
    NightRun(sessions, municipality, attempt, again=False).end(RunState.FAILED, problem=INTERRUPTED)


def stored_night(sessions: SessionFactory, municipality: str, run_id: str) -> Night:
    """A night as it was published."""
    with read_only(sessions) as session:
        runs = MatchRuns(session, municipality)
        run = runs.get(run_id)
        return Night(
            run,
            NightCounts.model_validate(run.counts),
            Proposals(session, municipality).of_run(run_id),
            runs.unplaced(run_id),
            runs.slot_prices(run_id),
            stored=True,
            unchanged=True,
        )


def attempt_now(session: Session, municipality: str, attempt: NightAttempt) -> NightAttempt:
    """The attempt as it is by now: one whose program is gone has failed, also before anybody took it over."""
    if attempt.state not in (RunState.QUEUED, RunState.RUNNING):
        return attempt
    lock = NightLocks(session, municipality).holder()
    if lock is not None and lock.run_id == attempt.id and not has_given_up(lock):
        return attempt
    return replace(attempt, state=RunState.FAILED, problem=INTERRUPTED)


class _Unchanged(Exception):  # noqa: N818 - no error: the night that holds is the answer
    """Nothing has changed since a run."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(run_id)


class NightRun(Companion):
    """Goes along with the night of an attempt: keeps the lock, writes down how far it is, keeps the plan."""

    def __init__(
        self,
        sessions: SessionFactory,
        municipality: str,
        attempt: NightAttempt,
        *,
        again: bool,
        changes: PlanChanges | None = None,
    ) -> None:
        self._sessions = sessions
        self._municipality = municipality
        self._attempt = attempt
        self._again = again
        self._changes = changes

    def beat(self, phase: str, done: int) -> None:
        """Say that the program is alive, and which phase begins. Raises NightTakenOver where the lock is lost."""

        def write() -> None:
            with unit_of_work(self._sessions) as session:
                moment = now()
                if not NightLocks(session, self._municipality).beat(self._attempt.id, moment):
                    raise NightTakenOver
                NightAttempts(session, self._municipality).change(
                    self._attempt.id, state=RunState.RUNNING, phase=phase, phases_done=done, beat_at=moment
                )

        again_if_cut(write)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Says every few seconds that the program is alive, while what is inside works."""
        done = Event()
        beats = Thread(target=self._beat_until, args=(done,), name="night-beat", daemon=True)
        beats.start()
        try:
            yield
        finally:
            done.set()
            beats.join()

    def _beat_until(self, done: Event) -> None:
        while not done.wait(BEAT_S):
            try:
                with unit_of_work(self._sessions) as session:
                    NightLocks(session, self._municipality).beat(self._attempt.id, now())
            except (DBAPIError, Problem) as error:  # the next beat may come through; the lock is looked at when storing
                log.warning("no beat", run=self._attempt.id, error=type(error).__name__)

    def altered(self, stored: Stored) -> Stored:
        """What is stored, as it will be with the changes."""
        return stored if self._changes is None else self._changes.applied(stored)

    def parameters(self) -> Mapping[str, Any]:
        """The changes that are no personal data."""
        return {} if self._changes is None else self._changes.parameters()

    def loaded(self, made_from: NightInput) -> None:
        """End here where the last run was made from just this and is as good as asked for."""
        if self._again:
            return
        with read_only(self._sessions) as session:
            last = MatchRuns(session, self._municipality).latest()
            if last is None or last.input_hash != made_from.input_hash or last.versions != made_from.versions:
                return
            try:
                parameters = RunRecords(session, self._municipality).get(last.id).parameters
            except NotFound:
                return
            told = {name: value for name, value in parameters.items() if name != BEFORE}
            if last.gap <= made_from.gap or told == made_from.parameters:
                raise _Unchanged(last.id)

    def planned_before(self, made_from: NightInput) -> tuple[Plan, float] | None:
        """The plan of an attempt that was broken off after planning."""
        with read_only(self._sessions) as session:
            kept = NightCheckpoints(session, self._municipality).find(made_from.digest)
        plan = None if kept is None else unpacked(kept[0])
        if kept is None or plan is None:
            return None
        log.info("night goes on from a plan made before", run=self._attempt.id)
        return plan, kept[1]

    def planned(self, made_from: NightInput, plan: Plan, seconds: float) -> None:
        """Keep the plan until it is published."""
        content, digest = packed(plan), made_from.digest

        def write() -> None:
            with unit_of_work(self._sessions) as session:
                NightCheckpoints(session, self._municipality).save(digest, content, seconds, now())

        again_if_cut(write)

    def storing(self, session: Session, run: MatchRun) -> None:
        """Let go of the lock with the plan, or publish nothing where somebody else has it."""
        if not NightLocks(session, self._municipality).release(run.id):
            raise NightTakenOver
        NightCheckpoints(session, self._municipality).clear()
        NightAttempts(session, self._municipality).change(
            run.id, state=RunState.PUBLISHED, phase=None, phases_done=len(PHASES), ended_at=now()
        )

    def written(self, session: Session, run: MatchRun) -> None:
        """Store the changes with the plan that was made with them."""
        if self._changes is not None:
            self._changes.write(session, self._municipality, run, self._attempt.asked_by)

    def end(self, state: RunState, **values: str | None) -> None:
        """Let go of the lock and write down how the attempt ended; silence tells it where the database is away."""

        def write() -> None:
            with unit_of_work(self._sessions) as session:
                NightLocks(session, self._municipality).release(self._attempt.id)
                NightAttempts(session, self._municipality).change(
                    self._attempt.id, state=state, ended_at=now(), **values
                )

        self._quietly(write)

    def _quietly(self, write: Callable[[], None]) -> None:
        try:
            again_if_cut(write, pauses_s=(0.2, 1.0))
        except (DBAPIError, Problem) as error:
            log.error("the end of a night could not be written", run=self._attempt.id, error=type(error).__name__)
