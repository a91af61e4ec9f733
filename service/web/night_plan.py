"""Planning again in the page: what is pinned, left out and changed, a plan tried, and taking it into use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from matcher.domain.decided import DecidedPair
from matcher.domain.placement import Verdict
from matcher.domain.validation import InvalidValueError, check_text
from matcher.resources import RefusedPin
from service.db.listings import citizens_placed, proposed_pairs
from service.db.pairs import PairVerdict
from service.db.personal import ReadPurpose
from service.db.purpose import Channel, Viewer
from service.db.records import MatchRun
from service.db.repositories import Decisions, MatchRuns
from service.dependencies import ReadingOf, Services, ServicesOf, View, person_of
from service.problems import NotFound
from service.use_cases.access_log import Reading
from service.use_cases.discretion import pins_without_needs
from service.use_cases.nightly import PHASES, Night, Step
from service.use_cases.plan_changes import PlanChanges
from service.use_cases.replanning import Became, differences, publish_night, try_night, why_it_stays
from service.web.administration import labels
from service.web.administration.jobs import Job, JobKind, Jobs, JobsOf
from service.web.night import head_of, no_plan
from service.web.night_draft import Draft, DraftPair, DraftPlaces, Known
from service.web.rendering import page
from service.web.session import DecidingUser, SignedIn, User
from service.web.sign_in import see
from service.web.translation import N_, _
from service.web.words import problem_text, text_refused
from service.web.work import HX_REQUEST, whole_page

router = APIRouter(prefix="/forslag/laeg-om")
KINDS: Final = (JobKind.NIGHT_TRIAL, JobKind.NIGHT)
SAID: Final[Mapping[PairVerdict, str]] = {
    PairVerdict.HELD: N_("Skal have pladsen"),
    PairVerdict.REJECTED: N_("Må ikke få pladsen"),
    PairVerdict.FREE: N_("Gives fri"),
}
MOST_CHANGES: Final = 500
"""Changes that one form may hold."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan is made with. `tried`: what the trial that it is the plan of was made from."""

    changes: PlanChanges
    tried: str = ""


Changes = Annotated[list[str], Form(max_length=MOST_CHANGES, default_factory=list)]
Text = Annotated[str, Form(max_length=100)]


@router.get("")
def show_pins(request: Request, user: User, view: View, services: ServicesOf, reading: ReadingOf) -> Response:
    """What the next plan keeps and leaves out because somebody said so, and the form to change it and plan again."""
    run = MatchRuns(view, user.caller.municipality).latest()
    if run is None:
        return no_plan(request, user)
    known = Known.read(view, user.caller.municipality, services.today)
    return _form(request, user, reading, run, Draft(), known)


@router.post("")
def change_or_try(
    request: Request,
    user: DecidingUser,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    jobs: JobsOf,
    aendring: Changes,
    handling: Text = "",
    borger: Text = "",
    plads: Text = "",
    antal_plads: Text = "",
    antal: Text = "",
) -> Response:
    """Add a change or take one away; without either, begin to plan with the changes: nothing is published.

    `handling`: `held` or `rejected` (with `borger` and `plads`), `places` (with `antal_plads` and `antal`),
    `uden <change>`, or a whole change.
    """
    municipality = user.caller.municipality
    run = MatchRuns(view, municipality).latest()
    if run is None:
        return no_plan(request, user)
    known = Known.read(view, municipality, services.today)
    draft = Draft.read(aendring, known)
    match handling.split():
        case []:
            asked = Asked(draft.changes(user.caller, known))
            return _begin(user, services, jobs, JobKind.NIGHT_TRIAL, asked)
        case [("held" | "rejected") as verdict]:
            draft = draft.add_pair(PairVerdict(verdict), borger, plads, known)
        case ["places"]:
            draft = draft.add_places(antal_plads, antal, known)
        case ["uden", *rest]:
            draft = draft.without(" ".join(rest))
        case [("held" | "rejected") as verdict, citizen_id, slot_id]:
            draft = draft.add_pair(PairVerdict(verdict), citizen_id, slot_id, known)
        case _:
            draft = replace(Draft.read([*aendring, handling], known), errors={})
    return _form(request, user, reading, run, draft, known)


def _form(request: Request, user: SignedIn, reading: Reading, run: MatchRun, draft: Draft, known: Known) -> Response:
    named = {one.citizen_id for one in known.decided} | {one.citizen_id for one in draft.pairs}
    named |= {id_ for id_, _name in draft.choices.get("borger", ())}
    reading.about(ReadPurpose.PROPOSALS, sorted(named))
    freed = {(one.citizen_id, one.slot_id) for one in draft.pairs}

    def stored(verdict: Verdict) -> list[DecidedPair]:
        return [one for one in known.decided if one.verdict is verdict and (one.citizen_id, one.slot_id) not in freed]

    return page(
        request,
        "night/replan.html",
        user,
        status=422 if draft.errors else 200,
        **head_of(run, user, "replan"),
        draft=draft,
        known=known,
        pair_words=SAID,
        errors=draft.errors,
        pinned=stored(Verdict.HELD),
        left_out=stored(Verdict.REJECTED),
    )


def _begin(user: SignedIn, services: Services, jobs: Jobs, kind: JobKind, asked: Asked) -> Response:
    caller, on = user.caller, services.today
    job = Job(caller.municipality, kind, asked, total=len(PHASES))
    step = _step_of(job)
    viewer = Viewer(caller.id, caller.role, Channel.PAGE)
    work = try_night if kind is JobKind.NIGHT_TRIAL else publish_night
    taxonomy = services.match_inputs.taxonomy
    jobs.start(
        job,
        lambda _phase: work(
            services.sessions, caller.municipality, asked.changes, on=on, step=step, taxonomy=taxonomy, viewer=viewer
        ),
    )
    return see(f"/forslag/laeg-om/{job.id}")


