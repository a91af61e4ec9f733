"""What a change of rules or weights would do to tonight's plan: how far it is, the comparison, and putting it in force.

Only citizens whom the reader may see are named; the others are counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from matcher.weights import HAND_SET
from service.db.personal import ReadPurpose
from service.db.scoping import visible_citizens
from service.db.session import unit_of_work
from service.dependencies import ReadingOf, ServicesOf, View
from service.identity.access import LEADS
from service.problems import InvalidInput
from service.use_cases.access_log import Reading
from service.use_cases.learning import choose_weights
from service.use_cases.plan_comparison import Difference, Move, PlanComparison
from service.use_cases.rule_tried import Tried, record_preview
from service.use_cases.rules import change_rules
from service.web.administration import labels
from service.web.administration.jobs import Job, JobKind, JobsOf
from service.web.administration.progress import progress_page
from service.web.administration.sections import section_page
from service.web.session import SignedIn, reads, sends
from service.web.sign_in import see
from service.web.translation import _

router = APIRouter(prefix="/administration/proever")
KINDS: Final = (JobKind.RULES, JobKind.WEIGHTS)
MOST_NAMED: Final = 50
"""Citizens that a page names of each kind of difference."""
REASON_LENGTH: Final = 4_000
JobId = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True)
class Differences:
    """Citizens for whom a plan differs in one way: those named, and how many there are."""

    title: str
    named: tuple[Difference, ...]
    count: int


@router.get("/{job_id}")
def show_preview(
    request: Request,
    job_id: JobId,
    user: Annotated[SignedIn, Depends(reads(LEADS))],
    view: View,
    reading: ReadingOf,
    jobs: JobsOf,
) -> Response:
    """How far the comparison is, or what it came to, with the form to put the change in force."""
    return _show(request, user, view, reading, jobs.get(user.caller.municipality, job_id, *KINDS), "", {})


def _show(
    request: Request,
    user: SignedIn,
    view: View,
    reading: Reading,
    job: Job,
    reason: str,
    errors: Mapping[str, str],
) -> Response:
    if job.result is None:
        return progress_page(request, user, job, _section(job), f"/administration/proever/{job.id}", back=_back(job))
    found: PlanComparison = job.result
    visible = visible_citizens(view, user.caller.municipality)
    groups = [
        Differences(
            title, tuple(one for one in moved if visible is None or one.citizen_id in visible)[:MOST_NAMED], len(moved)
        )
        for move, title in labels.MOVES.items()
        if (moved := [one for one in found.differences if one.move is move])
    ]
    reading.about(ReadPurpose.PROPOSALS, [one.citizen_id for group in groups for one in group.named])
    return section_page(
        request,
        "preview.html",
        user,
        _section(job),
        job=job,
        found=found,
        groups=groups,
        counts={move.value: found.count(move) for move in Move},
        labels=labels,
        hand_set=HAND_SET,
        reason=reason,
        errors=errors,
        back=_back(job),
        status=422 if errors else 200,
    )


@router.post("/{job_id}")
def put_in_force(
    request: Request,
    job_id: JobId,
    user: Annotated[SignedIn, Depends(sends(LEADS))],
    view: View,
    reading: ReadingOf,
    services: ServicesOf,
    jobs: JobsOf,
    begrundelse: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Make the change that was tried, in the name of whoever asks, with a reason."""
    municipality = user.caller.municipality
    job = jobs.get(municipality, job_id, *KINDS)
    reason = begrundelse.strip()
    errors: dict[str, str] = {}
    if job.result is None:
        errors["begrundelse"] = _("Vent, til du kan se, hvad ændringen gør.")
    elif not reason:
        errors["begrundelse"] = _("Skriv, hvorfor ændringen sættes i kraft.")
    elif len(reason) > REASON_LENGTH:
        errors["begrundelse"] = _("Begrundelsen er for lang. Højst 4.000 tegn.")
    if not errors:
        try:
            _carry_out(services, municipality, job, user.caller.id, reason)
        except InvalidInput:
            errors["begrundelse"] = _(
                "Ændringen er ikke længere mulig, eller begrundelsen har et CPR-nummer eller tegn, der ikke kan gemmes."
            )
    if errors:
        return _show(request, user, view, reading, job, begrundelse, errors)
    return see(f"{_back(job)}?gemt=true")


def _carry_out(services: Any, municipality: str, job: Job, person: str, reason: str) -> None:
    if job.kind is JobKind.RULES:
        with unit_of_work(services.sessions) as session:
            record_preview(session, municipality, [job.asked], job.id)
        tried = Tried(preview_id=job.id)
        change_rules(services.sessions, municipality, [job.asked], changed_by=person, reason=reason, tried=tried)
    else:
        choose_weights(services.sessions, municipality, job.asked, chosen_by=person, reason=reason)


def _section(job: Job) -> str:
    return "rules" if job.kind is JobKind.RULES else "weights"


def _back(job: Job) -> str:
    """Where the change was asked for."""
    return f"/administration/regler/{job.asked.rule_id}" if job.kind is JobKind.RULES else "/administration/vaegte"
