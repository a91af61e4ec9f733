"""HTTP for other programs, under /api/v1: one router a resource, errors as RFC 9457 problems."""

from fastapi import FastAPI

from service.api import (
    audit,
    decisions,
    documents,
    fairness,
    imports,
    needs,
    openings,
    outreach,
    personal,
    placements,
    records,
    rules,
    runs,
    schemas,
    suggestions,
    taxonomy,
    webhooks,
)
from service.api.description import DescribedApi, operation_id
from service.api.errors import handle_errors
from service.dependencies import Services
from service.routing import together
from service.traces import NOTHING

ROUTES = together(
    documents.router,
    personal.router,
    imports.router,
    suggestions.router,
    openings.router,
    needs.router,
    runs.router,
    decisions.router,
    placements.router,
    fairness.router,
    records.router,
    audit.router,
    webhooks.router,
    outreach.router,
    rules.router,
    taxonomy.router,
    schemas.router,
    generate_unique_id_function=operation_id,
)


def create_api(services: Services) -> FastAPI:
    """The API as an application of its own, mounted under /api/v1."""
    api = DescribedApi(
        title="Matcher",
        version="1",
        summary="Places that suit a citizen, a plan for a municipality overnight, and the reasons",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        routes=list(ROUTES.routes),
        telemetry=NOTHING,
    )
    api.state.services = services
    handle_errors(api)
    return api
