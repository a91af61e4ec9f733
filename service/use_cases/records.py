"""A list is shown when it is written down: for what, who saw it, made from what, and what it said.

The list is made in a session that only reads. It is then recorded in a transaction of its own, and given to the caller
once that has been committed: a list that cannot be accounted for is not shown.
"""

import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matcher.language import Language
from service.clock import now
from service.db.acting import at_the_terminal as at_the_terminal
from service.db.personal_repositories import CASE
from service.db.purpose import Purpose, ShownList, SnapshotDocument, Viewer
from service.db.record_repositories import ShownLists, Snapshots
from service.db.records import MatchRun
from service.db.repositories import Citizens
from service.db.session import SessionFactory, unit_of_work
from service.problems import NotFound, NotRecorded, VersionConflict
from service.use_cases.desk import Desk, Outcome, desk_of
from service.use_cases.matching import MatchInputs
from service.use_cases.snapshots import (
    PLAN,
    Snapshot,
    canonical,
    content_digest,
    snapshot_of,
    text_digest,
    weights_document,
)
from service.use_cases.suggest import citizen_list, place_explained, slot_candidates
from service.use_cases.versions import versions_of
from service.use_cases.views import CandidatesView, ExplainedPlace, ExplanationView, ListView

_FAST = 3
"""Level of compression: a third of the time of the usual one, for a fifth more bytes."""

View = ListView | ExplainedPlace | CandidatesView
AnyView = TypeVar("AnyView", ListView, ExplainedPlace, CandidatesView)


