"""Calls are logged in two clicks and undone, by mouse and by keyboard alone; the list shows stored text as text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.states.calls import CALLS
from tests.browser.states.needs import found
from tests.browser.states.places import asked_place
from tests.browsing import tab_to
from tests.serving import CONSULTANT

WORDS = {
    "da": ("Nej …", "Ingen opgaver lige nu", "sagde nej", "Fortryd", "Svaret er taget tilbage"),
    "en": ("No …", "No tasks right now", "said no", "Undo", "The answer has been taken back"),
}


def by_mouse(page: Page, text: str) -> None:
    """Click the first thing that is pressed and says this."""
    page.locator("main summary, main button, #besked button").filter(has_text=text, visible=True).first.click()


def by_keyboard(page: Page, text: str) -> None:
    """Go there with Tab, and press Enter."""
    tab_to(page, text)
    page.keyboard.press("Enter")


def first_company(page: Page) -> str:
    """Whom to call first."""
    return page.locator("article.call h3 a").first.inner_text()


@pytest.mark.parametrize("press", [by_mouse, by_keyboard])
@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_an_answer_is_two_presses_and_a_third_undoes_it(
    window: Open, width: int, language: str, press: Callable[[Page, str], None]
) -> None:
    no, why, said, undo, undone = WORDS[language]
    with window(width=width) as visit:
        visit.enter(CONSULTANT)
        visit.speak(language)
        page = visit.open(CALLS)
        company = first_company(page)
        press(page, no)
        press(page, why)
        expect(page.get_by_role("status").first).to_contain_text(said)
        assert first_company(page) != company
        press(page, undo)
        expect(page.get_by_role("status").first).to_contain_text(undone)
        assert first_company(page) == company


def test_a_day_to_ask_again_is_written_by_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open(CALLS)
        company = first_company(page)
        by_keyboard(page, "Ikke nu …")
        tab_to(page, "Skriv ned, hvornår", most=8)
        page.keyboard.press("Space")
        expect(page.get_by_role("status").first).to_contain_text("bad om at blive spurgt senere")
        tab_to(page, "Fortryd", most=2)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Svaret er taget tilbage")
        assert first_company(page) == company


def test_back_leads_to_the_calls_as_they_were_and_writes_nothing_again(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/virksomheder?konsulent=alle")
        page.locator("table.stack a[href$=K05]").click()
        company = first_company(page)
        calls = page.url
        by_mouse(page, "Traf ingen")
        expect(page.get_by_role("status").first).to_contain_text("du traf ingen")
        page.locator("article.call h3 a").first.click()
        page.wait_for_url("**/pladser/*")
        page.go_back()
        expect(page.get_by_role("status").first).to_contain_text("du traf ingen")
        assert first_company(page) != company
        by_mouse(page, "Fortryd")
        expect(page.get_by_role("status").first).to_contain_text("taget tilbage")
        while page.url != calls:
            page.go_back()
        assert first_company(page) == company
        page.go_back()
        expect(page.locator("#konsulent")).to_have_value("alle")


def test_what_is_wrong_is_told_and_has_the_focus(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(422)
        visit.enter(CONSULTANT)
        page = visit.open(CALLS)
        page.locator("summary", has_text="Nej …").first.click()
        page.locator("button[value='nej-andet']").first.click()
        expect(page.locator(".error-summary")).to_be_focused()
        page.locator(".error-summary a").click()
        expect(page.locator("#tekst")).to_be_focused()


def test_from_a_place_one_calls_and_comes_back(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open(asked_place(visit))
        place = page.url
        page.get_by_role("button", name="Traf ingen").click()
        expect(page.get_by_role("status").first).to_contain_text("du traf ingen")
        assert page.url.startswith(place)
        page.get_by_role("button", name="Fortryd").click()
        expect(page.get_by_role("status").first).to_contain_text("taget tilbage")


def test_needs_arrive_by_themselves(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/behov")
        found(page)
        expect(page.get_by_role("button", name="Efterprøv de 3 første")).to_be_visible()
