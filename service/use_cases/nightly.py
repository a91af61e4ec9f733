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
from uuid import uuid4

import structlog
from sqlalchemy.exc import IntegrityError

from features.taxonomy import Taxonomy
from matcher.assignment import solve
from service.clock import now
from service.db.purpose import OPERATIONS, RunRecord, SnapshotDocument, Viewer
from service.db.record_repositories import RunRecords, Snapshots
from service.db.records import MatchRun, StoredProposal, Unplaced
from service.db.repositories import MatchRuns
from service.db.session import SessionFactory, read_only, unit_of_work
from service.problems import VersionConflict
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import load
from service.use_cases.night_counts import NightCounts
from service.use_cases.night_result import NightResult, comparable_result, result_of
from service.use_cases.planning import ENOUGH_GAP, Planned, Solver, plan_stored
from service.use_cases.snapshots import Snapshot, content_digest, snapshot_of, weights_document
from service.use_cases.versions import versions_of

PHASES = ("load", "features", "scoring", "limits", "plan", "check", "reasons", "store")
"""Phases of a night, in order."""

SURELY_REPEATABLE_SHARE = 0.1
"""A plan that took at most this share of its time was ended by no clock: no phase of the solver stops sooner."""

Step = Callable[[str, int, int], None]
"""Told the phase that begins, how many are done, and how many there are."""

log = structlog.get_logger("matcher.nightly")


@dataclass(frozen=True, slots=True)
class Night:
    """A planned night as it is stored. `stored` is False where nothing was to be kept."""

    run: MatchRun
    counts: NightCounts
    proposals: tuple[StoredProposal, ...]
    unplaced: tuple[Unplaced, ...]
    slot_prices: dict[str, float]
    stored: bool

    def plan_digest(self) -> str:
        """SHA-256 of who is proposed where, when and for how many hours: the same plan, the same digest."""
        plan = [
            (p.citizen_id, p.slot_id, p.starts_on.isoformat(), p.hours_per_week, p.value, p.price)
            for p in sorted(self.proposals, key=lambda proposal: proposal.citizen_id)
        ]
        return hashlib.sha256(json.dumps(plan).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _MadeOf:
    """What a plan was made of, as it is written down."""

    snapshot: Snapshot
    weights: SnapshotDocument


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

    Raises
    ------
    NothingToPlan
        where there are no citizens or no slots.
    PlanRefused
        where the plan breaks a rule; nothing is stored.
    """
    watch = Stopwatch(step)
    with watch.phase("load"), read_only(sessions) as session:
        stored = load(session, municipality)
        weights = weights_in_use(session, municipality)
    planned = plan_stored(
        stored,
        weights,
        on=on,
        seed=seed,
        time_limit_s=time_limit_s,
        gap=gap,
        solver=solver,
        taxonomy=taxonomy,
        phase=watch.phase,
    )
    run_id = str(uuid4())
    with watch.phase("reasons"):
        result = result_of(run_id, stored, planned)
        made_of = _MadeOf(snapshot_of(stored), weights_document(weights))
    run = replace(
        match_run(
            run_id,
            now(),
            planned,
            seed=seed,
            snapshot=made_of.snapshot.digest,
            versions=versions_of(stored, weights, taxonomy),
        ),
        seconds=watch.seconds,
        counts=result.counts.model_dump(mode="json"),
        resources=result.resources,
    )
    night = Night(run, result.counts, result.proposals, result.unplaced, result.slot_prices, keep)
    with watch.phase("store"):
        if keep:
            record = RunRecord(
                run_id,
                viewer,
                made_of.snapshot.digest,
                made_of.weights.digest,
                {"on": on.isoformat(), "seed": seed, "time_limit_s": time_limit_s, "gap": gap},
                run.versions,
                content_digest(comparable_result(run, result)),
                repeatable=watch.seconds["plan"] <= SURELY_REPEATABLE_SHARE * time_limit_s,
            )
            _store(sessions, municipality, night, result, record, made_of)
    log.info("night planned", run=run_id, placed=night.counts.placed, unplaced=night.counts.unplaced, gap=run.gap)
    return replace(night, run=replace(run, seconds=dict(watch.seconds)))


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
        input_hash=content_digest([snapshot, on.isoformat(), seed, weights_document(planned.weights).digest]),
        seconds={},
        counts={},
        versions=versions,
    )


def _store(
    sessions: SessionFactory,
    municipality: str,
    night: Night,
    result: NightResult,
    record: RunRecord,
    made_of: _MadeOf,
) -> None:
    try:
        with unit_of_work(sessions) as session:
            snapshots = Snapshots(session, municipality)
            snapshots.add_documents([*made_of.snapshot.documents, made_of.weights])
            snapshots.add(made_of.snapshot.digest, made_of.snapshot.entries, night.run.created_at)
            MatchRuns(session, municipality).add(night.run, night.proposals, night.unplaced, night.slot_prices)
            RunRecords(session, municipality).add(record, result.alternatives)
    except IntegrityError as error:
        raise VersionConflict("a citizen was removed while the plan was made; run it again") from error
