"""A citizen and a consultant read the citizen's own page together and write a request down."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.states.own import CITIZEN
from tests.serving import CONSULTANT

ADDRESS = f"/borgere/{CITIZEN}/min-side"
MARKUP = "<script>alert(1)</script>\"'&"


@pytest.mark.parametrize(("width", "language"), [(1280, "da"), (390, "da"), (768, "en")])
def test_a_request_is_written_down_and_answered(window: Open, width: int, language: str) -> None:
    asked = f"Ret timerne {width} {MARKUP}"
    with window(width=width) as visit:
        visit.speak(language)
        visit.enter(CONSULTANT)
        page = visit.open(ADDRESS)
        page.locator("label[for=slags-option1]").click()
        page.fill("#tekst", asked)
        page.locator("form[data-draft=oenske] button").click()
        page.wait_for_url("**gemt=oenske#oensker")
        said = "Ønsket er skrevet ned." if language == "da" else "The request has been written down."
        assert page.locator("#besked").inner_text().strip().endswith(said)
        box = page.locator(".request", has_text=asked)
        assert box.count() == 1, "what was typed is shown as text"
        assert page.input_value("#tekst") == "", "what has been saved is no draft any more"
        box.locator("textarea").fill(f"Rettet {MARKUP}")
        box.locator("form button").click()
        page.wait_for_url("**gemt=svar#oensker")
        assert f"Rettet {MARKUP}" in page.locator(".request", has_text=asked).inner_text()


def tab_to(page: Page, selector: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "focus is seen"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_an_error_is_told_and_mended_with_the_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(422)
        visit.enter(CONSULTANT)
        page = visit.open(ADDRESS)
        tab_to(page, "form[data-draft=oenske] textarea")
        page.keyboard.type("Skrevet med tastaturet alene.")
        tab_to(page, "form[data-draft=oenske] button")
        page.keyboard.press("Enter")
        page.locator(".error-summary").wait_for()
        assert page.evaluate("document.activeElement.classList.contains('error-summary')")
        assert page.input_value("#tekst") == "Skrevet med tastaturet alene."
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "slags-option1", "the error leads to its field"
        page.keyboard.press("Space")
        tab_to(page, "form[data-draft=oenske] button")
        page.keyboard.press("Enter")
        page.wait_for_url("**gemt=oenske#oensker")
        assert page.locator(".request", has_text="Skrevet med tastaturet alene.").count() == 1


def test_a_printed_page_has_the_rights_and_no_forms(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open(ADDRESS)
        page.emulate_media(media="print")
        assert page.get_by_role("heading", name="Få rettet noget, eller sig, at du er uenig").is_visible()
        assert page.locator("form:visible").count() == 0
        assert page.locator("#tekst").is_hidden()
