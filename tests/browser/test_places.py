"""Places and companies: contacts of any kind by keyboard alone, a candidate chosen, and the way back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.states.places import company_of
from tests.browsing import tab_to
from tests.serving import CONSULTANT


@pytest.mark.parametrize("width", [1280, 390])
def test_a_visit_is_written_down_and_undone_by_keyboard_alone(window: Open, width: int) -> None:
    with window(width) as visit:
        visit.enter(CONSULTANT)
        page = visit.open(company_of("fixed")(visit))
        tab_to(page, "Skriv en kontakt ned")
        page.keyboard.press("Enter")
        tab_to(page, "slags", of="document.activeElement.id", most=3)
        page.keyboard.type("Bes")
        tab_to(page, "tekst", of="document.activeElement.id", most=10)
        page.keyboard.type("Vi gik runden sammen.")
        tab_to(page, "Skriv kontakten ned", most=10)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Skrevet ned: kontakten med")
        expect(page.locator(".contacts li").first).to_contain_text("Besøg. Vi gik runden sammen.")
        tab_to(page, "Fortryd", most=3)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("taget tilbage")
        expect(page.locator(".contacts li")).to_have_count(0)


def test_what_is_wrong_has_the_focus_and_nothing_typed_is_lost(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(422)
        visit.enter(CONSULTANT)
        page = visit.open(company_of("fixed")(visit))
        page.locator("details.write-down > summary").click()
        page.select_option("#svar", "ikke-nu")
        page.fill("#tekst", "De bygger om.")
        page.locator("details.write-down form button").click()
        expect(page.locator(".error-summary")).to_be_focused()
        expect(page.locator("#tekst")).to_have_value("De bygger om.")
        page.locator(".error-summary a").click()
        expect(page.locator("#igen-den")).to_be_focused()


def test_from_a_place_to_a_citizen_to_the_company_and_all_the_way_back(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/pladser")
        page.select_option("#aftale", "fixed")
        page.fill("#soeg", "a")
        page.locator("form[role=search] button").click()
        listed = page.url
        page.locator("table.places a[href^='/pladser/']").nth(1).click()  # the first fits nobody who waits
        place = page.url
        page.locator(".candidates a.button").first.click()
        expect(page.locator("#vaelg")).to_be_in_viewport()
        page.go_back()
        assert page.url == place
        page.locator(".lead a").click()
        page.wait_for_url("**/virksomheder/*")
        page.locator("table.places a[href*='#kandidater']").first.click()
        page.wait_for_url("**/pladser/*#kandidater")
        page.go_back()
        page.wait_for_url("**/virksomheder/*")
        page.go_back()
        assert page.url == place
        page.go_back()
        assert page.url == listed
        expect(page.locator("#aftale")).to_have_value("fixed")
        expect(page.locator("#soeg")).to_have_value("a")
