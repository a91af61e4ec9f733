"""Every page in every state, of a municipality whose stored texts hold markup, at every width.

No page runs what is stored, and pages show it. Each is accessible by WCAG 2.1 A and AA; the security policy stops
nothing; nothing is lost on a phone or at 200 per cent, and little is transferred.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Dialog, Page

from fixtures import REFERENCE_DATE
from tests.browser.conftest import Open
from tests.browser.marked import MARKUP, build_marked
from tests.browser.states import every_state, first_states
from tests.browsing import WCAG_CONTRAST, Site, State, Visit, running, state_id, visit
from tests.once import built_once
from tests.serving import CONSULTANT, LEAD

STATES: Final = list(every_state())
MOST_TRANSFERRED_BYTES: Final = 200_000
DESK, TABLET, PHONE, DESK_AT_200_PER_CENT = (1280, 900), (768, 1024), (390, 844), (640, 450)
"""Width and height in CSS pixels."""
NO_PAGE: Final = frozenset({401, 403, 404, 500, 503})
"""Answers that tell why there is no page."""
NOTHING_STORED: Final = frozenset(
    {
        "adgang-med-begrundelse",
        "administration-brugere",
        "administration-drift",
        "administration-genskabt",
        "administration-indlaesning",
        "administration-indlaesning-proevet",
        "administration-indlaesning-uden-ret",
        "administration-indlaest",
        "administration-koersel",
        "administration-koersel-i-gang",
        "administration-koersel-mislykket",
        "administration-koersler",
        "administration-regel",
        "administration-regel-fejl",
        "administration-regel-lov",
        "administration-revision",
        "administration-revision-intet",
        "administration-revision-kontrolleret",
        "administration-revisor",
        "administration-teamleder",
        "administration-vaegte",
        "administration-vaegte-laerte",
        "administration-visninger",
        "behov-regnes",
        "beregner",
        "beregner-mislykket",
        "beregner-umuligt",
        "borgere-tom-kommune",
        "logget-ind",
        "min-side-fejl",
        "nattens-plan-beregnes",
        "nattens-plan-i-brug",
        "nattens-plan-taget-tilbage",
        "nattens-plan-tom",
        "overblik",
        "overblik-ligebehandling",
        "overblik-tal",
        "tavle-ingen-passer",
    }
)
"""States of pages that show no text which somebody wrote. Every other page shows what is stored, as text."""
_MARKED: Final = "one => one.querySelectorAll('script:not([src]), img[onerror], [onerror]').length"
_TEXT: Final = (
    "one => one.textContent + [...one.querySelectorAll('input, textarea')].map((field) => field.value).join(' ')"
)
_TRANSFERRED: Final = (
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
    ".reduce((sum, one) => sum + one.transferSize, 0)"
)
_FITS: Final = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture(scope="module")
def site(planned_municipality: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service on the marked municipality, and a browser that keeps its design system."""
    made = built_once(tmp_path_factory, "marked.db", lambda file: build_marked(planned_municipality, file))
    database = tmp_path_factory.mktemp("marked") / "marked.db"
    shutil.copyfile(made, database)
    with running(database, today=REFERENCE_DATE) as found:
        with visit(browser, found) as first:
            first.open("/tilgaengelighed").wait_for_load_state("networkidle")
        yield found


def test_states_have_names_of_their_own() -> None:
    names = {one.name for one in STATES}
    assert len(names) == len(STATES) > 0
    assert names >= NOTHING_STORED


@pytest.mark.parametrize("state", STATES, ids=state_id)
def test_a_page_is_accessible_small_fits_and_runs_nothing_that_is_stored(window: Open, state: State) -> None:
    with window() as visit_:
        note_dialogs(visit_)
        page = state.show(visit_)
        assert page.evaluate(_TRANSFERRED) <= MOST_TRANSFERRED_BYTES
        assert page.locator("html").get_attribute("lang") == "da"
        assert page.locator("h1").count() == 1
        shows_what_is_stored_as_text(page, state)
        assert visit_.axe() == []
        resized(page, TABLET)
        resized(page, DESK_AT_200_PER_CENT)
        assert visit_.axe(WCAG_CONTRAST) == [], "at 200 per cent"
        resized(page, PHONE)
        assert visit_.axe() == [], "on a phone"


def note_dialogs(window: Visit) -> None:
    """A dialog means that something stored has run."""

    def ran(dialog: Dialog) -> None:
        window.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    window.page.on("dialog", ran)


def shows_what_is_stored_as_text(page: Page, state: State) -> None:
    """No element has come of what is stored, and the page shows some of it where it shows any."""
    assert page.locator("html").evaluate(_MARKED) == 0
    assert MARKUP.partition(">")[0] not in page.title()
    if state.token and state.name not in NOTHING_STORED and state.status not in NO_PAGE:
        assert MARKUP in page.locator("main").evaluate(_TEXT)


def resized(page: Page, size: tuple[int, int]) -> None:
    """Give the window another size; the page must fit into its width."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert page.evaluate(_FITS), f"the page scrolls sideways at {size[0]} pixels"


@pytest.mark.parametrize("state", list(first_states()), ids=state_id)
def test_each_part_is_accessible_in_english(window: Open, state: State) -> None:
    with window() as visit_:
        visit_.speak("en")
        page = state.show(visit_)
        assert page.locator("html").get_attribute("lang") == "en"
        assert visit_.axe() == []


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (CONSULTANT, "/borgere"),
        (CONSULTANT, "/borgere/B0004"),
        (CONSULTANT, "/borgere/B0004/andre-pladser"),
        (CONSULTANT, "/borgere/B0004/min-side"),
        (CONSULTANT, "/borgere/B0004/kort"),
        (CONSULTANT, "/pladser"),
        (CONSULTANT, "/forslag"),
        (LEAD, "/administration/regler"),
        (LEAD, "/administration/regler/lokal.fuldtid"),
    ],
)
def test_what_is_stored_is_shown_as_text(window: Open, token: str, path: str) -> None:
    with window() as visit_:
        visit_.enter(token)
        assert MARKUP in visit_.open(path).locator("main").inner_text()
