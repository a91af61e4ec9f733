"""Needs that nobody covers."""

from playwright.sync_api import Page

from tests.browsing import State
from tests.serving import CONSULTANT


def found(page: Page) -> None:
    """Wait until the needs have been found: the page fetches them by itself."""
    page.locator(".need").first.wait_for(timeout=120_000)


def confirmed(page: Page) -> None:
    """Have the first needs confirmed by planning again, and open the page once they are."""
    found(page)
    button = page.locator("form.confirm button")
    if button.count():
        button.click()
    page.locator(".confirmed").first.wait_for(timeout=240_000)
    page.reload()


STATES = (
    State("behov-regnes", CONSULTANT, "/behov"),
    State("behov", CONSULTANT, "/behov", prepare=found),
    State("behov-efterproevet", CONSULTANT, "/behov", prepare=confirmed),
)
