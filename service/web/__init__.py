"""The pages: rendered on the server, in Danish or English; reading and deciding need no script."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from matcher.domain.validation import InvalidValueError
from service.db.failures import FAILURES, unavailable
from service.dependencies import Services, services_of
from service.problems import RETRY_AFTER_SECONDS, NotFound, Problem
from service.routing import together
from service.traces import NOTHING
from service.web import (
    administration,
    board,
    calls,
    calls_answers,
    citizens,
    citizens_choice,
    citizens_compare,
    citizens_edit,
    citizens_map,
    citizens_other,
    citizens_profile,
    development_issuer,
    needs,
    night,
    night_back,
    night_decide,
    night_export,
    night_plan,
    night_proposal,
    night_unplaced,
    overview,
    own_page,
    places,
    places_company,
    shell,
    sign_in,
    signed_in_at,
)
from service.web.administration.jobs import Jobs
from service.web.rendering import own_address, page
from service.web.returning import readable_address
from service.web.session import Cookies, SignedIn, SignInNeeded, reader
from service.web.translation import N_, PageLanguage, _
from service.web.words import problem_text, text_refused

ROUTES = together(
    shell.router,
    sign_in.router,
    development_issuer.router,
    citizens.router,
    citizens_choice.router,
    citizens_compare.router,
    citizens_edit.router,
    citizens_map.router,
    citizens_other.router,
    citizens_profile.router,
    night.router,
    night_back.router,
    night_decide.router,
    night_export.router,
    night_plan.router,
    night_unplaced.router,
    night_proposal.router,
    calls.router,
    calls_answers.router,
    places_company.router,
    overview.router,
    board.router,
    own_page.router,
    signed_in_at.router,
    administration.router,
    places.router,
    needs.router,
)


def create_pages(services: Services, secret: str) -> FastAPI:
    """The pages as an application of its own; `secret` signs the cookies."""
    routes = list(ROUTES.routes)
    pages = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, routes=routes, telemetry=NOTHING
    )
    pages.state.services = services
    pages.state.cookies = cookies = Cookies(secret, services)
    pages.state.jobs = Jobs()
    _handle_errors(pages)
    pages.add_middleware(PageLanguage)

    @pages.middleware("http")
    async def _keep_signed_in(request: Request, go_on: RequestResponseEndpoint) -> Response:
        """Whoever uses the pages stays signed in, up to the longest session."""
        if _of_another_site(request):
            return _message(request, 403, _("Formularen er sendt fra en anden side end tjenestens egen."))
        response = await go_on(request)
        written = any(cookie.startswith(cookies.name) for cookie in response.headers.getlist("set-cookie"))
        if getattr(request.state, "renew", False) and not written:
            cookies.write(response, request.state.signed_in)
        if getattr(request.state, "used", False):
            await run_in_threadpool(cookies.used, request.state.signed_in)
        return response

    return pages


def _of_another_site(request: Request) -> bool:
    """Whether a browser says that another site's page sends a form here (Fetch Metadata); programs say nothing."""
    return request.method == "POST" and request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}


def _handle_errors(pages: FastAPI) -> None:
    @pages.exception_handler(SignInNeeded)
    async def _sign_in(request: Request, error: SignInNeeded) -> Response:  # noqa: ARG001 - the handler's shape
        response: Response = sign_in.see("/log-ind")
        if _of_htmx(request):
            response = Response(status_code=401, headers={"HX-Redirect": "/log-ind"})
        if (address := readable_address(request, pages.routes)) is not None:
            request.app.state.cookies.remember(response, own_address(address))
        return response

    @pages.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return _problem_page(request, error)

    async def _database(request: Request, error: Exception) -> Response:
        problem = unavailable(error)
        if problem is None:
            raise error
        return _problem_page(request, problem)

    for failure in FAILURES:
        pages.add_exception_handler(failure, _database)

    @pages.exception_handler(InvalidValueError)
    async def _refused(request: Request, error: InvalidValueError) -> Response:
        return _message(request, 422, text_refused(error))

    @pages.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:  # noqa: ARG001 - the handler's shape
        return _message(request, 422, _("Adressen eller formularen er ikke, som tjenesten venter."))

    @pages.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        request.state.signed_in = reader(request, services_of(request), pages.state.cookies)
        if error.status_code == NotFound.status:
            return _message(request, NotFound.status, _("Siden findes ikke."))
        return _message(request, error.status_code, _("Det kan tjenesten ikke."))

    @pages.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:  # noqa: ARG001 - logged by RequestLog
        return _message(request, 500, _("Der skete en fejl hos os. Intet er ændret. Prøv igen, eller kontakt support."))


_TITLES = {
    404: N_("Findes ikke"),
    403: N_("Ingen adgang"),
    422: N_("Kan ikke læses"),
    500: N_("Noget gik galt"),
    503: N_("Ikke klar"),
}


def _of_htmx(request: Request) -> bool:
    """Whether the answer is put into a page that is open already."""
    return "hx-request" in request.headers


def _problem_page(request: Request, problem: Problem) -> Response:
    response = _message(request, problem.status, problem_text(problem))
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _message(request: Request, status: int, text: str) -> Response:
    signed_in: SignedIn | None = getattr(request.state, "signed_in", None)
    response = page(
        request,
        "_problem.html" if _of_htmx(request) else "message.html",
        signed_in,
        status=status,
        title=_(_TITLES.get(status, N_("Det gik ikke"))),
        text=text,
        request_id=getattr(request.state, "request_id", None) if status >= 500 else None,
    )
    if _of_htmx(request):  # the part that was asked for, and what is typed in it, stays
        response.headers.update({"HX-Retarget": "#besked", "HX-Reswap": "innerHTML", "HX-Reselect": ".problem"})
    return response
