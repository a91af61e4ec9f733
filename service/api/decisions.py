"""A named person's decision about a proposal; approving makes the placement."""

from fastapi import APIRouter, Response, status

from service.api.errors import declares
from service.api.idempotency import REPEATED, Once, RepeatableRoute
from service.api.models import DecisionIn, DecisionOut
from service.db.purpose import Channel
from service.dependencies import Db, JobConsultant, ServicesOf, person_of
from service.problems import (
    Forbidden,
    InvalidInput,
    NotFound,
    NotRecorded,
    NotSignedIn,
    PlacementBegun,
    ProposalOutdated,
    VersionConflict,
)
from service.use_cases.decide import decide, wanted_of
from service.use_cases.placements import refused_with_next_best

router = APIRouter(tags=["proposals"], route_class=RepeatableRoute)


@router.post(
    "/proposals/{proposal_id}/decision",
    status_code=status.HTTP_201_CREATED,
    summary="Decide about a proposal",
    responses={
        **declares(
            NotSignedIn,
            Forbidden,
            NotFound,
            InvalidInput,
            ProposalOutdated,
            PlacementBegun,
            VersionConflict,
            NotRecorded,
            *REPEATED,
        ),
        status.HTTP_200_OK: {"model": DecisionOut, "description": "It was decided this way already"},
    },
)
def decide_proposal(
    proposal_id: str,
    wanted: DecisionIn,
    caller: JobConsultant,
    db: Db,
    services: ServicesOf,
    response: Response,
    _once: Once,
) -> DecisionOut:
    """Approve, hold or reject, with a reason; the caller's id is written beside it.

    Approving agrees the placement (`placement_id`), where no rule or limit has come in its way since the night: else
    409 with `reasons` and the citizen's next best places. A rule that the rule book lets the caller set aside needs a
    reason in `overrides` (422 names it), which is written down beside the placement. The same decision again is
    answered 200 and changes nothing. Another decision replaces the last one; an approval is taken back only before its
    placement begins.
    """
    try:
        decided = decide(
            db,
            caller.municipality,
            proposal_id,
            verdict=wanted.verdict,
            person=person_of(caller),
            reason=wanted.reason,
            today=services.today,
            overrides=wanted.overrides,
        )
    except ProposalOutdated as problem:
        pair = wanted_of(db, caller.municipality, proposal_id)
        recorder = services.recorder(caller, Channel.API)
        raise refused_with_next_best(db, recorder, pair, problem, services.today) from None
    if decided.repeated:
        response.status_code = status.HTTP_200_OK
    return DecisionOut.of(decided.decision, decided.placement)
