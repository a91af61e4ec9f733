"""The weights: what counts for whom and why, what was learnt, and a choice that is tried before it is made."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from matcher.arrays import PROFILES
from matcher.terms import TERMS
from matcher.weights import HAND_SET, Weights
from service.db.learning import LearntWeights
from service.db.session import read_only
from service.dependencies import Services, ServicesOf, View
from service.identity.access import FIGURES, LEADS, LEARNS
from service.problems import NotFound, WeightsOutdated
from service.use_cases.learning import learn_weights, learnt_weights, shares_of, weights_in_use, weights_overview
from service.use_cases.matching import load
from service.use_cases.plan_comparison import PlanComparison
from service.use_cases.planning import Phase
from service.use_cases.rule_preview import preview_weights
from service.web.administration.jobs import PLANNING_PHASES, Job, JobKind, JobsOf
from service.web.administration.progress import progress_page
from service.web.administration.rules import may_lead, names_of
from service.web.administration.sections import section_page
from service.web.session import SignedIn, reads, sends
from service.web.sign_in import see
from service.web.translation import N_, _
from service.web.work import HX_REQUEST

router = APIRouter(prefix="/administration/vaegte")
Looking = Annotated[SignedIn, Depends(reads(FIGURES))]
LEARNING: Final = N_("Lærer af de afsluttede forløb")
OUTDATED: Final = N_("De vægte hører til andre vilkår end programmets og kan ikke bruges længere.")
WAYS: Final = {
    "base": N_("Altid andelen for pladsens art"),
    "hand_set": N_("Håndsatte vægte"),
    "learnt_weights": N_("Lærte vægte"),
}
"""Ways of stating the chance that a placement leads on, as `Validation` has them."""


@router.get("")
def show_weights(
    request: Request,
    user: Looking,
    view: View,
    services: ServicesOf,
    gemt: bool = False,
) -> Response:
    """The weights in use by profile, why, who has chosen what, and what was learnt."""
    return _show(request, user, view, services, saved=gemt, error="")


def _show(request: Request, user: SignedIn, view: Session, services: Services, *, saved: bool, error: str) -> Response:
    municipality = user.caller.municipality
    found = weights_overview(view, municipality)
    try:
        weights = weights_in_use(view, municipality)
    except WeightsOutdated:
        weights = None
    return section_page(
        request,
        "weights.html",
        user,
        "weights",
        found=found,
        weights=weights,
        outdated=OUTDATED,
        terms=TERMS,
        profiles=PROFILES,
        hand_set=HAND_SET,
        others=[one for one in (HAND_SET.id, *(one.id for one in found.learnt)) if one != found.in_use],
        may_change=may_lead(user),
        may_learn=not user.caller.roles.isdisjoint(LEARNS),
        names=names_of(services.settings, user.caller),
        saved=saved,
        error=error,
        status=422 if error else 200,
    )


@router.post("")
def try_weights(
    request: Request,
    user: Annotated[SignedIn, Depends(sends(LEADS))],
    view: View,
    services: ServicesOf,
    jobs: JobsOf,
    vaegte: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Begin to try other weights on tonight's plan."""
    municipality = user.caller.municipality
    try:
        other = _weights(view, municipality, vaegte)
    except NotFound:
        return _show(request, user, view, services, saved=False, error=_("Vælg de vægte, du vil prøve."))
    except WeightsOutdated:
        return _show(request, user, view, services, saved=False, error=_(OUTDATED))
    chosen = None if other.id == HAND_SET.id else other.id
    job = Job(municipality, JobKind.WEIGHTS, chosen, 2 * PLANNING_PHASES)
    jobs.start(job, lambda phase: _preview(services, municipality, other, phase))
    return see(f"/administration/proever/{job.id}")


@router.post("/laer")
def learn(user: Annotated[SignedIn, Depends(sends(LEARNS))], services: ServicesOf, jobs: JobsOf) -> Response:
    """Begin to learn weights from the ended placements; they are not in use before somebody chooses them."""
    municipality = user.caller.municipality

    def work(phase: Phase) -> str:
        with phase(LEARNING):
            return learn_weights(services.sessions, municipality, services.match_inputs).id

    job = jobs.start(Job(municipality, JobKind.LEARNING, None, 1), work)
    return see(f"/administration/vaegte/laert/{job.id}")


@router.get("/laert/{job_id}")
def show_learning(
    request: Request,
    job_id: Annotated[str, Path(max_length=64)],
    user: Annotated[SignedIn, Depends(reads(LEARNS))],
    jobs: JobsOf,
) -> Response:
    """How far the learning is, why it came to nothing, or on to what was learnt."""
    job = jobs.get(user.caller.municipality, job_id, JobKind.LEARNING)
    if job.result is not None and HX_REQUEST not in request.headers:
        return see(f"/administration/vaegte/{job.result}")
    address = f"/administration/vaegte/laert/{job.id}"
    return progress_page(request, user, job, "weights", address, back="/administration/vaegte")


@router.get("/{weights_id}")
def show_learnt(
    request: Request, weights_id: Annotated[str, Path(max_length=64)], user: Looking, view: View
) -> Response:
    """Learnt weights with the figures they were measured by."""
    municipality = user.caller.municipality
    stored = LearntWeights(view, municipality).get(weights_id)
    try:
        learnt = learnt_weights(view, municipality, weights_id)
    except WeightsOutdated:
        learnt = None
    return section_page(
        request,
        "learnt.html",
        user,
        "weights",
        stored=stored,
        learnt=learnt,
        outdated=OUTDATED,
        shares=shares_of(learnt) if learnt else (),
        ways=WAYS,
        hand_set=HAND_SET,
        in_use=weights_overview(view, municipality).in_use == weights_id,
        may_change=may_lead(user),
    )


def _preview(services: Services, municipality: str, other: Weights, phase: Phase) -> PlanComparison:
    with read_only(services.sessions) as session:
        stored = load(session, municipality)
        try:
            weights = weights_in_use(session, municipality)
        except WeightsOutdated:  # nothing can be planned with those: there is no difference to show
            weights = other
    taxonomy = services.match_inputs.taxonomy
    return preview_weights(stored, weights, other, on=services.today, taxonomy=taxonomy, phase=phase)


def _weights(view: Session, municipality: str, weights_id: str) -> Weights:
    """Weights by their id; raises NotFound and WeightsOutdated."""
    if weights_id == HAND_SET.id:
        return HAND_SET
    return learnt_weights(view, municipality, weights_id).model.weights()
