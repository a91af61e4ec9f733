"""Last night's plan: what it came to, its proposals beside those of the night before, who has no place, the places."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from matcher import english, wording
from matcher.domain.agreement import AgreementModel
from matcher.domain.placement import Verdict
from matcher.language import Language
from service.db.listings import citizens_named
from service.db.night_lists import Change, PlanFilter, PlanLine, PlanLists
from service.db.personal import ReadPurpose
from service.db.records import MatchRun, StoredProposal
from service.db.repositories import Consultants, MatchRuns, Proposals
from service.dependencies import ReadingOf, View
from service.identity.access import DECIDES
from service.identity.callers import Caller
from service.use_cases.access_log import Reading
from service.use_cases.discretion import explanation_without_needs
from service.use_cases.night_counts import NightCounts
from service.use_cases.replanning import why_it_stays
from service.use_cases.rules import rulebook_of
from service.use_cases.unplaced_text import reason_text
from service.use_cases.views import ExplanationView
from service.web.night_words import decided_words, gap_words, plan_explained, quality_rows, quality_words
from service.web.rendering import page
from service.web.session import CookiesOf, FormUser, SignedIn, User, searching_the_night
from service.web.sign_in import see
from service.web.translation import N_, current_language, either

router = APIRouter(prefix="/forslag")
LINES: Final = 50
MOST_SEARCHED: Final = 100
"""Characters of a name that is searched for."""
CHANGES: Final[Mapping[str, Change]] = MappingProxyType(
    {"nye": Change.NEW, "aendrede": Change.MOVED, "uaendrede": Change.KEPT}
)
CHANGE_NAMES: Final[Mapping[Change, str]] = MappingProxyType(
    {Change.NEW: N_("Ny"), Change.MOVED: N_("Ændret"), Change.KEPT: N_("Uændret")}
)
UNDECIDED: Final = "venter"
VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {"godkendt": Verdict.APPROVED, "paa-hold": Verdict.HELD, "afvist": Verdict.REJECTED}
)
VERDICT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Verdict.APPROVED.value: N_("Godkendt"),
        Verdict.HELD.value: N_("På hold"),
        Verdict.REJECTED.value: N_("Afvist"),
    }
)

label = either(wording.label, english.label)
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
Short = Annotated[str, Query(max_length=64)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed by, as the address has it; the name that is searched for is never in it."""

    konsulent: str = ""
    gruppe: str = ""
    aftale: str = ""
    nyt: str = ""
    afgoerelse: str = ""
    center: str = ""
    grund: str = ""
    navn: str = ""

    def wanted(self, view: Session, municipality: str) -> PlanFilter:
        """What they leave; a choice that the list does not offer leaves nothing out."""
        verdict = VERDICTS.get(self.afgoerelse)
        return PlanFilter(
            consultant_id=self.konsulent,
            target_group=self.gruppe,
            model=self.aftale,
            change=CHANGES.get(self.nyt),
            verdict=verdict.value if verdict else "",
            undecided=self.afgoerelse == UNDECIDED,
            company_id=self.center,
            citizen_ids=self.found(view, municipality),
        )

    def found(self, view: Session, municipality: str) -> frozenset[str] | None:
        """Ids of those who are searched for; None where nobody is."""
        return citizens_named(view, municipality, self.navn) if self.navn else None

    def given(self) -> dict[str, str]:
        """Those that are set and may stand in an address."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "navn" and getattr(self, name)}

    def address(self, path: str = "/forslag", **changes: str) -> str:
        """A page with these filters, some of them changed."""
        given = urlencode({name: value for name, value in (self.given() | changes).items() if value})
        return f"{path}?{given}" if given else path

    def pages(self, path: str = "/forslag") -> str:
        """The address of any page of the list: its number is to be filled in."""
        address = self.address(path).replace("%", "%%")
        return f"{address}{'&' if '?' in address else '?'}side=%d#liste"


def asked_filters(
    user: User,
    konsulent: Short = "",
    gruppe: Short = "",
    aftale: Short = "",
    nyt: Short = "",
    afgoerelse: Short = "",
    center: Short = "",
    grund: Short = "",
) -> Filters:
    """The filters of an address, and the name that the person last searched for."""
    return Filters(konsulent, gruppe, aftale, nyt, afgoerelse, center, grund, user.night_search)


Field = Annotated[str, Form(max_length=64)]


def sent_filters(
    konsulent: Field = "",
    gruppe: Field = "",
    aftale: Field = "",
    nyt: Field = "",
    vist: Field = "",
    center: Field = "",
    navn: Annotated[str, Form(max_length=MOST_SEARCHED)] = "",
) -> Filters:
    """The filters that a form of the list goes with, as the list was shown; `vist` is that of decisions."""
    return Filters(konsulent, gruppe, aftale, nyt, vist, center, navn=navn)


FiltersOf = Annotated[Filters, Depends(asked_filters)]
SentFilters = Annotated[Filters, Depends(sent_filters)]


@router.get("")
def list_proposals(
    request: Request, user: User, view: View, reading: ReadingOf, filters: FiltersOf, side: PageNumber = 1
) -> Response:
    """The latest plan: its figures, what is another than the night before, and its proposals, best value first."""
    run = MatchRuns(view, user.caller.municipality).latest()
    if run is None:
        return no_plan(request, user)
    return show_list(request, user, view, reading, run, filters, side)


def show_list(
    request: Request,
    user: SignedIn,
    view: Session,
    reading: Reading,
    run: MatchRun,
    filters: Filters,
    side: int = 1,
    *,
    status: int = 200,
    **values: Any,
) -> Response:
    """The page of the proposals; `values` are what a form of it had, and what is wrong with it."""
    municipality = user.caller.municipality
    lists, wanted = PlanLists(view, municipality, run), filters.wanted(view, municipality)
    total = lists.count(wanted)
    found = lists.page(wanted, (side - 1) * LINES, LINES)
    reading.about(ReadPurpose.PROPOSALS, [one.citizen_id for one in found])
    return page(
        request,
        "night/list.html",
        user,
        **head_of(run, user, "proposals"),
        lines=list(zip(found, reasons_of(view, user, found), strict=True)),
        total=total,
        first=(side - 1) * LINES + 1,
        side=side,
        pages=max(1, -(-total // LINES)),
        filters=filters,
        changes={slug: (change, lists.count(PlanFilter(change=change))) for slug, change in CHANGES.items()},
        change_names=CHANGE_NAMES,
        verdict_names=VERDICT_NAMES,
        verdict_filters=VERDICTS,
        before=lists.before,
        gone=lists.gone(),
        undecided=lists.count(replace(wanted, undecided=True, verdict="")) if wanted.verdict == "" else 0,
        consultants={one.id: one.name for one in Consultants(view, municipality).all()},
        groups=lists.target_groups(),
        models=tuple(AgreementModel),
        centres=lists.centres(),
        may_go_back=decides(user.caller) and why_it_stays(view, municipality, run) is None,
        decided_words=decided_words(rulebook_of(view, municipality), run.planned_on),
        status=status,
        **values,
    )


def head_of(run: MatchRun, user: SignedIn, tab: str) -> dict[str, Any]:
    """What every page about the plan shows at its head."""
    return {
        "section": "proposals",
        "tab": tab,
        "run": run,
        "counts": NightCounts.model_validate(run.counts),
        "decides": decides(user.caller),
        "reason_text": lambda reason: reason_text(reason, current_language()),
        "gap_words": gap_words,
        "plan_explained": plan_explained,
        "quality_words": quality_words,
        "quality_rows": quality_rows,
        "in_danish": current_language() is not Language.DANISH,
    }


def no_plan(request: Request, user: SignedIn) -> Response:
    """There is no plan yet."""
    return page(request, "night/empty.html", user, section="proposals", decides=decides(user.caller))


def decides(caller: Caller) -> bool:
    """Whether somebody may decide about proposals."""
    return not caller.roles.isdisjoint(DECIDES)


def reasons_of(view: Session, user: SignedIn, lines: Iterable[PlanLine]) -> tuple[str, ...]:
    """The reason of each line in one sentence, as far as the person may see it."""
    proposals = Proposals(view, user.caller.municipality)
    return tuple(shown_explanation(user, proposals.get(line.id)).one_line for line in lines)


def shown_explanation(user: SignedIn, proposal: StoredProposal) -> ExplanationView:
    """Reasons of a proposal, as far as the person may see them."""
    view = ExplanationView.stored(proposal.explanation)
    return view if user.caller.sees_needs else explanation_without_needs(view)


@router.post("/soeg")
def search(
    user: FormUser,
    cookies: CookiesOf,
    navn: Annotated[str, Form(max_length=MOST_SEARCHED)] = "",
    tilbage: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Remember whom to search for, and show the list again: a name has no place in an address."""
    back = tilbage if tilbage.startswith(("/forslag?", "/forslag/uden-plads")) else "/forslag"
    response = see(back + "#liste")
    cookies.write(response, searching_the_night(user, navn.strip()))
    return response


@router.get("/brug-af-pladser")
def show_use(request: Request, user: User, view: View) -> Response:
    """How the latest plan uses the places, by kind of agreement and by company centre."""
    municipality = user.caller.municipality
    run = MatchRuns(view, municipality).latest()
    if run is None:
        return no_plan(request, user)
    head = head_of(run, user, "use")
    counts: NightCounts = head["counts"]
    models = {wording.label(model): model for model in AgreementModel}
    ids: dict[str, list[str]] = {}
    for company_id, name in PlanLists(view, municipality, run).centres().items():
        ids.setdefault(name, []).append(company_id)
    by_model = [
        (label(models[use.label]), Filters(aftale=models[use.label].value).address() + "#liste", use)
        for use in counts.by_model
    ]
    by_centre = [
        (use.label, Filters(center=found[0]).address() + "#liste" if len(found) == 1 else "", use)
        for use in counts.by_centre
        for found in [ids.get(use.label, [])]
    ]
    return page(request, "night/use.html", user, **head, by_model=by_model, by_centre=by_centre)
