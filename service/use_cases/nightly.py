"""The night: everything of a municipality becomes one plan that holds every limit, or nothing is stored.

load → features → scoring → limits → plan → check → reasons → store. The check recounts the plan without the solver; a
plan that fails it is refused. What is stored is one transaction: the run, its proposals, the citizens without a place
and why, the prices of the places.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import uuid4

import structlog
from sqlalchemy.orm import Session

from features.taxonomy import Taxonomy
from matcher.assignment import Plan, solve
from matcher.resources import RefusedPin
from matcher.weights import Weights
from service.audit_chain import Action
from service.clock import now
from service.db.audit_repositories import audited
from service.db.listings import proposed_pairs
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.purpose import OPERATIONS, RunRecord, SnapshotDocument, Viewer
from service.db.record_repositories import RunRecords, Snapshots
from service.db.records import MatchRun, StoredProposal, Unplaced
from service.db.repositories import MatchRuns
from service.db.retry import again_if_cut
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import VersionConflict
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import Stored, load
from service.use_cases.memory import keep_for_long
from service.use_cases.night_counts import NightCounts
from service.use_cases.night_result import NightResult, comparable_result, result_of
from service.use_cases.planning import ENOUGH_GAP, Planned, Solver, plan_stored
from service.use_cases.snapshots import Snapshot, content_digest, snapshot_of, weights_document
from service.use_cases.versions import versions_of

PHASES = ("load", "features", "scoring", "limits", "plan", "check", "reasons", "store")
"""Phases of a night, in order."""

BEFORE: Final = "before"
"""Name, among what is written beside a run, of the run that its plan stays near to."""

Step = Callable[[str, int, int], None]
"""Told the phase that begins, how many are done, and how many there are."""

log = structlog.get_logger("matcher.nightly")


@dataclass(frozen=True, slots=True)
class Night:
    """A planned night as it is stored.

    `stored` is False where nothing was to be kept; `unchanged` says that it is an earlier run, which still holds.
    `let_go`: pairs on hold that could not keep their place, each with the reason; known of a night just planned.
    """

    run: MatchRun
    counts: NightCounts
    proposals: tuple[StoredProposal, ...]
    unplaced: tuple[Unplaced, ...]
    slot_prices: dict[str, float]
    stored: bool
    unchanged: bool = False
    let_go: tuple[RefusedPin, ...] = ()

    def plan_digest(self) -> str:
        """SHA-256 of who is proposed where, when and for how many hours: the same plan, the same digest."""
        plan = [
            (p.citizen_id, p.slot_id, p.starts_on.isoformat(), p.hours_per_week, p.value, p.price)
            for p in sorted(self.proposals, key=lambda proposal: proposal.citizen_id)
        ]
        return hashlib.sha256(json.dumps(plan).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class NightInput:
    """What a night is made from: stored values and weights as documents, and what the planning was told.

    `before`: the run that it stays near to where its gap stays open; it counts for nothing where nothing has changed.
    """

    snapshot: Snapshot
    weights: SnapshotDocument
    versions: Mapping[str, str]
    on: date
    seed: int
    time_limit_s: float
    gap: float
    before: str | None = None

    @property
    def input_hash(self) -> str:
        """SHA-256 of values, weights, day and seed."""
        return input_hash_of(self.snapshot.digest, self.on, self.seed, self.weights)

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides the plan: the input, what ends the planning, the run before, the versions."""
        return content_digest([self.input_hash, self.time_limit_s, self.gap, self.before, dict(self.versions)])

    @property
    def parameters(self) -> dict[str, Any]:
        """What the planning was told, as it is written beside the run."""
        return {"on": self.on.isoformat(), "seed": self.seed, "time_limit_s": self.time_limit_s, "gap": self.gap}


class Companion:
    """Goes along with a night and hears how far it is. This one does nothing: `NightRun` is the one of operations."""

    def altered(self, stored: Stored) -> Stored:
        """What the night is planned from, where that is another than what is stored."""
        return stored

    def parameters(self) -> Mapping[str, Any]:
        """What else is written beside the run as what the planning was told."""
        return {}

    def loaded(self, made_from: NightInput) -> None:
        """Everything is loaded; what is raised here ends the night before anything is planned."""

    def planned_before(self, made_from: NightInput) -> tuple[Plan, float] | None:  # noqa: ARG002 - for others to answer
        """A plan that was made from just this and never published, with the seconds it took."""
        return None

    def planned(self, made_from: NightInput, plan: Plan, seconds: float) -> None:
        """A plan has been made and checked."""

    def storing(self, session: Session, run: MatchRun) -> None:
        """The night is about to be written, in the transaction of `session`; what is raised here undoes it."""

    def written(self, session: Session, run: MatchRun) -> None:
        """The night is written, and what belongs to it may be; what is raised here undoes it."""


