"""The night's plan to take along, as the filters leave it: a spreadsheet, or a PDF with the reason of each proposal."""

from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.db.night_lists import PlanLine, PlanLists
from service.db.personal import ReadPurpose
from service.db.records import MatchRun
from service.db.repositories import Consultants, MatchRuns
from service.dependencies import ReadingOf, View
from service.use_cases import plan_pdf
from service.use_cases.access_log import Reading
from service.use_cases.night_counts import NightCounts
from service.use_cases.plan_export import workbook
from service.web.night import CHANGE_NAMES, VERDICT_NAMES, Filters, FiltersOf, no_plan, reasons_of
from service.web.night_unplaced import UnplacedLine, unplaced_lines
from service.web.night_words import gap_words, plan_explained
from service.web.rendering import day, first_capital, moment, percent
from service.web.session import SignedIn, User
from service.web.translation import _, current_language

router = APIRouter(prefix="/forslag")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"


@router.get("/plan.xlsx")
def export_plan(request: Request, user: User, view: View, reading: ReadingOf, filters: FiltersOf) -> Response:
    """The proposals that the filters leave, without reasons; why others have no place, as far as the person may see."""
    run = MatchRuns(view, user.caller.municipality).latest()
    if run is None:
        return no_plan(request, user)
    lists, lines, left, consultants = _content(user, view, reading, run, filters)
    proposals = [
        (
            line.citizen_name,
            line.citizen_id,
            consultants.get(line.consultant_id, line.consultant_id),
            line.title or line.slot_id,
            line.company,
            day(line.starts_on),
            line.hours_per_week,
            round(line.value, 2),
            _(CHANGE_NAMES[line.change]) if lists.before else None,
            _verdict(line),
        )
        for line in lines
    ]
    without = [(one.name, one.citizen_id, "\n".join(one.texts)) for one in left]
    headings = (
        _("Borger"),
        _("Borgerens id"),
        _("Jobkonsulent"),
        _("Plads"),
        _("Virksomhed"),
        _("Begynder"),
        _("Timer om ugen"),
        _("Passer (0–1)"),
        _("Siden før"),
        _("Afgørelse"),
    )
    unplaced = (_("Uden plads"), (_("Borger"), _("Borgerens id"), _("Hvorfor")), without)
    return _file(run, workbook(((_("Forslag"), headings, proposals), unplaced)), XLSX, "xlsx")


@router.get("/plan.pdf")
def print_plan(request: Request, user: User, view: View, reading: ReadingOf, filters: FiltersOf) -> Response:
    """The proposals that the filters leave, each with its reason in one line, and why others have no place."""
    run = MatchRuns(view, user.caller.municipality).latest()
    if run is None:
        return no_plan(request, user)
    _lists, lines, left, consultants = _content(user, view, reading, run, filters)
    counts = NightCounts.model_validate(run.counts)
    proposals = [
        plan_pdf.ProposalLine(
            line.citizen_name or line.citizen_id,
            consultants.get(line.consultant_id, line.consultant_id),
            ", ".join(text for text in (line.title or line.slot_id, line.company) if text),
            reason,
            day(line.starts_on),
            percent(line.value),
            _verdict(line),
        )
        for line, reason in zip(lines, reasons_of(view, user, lines), strict=True)
    ]
    unplaced = [
        plan_pdf.UnplacedLine(
            one.name or one.citizen_id,
            consultants.get(one.consultant_id, one.consultant_id),
            f"{first_capital(one.reason)}." if one.reason else one.texts[0],
        )
        for one in left
    ]
    document = plan_pdf.PlanDocument(
        language=current_language().value,
        title=_("Nattens plan"),
        lead=_("Plan for den %(day)s, lagt den %(moment)s.")
        % {"day": day(run.planned_on), "moment": moment(run.created_at)},
        figures=[
            (_("Har fået et forslag"), str(counts.placed)),
            (_("Uden plads"), str(counts.unplaced)),
            (_("I forløb i forvejen"), str(counts.in_placement)),
            (_("Kan højst forbedres"), gap_words(run)),
        ],
        explained=plan_explained(run),
        notes=[_("Dokumentet viser kun det, der er valgt med filtre eller søgning.")] if _narrowed(filters) else [],
        page=_("Side {page} af {pages}"),
        proposals=plan_pdf.Part(
            _("Forslag"),
            (_("Borger"), _("Plads"), _("Begynder"), _("Passer"), _("Afgørelse")),
            proposals,
            _("Ingen forslag."),
        ),
        unplaced=plan_pdf.Part(_("Uden plads"), (_("Borger"), _("Hvorfor")), unplaced, _("Ingen borgere uden plads.")),
    )
    return _file(run, plan_pdf.plan_pdf(document), PDF, "pdf")


def _content(
    user: SignedIn, view: Session, reading: Reading, run: MatchRun, filters: Filters
) -> tuple[PlanLists, tuple[PlanLine, ...], list[UnplacedLine], dict[str, str]]:
    """The lists, the lines that the filters leave, those without a place, and the consultants' names; written down."""
    municipality = user.caller.municipality
    lists = PlanLists(view, municipality, run)
    lines, left = lists.page(filters.wanted(view, municipality)), unplaced_lines(user, view, run, filters)
    reading.about(ReadPurpose.EXPORT, [*(one.citizen_id for one in lines), *(one.citizen_id for one in left)])
    return lists, lines, left, {one.id: one.name for one in Consultants(view, municipality).all()}


def _narrowed(filters: Filters) -> bool:
    return bool(filters.given() or filters.navn)


def _verdict(line: PlanLine) -> str:
    return _(VERDICT_NAMES[line.verdict]) if line.verdict else _("Venter")


def _file(run: MatchRun, content: bytes, media_type: str, extension: str) -> Response:
    name = f"plan-{run.planned_on.isoformat()}.{extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
