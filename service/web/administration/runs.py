"""The nights: what each came to, what it was made from, and a new one that is asked for by name."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.db.night_repositories import NightAttempts
from service.db.nights import UNDER_WAY, NightAttempt, RunState
from service.db.purpose import Channel, Viewer
from service.db.record_repositories import RunRecords
from service.db.records import MatchRun
from service.dependencies import Services, ServicesOf, View
from service.identity.access import AUDITS, FIGURES, PLANS
from service.problems import AlreadyRunning, NotFound, NothingToPlan
from service.use_cases.night_counts import NightCounts
from service.use_cases.night_run import Order, attempt_now, take_up
from service.use_cases.nightly import PHASES
from service.use_cases.runs import run_or_attempt, runs_page
from service.web.administration import labels
from service.web.administration.rules import names_of
from service.web.administration.sections import section_page
from service.web.night_words import gap_words, quality_rows
from service.web.rendering import page
from service.web.session import SignedIn, reads, sends
from service.web.sign_in import see
from service.web.translation import _
from service.web.words import problem_text
from service.web.work import HX_REQUEST, whole_page

router = APIRouter(prefix="/administration/koersler")
LINES: Final = 30
MOST_ATTEMPTS: Final = 10
"""Runs that came to nothing, or are under way, that the list shows."""
Looking = Annotated[SignedIn, Depends(reads(FIGURES))]


@dataclass(frozen=True, slots=True)
class Line:
    """One published night in the list."""

    run: MatchRun
    counts: NightCounts

    @property
    def seconds(self) -> float:
        """Seconds that all phases took together."""
        return sum(self.run.seconds.values())


def _line(run: MatchRun) -> Line:
    return Line(run, NightCounts.model_validate(run.counts))


@router.get("")
def list_runs(
    request: Request,
    user: Looking,
    view: View,
    services: ServicesOf,
    efter: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """The published nights, newest first, and those that are under way or came to nothing."""
    return _show(request, user, view, services, efter, {})


def _show(
    request: Request,
    user: SignedIn,
    view: Session,
    services: Services,
    after: str | None,
    errors: dict[str, str],
    status: int = 200,
    planned_on: str | None = None,
) -> Response:
    municipality = user.caller.municipality
    found = runs_page(view, municipality, after=after, limit=LINES + 1)
    attempts = [
        attempt_now(view, municipality, one) for one in NightAttempts(view, municipality).page(limit=MOST_ATTEMPTS)
    ]
    return section_page(
        request,
        "runs.html",
        user,
        "runs",
        lines=[_line(run) for run in found[:LINES]],
        next=found[LINES - 1].id if len(found) > LINES else None,
        after=after,
        attempts=[one for one in attempts if one.state is not RunState.PUBLISHED] if after is None else [],
        may_start=not user.caller.roles.isdisjoint(PLANS),
        gap_words=gap_words,
        planned_on=planned_on or services.today.isoformat(),
        errors=errors,
        labels=labels,
        status=status,
    )


@router.post("")
def start_run(
    request: Request,
    user: Annotated[SignedIn, Depends(sends(PLANS))],
    view: View,
    services: ServicesOf,
    dag: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Begin a night and show how far it is."""
    try:
        on = date.fromisoformat(dag)
    except ValueError:
        errors = {"dag": _("Skriv den dag, planen skal lægges for.")}
        return _show(request, user, view, services, None, errors, 422, dag)
    caller = user.caller
    order = Order(on=on, asked_by=Viewer(caller.id, caller.role, Channel.PAGE))
    try:
        attempt = take_up(services.sessions, caller.municipality, order)
    except (AlreadyRunning, NothingToPlan) as problem:
        return _show(request, user, view, services, None, {"dag": problem_text(problem)}, problem.status, dag)
    services.nights(caller.municipality, attempt)
    return see(f"/administration/koersler/{attempt.id}")


@router.get("/{run_id}")
def show_run(
    request: Request,
    run_id: Annotated[str, Path(max_length=64)],
    user: Looking,
    view: View,
    services: ServicesOf,
) -> Response:
    """One night: how far it is, or what it came to, what it took and what it was made from."""
    found = run_or_attempt(view, user.caller.municipality, run_id)
    names = names_of(services.settings, user.caller)
    if isinstance(found, NightAttempt):
        values: dict[str, Any] = {"attempt": found, "phases": len(PHASES), "labels": labels, "names": names}
        values["address"] = f"/administration/koersler/{found.id}"
        if HX_REQUEST in request.headers:
            if found.state not in UNDER_WAY:
                return whole_page()
            return page(request, "administration/_attempt.html", user, **values)
        return section_page(request, "attempt.html", user, "runs", under_way=found.state in UNDER_WAY, **values)
    if HX_REQUEST in request.headers:
        return whole_page()
    return section_page(
        request,
        "run.html",
        user,
        "runs",
        line=_line(found),
        quality_rows=quality_rows,
        phases=[(name, title, found.seconds.get(name, 0.0)) for name, title in labels.PHASES.items()],
        longest=max(found.seconds.values(), default=1.0),
        record=_record(view, user.caller.municipality, run_id),
        may_replay=not user.caller.roles.isdisjoint(AUDITS),
        names=names,
        labels=labels,
    )


def _record(view: Session, municipality: str, run_id: str) -> Any:
    """What a run was made from; None where it was not written down. It names nobody."""
    try:
        return RunRecords(view, municipality).get(run_id)
    except NotFound:
        return None
