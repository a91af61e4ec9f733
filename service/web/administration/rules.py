"""The rules: as they hold on a day, one by one, and a change that is tried on tonight's plan before it is made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from matcher.domain.rule_changes import ChangeKind, RuleChange
from matcher.domain.rulebook import Origin, RuleVersion
from matcher.domain.statute import EARLIEST, STATUTE
from service.db.session import read_only
from service.dependencies import Services, ServicesOf, View
from service.identity.access import FIGURES, LEADS
from service.identity.callers import Caller
from service.problems import InvalidInput, NotFound
from service.settings import Settings
from service.use_cases.learning import weights_in_use
from service.use_cases.matching import load
from service.use_cases.plan_comparison import PlanComparison
from service.use_cases.planning import Phase
from service.use_cases.rule_preview import preview_rules
from service.use_cases.rules import rulebook_of, rules_overview, with_changes
from service.web.administration import labels
from service.web.administration.jobs import PLANNING_PHASES, Job, JobKind, JobsOf
from service.web.administration.sections import section_page
from service.web.session import SignedIn, reads, sends
from service.web.sign_in import see
from service.web.translation import _

router = APIRouter(prefix="/administration/regler")
FIRST_YEAR, LAST_YEAR = 2000, 2100
Day = Annotated[date | None, Query()]
RuleId = Annotated[str, Path(max_length=64)]
Looking = Annotated[SignedIn, Depends(reads(FIGURES))]
Leading = Annotated[SignedIn, Depends(sends(LEADS))]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has written in the form of a change."""

    kind: str = ""
    valid_from: str = ""
    valid_to: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)


async def _form(request: Request) -> FormData:
    return await request.form()


def names_of(settings: Settings, caller: Caller) -> dict[str, str]:
    """Names of the people whom the settings know, and of the caller, by id."""
    return {one.id: one.name for one in settings.tokens} | {caller.id: caller.name}


def may_lead(user: SignedIn) -> bool:
    """Whether somebody may change rules and weights here."""
    return not user.caller.roles.isdisjoint(LEADS)


@router.get("")
def list_rules(request: Request, user: Looking, view: View, services: ServicesOf, dag: Day = None) -> Response:
    """Every rule that holds on a day, and the municipality's own changes, the latest first."""
    on = dag or services.today
    found = rules_overview(view, user.caller.municipality, on)
    groups = [
        (severity, title, [rule for rule in found.rules if rule.severity is severity])
        for severity, title in labels.SEVERITIES.items()
    ]
    switched_off = sorted(set(STATUTE.ids) - {rule.id for rule in found.rules})
    return section_page(
        request,
        "rules.html",
        user,
        "rules",
        on=on,
        groups=[(severity, title, rules) for severity, title, rules in groups if rules],
        off=[STATUTE.periods(rule_id)[-1] for rule_id in switched_off],
        changes=found.changes,
        known=known_rules(view, user.caller.municipality),
        outdated=found.outdated,
        names=names_of(services.settings, user.caller),
        labels=labels,
        earliest=EARLIEST,
    )


def known_rules(view: Session, municipality: str) -> dict[str, RuleVersion]:
    """How every rule reads, by id: its last version, also of one that is switched off for good."""
    book = rulebook_of(view, municipality)
    return {one.id: one for one in (*STATUTE.versions, *book.versions)}


@router.get("/{rule_id}")
def show_rule(request: Request, rule_id: RuleId, user: Looking, view: View, services: ServicesOf) -> Response:
    """One rule: every version, what was changed, and the form to try a change."""
    return _show(request, user, view, services, rule_id, Typed(valid_from=services.today.isoformat()), {})


def _show(
    request: Request,
    user: SignedIn,
    view: Session,
    services: Services,
    rule_id: str,
    typed: Typed,
    errors: Mapping[str, str],
) -> Response:
    book = rulebook_of(view, user.caller.municipality)
    versions = book.periods(rule_id) or STATUTE.periods(rule_id)
    if not versions:
        raise NotFound
    found = rules_overview(view, user.caller.municipality, services.today)
    return section_page(
        request,
        "rule.html",
        user,
        "rules",
        rule=_as_now(versions, services.today),
        versions=versions,
        holds=book.holds(rule_id, services.today),
        changes=[one for one in found.changes if one.change.rule_id == rule_id],
        outdated=found.outdated,
        kinds=_kinds(versions, rule_id) if may_lead(user) else (),
        typed=typed,
        errors=errors,
        names=names_of(services.settings, user.caller),
        labels=labels,
        earliest=EARLIEST,
        today=services.today,
        status=422 if errors else 200,
    )


