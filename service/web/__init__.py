"""Pages for job consultants: rendered on the server, in Danish, no script needed."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from service.danish import problem_text
from service.db.failures import unavailable
from service.dependencies import Services
from service.problems import NotFound, Problem
from service.web import calls, citizens, development_issuer, proposals, sign_in
from service.web.rendering import page
from service.web.session import Cookies, SignedIn, SignInNeeded


def create_pages(services: Services, secret: str) -> FastAPI:
    """The pages as an application of its own; `secret` signs the cookies."""
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    pages.state.services = services
    pages.state.cookies = cookies = Cookies(secret, services.settings)
    for part in (sign_in, development_issuer, citizens, proposals, calls):
        pages.include_router(part.router)
    _handle_errors(pages)

    @pages.middleware("http")
    async def _keep_signed_in(request: Request, go_on: RequestResponseEndpoint) -> Response:
        """Whoever uses the pages stays signed in, up to the longest session."""
        if _of_another_site(request):
            return _message(request, 403, "Formularen er sendt fra en anden side end tjenestens egen.")
        response = await go_on(request)
        written = any(cookie.startswith(cookies.name) for cookie in response.headers.getlist("set-cookie"))
        if getattr(request.state, "renew", False) and not written:
            cookies.write(response, request.state.signed_in)
        return response

    return pages


def _of_another_site(request: Request) -> bool:
    """Whether a browser says that another site's page sends a form here (Fetch Metadata); programs say nothing."""
    return request.method == "POST" and request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}


def _handle_errors(pages: FastAPI) -> None:
    @pages.exception_handler(SignInNeeded)
    async def _sign_in(request: Request, error: SignInNeeded) -> Response:  # noqa: ARG001 - the handler's shape
        return sign_in.see("/log-ind")

    @pages.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return _message(request, error.status, problem_text(error))

    @pages.exception_handler(DBAPIError)
    async def _database(request: Request, error: DBAPIError) -> Response:
        problem = unavailable(error)
        if problem is None:
            raise error
        return _message(request, problem.status, problem_text(problem))

    @pages.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:  # noqa: ARG001 - the handler's shape
        return _message(request, 422, "Adressen eller formularen er ikke, som tjenesten venter.")

    @pages.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == NotFound.status:
            return _message(request, NotFound.status, "Siden findes ikke.")
        return _message(request, error.status_code, "Det kan tjenesten ikke.")

    @pages.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:  # noqa: ARG001 - logged by RequestLog
        return _message(request, 500, "Der skete en fejl hos os. Intet er ændret. Prøv igen, eller kontakt support.")


_TITLES = {404: "Findes ikke", 403: "Ingen adgang", 422: "Kan ikke læses", 500: "Noget gik galt", 503: "Ikke klar"}


def _message(request: Request, status: int, text: str) -> Response:
    signed_in: SignedIn | None = getattr(request.state, "signed_in", None)
    return page(
        request,
        "message.html",
        signed_in,
        status=status,
        title=_TITLES.get(status, "Det gik ikke"),
        text=text,
        request_id=getattr(request.state, "request_id", None) if status >= 500 else None,
    )
