"""Last night's proposals: the plan in figures, each proposal with its reasons, a decision by name, and the unplaced."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from matcher.domain.placement import Verdict
from matcher.domain.validation import InvalidValueError
from matcher.wording import label
from service.danish import PROBLEMS
from service.db.listings import citizen_names
from service.db.personal import ReadPurpose
from service.db.records import StoredProposal
from service.db.repositories import Citizens, Decisions, MatchRuns, Proposals
from service.dependencies import Db, ReadingOf, ServicesOf, View, person_of
from service.problems import PlacementBegun, ProposalOutdated
from service.use_cases.access_log import Reading
from service.use_cases.decide import decide, placement_of, wanted_of
from service.use_cases.discretion import explanation_without_needs, unplaced_without_needs
from service.use_cases.night_counts import NightCounts
from service.use_cases.placements import refused_with_next_best
from service.use_cases.runs import proposals_page, unplaced_of
from service.use_cases.views import ExplanationView
from service.web.rendering import page
from service.web.session import DecidingUser, SignedIn, User
from service.web.sign_in import see

router = APIRouter(prefix="/forslag")
LINES = 50
VERDICTS = {Verdict.APPROVED: "Godkend", Verdict.HELD: "Sæt på hold", Verdict.REJECTED: "Afvis"}

After = Annotated[str | None, Query(max_length=64)]


@router.get("")
def list_proposals(request: Request, user: User, view: View, reading: ReadingOf, efter: After = None) -> Response:
    """The latest plan: its figures and its proposals, best value first."""
    municipality = user.caller.municipality
    run = MatchRuns(view, municipality).latest()
    if run is None:
        return page(request, "proposals.html", user, section="proposals", run=None)
    found = proposals_page(view, municipality, run.id, after=efter, limit=LINES + 1)
    reading.about(ReadPurpose.PROPOSALS, [one.proposal.citizen_id for one in found[:LINES]])
    names = citizen_names(view, municipality)
    lines = [
        {
            "id": one.proposal.id,
            "citizen_id": one.proposal.citizen_id,
            "citizen_name": names.get(one.proposal.citizen_id, one.proposal.citizen_id),
            "explanation": _explanation(user, one.proposal),
            "verdict": label(one.decision.decision.verdict) if one.decision else None,
            "decided_by": one.decision.decision.decided_by if one.decision else None,
        }
        for one in found[:LINES]
    ]
    return page(
        request,
        "proposals.html",
        user,
        section="proposals",
        tab="proposals",
        run=run,
        counts=NightCounts.model_validate(run.counts),
        lines=lines,
        after=efter,
        next=found[LINES - 1].proposal.id if len(found) > LINES else None,
    )


@router.get("/uden-plads")
def list_unplaced(request: Request, user: User, view: View, reading: ReadingOf) -> Response:
    """Whom the latest plan could not place, and why."""
    municipality = user.caller.municipality
    run = MatchRuns(view, municipality).latest()
    if run is None:
        return page(request, "proposals.html", user, section="proposals", run=None)
    names, found = citizen_names(view, municipality), unplaced_of(view, municipality, run.id)
    reading.about(ReadPurpose.UNPLACED, [one.citizen_id for one in found])
    return page(
        request,
        "unplaced.html",
        user,
        section="proposals",
        tab="unplaced",
        run=run,
        counts=NightCounts.model_validate(run.counts),
        unplaced=[
            (
                names.get(one.citizen_id, ""),
                one if user.caller.sees_needs else replace(one, text=unplaced_without_needs(one.text)),
            )
            for one in found
        ],
    )


@router.get("/brug-af-pladser")
def show_use(request: Request, user: User, view: View) -> Response:
    """How the latest plan uses the places, by kind of agreement and by company centre."""
    run = MatchRuns(view, user.caller.municipality).latest()
    if run is None:
        return page(request, "proposals.html", user, section="proposals", run=None)
    counts = NightCounts.model_validate(run.counts)
    return page(request, "use.html", user, section="proposals", tab="use", run=run, counts=counts)


def _explanation(user: SignedIn, proposal: StoredProposal) -> ExplanationView:
    """Reasons of a proposal, as far as the person may see them."""
    view = ExplanationView.stored(proposal.explanation)
    return view if user.caller.sees_needs else explanation_without_needs(view)


def _show(
    request: Request,
    user: SignedIn,
    view: View,
    services: ServicesOf,
    reading: Reading,
    proposal_id: str,
    **values: Any,
) -> Response:
    municipality = user.caller.municipality
    proposal = Proposals(view, municipality).get(proposal_id)
    reading.about(ReadPurpose.PROPOSALS, [proposal.citizen_id])
    known = {token.id: token.name for token in services.settings.tokens} | {user.caller.id: user.caller.name}
    placement = placement_of(view, municipality, proposal_id)
    decisions = [
        (label(one.decision.verdict), one.decided_by_name or known.get(by, by), one)
        for one in Decisions(view, municipality).of_proposal(proposal_id)
        for by in [one.decision.decided_by]
    ]
    return page(
        request,
        "proposal.html",
        user,
        section="proposals",
        proposal=proposal,
        citizen=Citizens(view, municipality).get(proposal.citizen_id),
        explanation=_explanation(user, proposal),
        decisions=decisions,
        placement=placement,
        verdicts=VERDICTS,
        **values,
    )


@router.get("/{proposal_id}")
def show_proposal(
    request: Request,
    proposal_id: str,
    user: User,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    gemt: bool = False,
) -> Response:
    """One proposal with its reasons, earlier decisions, and the form to decide with."""
    return _show(request, user, view, services, reading, proposal_id, saved=gemt, verdict="", reason="", error="")


@router.post("/{proposal_id}")
def decide_proposal(
    request: Request,
    proposal_id: str,
    user: DecidingUser,
    reading: ReadingOf,
    db: Db,
    services: ServicesOf,
    afgoerelse: Annotated[str, Form(max_length=20)] = "",
    begrundelse: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Write the person's decision, or show the form again with what is missing and what was typed."""
    error = ""
    outdated: ProposalOutdated | None = None
    if afgoerelse not in set(Verdict):
        error = "Vælg, om forslaget skal godkendes, sættes på hold eller afvises."
    elif not begrundelse.strip():
        error = "Skriv en begrundelse. Den følger sagen."
    if not error:
        try:
            decide(
                db,
                user.caller.municipality,
                proposal_id,
                verdict=Verdict(afgoerelse),
                person=person_of(user.caller),
                reason=begrundelse,
                today=services.today,
            )
        except ProposalOutdated as problem:
            pair = wanted_of(db, user.caller.municipality, proposal_id)
            outdated = refused_with_next_best(
                db, user.caller.municipality, services.match_inputs, pair, problem, services.today
            )
            error = "Forslaget er forældet og kan ikke godkendes."
        except PlacementBegun as problem:
            error = PROBLEMS[type(problem)]
        except InvalidValueError:
            error = "Begrundelsen er for lang eller har tegn, der ikke kan gemmes. Højst 4.000 tegn."
    if error:
        return _show(
            request,
            user,
            db,
            services,
            reading,
            proposal_id,
            saved=False,
            verdict=afgoerelse,
            reason=begrundelse,
            error=error,
            outdated=outdated,
            status=409 if outdated else 422,
        )
    return see(f"/forslag/{proposal_id}?gemt=true")