@dataclass(frozen=True, slots=True)
class Shown(Generic[AnyView]):
    """What somebody is shown, and the id that it is recorded under."""

    list_id: str
    view: AnyView


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is to answer."""

    purpose: Purpose
    citizen_id: str = ""
    slot_id: str = ""
    places: int = 0
    language: Language = Language.DANISH

    def parameters(self) -> dict[str, Any]:
        """As JSON, without what does not apply."""
        every = {"citizen_id": self.citizen_id, "slot_id": self.slot_id, "places": self.places}
        return {name: value for name, value in every.items() if value} | {"language": self.language.value}

    @classmethod
    def of(cls, purpose: Purpose, parameters: Mapping[str, Any]) -> "Asked":
        """What `parameters` came from."""
        own = {name: parameters[name] for name in ("citizen_id", "slot_id", "places") if name in parameters}
        return cls(purpose, **own, language=Language(parameters["language"]))


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


def show_list(
    session: Session,
    recorder: Recorder,
    citizen_id: str,
    *,
    today: date,
    places: int = 10,
    language: Language = Language.DANISH,
) -> Shown[ListView]:
    """A citizen's list, recorded. Raises NotFound, and NotRecorded where it cannot be written down.

    `session` is what the list is read with; it is recorded in a transaction of its own.
    """
    asked = Asked(Purpose.SUGGESTIONS, citizen_id=citizen_id, places=places, language=language)
    return _show(session, recorder, asked, today, ListView)


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
    asked = Asked(Purpose.EXPLANATION, citizen_id=citizen_id, slot_id=slot_id, language=language)
    return _show(session, recorder, asked, today, ExplainedPlace)


def show_candidates(
    session: Session,
    recorder: Recorder,
    slot_id: str,
    *,
    today: date,
    places: int = 10,
    language: Language = Language.DANISH,
) -> Shown[CandidatesView]:
    """Citizens whom a slot fits, recorded. Raises NotFound and NotRecorded."""
    asked = Asked(Purpose.CANDIDATES, slot_id=slot_id, places=places, language=language)
    return _show(session, recorder, asked, today, CandidatesView)


def made_from(desk: Desk, asked: Asked) -> View:
    """What is asked, made from a desk: the same for whoever asks now and for a replay."""
    match asked.purpose:
        case Purpose.SUGGESTIONS:
            return citizen_list(desk, asked.citizen_id, places=asked.places, language=asked.language)
        case Purpose.EXPLANATION:
            return place_explained(desk, asked.citizen_id, asked.slot_id, language=asked.language)
        case Purpose.CANDIDATES:
            return slot_candidates(desk, asked.slot_id, places=asked.places, language=asked.language)


def _show(session: Session, recorder: Recorder, asked: Asked, today: date, kind: type[AnyView]) -> Shown[AnyView]:
    outcomes: dict[str, Outcome] = {}
    desk = desk_of(session, recorder.municipality, recorder.inputs, today)

    def remembered(citizen_id: str) -> Outcome:
        return outcomes.setdefault(citizen_id, desk.outcome_of(citizen_id))

    view = made_from(replace(desk, outcome_of=remembered), asked)
    if not isinstance(view, kind):
        raise TypeError(f"{asked.purpose} made {type(view).__name__}")
    return Shown(_record(recorder, asked, desk, outcomes, view), view)


def _record(recorder: Recorder, asked: Asked, desk: Desk, outcomes: Mapping[str, Outcome], view: View) -> str:
    written = recorder.inputs.written
    plan = plan_document(desk.run, desk.slot_prices) if desk.run else None
    weights = weights_document(desk.weights)
    others = [one for one in (plan, weights) if one and not written.knows(desk.municipality, one.digest)]
    digest = written.snapshot_at(desk.municipality, desk.mark)
    snapshot: Snapshot | None = None
    if digest is None:
        snapshot = snapshot_of(desk.stored)
        digest = snapshot.digest
    seen = shown_text(view, {id_: asdict(one) for id_, one in sorted(outcomes.items())})
    shown = ShownList(
        id=str(uuid4()),
        purpose=asked.purpose,
        shown_at=now(),
        viewer=recorder.viewer,
        citizen_ids=tuple(sorted(citizens_of(view))),
        slot_id=asked.slot_id or None,
        run_id=desk.run.id if desk.run else None,
        planned_on=desk.match_input.on,
        snapshot=digest,
        plan=plan.digest if plan else None,
        weights=weights.digest,
        parameters=asked.parameters()
        | {"needs": recorder.needs}
        | ({CASE: recorder.case} if recorder.case is not None else {}),
        versions=versions_of(desk.stored, desk.weights, recorder.inputs.taxonomy),
        result=compact(view),
        result_digest=text_digest(seen),
        shown=zlib.compress(seen.encode(), level=_FAST),
    )
    try:
        with unit_of_work(recorder.sessions) as session:
            if Citizens(session, desk.municipality).known(shown.citizen_ids) != set(shown.citizen_ids):
                raise NotFound
            snapshots = Snapshots(session, desk.municipality)
            snapshots.add_documents([*others, *(snapshot.documents if snapshot else ())])
            if snapshot is not None:
                snapshots.add(snapshot.digest, snapshot.entries, shown.shown_at)
            ShownLists(session, desk.municipality).add(shown)
    except (OperationalError, VersionConflict) as error:
        raise NotRecorded("the database was busy; ask again in a moment") from error
    written.add(desk.municipality, *(one.digest for one in others))
    written.add_snapshot(desk.municipality, desk.mark, digest)
    return shown.id


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


def compact(view: View) -> dict[str, Any]:
    """What a list came to in ids and numbers: ranked, with what was not possible and why."""
    if isinstance(view, ListView):
        return {
            "places": [_pair(one.explanation) for one in view.places],
            "near_misses": [_pair(one.explanation) for one in view.near_misses],
            "eligible": view.eligible,
            "proposal_id": view.proposal_id,
        }
    if isinstance(view, ExplainedPlace):
        return {"places": [_pair(view.place.explanation)]}
    return {"candidates": [_pair(one.explanation) for one in view.candidates], "eligible": view.eligible}


def citizens_of(view: View) -> set[str]:
    """Ids of the citizens whom a view names."""
    if isinstance(view, CandidatesView):
        return {one.citizen.id for one in view.candidates}
    return {view.citizen.id}


def shown_text(view: View, outcomes: Mapping[str, Any]) -> str:
    """What was shown, and what the run came to for those in it, as one JSON object."""
    return f'{{"outcomes":{canonical(outcomes)},"view":{view.model_dump_json()}}}'


def _pair(one: ExplanationView) -> dict[str, Any]:
    return {
        "citizen_id": one.citizen_id,
        "slot_id": one.slot_id,
        "eligible": one.eligible,
        "value": one.value,
        "price": one.price,
        "failed_rules": list(one.failed_rules),
    }
