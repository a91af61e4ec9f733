"""Companies to call."""

from playwright.sync_api import Page

from tests.browsing import State
from tests.serving import CASEWORKER, CONSULTANT

CALLS = "/virksomheder?konsulent=K05"


def _no_without_reason(page: Page) -> None:
    page.locator("summary", has_text="…").first.click()
    page.locator("button[value='nej-andet']").first.click()
    page.locator(".error-summary").wait_for()


def _open_later(page: Page) -> None:
    page.locator("summary", has_text="…").nth(1).click()


def _written(page: Page) -> None:
    page.get_by_role("button", name="Traf ingen").first.click()
    page.locator(".said").wait_for()


STATES = (
    State("opkald", CONSULTANT, CALLS),
    State("opkald-alle", CONSULTANT, "/virksomheder?konsulent=alle"),
    State("opkald-ikke-nu", CONSULTANT, CALLS, prepare=_open_later),
    State("opkald-fejl", CONSULTANT, CALLS, status=422, prepare=_no_without_reason),
    State("opkald-laeses", CASEWORKER, CALLS),
    State("opkald-fortrudt", CONSULTANT, CALLS + "&fortrudt=nej"),
    State("opkald-skrevet", CONSULTANT, CALLS, prepare=_written),
)
