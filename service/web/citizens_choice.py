"""What a person decides about a citizen: the night's proposal, a place on the list or beside it, and taking it back."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from matcher.domain.placement import Verdict
from matcher.domain.validation import InvalidValueError
from matcher.language import Language
from service.db.purpose import Channel
from service.db.repositories import Decisions, Placements, Proposals
from service.dependencies import Db, Services, ServicesOf, person_of
from service.problems import DecidedAgain, InvalidInput, NotFound, NotPossibleNow, PlacementBegun, ProposalOutdated
from service.use_cases.capacity import Wanted
from service.use_cases.decide import decide, take_back, take_back_placement, wanted_of
from service.use_cases.placements import choose_place, refused_with_next_best
from service.use_cases.rules import rulebook_of
from service.web.citizens_profile import citizen_values, place_values
from service.web.exceptions import RuleException, asked_for, to_allow
from service.web.rendering import page
from service.web.session import DecidingUser, SignedIn
from service.web.sign_in import see
from service.web.translation import _, current_language
from service.web.words import problem_text, text_refused

router = APIRouter(prefix="/borgere")
LONGEST_REASON: Final = 4000
SAID: Final = {Verdict.APPROVED: "godkendt", Verdict.HELD: "hold", Verdict.REJECTED: "afvist"}
"""How the address that follows a decision names it."""

Reason = Annotated[str, Form(max_length=10_000)]
Rules = Annotated[list[str], Form(max_length=10, default_factory=list)]
Short = Annotated[str, Form(max_length=64)]


def _set_aside(rules: list[str], reasons: list[str]) -> dict[str, str]:
    return {id_: text for id_, text in zip(rules, reasons, strict=False) if text.strip()}


def refusal(problem: NotPossibleNow) -> dict[str, Any]:
    """What is in the way, and the next best places, for the page."""
    spoken = 1 if current_language() is Language.DANISH else 2
    return {"reasons": [one[spoken] for one in problem.reasons], "alternatives": problem.alternatives}


@router.post("/{citizen_id}/afgoerelse")
def decide_proposal(
    request: Request,
    citizen_id: str,
    user: DecidingUser,
    db: Db,
    services: ServicesOf,
    regel: Rules,
    regel_begrundelse: Rules,
    forslag: Short = "",
    afgoerelse: Short = "",
    begrundelse: Reason = "",
) -> Response:
    """Write the decision on the night's proposal, or show the citizen again with what is missing and what was typed."""
    municipality, today = user.caller.municipality, services.today
    if Proposals(db, municipality).get(forslag).citizen_id != citizen_id:
        raise NotFound
    errors: dict[str, str] = {}
    if afgoerelse not in set(Verdict):
        errors["afgoerelse-option1"] = _("Vælg, om forslaget skal godkendes, sættes på hold eller afvises.")
    if not begrundelse.strip():
        errors["begrundelse"] = _("Skriv en begrundelse. Den følger sagen.")
    typed, rules, refused = _set_aside(regel, regel_begrundelse), regel, None
    if not errors:
        verdict = Verdict(afgoerelse)
        overrides = typed if verdict is Verdict.APPROVED else {}
        try:
            decide(
                db,
                municipality,
                forslag,
                verdict=verdict,
                person=person_of(user.caller),
                reason=begrundelse,
                today=today,
                overrides=overrides,
            )
            return see(f"/borgere/{citizen_id}?gemt={SAID[verdict]}")
        except ProposalOutdated as problem:
            recorder = services.recorder(user.caller, Channel.PAGE)
            refused = refused_with_next_best(db, recorder, wanted_of(db, municipality, forslag), problem, today)
            errors["begrundelse"] = _("Forslaget kan ikke godkendes længere.")
        except (InvalidInput, InvalidValueError, PlacementBegun) as problem:
            rules = _refused_field(problem, errors)
    db.rollback()  # what was written before it was refused
    exceptions = to_allow(rulebook_of(db, municipality), rules, typed, today)
    values = citizen_values(user, db, services, citizen_id)
    status = 409 if refused else 422
    values |= {
        "typed": {"afgoerelse": afgoerelse, "begrundelse": begrundelse},
        "errors": errors | _missing(exceptions, typed),
        "refused": refusal(refused) if refused else None,
        "to_allow": exceptions,
    }
    return page(request, "citizens/citizen.html", user, status=status, **values)


