"""For whoever watches the service, at its root: does it live, is it ready, what has it measured. Nobody is named."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError

from service.dependencies import Services
from service.problems import SchemaOutdated
from service.use_cases.database import check_current

OK = "ok"
NOT_READY = 503


def create_health(services: Services) -> APIRouter:
    """`/livez` and `/readyz` of an application."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    def livez() -> dict[str, str]:
        """The process answers; nothing else is asked."""
        return {"status": OK}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        """Everything that a request needs is there: each check by its name, `ok` or what is wrong."""
        found = {**_database(services), "taxonomy": _taxonomy(services)}
        ready = set(found.values()) == {OK}
        return JSONResponse({"status": OK if ready else "not ready", "checks": found}, 200 if ready else NOT_READY)

    return router


def _database(services: Services) -> dict[str, str]:
    """The database answers, and its tables are those of the program."""
    try:
        check_current(services.sessions)
    except SchemaOutdated as problem:
        return {"database": OK, "revision": problem.detail or problem.title}
    except DBAPIError:
        return {"database": "the database does not answer", "revision": "unknown"}
    return {"database": OK, "revision": OK}


def _taxonomy(services: Services) -> str:
    """The file of occupations, where one is set, can be read."""
    file = services.settings.taxonomy
    if file is None:
        return OK
    try:
        with file.open("rb") as opened:
            return OK if opened.read(1) else "the file of MATCHER_TAXONOMY is empty"
    except OSError:
        return "the file of MATCHER_TAXONOMY cannot be read"
