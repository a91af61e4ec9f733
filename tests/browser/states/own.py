"""A citizen's own page, its letter, and its form with errors."""

from playwright.sync_api import Page

from tests.browsing import State, Visit
from tests.serving import CONSULTANT

CITIZEN = "B0002"


def a_letter(visit: Visit) -> str:
    """The reasons of the first place on the citizen's list."""
    page = visit.open(f"/borgere/{CITIZEN}/min-side")
    found = page.locator("a[href*='/min-side/pladser/']").first.get_attribute("href")
    assert found
    return found


def send_nothing(page: Page) -> None:
    """The form without anything in it."""
    page.locator("form[data-draft='oenske'] button").click()
    page.locator(".error-summary").wait_for()


def send_and_keep(page: Page) -> None:
    """A request that waits for its answer."""
    page.locator("#slags-option2").check(force=True)
    page.fill("#tekst", "Jeg vil ikke arbejde på lager igen.")
    page.locator("form[data-draft='oenske'] button").click()
    page.get_by_text("Jeg vil ikke arbejde på lager igen.").first.wait_for()


STATES = (
    State("min-side", CONSULTANT, f"/borgere/{CITIZEN}/min-side"),
    State("min-side-oensket", CONSULTANT, f"/borgere/{CITIZEN}/min-side", prepare=send_and_keep),
    State("min-side-fejl", CONSULTANT, f"/borgere/{CITIZEN}/min-side", status=422, prepare=send_nothing),
    State("min-side-begrundelse", CONSULTANT, a_letter),
)
