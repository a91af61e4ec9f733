"""Helpers for tests of the night: a municipality small enough to plan at once, and waiting for a run of the API."""

import time
from typing import Any

from httpx import Response

from service.db.repositories import Agreements, Citizens, Companies, Consultants
from service.db.session import SessionFactory, unit_of_work
from tests.builders import MUNICIPALITY, a_citizen, a_company, a_consultant, an_agreement
from tests.serving import Client

API = "/api/v1"
LONGEST_WAIT_S = 300.0


def fill(sessions: SessionFactory, *, citizens: int = 3, municipality: str = MUNICIPALITY) -> None:
    """Citizens who can all use one place."""
    with unit_of_work(sessions) as session:
        Consultants(session, municipality).put(a_consultant(municipality=municipality))
        Companies(session, municipality).put(a_company(municipality=municipality))
        Agreements(session, municipality).put(an_agreement(municipality=municipality))
        for number in range(1, citizens + 1):
            Citizens(session, municipality).put(a_citizen(id=f"citizen-{number}", municipality=municipality))


def finished(client: Client, answer: Response) -> dict[str, Any]:
    """The run that a `POST /runs` has begun, once it is under way no more."""
    assert answer.status_code == 202, answer.text
    until = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < until:
        run: dict[str, Any] = client.get(answer.headers["Location"]).json()
        if run["state"] not in {"queued", "running"}:
            return run
        time.sleep(0.05)
    raise AssertionError("the run does not end")
