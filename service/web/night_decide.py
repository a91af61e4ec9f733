"""Many proposals decided at once: those that are ticked, or all that the filters leave, each by the person's name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from matcher.domain.placement import Verdict
from matcher.domain.validation import InvalidValueError
from service.db.night_lists import PlanFilter, PlanLists
from service.db.personal import ReadPurpose
from service.db.records import MatchRun
from service.db.repositories import MatchRuns
from service.dependencies import Begin, ReadingOf, Services, ServicesOf, View, person_of
from service.problems import FieldError, InvalidInput, NotFound, NotPossibleNow, Problem
from service.use_cases.access_log import Reading
from service.use_cases.decide_many import Answer, decide_each, take_back_each
from service.web.night import Filters, SentFilters, no_plan, show_list
from service.web.rendering import page
from service.web.session import DecidingUser, SignedIn
from service.web.sign_in import see
from service.web.translation import _, either
from service.web.words import problem_text, text_refused

router = APIRouter(prefix="/forslag")
MOST: Final = 5_000
"""Proposals that one form may name."""

Reason = Annotated[str, Form(max_length=10_000)]
Ticked = Annotated[list[str], Form(max_length=MOST, default_factory=list)]


@router.post("")
def decide_ticked(
    request: Request,
    user: DecidingUser,
    view: View,
    reading: ReadingOf,
    begin: Begin,
    services: ServicesOf,
    filters: SentFilters,
    forslag: Ticked,
    afgoerelse: Annotated[str, Form(max_length=20)] = "",
    begrundelse: Reason = "",
) -> Response:
    """Decide the ticked proposals, one reason for all."""
    if afgoerelse not in set(Verdict):
        raise InvalidInput(errors=[FieldError("afgoerelse", "is not a verdict", "press one of the buttons")])
    run = MatchRuns(view, user.caller.municipality).latest()
    if run is None:
        return no_plan(request, user)
    asked = _Asked(forslag, Verdict(afgoerelse), begrundelse)
    return _decided(request, user, view, reading, begin, services, filters, run, asked)


@router.post("/udvalget")
def approve_all(
    request: Request,
    user: DecidingUser,
    view: View,
    reading: ReadingOf,
    begin: Begin,
    services: ServicesOf,
    filters: SentFilters,
    begrundelse: Reason = "",
) -> Response:
    """Approve all that the filters leave and nobody has decided on, one reason for all."""
    run = MatchRuns(view, user.caller.municipality).latest()
    if run is None:
        return no_plan(request, user)
    wanted = replace(filters.wanted(view, user.caller.municipality), undecided=True, verdict="")
    ids = PlanLists(view, user.caller.municipality, run).ids(wanted)
    if not ids:
        return see(filters.address())
    asked = _Asked(ids, Verdict.APPROVED, begrundelse)
    return _decided(request, user, view, reading, begin, services, filters, run, asked)


@dataclass(frozen=True)
class _Asked:
    """What is to be decided, and how."""

    ids: Sequence[str]
    verdict: Verdict
    reason: str


def _decided(
    request: Request,
    user: SignedIn,
    view: Session,
    reading: Reading,
    begin: Begin,
    services: Services,
    filters: Filters,
    run: MatchRun,
    asked: _Asked,
) -> Response:
    """Decide, and tell what became of each; or the list again with what is missing and what was typed."""
    errors = {}
    if not asked.ids:
        errors["forslag"] = _("Sæt kryds ved mindst ét forslag.")
    if not asked.reason.strip():
        errors["begrundelse"] = _("Skriv en begrundelse. Den gemmes ved hvert forslag.")
    answers: tuple[Answer, ...] = ()
    if not errors:
        try:
            answers = decide_each(
                begin,
                user.caller.municipality,
                asked.ids,
                verdict=asked.verdict,
                person=person_of(user.caller),
                reason=asked.reason,
                today=services.today,
            )
        except InvalidValueError as refused:
            errors["begrundelse"] = text_refused(refused)
    if errors:
        typed: dict[str, Any] = {"ticked": set(asked.ids), "typed": asked.reason, "errors": errors}
        return show_list(request, user, view, reading, run, filters, 1, status=422, **typed)
    return _answers(request, user, begin, reading, answers, asked.verdict.value, back=filters.address())


@router.post("/fortryd")
def undo(
    request: Request, user: DecidingUser, reading: ReadingOf, begin: Begin, services: ServicesOf, afgoerelse: Ticked
) -> Response:
    """Take back what was just decided: what held before holds again; placements that have not begun are withdrawn."""
    municipality, person = user.caller.municipality, person_of(user.caller)
    answers = take_back_each(begin, municipality, afgoerelse, person=person, today=services.today)
    return _answers(request, user, begin, reading, answers, "", back="/forslag", taken_back=True)


def _answers(
    request: Request,
    user: SignedIn,
    begin: Begin,
    reading: Reading,
    answers: Iterable[Answer],
    verdict: str,
    **values: Any,
) -> Response:
    """What became of each: a page of its own, read after everything is written."""
    municipality = user.caller.municipality
    with begin() as view:
        run = MatchRuns(view, municipality).latest()
        if run is None:
            raise NotFound
        lines = {line.id: line for line in PlanLists(view, municipality, run).page(PlanFilter())}
    shown = [(lines.get(one.proposal_id), one) for one in answers]
    reading.about(ReadPurpose.PROPOSALS, [line.citizen_id for line, _one in shown if line is not None])
    return page(
        request,
        "night/decided.html",
        user,
        section="proposals",
        verdict=verdict,
        done=[(line, one) for line, one in shown if one.problem is None and line is not None],
        refused=[(line, why(one.problem)) for line, one in shown if one.problem is not None],
        **values,
    )


def why(problem: Problem) -> str:
    """Why a proposal could not be decided."""
    if isinstance(problem, NotPossibleNow):
        return either(lambda: problem.danish, lambda: str(problem.detail))()
    return problem_text(problem)
