"""A list is shown when it is written down: for what, who saw it, made from what, and what it said.

The list is made in a session that only reads. It is then recorded in a transaction of its own, and given to the caller
once that has been committed: a list that cannot be accounted for is not shown.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Generic
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matcher.depth import Depth
from matcher.language import Language
from service.clock import now
from service.db.acting import at_the_terminal
from service.db.personal_repositories import CASE
from service.db.purpose import ShownList, SnapshotDocument, Viewer
from service.db.record_repositories import ShownLists, Snapshots
from service.db.records import MatchRun
from service.db.session import SessionFactory, unit_of_work
from service.problems import NotRecorded, VersionConflict
from service.settings import Settings
from service.use_cases.by_identity import ByIdentity
from service.use_cases.database import open_database
from service.use_cases.desk import Desk, desk_of
from service.use_cases.list_kinds import (
    CALLS,
    CANDIDATES,
    EXPLANATION,
    NEEDS,
    OPENINGS,
    SUGGESTIONS,
    WITHOUT_PLACE,
    AnyView,
    Asked,
    ListKind,
)
from service.use_cases.matching import MatchInputs, Stored
from service.use_cases.needs import NeedsView
from service.use_cases.openings import OpeningsView
from service.use_cases.outreach import OutreachView
from service.use_cases.planning import Planned
from service.use_cases.reached import Reached
from service.use_cases.snapshots import (
    PLAN,
    canonical,
    content_digest,
    snapshot_after,
    text_digest,
    weights_document,
)
from service.use_cases.taxonomy import taxonomy_of
from service.use_cases.versions import versions_of
from service.use_cases.views import CandidatesView, ExplainedPlace, ListView, WithoutPlaceView
from service.use_cases.written import LastSnapshot

_FAST = 3
"""Level of compression: a third of the time of the usual one, for a fifth more bytes."""
LIMITED, REPEATABLE = "limited", "repeatable"
"""Parameters of a shown list: whether it was for somebody who may see some citizens only (then it names no others);
False where the clock ended a plan that it was made from."""


@dataclass(frozen=True, slots=True)
class Shown(Generic[AnyView]):
    """What somebody is shown, as a value and as JSON, and the id that it is recorded under."""

    list_id: str
    view: AnyView
    json: str


@dataclass(frozen=True, slots=True)
class Recorder:
    """What writes down that somebody is shown something: where to, who it is, whether needs are shown to them, and the
    case that it is for, where they name one."""

    sessions: SessionFactory
    municipality: str
    inputs: MatchInputs
    viewer: Viewer
    needs: bool = True
    case: str | None = None


def recorder_at_the_terminal(settings: Settings) -> Recorder:
    """What writes down that somebody at the terminal is shown something."""
    inputs = MatchInputs(taxonomy_of(settings))
    return Recorder(open_database(settings), settings.municipality, inputs, at_the_terminal())


def show_list(
    session: Session,
    recorder: Recorder,
    citizen_id: str,
    *,
    today: date,
    places: int = 10,
    language: Language = Language.DANISH,
    depth: Depth = Depth.CARD,
) -> Shown[ListView]:
    """A citizen's list, recorded. Raises NotFound, and NotRecorded where it cannot be written down.

    `session` is what the list is read with; it is recorded in a transaction of its own.
    """
    asked = Asked(citizen_id=citizen_id, places=places, language=language, depth=depth)
    return _show(session, recorder, SUGGESTIONS, asked, today)


def show_place(
    session: Session,
    recorder: Recorder,
    citizen_id: str,
    slot_id: str,
    *,
    today: date,
    language: Language = Language.DANISH,
) -> Shown[ExplainedPlace]:
    """Why, or why not, a place for a citizen, recorded. Raises NotFound and NotRecorded."""
    asked = Asked(citizen_id=citizen_id, slot_id=slot_id, language=language)
    return _show(session, recorder, EXPLANATION, asked, today)


def show_without_place(
    session: Session, recorder: Recorder, citizen_id: str, *, today: date, language: Language = Language.DANISH
) -> Shown[WithoutPlaceView]:
    """Why a citizen has no place, recorded. Raises NotFound and NotRecorded."""
    return _show(session, recorder, WITHOUT_PLACE, Asked(citizen_id=citizen_id, language=language), today)


def show_candidates(
    session: Session,
    recorder: Recorder,
    slot_id: str,
    *,
    today: date,
    places: int = 10,
    language: Language = Language.DANISH,
    depth: Depth = Depth.CARD,
) -> Shown[CandidatesView]:
    """Citizens whom a slot fits, of those whom the caller may see, recorded. Raises NotFound and NotRecorded."""
    asked = Asked(slot_id=slot_id, places=places, language=language, depth=depth)
    return _show(session, recorder, CANDIDATES, asked, today)


def show_openings(
    session: Session,
    recorder: Recorder,
    citizen_id: str,
    *,
    today: date,
    slot_id: str | None = None,
    places: int = 5,
    language: Language = Language.DANISH,
) -> Shown[OpeningsView]:
    """What would open places, or one place, for a citizen, recorded. Raises NotFound and NotRecorded."""
    asked = Asked(citizen_id=citizen_id, slot_id=slot_id or "", places=places, language=language)
    return _show(session, recorder, OPENINGS, asked, today)


def show_needs(
    session: Session,
    recorder: Recorder,
    *,
    today: date,
    most: int = 20,
    confirm: int = 0,
    language: Language = Language.DANISH,
    planned: Callable[[], None] = lambda: None,
) -> Shown[NeedsView]:
    """What would help most of those who wait, recorded; `planned` is told after each plan that confirms a need.

    Raises NothingToPlan and NotRecorded.
    """
    asked = Asked(places=most, confirm=confirm, language=language)
    return _show(session, recorder, NEEDS, asked, today, planned)


def show_calls(
    session: Session,
    recorder: Recorder,
    *,
    today: date,
    consultant_id: str | None = None,
    language: Language = Language.DANISH,
) -> Shown[OutreachView]:
    """Companies to call, for those whom the caller may see, recorded. Raises NotFound and NotRecorded."""
    asked = Asked(consultant_id=consultant_id or "", on=today, language=language)
    return _show(session, recorder, CALLS, asked, today)


def _show(
    session: Session,
    recorder: Recorder,
    kind: ListKind[AnyView],
    asked: Asked,
    today: date,
    planned: Callable[[], None] = lambda: None,
) -> Shown[AnyView]:
    desk, reached = desk_of(session, recorder.municipality, recorder.inputs, today), Reached()
    plan = desk.plan

    def told(stored: Stored) -> Planned:
        made = plan(stored)
        planned()
        return made

    view = kind.make(reached.watch(replace(desk, plan=told)), asked)
    text = view.model_dump_json()
    return Shown(_record(recorder, kind, asked, desk, reached, view, text), view, text)


def _record(
    recorder: Recorder, kind: ListKind[AnyView], asked: Asked, desk: Desk, reached: Reached, view: AnyView, text: str
) -> str:
    """Write a list down; `text` is the view as JSON. Returns the id that it is recorded under."""
    written = recorder.inputs.written
    plan = _plan_document(desk.run, desk.slot_prices) if desk.run else None
    weights = _weights_document(desk.weights)
    others = [one for one in (plan, weights) if one and not written.knows(desk.municipality, one.digest)]
    last, snapshot = written.last_snapshot(desk.municipality), None
    if last is None or last.mark != desk.mark:
        snapshot = snapshot_after(desk.stored, last.entry_of if last else {})
        last = LastSnapshot(desk.mark, snapshot.digest, desk.stored, snapshot.entry_of)
    named = kind.named(view)
    seen = _shown_text(text, reached, named)
    shown = ShownList(
        id=str(uuid4()),
        purpose=kind.purpose,
        shown_at=now(),
        viewer=recorder.viewer,
        citizen_ids=tuple(sorted(named)),
        slot_id=asked.slot_id or None,
        run_id=desk.run.id if desk.run else None,
        planned_on=desk.match_input.on,
        snapshot=last.digest,
        plan=plan.digest if plan else None,
        weights=weights.digest,
        parameters=asked.parameters() | _circumstances(recorder, desk, reached),
        versions=versions_of(desk.stored, desk.weights, recorder.inputs.taxonomy),
        result=kind.compact(view),
        result_digest=text_digest(seen),
        shown=zlib.compress(seen.encode(), level=_FAST),
    )
    try:
        with unit_of_work(recorder.sessions) as session:
            snapshots = Snapshots(session, desk.municipality)
            snapshots.add_documents([*others, *(snapshot.new if snapshot else ())])
            if snapshot is not None:
                snapshots.add(snapshot.digest, snapshot.entries, shown.shown_at)
            ShownLists(session, desk.municipality).add(shown)
    except (OperationalError, VersionConflict) as error:
        raise NotRecorded("the database was busy; ask again in a moment") from error
    written.add(desk.municipality, *(one.digest for one in others))
    written.add_snapshot(desk.municipality, last)
    return shown.id


def _circumstances(recorder: Recorder, desk: Desk, reached: Reached) -> dict[str, Any]:
    """What of a list's parameters follows from who asked and how it was made; what is usual is left out."""
    unusual = {
        CASE: recorder.case,
        LIMITED: None if desk.visible is None else True,
        REPEATABLE: False if reached.by_clock else None,
    }
    return {"needs": recorder.needs} | {name: value for name, value in unusual.items() if value is not None}