@router.post("/{citizen_id}/pladser/{slot_id}")
def choose(
    request: Request,
    citizen_id: str,
    slot_id: str,
    user: DecidingUser,
    db: Db,
    services: ServicesOf,
    regel: Rules,
    regel_begrundelse: Rules,
    begrundelse: Reason = "",
    starter: Short = "",
    slutter: Short = "",
    timer: Short = "",
) -> Response:
    """Agree a placement at a place that the person chooses, on the citizen's list or beside it."""
    municipality, today = user.caller.municipality, services.today
    errors: dict[str, str] = {}
    if not begrundelse.strip():
        errors["begrundelse"] = _("Skriv en begrundelse. Den følger sagen.")
    wanted = Wanted(
        citizen_id, slot_id, _day("starter", starter, errors), _day("slutter", slutter, errors), _hours(timer, errors)
    )
    typed, rules, refused = _set_aside(regel, regel_begrundelse), regel, None
    if not errors:
        person = person_of(user.caller)
        try:
            choose_place(
                db,
                municipality,
                wanted,
                person,
                decided_by=person.id,
                reason=begrundelse,
                overrides=typed,
                today=today,
            )
            return see(f"/borgere/{citizen_id}?gemt=aftalt")
        except NotPossibleNow as problem:
            recorder = services.recorder(user.caller, Channel.PAGE)
            refused = refused_with_next_best(db, recorder, wanted, problem, today)
            errors["begrundelse"] = _("Forløbet kan ikke aftales, som det står.")
        except (InvalidInput, InvalidValueError) as problem:
            rules = _refused_field(problem, errors)
    db.rollback()  # what was written before it was refused
    exceptions = to_allow(rulebook_of(db, municipality), rules, typed, today)
    values = place_values(user, db, services, citizen_id, slot_id)
    values |= {
        "typed": {"begrundelse": begrundelse, "starter": starter, "slutter": slutter, "timer": timer},
        "errors": errors | _missing(exceptions, typed),
        "refused": refusal(refused) if refused else None,
        "to_allow": exceptions,
    }
    return page(request, "citizens/place.html", user, status=409 if refused else 422, **values)


@router.post("/{citizen_id}/afgoerelse/fortryd")
def take_back_decision(
    request: Request, citizen_id: str, user: DecidingUser, db: Db, services: ServicesOf, afgoerelse: Short = ""
) -> Response:
    """Take back a decision on the night's proposal: what held before holds again, as in the night's plan."""
    municipality = user.caller.municipality
    proposal_id = Decisions(db, municipality).get(afgoerelse).proposal_id
    if Proposals(db, municipality).get(proposal_id).citizen_id != citizen_id:
        raise NotFound
    return _taken_back(
        request,
        citizen_id,
        user,
        db,
        services,
        lambda: take_back(db, municipality, afgoerelse, person=person_of(user.caller), today=services.today),
    )


@router.post("/{citizen_id}/forloeb/{placement_id}/fortryd")
def take_back_agreed(
    request: Request, citizen_id: str, placement_id: str, user: DecidingUser, db: Db, services: ServicesOf
) -> Response:
    """Take back a placement that has not begun, with the decision on the night's proposal that made it, if one did."""
    municipality, person, today = user.caller.municipality, person_of(user.caller), services.today
    if Placements(db, municipality).get(placement_id).citizen_id != citizen_id:
        raise NotFound
    reason = _("Aftalen er fortrudt, før forløbet begyndte.")
    return _taken_back(
        request,
        citizen_id,
        user,
        db,
        services,
        lambda: take_back_placement(db, municipality, placement_id, person=person, reason=reason, today=today),
    )


def _taken_back(
    request: Request, citizen_id: str, user: SignedIn, db: Db, services: Services, undo: Callable[[], Any]
) -> Response:
    """Undo, and show the citizen: with what holds now, or why it cannot be undone."""
    try:
        undo()
    except (DecidedAgain, PlacementBegun) as problem:
        db.rollback()
        values = citizen_values(user, db, services, citizen_id) | {"refused_text": problem_text(problem)}
        return page(request, "citizens/citizen.html", user, status=409, **values)
    return see(f"/borgere/{citizen_id}?gemt=fortrudt")


def _refused_field(problem: InvalidInput | InvalidValueError | PlacementBegun, errors: dict[str, str]) -> list[str]:
    """Write what is wrong beside its field; returns rules that a reason is missing for."""
    if isinstance(problem, InvalidInput) and (missing := asked_for(problem)):
        return missing
    if isinstance(problem, InvalidInput):
        errors["begrundelse"] = _("Reglen er ikke længere i vejen. Gem igen.")
    elif isinstance(problem, PlacementBegun):
        errors["begrundelse"] = problem_text(problem)
    else:
        errors["begrundelse"] = text_refused(problem)
    return []


def _missing(exceptions: list[RuleException], typed: dict[str, str]) -> dict[str, str]:
    """Fields of the rules that still need a reason."""
    text = _("Der er en regel i vejen, som du kan tillade en undtagelse fra. Skriv hvorfor.")
    return {f"regel-{number}": text for number, one in enumerate(exceptions, 1) if one.id not in typed}


def _day(field: str, text: str, errors: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors[field] = _("Skriv en dato, der findes.")
        return None


def _hours(text: str, errors: dict[str, str]) -> float | None:
    if not text.strip():
        return None
    try:
        hours = float(text.strip().replace(",", "."))
    except ValueError:
        hours = 0.0
    if not 0.5 <= hours <= 37:
        errors["timer"] = _("Skriv et tal fra 0,5 til 37.")
        return None
    return hours
