"""A run or a list made again from what was written down, and compared: identical, or the first difference."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from features.taxonomy import Taxonomy
from matcher.arrays import MatchInput
from matcher.assignment import check
from service.db.listings import proposed_pairs
from service.db.purpose import RunRecord, ShownList
from service.db.record_repositories import Entry, KeptDocument, RunRecords, ShownLists, Snapshots
from service.db.records import MatchRun
from service.db.repositories import MatchRuns, Proposals
from service.db.session import SessionFactory, read_only
from service.problems import ErasedSince, NotFound, SnapshotUnreadable
from service.use_cases.desk import Desk
from service.use_cases.latest_run import Outcome
from service.use_cases.list_kinds import Asked, kind_of
from service.use_cases.matching import Stored, arrays_of
from service.use_cases.night_result import comparable, comparable_result, figures_of, result_of
from service.use_cases.nightly import BEFORE, match_run, proposed_by
from service.use_cases.planning import PLANNING_S, Planned, plan_stored
from service.use_cases.reached import Reached
from service.use_cases.records import LIMITED, REPEATABLE
from service.use_cases.snapshots import PLAN, WEIGHTS, canonical, content_digest, stored_of, text_digest, weights_of
from service.use_cases.versions import differing, versions_of

LONGER = 4.0
"""How much longer than at first a replay may plan: what gap and seed ended then ends now, on a slower machine too."""


class Verdict(StrEnum):
    """What a replay came to."""

    IDENTICAL = "identical"
    DIFFERENT = "different"
    NOT_REPEATABLE = "not_repeatable"
    """The clock ended the planning, then or now; the stored plan holds every limit, but another may come out."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two JSON values differ; what is absent on one side is None there."""

    path: str
    stored: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay. `versions`: name, then and now, of all that is another version; `erased`: documents that are gone."""

    kind: str
    id: str
    verdict: Verdict
    difference: Difference | None
    versions: tuple[tuple[str, str, str], ...]
    erased: int = 0

    def as_record(self) -> dict[str, Any]:
        """As JSON."""
        difference = self.difference
        return {
            "kind": self.kind,
            "id": self.id,
            "verdict": self.verdict.value,
            "difference": difference and {"path": difference.path, "stored": difference.stored, "now": difference.now},
            "versions": [{"name": name, "stored": then, "now": now} for name, then, now in self.versions],
            "erased": self.erased,
        }


class Replayer:
    """Replays runs and lists of one municipality; what one snapshot holds is read once."""

    def __init__(self, sessions: SessionFactory, municipality: str, taxonomy: Taxonomy | None = None) -> None:
        self._sessions = sessions
        self._municipality = municipality
        self._taxonomy = taxonomy
        self._kept: tuple[str, _Restored] | None = None
        self._made: tuple[tuple[str, date], MatchInput] | None = None

    def replay(self, id_: str) -> Replayed:
        """Replay the run or list with an id.

        Raises
        ------
        NotFound
            where there is no run or list with the id, or nothing was recorded of it.
        ErasedSince
            where it cannot be made again because a citizen in it was erased.
        SnapshotUnreadable
            where its documents do not fit this version of the program.
        """
        with read_only(self._sessions) as session:
            try:
                record = RunRecords(session, self._municipality).get(id_)
            except NotFound:
                return self._replay_list(session, ShownLists(session, self._municipality).get(id_))
            return self._replay_run(session, record)

    # Runs.

    def _replay_run(self, session: Session, record: RunRecord) -> Replayed:
        restored = self._restored(session, record.snapshot)
        if restored.erased_on:
            raise ErasedSince(_erased_text(restored.erased_on))
        weights = self._document(session, (WEIGHTS, record.weights))
        stored_result, run = self._stored_result(session, record.run_id)
        changed = restored.changed or weights.changed
        if changed is None and content_digest(stored_result) != record.result_digest:
            changed = Difference("result_digest", record.result_digest, content_digest(stored_result))
        in_use = weights_of(weights.record)
        parameters = record.parameters
        versions = differing(record.versions, versions_of(restored.stored, in_use, self._taxonomy))
        on, seed, limit = date.fromisoformat(parameters["on"]), int(parameters["seed"]), parameters["time_limit_s"]
        planned = plan_stored(
            restored.stored,
            in_use,
            on=on,
            seed=seed,
            time_limit_s=limit * LONGER if record.repeatable or run.seconds["plan"] < limit else limit,
            gap=parameters["gap"],
            taxonomy=self._taxonomy,
            before=proposed_by(session, self._municipality, parameters.get(BEFORE)).slot_of,
        )
        again = match_run(
            record.run_id, run.created_at, planned, seed=seed, snapshot=record.snapshot, versions=run.versions
        )
        result = comparable_result(again, result_of(record.run_id, restored.stored, planned))
        found = first_difference(stored_result, _as_far_as_written(result, stored_result))
        if found is None and changed is None:
            return Replayed("run", record.run_id, Verdict.IDENTICAL, None, versions)
        sure = record.repeatable and planned.plan.repeatable
        if sure or restored.changed or weights.changed:
            return Replayed("run", record.run_id, Verdict.DIFFERENT, found or changed, versions)
        invalid = _violation(planned, stored_result)
        verdict = Verdict.DIFFERENT if invalid or changed else Verdict.NOT_REPEATABLE
        return Replayed("run", record.run_id, verdict, invalid or changed or found, versions)

    def _stored_result(self, session: Session, run_id: str) -> tuple[dict[str, Any], MatchRun]:
        runs = MatchRuns(session, self._municipality)
        run = runs.get(run_id)
        stored = comparable(
            figures_of(run),
            run.counts,
            Proposals(session, self._municipality).of_run(run_id),
            runs.unplaced(run_id),
            RunRecords(session, self._municipality).alternatives(run_id),
            runs.slot_prices(run_id),
            run.resources,
        )
        return stored, run

    # Lists.

    def _replay_list(self, session: Session, shown: ShownList) -> Replayed:
        if shown.erased_on is not None:
            raise ErasedSince(_erased_text(shown.erased_on))
        restored = self._restored(session, shown.snapshot)
        weights = self._document(session, (WEIGHTS, shown.weights))
        plan = None if shown.plan is None else self._document(session, (PLAN, shown.plan))
        text = zlib.decompress(shown.shown).decode()
        kept = json.loads(text)
        reached = Reached()
        desk = reached.watch(self._desk_of(session, shown, restored, weights, plan, kept["outcomes"]))
        versions = differing(shown.versions, versions_of(restored.stored, desk.weights, self._taxonomy))
        changed = restored.changed or weights.changed or (plan.changed if plan else None)
        if changed is None and text_digest(text) != shown.result_digest:
            changed = Difference("result_digest", shown.result_digest, text_digest(text))
        try:
            asked = Asked.of(shown.parameters)
            now = kind_of(shown.purpose, asked).make(desk, asked).model_dump(mode="json")
        except NotFound:
            now = {}
        if changed is None and restored.erased_on is None and kept.get("proposals") != reached.proposals:
            changed = Difference("proposals", kept.get("proposals"), reached.proposals)
        found = first_difference(kept["view"], now)
        if found is None and changed is None:
            return Replayed("list", shown.id, Verdict.IDENTICAL, None, versions, restored.n_erased)
        if restored.erased_on:
            raise ErasedSince(_erased_text(restored.erased_on))
        sure = shown.parameters.get(REPEATABLE, True) and not reached.by_clock
        verdict = Verdict.DIFFERENT if sure or changed else Verdict.NOT_REPEATABLE
        return Replayed("list", shown.id, verdict, found or changed, versions)

    def _desk_of(
        self,
        session: Session,
        shown: ShownList,
        restored: "_Restored",
        weights: "_Document",
        plan: "_Document | None",
        outcomes: Mapping[str, Mapping[str, str | None]],
    ) -> Desk:
        stored, in_use = restored.stored, weights_of(weights.record)
        match_input = self._arrays(stored, shown.snapshot, shown.planned_on)
        longer = LONGER if shown.parameters.get(REPEATABLE, True) else 1.0
        return Desk(
            municipality=self._municipality,
            mark="",
            stored=stored,
            match_input=match_input,
            run=None if plan is None else _run_of(plan.record),
            slot_prices={} if plan is None else plan.record["slot_prices"],
            outcome_of=lambda citizen_id: Outcome(**outcomes.get(citizen_id, {})),
            proposed=lambda: proposed_pairs(session, self._municipality, shown.run_id) if shown.run_id else (),
            weights=in_use,
            plan=partial(
                plan_stored,
                weights=in_use,
                on=shown.planned_on,
                time_limit_s=longer * PLANNING_S,
                taxonomy=self._taxonomy,
            ),
            taxonomy=self._taxonomy,
            visible=frozenset(shown.citizen_ids) if shown.parameters.get(LIMITED) else None,
        )

    def _arrays(self, stored: Stored, snapshot: str, on: date) -> MatchInput:
        if self._made is None or self._made[0] != (snapshot, on):
            self._made = (snapshot, on), arrays_of(stored, on=on, taxonomy=self._taxonomy)
        return self._made[1]

    # What was written down.

    def _restored(self, session: Session, digest: str) -> "_Restored":
        if self._kept is None or self._kept[0] != digest:
            snapshots = Snapshots(session, self._municipality)
            entries = snapshots.entries(digest)
            documents = snapshots.documents(entries)
            if len(documents) != len(entries):
                raise SnapshotUnreadable("documents of its snapshot are missing")
            erased = [one.erased_on for one in documents if one.erased_on is not None]
            restored = _Restored(stored_of(documents), max(erased, default=None), len(erased), _changed(documents))
            self._kept = (digest, restored)
        return self._kept[1]

    def _document(self, session: Session, entry: Entry) -> "_Document":
        found = Snapshots(session, self._municipality).documents([entry])
        if not found:
            raise SnapshotUnreadable(f"the document of its {entry[0]} is missing")
        return _Document(found[0].document, _changed(found))


@dataclass(frozen=True, slots=True)
class _Restored:
    """What a snapshot holds; `changed`: the first document that is not what its digest says."""

    stored: Stored
    erased_on: date | None
    n_erased: int
    changed: Difference | None


@dataclass(frozen=True, slots=True)
class _Document:
    record: Mapping[str, Any]
    changed: Difference | None


def _changed(documents: Iterable[KeptDocument]) -> Difference | None:
    """The first document whose content is not what its name says."""
    for one in documents:
        if one.erased_on is None and content_digest(one.document) != one.digest:
            name = f"{one.kind}[{one.document.get('id', '')}]" if one.document.get("id") else one.kind
            return Difference(f"documents.{name}", one.digest, content_digest(one.document))
    return None


def _run_of(record: Mapping[str, Any]) -> MatchRun:
    """The run of a plan document; it has no seconds and counts, which no list reads."""
    return MatchRun(
        id=record["id"],
        created_at=datetime.fromisoformat(record["created_at"]),
        planned_on=date.fromisoformat(record["planned_on"]),
        seed=record["seed"],
        status=record["status"],
        value=record["value"],
        upper_bound=record["upper_bound"],
        gap=record["gap"],
        input_hash=record["input_hash"],
        seconds={},
        counts={},
        versions=record["versions"],
        resources=tuple(record["resources"]),
    )


def _erased_text(on: date) -> str:
    return f"a citizen in it was erased on {on.isoformat()}"


def _violation(planned: Planned, stored: Mapping[str, Any]) -> Difference | None:
    """The first limit that the stored plan breaks, by a recount without the solver."""
    match_input, problem = planned.match_input, planned.night.problem
    slot_of_citizen = np.full_like(planned.plan.slot_of_citizen, -1)
    for citizen_id, proposal in stored["proposals"].items():
        try:
            slot_of_citizen[match_input.citizen_row(citizen_id)] = match_input.slot_row(proposal["slot_id"])
        except KeyError:
            return Difference(f"proposals.{citizen_id}.slot_id", proposal["slot_id"], None)
    figures = stored["figures"]
    plan = replace(
        planned.plan,
        slot_of_citizen=slot_of_citizen,
        objective=figures["value"],
        upper_bound=figures["upper_bound"],
        gap=figures["gap"],
        status=figures["status"],
    )
    violations = check(problem, plan)
    return Difference("proposals", str(violations[0]), None) if violations else None


def _as_far_as_written(result: dict[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """A result without what the stored run, of an earlier version, did not write: English of refusals, quality."""
    unplaced = {
        citizen_id: {name: one[name] for name in one if name != "text_english" or name in then}
        for citizen_id, one in result["unplaced"].items()
        for then in [stored["unplaced"].get(citizen_id, one)]
    }
    counts = {name: one for name, one in result["counts"].items() if name != "quality" or name in stored["counts"]}
    return result | {"unplaced": unplaced, "counts": counts}


def _plain(value: Any) -> Any:
    """As JSON reads it back: lists for tuples, and the order of names without meaning."""
    return json.loads(canonical(value))


def first_difference(stored: Any, now: Any) -> Difference | None:
    """The first difference of two JSON values, by names and then positions; None where they are equal."""
    return _first(_plain(stored), _plain(now), "")


def _first(stored: Any, now: Any, path: str) -> Difference | None:
    if isinstance(stored, dict) and isinstance(now, dict):
        for name in sorted(stored.keys() | now.keys()):
            found = _first(stored.get(name), now.get(name), f"{path}.{name}" if path else name)
            if found:
                return found
        return None
    if isinstance(stored, list) and isinstance(now, list):
        for index in range(max(len(stored), len(now))):
            then, again = (values[index] if index < len(values) else None for values in (stored, now))
            found = _first(then, again, f"{path}[{index}]")
            if found:
                return found
        return None
    return None if stored == now else Difference(path, stored, now)