def _step_of(job: Job) -> Step:
    def told(phase: str, done: int, _total: int) -> None:
        job.phase, job.done = phase, done

    return told


@router.get("/{job_id}")
def show_plan(
    request: Request, job_id: str, user: User, view: View, services: ServicesOf, reading: ReadingOf, jobs: JobsOf
) -> Response:
    """How far the planning is; then what the plan changes, or that it is in use."""
    job = jobs.get(user.caller.municipality, job_id, *KINDS)
    if HX_REQUEST in request.headers:
        if job.ended:
            return whole_page()
        return page(request, "administration/_progress.html", user, job=job, labels=labels)
    if not job.ended or job.failed:
        problem = problem_text(job.problem) if job.problem else ""
        return page(request, "night/planning.html", user, section="proposals", job=job, labels=labels, problem=problem)
    night: Night = job.result
    if job.kind is JobKind.NIGHT:
        return page(
            request,
            "night/published.html",
            user,
            section="proposals",
            night=night,
            same=job.asked.tried == night.run.input_hash,
            stays=why_it_stays(view, user.caller.municipality, night.run),
        )
    known = Known.read(view, user.caller.municipality, services.today)
    return _trial(request, user, view, reading, job, known)


def _trial(
    request: Request, user: SignedIn, view: View, reading: Reading, job: Job, known: Known, error: str = ""
) -> Response:
    """What the tried plan changes, for those citizens whom the person may see."""
    municipality, night, changes = user.caller.municipality, job.result, job.asked.changes
    run = MatchRuns(view, municipality).latest()
    if run is None:
        raise NotFound
    pairs = proposed_pairs(view, municipality, run.id)
    verdicts = {id_: one.decision.verdict for id_, one in Decisions(view, municipality).of_run(run.id).items()}
    agreed = frozenset(one.citizen_id for one in pairs if verdicts.get(one.id) is Verdict.APPROVED)
    agreed |= citizens_placed(view, municipality, night.run.planned_on)
    after = {one.citizen_id: one.slot_id for one in night.proposals if one.citizen_id in known.names}
    lines, kept = differences({one.citizen_id: one.slot_id for one in pairs}, after, agreed)
    draft = _draft_of(changes, known)
    impossible = refused_pins(night, changes)
    reading.about(
        ReadPurpose.PROPOSALS, sorted({one.citizen_id for one in lines} | {one.citizen_id for one in draft.pairs})
    )
    return page(
        request,
        "night/trial.html",
        user,
        status=422 if error else 200,
        **head_of(run, user, "replan"),
        job=job,
        night=night,
        lines=lines,
        kept=kept,
        amounts={became: sum(one.became is became for one in lines) for became in Became},
        known=known,
        draft=draft,
        pair_words=SAID,
        impossible=impossible if user.caller.sees_needs else pins_without_needs(impossible),
        errors={"begrundelse": error} if error else {},
    )


def refused_pins(night: Night, changes: PlanChanges) -> list[RefusedPin]:
    """Pins among the changes that no plan can keep, each with the reason."""
    asked = {(one.citizen_id, one.slot_id) for one in changes.pairs if one.verdict is PairVerdict.HELD}
    return [one for one in night.let_go if (one.citizen_id, one.slot_id) in asked]


def _draft_of(changes: PlanChanges, known: Known) -> Draft:
    """The changes as a form holds them."""
    pairs = (DraftPair(one.verdict, one.citizen_id, one.slot_id) for one in changes.pairs)
    places = (DraftPlaces(one.slot_id or _first_slot(one.agreement_id, known), one.after) for one in changes.places)
    return Draft(
        tuple(one for one in pairs if one.citizen_id in known.names and one.slot_id in known.agreements),
        tuple(one for one in places if one.slot_id in known.agreements),
    )


def _first_slot(agreement_id: str, known: Known) -> str:
    return next((id_ for id_, (one, _version) in known.agreements.items() if one.id == agreement_id), "")


@router.post("/{job_id}")
def use_plan(
    request: Request,
    job_id: str,
    user: DecidingUser,
    view: View,
    services: ServicesOf,
    reading: ReadingOf,
    jobs: JobsOf,
    begrundelse: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Take a tried plan into use with its changes, by the person's name; changes need a reason."""
    tried = jobs.get(user.caller.municipality, job_id, JobKind.NIGHT_TRIAL)
    if tried.result is None:
        raise NotFound
    changes: PlanChanges = tried.asked.changes
    if refused_pins(tried.result, changes):
        return see(f"/forslag/laeg-om/{job_id}")
    error = _reason_error(begrundelse) if changes else ""
    if error:
        known = Known.read(view, user.caller.municipality, services.today)
        return _trial(request, user, view, reading, tried, known, error)
    changes = replace(changes, person=person_of(user.caller), reason=begrundelse.strip())
    return _begin(user, services, jobs, JobKind.NIGHT, Asked(changes, tried.result.run.input_hash))


def _reason_error(reason: str) -> str:
    """What is wrong with the reason for changes."""
    if not reason.strip():
        return _("Skriv en begrundelse for ændringerne. Den følger borgernes sager.")
    try:
        check_text("begrundelse", reason)
    except InvalidValueError as refused:
        return text_refused(refused)
    return ""
