"""Importing a file: tried first with a report of every bad row, then taken in while the page tells how far it is."""

from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, File, Form, Path, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.clock import now
from service.db.import_progress import ImportProgress, ImportProgresses, ImportState
from service.db.purpose import Channel, Viewer
from service.dependencies import Services, ServicesOf, View
from service.identity.access import PLANS
from service.settings import Right
from service.use_cases.import_report import ImportReport, megabytes
from service.use_cases.import_upload import begin_import, try_file
from service.use_cases.template_sheets import header_of
from service.web.administration import labels
from service.web.administration.sections import section_page
from service.web.rendering import page
from service.web.session import SignedIn, reads, sends
from service.web.sign_in import see
from service.web.translation import _
from service.web.work import HX_REQUEST, whole_page

router = APIRouter(prefix="/administration/indlaesninger")
LARGEST_FILE_BYTES: Final = 20_000_000
"""A larger one is sent through the API or the command line."""
MOST_SHOWN: Final = 30
MOST_ERRORS: Final = 200
"""Errors that a page lists."""
LONGEST_NAME: Final = 100


@router.get("")
def list_imports(request: Request, user: Annotated[SignedIn, Depends(reads(PLANS))], view: View) -> Response:
    """The form to send a file with, and the imports that were, newest first."""
    return _show(request, user, view)


def _show(request: Request, user: SignedIn, view: Session, *, error: str = "", **tried: Any) -> Response:
    at = now()
    values: dict[str, Any] = {
        "may_import": Right.NEEDS in user.caller.rights and not user.caller.scope.limited,
        "largest": megabytes(LARGEST_FILE_BYTES),
        "error": error,
        "labels": labels,
        "most": MOST_ERRORS,
        "header_of": header_of,
        "status": 422 if error else 200,
        **tried,
    }
    if HX_REQUEST in request.headers:
        return page(request, "administration/_import_form.html", user, part=True, **values)
    found = [one.now(at) for one in ImportProgresses(view, user.caller.municipality).newest(MOST_SHOWN)]
    return section_page(request, "imports.html", user, "imports", imports=found, total=_total, **values)


@router.post("")
def send_file(
    request: Request,
    user: Annotated[SignedIn, Depends(sends(PLANS))],
    view: View,
    services: ServicesOf,
    fil: Annotated[UploadFile | None, File()] = None,
    handling: Annotated[str, Form(max_length=20)] = "proev",
    proevet: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Try a file, or take in the one that was tried."""
    user.caller.needs_right(Right.NEEDS)
    user.caller.needs_whole_municipality()
    content = b"" if fil is None else fil.file.read(LARGEST_FILE_BYTES + 1)
    digest = sha256(content).hexdigest()
    error = ""
    if fil is None or not content:
        error = _("Vælg en fil, der ikke er tom.")
    elif len(content) > LARGEST_FILE_BYTES:
        error = _("Filen er for stor til siden. Brug kommandoen matcher import, eller del filen.")
    elif handling == "indlaes" and digest != proevet:
        error = _("Det er ikke den fil, der lige er prøvet. Prøv den først.")
    if error or fil is None:
        return _show(request, user, view, error=error)
    name = (fil.filename or _("filen"))[-LONGEST_NAME:]
    if handling != "indlaes":
        report = try_file(services.sessions, user.caller.municipality, name, fil.file, on=services.today)
        return _show(request, user, view, report=report, name=name, digest=digest)
    return _took(request, services, user, name, fil)


def _took(request: Request, services: Services, user: SignedIn, name: str, fil: UploadFile) -> Response:
    """Begin the import and go on to its page."""
    caller = user.caller
    actor = Viewer(caller.id, caller.role, Channel.PAGE)
    id_ = begin_import(services.sessions, caller.municipality, name, fil.file, on=services.today, actor=actor)
    address = f"/administration/indlaesninger/{id_}"
    if HX_REQUEST in request.headers:
        return Response(headers={"HX-Redirect": address})
    return see(address)


@router.get("/{import_id}")
def show_import(
    request: Request,
    import_id: Annotated[str, Path(max_length=64)],
    user: Annotated[SignedIn, Depends(reads(PLANS))],
    view: View,
) -> Response:
    """How far an import is, or what it came to, with every bad row that was kept."""
    found = ImportProgresses(view, user.caller.municipality).get(import_id).now(now())
    values: dict[str, Any] = {"found": found, "labels": labels, "address": f"/administration/indlaesninger/{found.id}"}
    if HX_REQUEST in request.headers:
        if found.state is not ImportState.RUNNING:
            return whole_page()
        return page(request, "administration/_import_progress.html", user, **values)
    return section_page(
        request,
        "import.html",
        user,
        "imports",
        total=_total,
        under_way=found.state is ImportState.RUNNING,
        most=MOST_ERRORS,
        header_of=header_of,
        **values,
    )


def _total(found: ImportProgress | ImportReport, what: str) -> int:
    """Rows of all kinds that were created, updated, unchanged or bad."""
    if isinstance(found, ImportReport):
        return sum(getattr(count, what) for count in found.rows.values())
    return sum(count[what] for count in found.counts.values())
