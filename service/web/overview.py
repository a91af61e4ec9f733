"""The overview for those who lead the effort: figures of the whole municipality, none of them about one citizen."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final

from babel.dates import format_date
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from features.fairness import Measure
from features.fairness_statistics import SMALLEST_GROUP
from matcher import english, wording
from matcher.domain.agreement import AgreementModel, SlotSetting
from matcher.wording.rules import target_group_text
from service.db.overview_repositories import PlaceUse
from service.db.repositories import MatchRuns
from service.db.session import read_only
from service.dependencies import ReportView, Services, ServicesOf, View, report_sessions
from service.identity.access import FIGURES
from service.use_cases.fairness import FairnessReport, report_of_run
from service.use_cases.fairness_text import DIMENSIONS, group_text, statements
from service.use_cases.overview import GroupProgress, Outcomes, Overview, Waiting, overview
from service.use_cases.overview_goals import SOURCE
from service.web.overview_charts import BarChart, LineChart, Series, bar_chart, line_chart
from service.web.rendering import decimal, first_capital, page
from service.web.session import SignedIn, reads
from service.web.translation import N_, _, current_language, either, ngettext, spoken
from service.web.work import HX_REQUEST, WorksOf, takes_long, whole_page, working_page

router = APIRouter(prefix="/overblik")
Leading = Annotated[SignedIn, Depends(reads(FIGURES))]
LABELS_EVERY: Final = 2
"""Every second month is named below a chart: on a phone there is no room for more."""
_BANDS: Final = (
    N_("Under 3 måneder"),
    N_("3–6 måneder"),
    N_("6–12 måneder"),
    N_("1–2 år"),
    N_("Over 2 år"),
)
_KINDS: Final[Mapping[tuple[str, str | None], str]] = MappingProxyType(
    {
        (AgreementModel.FIXED, SlotSetting.COMPANY_CENTRE): N_("Virksomhedscentre, faste pladser"),
        (AgreementModel.FIXED, SlotSetting.TRAINING_TRACK): N_("Træningsbaner, faste pladser"),
        (AgreementModel.PRE_AGREED, SlotSetting.JOB_PACKAGE): N_("Jobpakker, forhåndsaftaler"),
        (AgreementModel.CLUSTER, None): N_("Klynger, fælles pladser"),
    }
)
_label = either(wording.label, english.label)


@router.get("")
def show_overview(request: Request, user: Leading, view: View, services: ServicesOf) -> Response:
    """Shares against goals, places, waiting, outcomes and decisions."""
    found = overview(view, user.caller.municipality, services.today)
    return page(
        request,
        "overview/overview.html",
        user,
        section="overview",
        found=found,
        groups=[(one, group_name(one, found.on), _progress_chart(one, found.on)) for one in found.progress],
        places=[(kind_name(one), one) for one in found.places],
        places_chart=_places_chart(found),
        bands=list(zip([_(band) for band in _BANDS], found.waiting.bands, strict=True)),
        waiting_chart=_waiting_chart(found.waiting),
        outcomes_chart=_outcomes_chart(found.outcomes),
        months=[(month_name(one.on), one) for one in found.decisions],
        month_name=month_name,
        source=spoken(SOURCE),
        smallest=SMALLEST_GROUP,
    )


@router.get("/ligebehandling")
def show_fairness(request: Request, user: Leading, view: ReportView, services: ServicesOf, works: WorksOf) -> Response:
    """What the latest plan came to for groups of citizens; small groups are hidden.

    In a large municipality it is found while the page says so, and once more for the next reader.
    """
    municipality = user.caller.municipality
    run = MatchRuns(view, municipality).latest()
    if run is None:
        return page(request, "overview/fairness.html", user, section="overview", report=None)
    if takes_long(run.counts["placed"] + run.counts["unplaced"]):
        key = "fairness", municipality, run.id
        known = works.of(key)
        if known is None or known.result is None:
            return working_page(
                request, user, works.awaited(key, 1, _fairness_finder(services, municipality)), "overview"
            )
        report = known.result
    else:
        report = report_of_run(view, municipality, services.match_inputs)
    if HX_REQUEST in request.headers:
        return whole_page()
    works.forget(("fairness", municipality, run.id))
    dimensions = [_dimension(report, name) for name, groups in report.figures.groups.items() if len(groups) > 1]
    return page(
        request,
        "overview/fairness.html",
        user,
        section="overview",
        report=report,
        said=[spoken(one) for one in statements(report)],
        dimensions=dimensions,
    )


def _fairness_finder(services: Services, municipality: str) -> Callable[[Callable[[], None]], FairnessReport]:
    def find(_step: Callable[[], None]) -> FairnessReport:
        with read_only(report_sessions(services)) as session:
            return report_of_run(session, municipality, services.match_inputs)

    return find


def group_name(group: GroupProgress, on: date) -> str:
    """What a target group is called, as a heading."""
    return first_capital(spoken(target_group_text(group.goal.target_group, on)))


def kind_name(use: PlaceUse) -> str:
    """What a kind of place is called, as a heading."""
    known = _KINDS.get((use.model, use.setting))
    if known is not None:
        return _(known)
    setting = _label(SlotSetting(use.setting)) if use.setting else ""
    return first_capital(
        _("%(setting)s (%(model)s)") % {"setting": setting, "model": _label(AgreementModel(use.model))}
    )


def month_name(on: date) -> str:
    """Maj 2026."""
    return first_capital(format_date(on, "LLLL yyyy", locale=current_language().value))


def _short_month(on: date) -> str:
    return str(format_date(on, "LLL", locale=current_language().value))


def _per_cent(share: float) -> str:
    return decimal(100 * share, 1)


def _progress_chart(group: GroupProgress, on: date) -> LineChart:
    goal, months = group.goal, group.months
    shares = tuple(one.share for one in months)
    known = [(one.on, one.share) for one in months if one.share is not None]
    description = (
        _("Andelen er %(last)s procent i %(until)s mod %(first)s procent i %(since)s. Målet er %(goal)s procent.")
        % {
            "first": _per_cent(known[0][1]),
            "since": month_name(known[0][0]).lower(),
            "last": _per_cent(known[-1][1]),
            "until": month_name(known[-1][0]).lower(),
            "goal": _per_cent(goal.goal_share),
        }
        if known
        else _("Der er for få borgere i målgruppen til at vise en andel.")
    )
    labels = [
        _short_month(one.on) if (len(months) - 1 - at) % LABELS_EVERY == 0 else "" for at, one in enumerate(months)
    ]
    return line_chart(
        f"maal-{goal.target_group}",
        _("%(group)s: andel i forløb, måned for måned") % {"group": group_name(group, on)},
        description,
        labels,
        (
            Series(_("Andel i forløb"), shares, marked=True),
            Series(
                _("Mål: %(share)s procent") % {"share": _per_cent(goal.goal_share)},
                (goal.goal_share,) * len(months),
                "10 5",
            ),
            Series(
                _("Udgangspunkt: %(share)s procent") % {"share": _per_cent(goal.start_share)},
                (goal.start_share,) * len(months),
                "2 5",
            ),
        ),
        _("%d %%"),
    )


def _places_chart(found: Overview) -> BarChart:
    rows = [
        (
            kind_name(one),
            str(one.used)
            if one.places is None
            else _("%(used)d af %(places)d") % {"used": one.used, "places": one.places},
            float(one.used),
            one.places,
        )
        for one in found.places
    ]
    description = _("%(used)d af %(places)d aftalte pladser er i brug.") % {
        "used": found.places_used,
        "places": found.places_agreed,
    }
    return bar_chart("pladser-diagram", _("Pladser i brug, efter slags"), description, rows)


def _waiting_chart(waiting: Waiting) -> BarChart:
    rows = [(_(name), str(count), float(count), None) for name, count in zip(_BANDS, waiting.bands, strict=True)]
    description = ngettext(
        "%(num)d borger venter på et forløb.", "%(num)d borgere venter på et forløb.", waiting.citizens
    ) % {"num": waiting.citizens}
    return bar_chart("ventetid-diagram", _("Borgere, der venter, efter ventetid"), description, rows)


def _outcomes_chart(outcomes: Outcomes) -> BarChart:
    shown = [one for one in outcomes.counts if one.count is not None]
    rows = [(first_capital(_label(one.outcome)), str(one.count), float(one.count or 0), None) for one in shown]
    description = ngettext(
        "%(num)d forløb er afsluttet de seneste 12 måneder.",
        "%(num)d forløb er afsluttet de seneste 12 måneder.",
        outcomes.ended,
    ) % {"num": outcomes.ended}
    return bar_chart("udfald-diagram", _("Sådan endte forløbene"), description, rows)


def _dimension(report: FairnessReport, name: str) -> dict[str, Any]:
    """A way of grouping citizens as the page shows it: a row a group."""
    rows = [(spoken(group_text(report, name, group.name)), group) for group in report.figures.groups[name]]
    title = spoken(DIMENSIONS[name])
    placed = [(group, row.estimates[Measure.PLACED]) for group, row in rows]
    chart = bar_chart(
        f"andel-{name}",
        _("Andel med et forslag: %(dimension)s") % {"dimension": title.lower()},
        _("Skjulte grupper er ikke tegnet."),
        [
            (group, _("%(share)s procent") % {"share": _per_cent(found.mean)}, found.mean, 1.0)
            for group, found in placed
            if found is not None
        ],
    )
    return {"title": title, "rows": rows, "chart": chart}
