"""Planning a night again while people are at work: tried first, published when somebody says so.

What is tried is the whole night, from what is stored now, so with every decision since: approved proposals are
placements, those on hold keep their place, rejected ones rest. The plan that was tried is kept; publishing the same
input publishes that plan, and is quick.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from features.taxonomy import Taxonomy
from matcher.assignment import Plan
from service.audit_chain import Action
from service.clock import now
from service.db.audit_repositories import audited
from service.db.night_repositories import NightCheckpoints
from service.db.outbox import EventType
from service.db.outbox_repositories import announce
from service.db.pair_repositories import PairDecisions
from service.db.purpose import Channel, RunRecord, Viewer
from service.db.record_repositories import RunRecords
from service.db.records import MatchRun
from service.db.repositories import Decisions, MatchRuns
from service.db.scoping import whole_municipality
from service.db.session import SessionFactory, unit_of_work
from service.problems import NotFound
from service.use_cases.matching import Stored
from service.use_cases.night_plan import packed
from service.use_cases.night_run import Order, carry_out, take_up
from service.use_cases.nightly import Companion, Night, NightInput, Step, plan_night
from service.use_cases.placements import Person
from service.use_cases.plan_changes import PlanChanges, restore_places


class Became(StrEnum):
    """What another plan means for a citizen with a proposal in one of the two."""

    GAINS = "gains"
    """A proposal where there was none."""
    MOVES = "moves"
    """A proposal of another place."""
    AGREED = "agreed"
    """No proposal any more: there is a placement, of the proposal that was approved or of a place beside it."""
    LOSES = "loses"
    """No proposal any more, and no placement either."""


@dataclass(frozen=True, slots=True)
class Differing:
    """One citizen; a place that there is none of is None."""

    citizen_id: str
    became: Became
    slot_before: str | None
    slot_after: str | None


def differences(
    before: dict[str, str], after: dict[str, str], agreed: frozenset[str]
) -> tuple[tuple[Differing, ...], int]:
    """Citizens whose proposal is another, by kind and id, and how many keep theirs.

    `before`, `after`: the proposed slot by citizen; `agreed`: citizens who have been given a placement.
    """
    found = []
    for citizen_id in before.keys() | after.keys():
        then, now_ = before.get(citizen_id), after.get(citizen_id)
        if then == now_:
            continue
        if now_ is None:
            became = Became.AGREED if citizen_id in agreed else Became.LOSES
        else:
            became = Became.GAINS if then is None else Became.MOVES
        found.append(Differing(citizen_id, became, then, now_))
    order = list(Became)
    found.sort(key=lambda one: (order.index(one.became), one.citizen_id))
    kept = sum(after.get(citizen_id) == slot_id for citizen_id, slot_id in before.items())
    return tuple(found), kept


class _KeepsPlan(Companion):
    """Keeps the plan that was tried, for when it is published."""

    def __init__(self, sessions: SessionFactory, municipality: str, changes: PlanChanges) -> None:
        self._sessions = sessions
        self._municipality = municipality
        self._changes = changes

    def altered(self, stored: Stored) -> Stored:
        """What is stored, as it would be with the changes."""
        return self._changes.applied(stored)

    def planned(self, made_from: NightInput, plan: Plan, seconds: float) -> None:
        """Keep it instead of what was kept."""
        with unit_of_work(self._sessions) as session:
            NightCheckpoints(session, self._municipality).save(made_from.digest, packed(plan), seconds, now())


def try_night(
    sessions: SessionFactory,
    municipality: str,
    changes: PlanChanges,
    *,
    on: date,
    step: Step,
    taxonomy: Taxonomy | None,
    viewer: Viewer,
) -> Night:
    """The plan of what is stored now, with some changes; nothing is stored. Raises what `plan_night` raises."""
    order = Order(on, viewer)
    return plan_night(
        sessions,
        municipality,
        on=order.on,
        seed=order.seed,
        time_limit_s=order.time_limit_s,
        gap=order.gap,
        step=step,
        keep=False,
        taxonomy=taxonomy,
        viewer=viewer,
        companion=_KeepsPlan(sessions, municipality, changes),
    )


def publish_night(
    sessions: SessionFactory,
    municipality: str,
    changes: PlanChanges,
    *,
    on: date,
    step: Step,
    taxonomy: Taxonomy | None,
    viewer: Viewer,
) -> Night:
    """Publish the plan of what is stored now, with some changes, which are stored with it.

    Raises AlreadyRunning where a night is under way, and as `carry_out`.
    """
    attempt = take_up(sessions, municipality, replace(Order(on, viewer), again=True))
    return carry_out(sessions, municipality, attempt, again=True, step=step, taxonomy=taxonomy, changes=changes)


class Stays(StrEnum):
    """Why nobody can go back from a plan."""

    NEWER = "newer"
    """Another plan holds by now."""
    FIRST = "first"
    """There is no plan before it."""
    NIGHTLY = "nightly"
    """The night made it, nobody took it into use."""
    DECIDED = "decided"
    """Somebody has decided on one of its proposals."""
    AGREEMENT = "agreement"
    """An agreement whose places were stored with it has been changed since."""


def why_it_stays(session: Session, municipality: str, run: MatchRun) -> Stays | None:
    """Why nobody can go back from a plan, as far as can be told without trying; None = somebody can."""
    runs = MatchRuns(session, municipality)
    if runs.latest_id() != run.id:
        return Stays.NEWER
    if _record(session, municipality, run) is None:
        return Stays.NIGHTLY
    if runs.before(run) is None:
        return Stays.FIRST
    with whole_municipality(session):
        decided = Decisions(session, municipality).of_run(run.id)
    return Stays.DECIDED if decided else None


def go_back(session: Session, municipality: str, run_id: str, person: Person) -> MatchRun | Stays:
    """Let the plan before one hold again, with the places and the pairs as they were before; or why that cannot be.

    Raises NotFound, and AgreementChanged where an agreement whose places were stored with it was changed since.
    """
    runs = MatchRuns(session, municipality)
    run = runs.get(run_id)
    stays = why_it_stays(session, municipality, run)
    before, record = runs.before(run), _record(session, municipality, run)
    if stays is not None or before is None or record is None:
        return stays or Stays.FIRST
    restore_places(session, municipality, record.parameters)
    PairDecisions(session, municipality).withdraw(run.id)
    runs.withdraw(run.id, person.id, person.name, now())
    audited(session, municipality, Action.RUN_WITHDRAWN, "run", run.id, {"again": before.id})
    announce(session, municipality, EventType.RUN_PUBLISHED, {"run_id": before.id})
    return before


def _record(session: Session, municipality: str, run: MatchRun) -> RunRecord | None:
    """What is written beside a plan that somebody took into use on the pages; None of others."""
    try:
        record = RunRecords(session, municipality).get(run.id)
    except NotFound:
        return None
    return record if record.viewer.channel is Channel.PAGE else None
