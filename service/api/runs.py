"""Runs, their proposals, and decisions about them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from matcher.language import Language
from service.api.errors import declares
from service.api.idempotency import REPEATED, Once, RepeatableRoute
from service.api.models import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    Page,
    ProposalOut,
    UnplacedOut,
)
from service.api.run_models import RunIn, RunOut
from service.db.nights import RunState
from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Viewer
from service.db.records import MatchRun
from service.dependencies import AnyCaller, Planner, Reader, ReadingOf, ServicesOf, View
from service.identity.callers import Caller
from service.problems import AlreadyRunning, Forbidden, InvalidInput, NotFound, NothingToPlan, NotRecorded, NotSignedIn
from service.use_cases.discretion import WITHHELD, record_without_needs, unplaced_without_needs
from service.use_cases.night_run import Order, take_up
from service.use_cases.runs import (
    DecidedProposal,
    attempts_page,
    proposals_page,
    run_or_attempt,
    runs_page,
    unplaced_of,
)
from service.use_cases.unplaced_text import unplaced_text

router = APIRouter(tags=["runs"], route_class=RepeatableRoute)

After = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]
State = Annotated[RunState, Query(description="which runs; the published ones where nothing is said")]


@router.post(
    "/runs",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Plan a night",
    responses=declares(NotSignedIn, Forbidden, NothingToPlan, AlreadyRunning, InvalidInput, *REPEATED),
)
def start_run(wanted: RunIn, caller: Planner, services: ServicesOf, response: Response, _once: Once) -> RunOut:
    """Begin a plan and answer at once; `GET` on the run tells how far it is. A plan that breaks a rule is not stored.

    A municipality has one run at a time. A run of the same data is made all the same: whoever asks has a reason.
    """
    order = Order(
        on=wanted.planned_on or services.today,
        asked_by=Viewer(caller.id, caller.role, Channel.API),
        seed=wanted.seed,
        time_limit_s=wanted.time_limit_s,
    )
    attempt = take_up(services.sessions, caller.municipality, order)
    services.nights(caller.municipality, attempt)
    response.headers["Location"] = f"/api/v1/runs/{attempt.id}"
    return RunOut.of_attempt(attempt)


@router.get("/runs", summary="List runs", responses=declares(NotSignedIn, NotFound, InvalidInput))
def list_runs(
    caller: AnyCaller, view: View, state: State = RunState.PUBLISHED, after: After = None, limit: Limit = DEFAULT_PAGE
) -> Page[RunOut]:
    """Runs of the municipality in one state, newest first: the published ones, unless another is asked for."""
    runs = (
        [RunOut.of(run) for run in runs_page(view, caller.municipality, after=after, limit=limit + 1)]
        if (state is RunState.PUBLISHED)
        else [
            RunOut.of_attempt(one)
            for one in attempts_page(view, caller.municipality, state, after=after, limit=limit + 1)
        ]
    )
    return Page(items=runs[:limit], next=runs[limit - 1].id if len(runs) > limit else None)


@router.get("/runs/{run_id}", summary="Read a run", responses=declares(NotSignedIn, NotFound))
def read_run(run_id: str, caller: AnyCaller, view: View) -> RunOut:
    """One run: how far it is, and its figures once it is published."""
    found = run_or_attempt(view, caller.municipality, run_id)
    return RunOut.of(found) if isinstance(found, MatchRun) else RunOut.of_attempt(found)


def _proposal(decided: DecidedProposal, caller: Caller) -> ProposalOut:
    """The proposal, with its reasons as far as the caller may see them."""
    shown = ProposalOut.of(decided)
    if caller.sees_needs:
        return shown
    return shown.model_copy(update={"explanation": record_without_needs(shown.explanation), "support": []})


@router.get(
    "/runs/{run_id}/proposals",
    summary="List proposals",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded),
)
def list_proposals(
    run_id: str, caller: Reader, view: View, reading: ReadingOf, after: After = None, limit: Limit = DEFAULT_PAGE
) -> Page[ProposalOut]:
    """Proposals of one run, best value first, each with its reasons and the decision that holds."""
    found = proposals_page(view, caller.municipality, run_id, after=after, limit=limit + 1)
    reading.about(ReadPurpose.PROPOSALS, [one.proposal.citizen_id for one in found[:limit]])
    return Page(
        items=[_proposal(one, caller) for one in found[:limit]],
        next=found[limit - 1].proposal.id if len(found) > limit else None,
    )


@router.get(
    "/runs/{run_id}/unplaced",
    summary="List those without a place",
    responses=declares(NotSignedIn, Forbidden, NotFound, InvalidInput, NotRecorded),
)
def list_unplaced(
    run_id: str,
    caller: Reader,
    view: View,
    reading: ReadingOf,
    language: Annotated[Language, Query(description="language of the texts: da or en")] = Language.DANISH,
) -> list[UnplacedOut]:
    """Whom the run could not place, and why: a line for all places, then one for each of the best places or rules."""
    found = unplaced_of(view, caller.municipality, run_id)
    reading.about(ReadPurpose.UNPLACED, [one.citizen_id for one in found])
    texts = [unplaced_text(one.text, one.text_english, one.reason, language) for one in found]
    return [
        UnplacedOut(citizen_id=one.citizen_id, reason=one.reason, text=text)
        if caller.sees_needs
        else UnplacedOut(citizen_id=one.citizen_id, reason=WITHHELD, text=unplaced_without_needs(text))
        for one, text in zip(found, texts, strict=True)
    ]