def _as_now(versions: tuple[RuleVersion, ...], on: date) -> RuleVersion:
    """The version that holds on a day; the last where none does."""
    return next((one for one in versions if one.valid_on(on)), versions[-1])


def _kinds(versions: tuple[RuleVersion, ...], rule_id: str) -> tuple[ChangeKind, ...]:
    """What a municipality may do to a rule."""
    if not all(one.can_be_switched_off for one in versions):
        return ()
    if versions[0].origin is Origin.LOCAL:
        return (ChangeKind.SWITCH_OFF,)
    bounded = any(one.bounds for one in STATUTE.periods(rule_id))
    return (ChangeKind.SWITCH_OFF, *((ChangeKind.SET_FIGURES,) if bounded else ()), ChangeKind.RESTORE)


@router.post("/{rule_id}")
def try_change(
    request: Request,
    rule_id: RuleId,
    user: Leading,
    view: View,
    services: ServicesOf,
    jobs: JobsOf,
    form: Annotated[FormData, Depends(_form)],
) -> Response:
    """Begin to try a change on tonight's plan; it is not made before somebody has seen what it does."""
    known = STATUTE.periods(rule_id)
    bounds = {name: ends for version in known for name, ends in version.bounds.items()}
    typed = _typed(form, bounds)
    change, errors = _read(rule_id, typed, bounds)
    if change is not None:
        try:
            with_changes(rulebook_of(view, user.caller.municipality), [change])
        except InvalidInput:
            errors = {"aendring": _("Ændringen er ikke mulig for denne regel.")}
    if errors or change is None:
        return _show(request, user, view, services, rule_id, typed, errors)
    job = Job(user.caller.municipality, JobKind.RULES, change, 2 * PLANNING_PHASES)
    jobs.start(job, lambda phase: _preview(services, user.caller.municipality, change, phase))
    return see(f"/administration/proever/{job.id}")


def _preview(services: Services, municipality: str, change: RuleChange, phase: Phase) -> PlanComparison:
    with read_only(services.sessions) as session:
        stored, weights = load(session, municipality), weights_in_use(session, municipality)
    taxonomy = services.match_inputs.taxonomy
    return preview_rules(stored, weights, [change], on=services.today, taxonomy=taxonomy, phase=phase)


def _typed(form: FormData, bounds: Mapping[str, Any]) -> Typed:
    def text(name: str) -> str:
        value = form.get(name)
        return value.strip()[:40] if isinstance(value, str) else ""

    figures = {name: text(f"tal-{name}") for name in bounds}
    return Typed(text("aendring"), text("fra"), text("til"), {name: given for name, given in figures.items() if given})


def _read(
    rule_id: str, typed: Typed, bounds: Mapping[str, tuple[float, float]]
) -> tuple[RuleChange | None, dict[str, str]]:
    """The change that was written, or what is wrong with it by field, in the order of the form."""
    errors: dict[str, str] = {}
    if typed.kind not in {ChangeKind.SWITCH_OFF, ChangeKind.SET_FIGURES, ChangeKind.RESTORE}:
        errors["aendring"] = _("Vælg, hvad der skal ske med reglen.")
    figures: dict[str, int] = {}
    if typed.kind == ChangeKind.SET_FIGURES:
        errors |= _wrong_figures(typed, bounds, figures)
    first, last = _day(typed.valid_from), _day(typed.valid_to)
    if first and not FIRST_YEAR <= first.year <= LAST_YEAR:
        errors["fra"] = _("Skriv en dag mellem 2000 og 2100.")
    if first is None:
        errors["fra"] = _("Skriv den dag, ændringen skal gælde fra.")
    if typed.valid_to and (last is None or last.year > LAST_YEAR):
        errors["til"] = _("Skriv en dag, eller lad feltet være tomt.")
    if first and last and last < first:
        errors["til"] = _("Sidste dag kan ikke ligge før første dag.")
    if errors or first is None:
        return None, errors
    return RuleChange(ChangeKind(typed.kind), rule_id, first, last, figures), {}


def _wrong_figures(
    typed: Typed, bounds: Mapping[str, tuple[float, float]], figures: dict[str, int]
) -> Iterator[tuple[str, str]]:
    """Fills `figures`, and gives what is wrong by field."""
    if not typed.figures:
        yield f"tal-{next(iter(bounds), '')}", _("Skriv mindst ét nyt tal.")
    for name, given in typed.figures.items():
        low, high = bounds[name]
        if given.isdecimal() and low <= int(given) <= high:
            figures[name] = int(given)
        else:
            yield f"tal-{name}", _("Skriv et helt tal fra %(low)d til %(high)d.") % {"low": low, "high": high}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
