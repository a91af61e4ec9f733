"""One proposal: its reasons, what was decided about it, and the form to decide with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from matcher.domain.placement import Verdict
from matcher.domain.validation import InvalidValueError
from matcher.language import Language
from service.db.personal import ReadPurpose
from service.db.purpose import Channel
from service.db.repositories import Citizens, Decisions, Proposals
from service.dependencies import Db, ReadingOf, ServicesOf, View, person_of
from service.problems import InvalidInput, PlacementBegun, ProposalOutdated
from service.use_cases.access_log import Reading
from service.use_cases.decide import decide, placement_of, wanted_of
from service.use_cases.placements import refused_with_next_best
from service.use_cases.rules import rulebook_of
from service.web.exceptions import RuleException, asked_for, to_allow
from service.web.night import VERDICT_NAMES, decides, shown_explanation
from service.web.night_words import decided_words
from service.web.rendering import page
from service.web.session import DecidingUser, SignedIn, User
from service.web.sign_in import see
from service.web.translation import _, current_language
from service.web.words import problem_text, text_refused

router = APIRouter(prefix="/forslag")
CHOICE, REASON = "afgoerelse-option1", "begrundelse"
"""Ids of the fields that may be wrong."""


@dataclass(frozen=True)
class Sent:
    """What somebody has sent, and what is wrong with it, by the id of the field."""

    verdict: str = ""
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    to_allow: tuple[RuleException, ...] = ()
    outdated: ProposalOutdated | None = None


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
    return _show(request, user, view, services, reading, proposal_id, Sent(), saved=gemt)


@router.post("/{proposal_id}")
def decide_proposal(
    request: Request,
    proposal_id: str,
    user: DecidingUser,
    reading: ReadingOf,
    db: Db,
    services: ServicesOf,
    regel: Annotated[list[str], Form(max_length=10, default_factory=list)],
    regel_begrundelse: Annotated[list[str], Form(max_length=10, default_factory=list)],
    afgoerelse: Annotated[str, Form(max_length=20)] = "",
    begrundelse: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Write the person's decision, or show the form again with what is missing and what was typed.

    `regel` and `regel_begrundelse`: rules that an approval sets aside, and why, in the same order.
    """
    typed = {id_: text for id_, text in zip(regel, regel_begrundelse, strict=False) if text.strip()}
    sent = _checked(afgoerelse, begrundelse)
    if not sent.errors:
        try:
            decide(
                db,
                user.caller.municipality,
                proposal_id,
                verdict=Verdict(afgoerelse),
                person=person_of(user.caller),
                reason=begrundelse,
                today=services.today,
                overrides=typed if afgoerelse == Verdict.APPROVED else {},
            )
        except ProposalOutdated as problem:
            pair = wanted_of(db, user.caller.municipality, proposal_id)
            recorder = services.recorder(user.caller, Channel.PAGE)
            outdated = refused_with_next_best(db, recorder, pair, problem, services.today)
            error = _("Forslaget er forældet og kan ikke godkendes.")
            sent = Sent(afgoerelse, begrundelse, {CHOICE: error}, outdated=outdated)
        except PlacementBegun as problem:
            sent = Sent(afgoerelse, begrundelse, {CHOICE: problem_text(problem)})
        except InvalidInput as problem:
            sent = _asking(db, user, problem, sent, typed, services.today)
        except InvalidValueError as refused:
            sent = Sent(afgoerelse, begrundelse, {REASON: text_refused(refused)})
    if sent.errors:
        db.rollback()  # what was written before it was refused
        status = 409 if sent.outdated else 422
        return _show(request, user, db, services, reading, proposal_id, sent, status=status)
    return see(f"/forslag/{proposal_id}?gemt=true")


def _checked(verdict: str, reason: str) -> Sent:
    errors = {}
    if verdict not in set(Verdict):
        errors[CHOICE] = _("Vælg, om forslaget skal godkendes, sættes på hold eller afvises.")
    if not reason.strip():
        errors[REASON] = _("Skriv en begrundelse. Den følger sagen.")
    return Sent(verdict, reason, errors)


def _asking(db: Db, user: SignedIn, problem: InvalidInput, sent: Sent, typed: Mapping[str, str], today: date) -> Sent:
    """The form with a field for each rule that the person may set aside."""
    rules = asked_for(problem)
    if not rules:
        return Sent(sent.verdict, sent.reason, {CHOICE: _("Reglen er ikke længere i vejen. Gem afgørelsen igen.")})
    asked = tuple(to_allow(rulebook_of(db, user.caller.municipality), rules, typed, today))
    error = _("Der er en regel i vejen, som du kan tillade en undtagelse fra. Skriv hvorfor.")
    return Sent(sent.verdict, sent.reason, {"regel-1": error}, asked)


def _show(
    request: Request,
    user: SignedIn,
    view: View,
    services: ServicesOf,
    reading: Reading,
    proposal_id: str,
    sent: Sent,
    **values: Any,
) -> Response:
    municipality = user.caller.municipality
    proposal = Proposals(view, municipality).get(proposal_id)
    reading.about(ReadPurpose.PROPOSALS, [proposal.citizen_id])
    known = {token.id: token.name for token in services.settings.tokens} | {user.caller.id: user.caller.name}
    decisions = [
        (one.decided_by_name or known.get(by, by), one)
        for one in Decisions(view, municipality).of_proposal(proposal_id)
        for by in [one.decision.decided_by]
    ]
    return page(
        request,
        "night/proposal.html",
        user,
        section="proposals",
        proposal=proposal,
        citizen=Citizens(view, municipality).get(proposal.citizen_id),
        explanation=shown_explanation(user, proposal),
        in_danish=current_language() is not Language.DANISH,
        decisions=decisions,
        holding=Decisions(view, municipality).holding(proposal_id),
        decides=decides(user.caller),
        placement=placement_of(view, municipality, proposal_id),
        verdict_names=VERDICT_NAMES,
        decided_words=decided_words(rulebook_of(view, municipality), services.today),
        sent=sent,
        **values,
    )