def plan_document(run: MatchRun, slot_prices: Mapping[str, float]) -> SnapshotDocument:
    """What lists read of a run: its day, its versions, the prices of places and shared limits. It names nobody."""
    record = {
        "id": run.id,
        "created_at": run.created_at.isoformat(),
        "planned_on": run.planned_on.isoformat(),
        "seed": run.seed,
        "status": run.status,
        "value": run.value,
        "upper_bound": run.upper_bound,
        "gap": run.gap,
        "input_hash": run.input_hash,
        "versions": dict(run.versions),
        "resources": [dict(one) for one in run.resources],
        "slot_prices": dict(slot_prices),
    }
    return SnapshotDocument(PLAN, content_digest(record), record)


_plan_document, _weights_document = ByIdentity(plan_document), ByIdentity(weights_document)
"""Made once for a run and its weights, which every list of a day asks for."""


def _shown_text(text: str, reached: Reached, named: set[str]) -> str:
    """What was shown, and what it was made from beside the snapshot and the run's prices, as one JSON object.

    `text`: the view as JSON; `named`: the citizens whom it names; it tells of no others.
    """
    outcomes = {id_: asdict(one) for id_, one in sorted(reached.outcomes.items()) if id_ in named}
    beside = f'"outcomes":{canonical(outcomes)},"proposals":{canonical(reached.proposals)}'
    return f'{{{beside},"view":{text}}}'
