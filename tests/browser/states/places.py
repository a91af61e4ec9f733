"""Companies and their places."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browsing import State, Visit
from tests.serving import CASEWORKER, CONSULTANT


def first_place(visit: Visit) -> str:
    """The address of a place with a placement, as far as the list tells."""
    page = visit.open("/pladser?aftale=fixed")
    taken = page.locator("table.places tr", has_text="0 af 1").locator("a[href^='/pladser/']")
    return taken.first.get_attribute("href") or ""


def asked_place(visit: Visit) -> str:
    """The address of a place whose company is asked each time."""
    page = visit.open("/pladser?aftale=ad_hoc")
    return page.locator("table.places a[href^='/pladser/']").first.get_attribute("href") or ""


def company_of(model: str) -> Callable[[Visit], str]:
    """The address of the first company with an agreement of a model."""

    def found(visit: Visit) -> str:
        page = visit.open(f"/pladser?aftale={model}")
        return page.locator("table.places a[href^='/virksomheder/']").first.get_attribute("href") or ""

    return found


def open_contact(page: Page) -> None:
    """Open the form that a contact is written down in."""
    page.locator("details.write-down > summary").click()


def contact_without_words(page: Page) -> None:
    """Send the form of a contact with nothing in it."""
    open_contact(page)
    page.locator("details.write-down form button").click()
    page.locator(".error-summary").wait_for()


def contact_written(page: Page) -> None:
    """Write down a visit with a day for the next."""
    open_contact(page)
    page.select_option("#slags", "visit")
    page.fill("#tekst", "Vi gik runden sammen.")
    page.fill("#igen-den", "2026-11-02")
    page.locator("details.write-down form button").click()
    page.locator(".said").wait_for()


STATES = (
    State("pladser", CONSULTANT, "/pladser"),
    State("pladser-valgt", CONSULTANT, "/pladser?aftale=cluster&pladser=ledig"),
    State("pladser-ingen", CONSULTANT, "/pladser?soeg=findes-slet-ikke"),
    State("pladser-plads", CONSULTANT, first_place),
    State("pladser-plads-spoerges", CONSULTANT, asked_place),
    State("pladser-plads-laeses", CASEWORKER, asked_place),
    State("virksomhed", CONSULTANT, company_of("fixed")),
    State("virksomhed-spoerges", CONSULTANT, company_of("ad_hoc")),
    State("virksomhed-klynge", CASEWORKER, company_of("cluster")),
    State("virksomhed-kontakt", CONSULTANT, company_of("fixed"), prepare=open_contact),
    State("virksomhed-kontakt-fejl", CONSULTANT, company_of("fixed"), status=422, prepare=contact_without_words),
    State("virksomhed-kontakt-skrevet", CONSULTANT, company_of("fixed"), prepare=contact_written),
    State("virksomhed-findes-ikke", CONSULTANT, "/virksomheder/findes-ikke", status=404),
    State("pladser-findes-ikke", CONSULTANT, "/pladser/findes-ikke", status=404),
)
