"""For whoever watches the service, at its root: does it live, is it ready, what has it measured. Nobody is named."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from service.db.failures import FAILURES
from service.db.session import SessionFactory
from service.problems import SchemaOutdated
from service.use_cases.database import check_current
from service.use_cases.readiness import OK, Readiness

NOT_READY = 503
UNKNOWN = "unknown"


def create_health(sessions: SessionFactory, readiness: Readiness) -> APIRouter:
    """`/livez` and `/readyz` of an application."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    def livez() -> dict[str, str]:
        """The process answers; nothing else is asked."""
        return {"status": OK}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        """Everything that a request needs is there: each check by its name, `ok` or what is wrong."""
        found = {**_database(sessions, readiness), "taxonomy": readiness.taxonomy()}
        ready = set(found.values()) == {OK}
        return JSONResponse({"status": OK if ready else "not ready", "checks": found}, 200 if ready else NOT_READY)

    return router


def _database(sessions: SessionFactory, readiness: Readiness) -> dict[str, str]:
    """The database answers, its tables are those of the program, and the weights in it can be used."""
    try:
        check_current(sessions)
        return {"database": OK, "revision": OK, "weights": readiness.weights()}
    except SchemaOutdated as problem:
        return {"database": OK, "revision": problem.detail or problem.title, "weights": UNKNOWN}
    except FAILURES:
        return {"database": "the database does not answer", "revision": UNKNOWN, "weights": UNKNOWN}
