"""The administration: each section as its role sees it, changes tried, files read, the chain checked, replays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import Page
from sqlalchemy.orm import Session

from fixtures import REFERENCE_DATE
from service.clock import now
from service.db.learning import LearntWeights
from service.db.night_repositories import NightAttempts, NightLocks
from service.db.nights import Lock, NightAttempt, RunState
from service.db.purpose import Channel, Viewer
from service.db.session import create_database_engine, sessions_of, unit_of_work
from service.settings import Role
from tests.browsing import State, Visit
from tests.builders import MUNICIPALITY
from tests.pasts import learnt_weights
from tests.serving import (
    AUDITOR,
    CONSULTANT,
    ELSEWHERE,
    LEAD,
    OPERATIONS,
    OPERATIONS_ELSEWHERE,
    OPERATIONS_WITH_NEEDS,
)

PLANNING_MS = 180_000
"""Two plans may take this long on a machine that does much else."""
_TRIED: dict[str, str] = {}
"""The address of a change that was tried, by site."""
GOOD = (
    '{"type": "consultant", "id": "K90", "municipality": "0760", "name": "Kaj Ny", "outreach_hours": 5, "caseload": 9}'
)
BAD = '{"type": "consultant", "id": "K91", "municipality": "0760", "name": "", "outreach_hours": -1, "caseload": 9}'


def try_file(page: Page, *lines: str) -> None:
    """Choose a file of these lines, and have it tried."""
    content = "\n".join(lines).encode()
    page.set_input_files("#fil", {"name": "nye.ndjson", "mimeType": "application/x-ndjson", "buffer": content})
    page.get_by_role("button", name="Prøv filen").or_(page.get_by_role("button", name="Try the file")).click()
    page.locator("#svar h2").wait_for()


def _of(window: Visit) -> str:
    return window.page.url.removeprefix(window.site.address)


def _preview(window: Visit) -> str:
    """A change that has been tried; once a site, since two plans are made for it."""
    if window.site.address not in _TRIED:
        _TRIED[window.site.address] = _tried(window)
    return _TRIED[window.site.address]


def _tried(window: Visit) -> str:
    page = window.open("/administration/regler/starts_soon")
    page.check("#aendring-set_figures")
    page.fill("#tal-horizon_weeks", "3")
    page.locator("main form button").last.click()
    page.locator("#begrundelse").wait_for(timeout=PLANNING_MS)
    return _of(window)


def _empty_reason(page: Page) -> None:
    page.locator("main form button").last.click()
    page.locator(".error-summary").wait_for()


def _no_change(page: Page) -> None:
    page.locator("main form button").last.click()
    page.locator(".error-summary").wait_for()


@contextmanager
def _written(window: Visit) -> Iterator[Session]:
    """A transaction in the database of the window's site."""
    engine = create_database_engine(window.site.settings.database_url)
    with unit_of_work(sessions_of(engine)) as session:
        yield session
    engine.dispose()


def _learnt(window: Visit) -> str:
    """Weights that have been learnt."""
    with _written(window) as session:
        LearntWeights(session, MUNICIPALITY).add(learnt_weights())
    return f"/administration/vaegte/{learnt_weights().id}"


def _weights(window: Visit) -> str:
    return _learnt(window).rpartition("/")[0]


def _attempt(state: RunState, municipality: str) -> Callable[[Visit], str]:
    """A night that is under way on another machine, so that no other can begin there, or has come to nothing."""

    def found(window: Visit) -> str:
        asked_by, at = Viewer("drift", Role.OPERATIONS, Channel.PAGE), now()
        attempt = NightAttempt(str(uuid4()), state, at, asked_by, REFERENCE_DATE, 0, 60.0, 1e-4, at)
        with _written(window) as session:
            NightAttempts(session, municipality).add(attempt)
            if state is RunState.RUNNING:
                NightLocks(session, municipality).take(Lock(attempt.id, "en anden maskine", at), lambda _lock: True)
        return f"/administration/koersler/{attempt.id}"

    return found


def _run(window: Visit) -> str:
    page = window.open("/administration/koersler")
    return str(page.locator("table th a").first.get_attribute("href"))


def _shown(window: Visit) -> str:
    """A list that somebody has been shown; somebody sees one first."""
    window.enter(CONSULTANT)
    page = window.open("/borgere")
    window.open(str(page.locator("table a[href^='/borgere/'], main a[href^='/borgere/B']").first.get_attribute("href")))
    window.enter(AUDITOR)
    page = window.open("/administration/visninger")
    return str(page.locator("table th a").first.get_attribute("href"))


def _replayed(window: Visit) -> str:
    page = window.open(_shown(window))
    page.locator("main form button").first.click()
    page.locator("main .alert").wait_for(timeout=PLANNING_MS)
    return _of(window)


def _checked(page: Page) -> None:
    page.locator("form[action='/administration/revision/kontrol'] button").click()
    page.locator("#kontrol .alert").wait_for()


def _imported(window: Visit) -> str:
    page = window.open("/administration/indlaesninger")
    try_file(page, GOOD, BAD)
    page.locator("button[value=indlaes]").click()
    page.wait_for_url("**/indlaesninger/*")
    page.locator("main .alert").wait_for()
    return _of(window)


STATES = (
    State("administration-teamleder", LEAD, "/administration"),
    State("administration-drift", OPERATIONS, "/administration"),
    State("administration-revisor", AUDITOR, "/administration"),
    State("administration-ingen-adgang", CONSULTANT, "/administration", status=403),
    State("administration-regler", LEAD, "/administration/regler"),
    State("administration-regel", LEAD, "/administration/regler/starts_soon"),
    State("administration-regel-lov", OPERATIONS, "/administration/regler/reasonableness"),
    State("administration-regel-fejl", LEAD, "/administration/regler/company_answer", status=422, prepare=_no_change),
    State("administration-proeve", LEAD, _preview),
    State("administration-proeve-fejl", LEAD, _preview, status=422, prepare=_empty_reason),
    State("administration-vaegte", LEAD, _weights),
    State("administration-vaegte-laerte", LEAD, _learnt),
    State("administration-koersler", OPERATIONS, "/administration/koersler"),
    State("administration-koersel", AUDITOR, _run),
    State("administration-koersel-i-gang", OPERATIONS_ELSEWHERE, _attempt(RunState.RUNNING, ELSEWHERE)),
    State("administration-koersel-mislykket", OPERATIONS, _attempt(RunState.FAILED, MUNICIPALITY)),
    State("administration-brugere", OPERATIONS, "/administration/brugere"),
    State("administration-indlaesning", OPERATIONS_WITH_NEEDS, "/administration/indlaesninger"),
    State("administration-indlaesning-uden-ret", OPERATIONS, "/administration/indlaesninger"),
    State(
        "administration-indlaesning-proevet",
        OPERATIONS_WITH_NEEDS,
        "/administration/indlaesninger",
        prepare=lambda page: try_file(page, GOOD, BAD),
    ),
    State("administration-indlaest", OPERATIONS_WITH_NEEDS, _imported),
    State("administration-revision", AUDITOR, "/administration/revision"),
    State("administration-revision-kontrolleret", AUDITOR, "/administration/revision", prepare=_checked),
    State("administration-revision-intet", AUDITOR, "/administration/revision?om=ingen"),
    State("administration-visninger", AUDITOR, "/administration/visninger"),
    State("administration-visning", AUDITOR, _shown),
    State("administration-genskabt", AUDITOR, _replayed),
)
