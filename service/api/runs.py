"""Runs, their proposals, and decisions about them."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from service.api.errors import declares
from service.api.models import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    Page,
    ProposalOut,
    RunIn,
    RunOut,
    UnplacedOut,
)
from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Viewer
from service.db.repositories import MatchRuns
from service.dependencies import AnyCaller, Planner, Reader, ReadingOf, ServicesOf, View
from service.identity.callers import Caller
from service.problems import Forbidden, InvalidInput, NotFound, NothingToPlan, NotRecorded, NotSignedIn, PlanRefused
from service.use_cases.discretion import WITHHELD, record_without_needs, unplaced_without_needs
from service.use_cases.nightly import plan_night
from service.use_cases.runs import DecidedProposal, proposals_page, runs_page, unplaced_of

router = APIRouter(tags=["runs"])

After = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


@router.post(
    "/runs",
    status_code=status.HTTP_201_CREATED,
    summary="Plan a night",
    responses=declares(NotSignedIn, Forbidden, NothingToPlan, InvalidInput, PlanRefused),
)
def start_run(wanted: RunIn, caller: Planner, services: ServicesOf) -> RunOut:
    """Make the plan and store it; answers when it is done. A plan that breaks a rule is not stored."""
    night = plan_night(
        services.sessions,
        caller.municipality,
        on=wanted.planned_on or services.today,
        seed=wanted.seed,
        time_limit_s=wanted.time_limit_s,
        taxonomy=services.match_inputs.taxonomy,
        viewer=Viewer(caller.id, caller.role, Channel.API),
    )
    return RunOut.of(night.run)


@router.get("/runs", summary="List runs", responses=declares(NotSignedIn, NotFound, InvalidInput))
def list_runs(caller: AnyCaller, view: View, after: After = None, limit: Limit = DEFAULT_PAGE) -> Page[RunOut]:
    """Runs of the municipality, newest first."""
    runs = runs_page(view, caller.municipality, after=after, limit=limit + 1)
    return Page(items=[RunOut.of(run) for run in runs[:limit]], next=runs[limit - 1].id if len(runs) > limit else None)


@router.get("/runs/{run_id}", summary="Read a run", responses=declares(NotSignedIn, NotFound))
def read_run(run_id: str, caller: AnyCaller, view: View) -> RunOut:
    """One run with its figures."""
    return RunOut.of(MatchRuns(view, caller.municipality).get(run_id))


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
def list_unplaced(run_id: str, caller: Reader, view: View, reading: ReadingOf) -> list[UnplacedOut]:
    """Whom the run could not place, and why."""
    found = unplaced_of(view, caller.municipality, run_id)
    reading.about(ReadPurpose.UNPLACED, [one.citizen_id for one in found])
    return [
        UnplacedOut(citizen_id=one.citizen_id, reason=one.reason, text=one.text)
        if caller.sees_needs
        else UnplacedOut(citizen_id=one.citizen_id, reason=WITHHELD, text=unplaced_without_needs(one.text))
        for one in found
    ]