class Stopwatch:
    """Seconds of each phase; tells `step` when one begins."""

    def __init__(self, step: Step) -> None:
        self.seconds: dict[str, float] = {}
        self._step = step

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Times what is done inside."""
        self._step(name, PHASES.index(name), len(PHASES))
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


def plan_night(
    sessions: SessionFactory,
    municipality: str,
    *,
    on: date,
    seed: int = 0,
    time_limit_s: float = 60.0,
    gap: float = ENOUGH_GAP,
    step: Step = lambda _phase, _done, _total: None,
    keep: bool = True,
    solver: Solver = solve,
    taxonomy: Taxonomy | None = None,
    viewer: Viewer = OPERATIONS,
    run_id: str | None = None,
    companion: Companion | None = None,
) -> Night:
    """Plan the night of a municipality and store it.

    Parameters
    ----------
    on : the day that the plan is made for
    seed, time_limit_s, gap : given to the solver; the same input and seed give the same plan if time does not end it
    step : told each phase as it begins
    keep : False plans and checks, and stores nothing
    solver : computes the plan; whatever it answers is checked
    viewer : who asked for the plan; it is written beside the run
    run_id : the id that the run gets; None = a new one
    companion : goes along; None = nobody does

    Raises
    ------
    NothingToPlan
        where there are no citizens or no slots.
    PlanRefused
        where the plan breaks a rule; nothing is stored.
    """
    run_id, companion, watch = run_id or str(uuid4()), companion or Companion(), Stopwatch(step)
    with watch.phase("load"):
        stored, weights, proposed = again_if_cut(lambda: _load(sessions, municipality))
        stored = companion.altered(stored)
        versions = versions_of(stored, weights, taxonomy)
        made_from = NightInput(
            snapshot_of(stored), weights_document(weights), versions, on, seed, time_limit_s, gap, proposed.run_id
        )
        keep_for_long(len(stored.citizens))
    companion.loaded(made_from)
    made = companion.planned_before(made_from)
    planned = plan_stored(
        stored,
        weights,
        on=on,
        seed=seed,
        time_limit_s=time_limit_s,
        gap=gap,
        solver=solver if made is None else lambda _problem, **_options: made[0],
        taxonomy=taxonomy,
        phase=watch.phase,
        before=proposed.slot_of if made is None else None,
    )
    if made is None:
        companion.planned(made_from, planned.plan, watch.seconds["plan"])
    else:
        watch.seconds["plan"] = made[1]
    with watch.phase("reasons"):
        result = result_of(run_id, stored, planned)
    run = replace(
        match_run(run_id, now(), planned, seed=seed, snapshot=made_from.snapshot.digest, versions=versions),
        seconds=watch.seconds,
        counts=result.counts.model_dump(mode="json"),
        resources=result.resources,
    )
    night = Night(
        run, result.counts, result.proposals, result.unplaced, result.slot_prices, keep, let_go=planned.let_go
    )
    with watch.phase("store"):
        if keep:
            repeatable = planned.plan.repeatable
            again_if_cut(
                lambda: _store(sessions, municipality, night, result, made_from, viewer, companion, repeatable)
            )
    log.info("night planned", run=run_id, placed=night.counts.placed, unplaced=night.counts.unplaced, gap=run.gap)
    return replace(night, run=replace(run, seconds=dict(watch.seconds)))


class Proposed(NamedTuple):
    """The slot that a run proposes, by citizen; both None where there is no run."""

    run_id: str | None
    slot_of: Mapping[str, str] | None


def proposed_by(session: Session, municipality: str, run_id: str | None) -> Proposed:
    """What a run proposes, whatever has been decided about it since."""
    if run_id is None:
        return Proposed(None, None)
    return Proposed(run_id, {one.citizen_id: one.slot_id for one in proposed_pairs(session, municipality, run_id)})


def _load(sessions: SessionFactory, municipality: str) -> tuple[Stored, Weights, Proposed]:
    with read_only(sessions) as session:
        stored, weights = load(session, municipality), weights_in_use(session, municipality)
        return stored, weights, proposed_by(session, municipality, MatchRuns(session, municipality).latest_id())


def input_hash_of(snapshot: str, on: date, seed: int, weights: SnapshotDocument) -> str:
    """SHA-256 of the digest of what is stored, the day, the seed and the weights."""
    return content_digest([snapshot, on.isoformat(), seed, weights.digest])


def match_run(
    run_id: str, created_at: datetime, planned: Planned, *, seed: int, snapshot: str, versions: Mapping[str, str]
) -> MatchRun:
    """The run of a plan, without what it took and came to. `snapshot`: digest of all that it was made from."""
    plan, on = planned.plan, planned.match_input.on
    return MatchRun(
        id=run_id,
        created_at=created_at,
        planned_on=on,
        seed=seed,
        status=plan.status,
        value=plan.objective,
        upper_bound=plan.upper_bound,
        gap=plan.gap,
        input_hash=input_hash_of(snapshot, on, seed, weights_document(planned.weights)),
        seconds={},
        counts={},
        versions=versions,
    )


def _store(
    sessions: SessionFactory,
    municipality: str,
    night: Night,
    result: NightResult,
    made_from: NightInput,
    viewer: Viewer,
    companion: Companion,
    repeatable: bool,
) -> None:
    run, snapshot, weights = night.run, made_from.snapshot, made_from.weights
    record = RunRecord(
        run.id,
        viewer,
        snapshot.digest,
        weights.digest,
        {**made_from.parameters, **({BEFORE: made_from.before} if made_from.before else {}), **companion.parameters()},
        run.versions,
        content_digest(comparable_result(run, result)),
        repeatable=repeatable,
    )
    try:
        with unit_of_work(sessions) as session:
            runs = MatchRuns(session, municipality)
            if runs.knows(run.id):  # the connection broke after the database had stored it
                return
            companion.storing(session, run)
            snapshots = Snapshots(session, municipality)
            snapshots.add_documents([*snapshot.documents, weights])
            snapshots.add(snapshot.digest, snapshot.entries, run.created_at)
            runs.add(run, night.proposals, night.unplaced, night.slot_prices)
            RunRecords(session, municipality).add(record, result.alternatives)
            companion.written(session, run)
            figures = {"placed": night.counts.placed, "unplaced": night.counts.unplaced, "result": record.result_digest}
            audited(session, municipality, Action.RUN_PUBLISHED, "run", run.id, figures, actor=viewer)
            announce(session, municipality, EventType.RUN_PUBLISHED, {"run_id": run.id})
    except VersionConflict as error:
        raise VersionConflict("a citizen was removed while the plan was made; run it again") from error
