"""The list of citizens, one citizen, one place, places side by side and on a map."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browsing import State, Visit
from tests.serving import CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE, OWN_CITIZENS

PROPOSED, UNPLACED, CORRECTED = "/borgere/B0004", "/borgere/B0001", "/borgere/B0005"


def _place(link: str) -> Callable[[Visit], str]:
    """The address of a place that the citizen's page links to."""

    def found(window: Visit) -> str:
        page = window.open(PROPOSED)
        return str(page.locator(link).first.get_attribute("href")).partition("#")[0]

    return found


def _compared(window: Visit) -> str:
    page = window.open(PROPOSED)
    slots = [box.get_attribute("value") for box in page.locator("input[name=plads]").all()[:5]]
    return f"{PROPOSED}/sammenlign?" + "&".join(f"plads={slot}" for slot in slots)


def _undecided(window: Visit) -> str:
    """The first citizen whose proposal waits for a decision."""
    page = window.open("/forslag?afgoerelse=venter")
    return str(page.locator("tbody a[href^='/borgere/']").first.get_attribute("href"))


def _correct(page: Page) -> None:
    page.locator("#profil-timer a").click()
    page.fill("#timer_nu", "4")
    page.locator("#profil-timer button[type=submit]").click()
    page.locator("#rettet").wait_for()


def _decide_without_reason(page: Page) -> None:
    page.locator("form.decide button").click()
    page.locator(".error-summary").wait_for()


STATES = (
    State("mine-borgere", OWN_CITIZENS, "/borgere"),
    State("borgere", CONSULTANT, "/borgere"),
    State("borgere-filtreret", CONSULTANT, "/borgere?fokus=laenge&ventet=12"),
    State("borgere-ingen-passer", CONSULTANT, "/borgere?gruppe=findes-ikke"),
    State("borgere-tom-kommune", CONSULTANT_ELSEWHERE, "/borgere"),
    State("borger", CONSULTANT, PROPOSED),
    State("borger-uden-afgoerelse", CASEWORKER, UNPLACED),
    State("borger-findes-ikke", CONSULTANT, "/borgere/findes-ikke", status=404),
    State("borger-ret-jobmaal", CONSULTANT, f"{PROPOSED}/profil/jobmaal"),
    State("borger-ret-kompetencer", CONSULTANT, f"{PROPOSED}/profil/kompetencer"),
    State("borger-ret-skaanehensyn", CONSULTANT, f"{PROPOSED}/profil/skaanehensyn"),
    State("borger-ret-transport", CONSULTANT, f"{PROPOSED}/profil/transport"),
    State("borger-ret-stoette", CONSULTANT, f"{PROPOSED}/profil/stoette"),
    State(
        "borger-fejl-i-timer",
        CONSULTANT,
        f"{PROPOSED}/profil/timer",
        prepare=lambda page: (
            page.fill("#timer_nu", "mange"),
            page.locator(".part form button[type=submit]").first.click(),
            page.locator(".error-summary").wait_for(),
        ),
        status=422,
    ),
    State("borger-plads", CONSULTANT, _place("article h3 a")),
    State("borger-plads-ikke-mulig", CONSULTANT, _place("article.near h3 a")),
    State("borger-rettet", CONSULTANT, CORRECTED, prepare=_correct),
    State("borger-fejl-i-afgoerelse", CONSULTANT, _undecided, status=422, prepare=_decide_without_reason),
    State("borger-andre-pladser", CONSULTANT, f"{PROPOSED}/andre-pladser"),
    State("borger-andre-pladser-ingen", CONSULTANT, f"{PROPOSED}/andre-pladser?soeg=findes-ikke"),
    State("borger-sammenlign", CONSULTANT, _compared),
    State("borger-sammenlign-ingen", CONSULTANT, f"{PROPOSED}/sammenlign"),
    State("borger-kort", CONSULTANT, f"{PROPOSED}/kort"),
)
