"""A page that waits for work under way: it asks again by itself, with and without scripts."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from service.web.administration import labels
from service.web.administration.jobs import Job
from service.web.administration.sections import section_page
from service.web.rendering import page
from service.web.session import SignedIn
from service.web.words import problem_text
from service.web.work import HX_REQUEST, whole_page


def progress_page(request: Request, user: SignedIn, job: Job, section: str, address: str, *, back: str) -> Response:
    """How far a piece of work is, or why it failed; for htmx the part that changes.

    The answer to htmx once the work has ended asks for the whole page.
    """
    values: dict[str, Any] = {"job": job, "labels": labels, "address": address, "back": back}
    if HX_REQUEST in request.headers:
        if job.ended:
            return whole_page()
        return page(request, "administration/_progress.html", user, **values)
    problem = problem_text(job.problem) if job.problem else ""
    return section_page(request, "progress.html", user, section, problem=problem, **values)
