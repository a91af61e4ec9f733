"""The administration's jobs end to end, by mouse and by keyboard alone: try a rule, read a file in, check the chain."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.states.administration import BAD, GOOD, PLANNING_MS, try_file
from tests.browser.test_shell import tab_to
from tests.serving import AUDITOR, LEAD, OPERATIONS_WITH_NEEDS


@pytest.mark.parametrize(("width", "language"), [(1280, "da"), (390, "en")])
def test_a_file_is_tried_and_read_in(window: Open, width: int, language: str) -> None:
    with window(width=width) as visit:
        visit.speak(language)
        visit.enter(OPERATIONS_WITH_NEEDS)
        page = visit.open("/administration/indlaesninger")
        try_file(page, GOOD, BAD)
        assert page.locator("#svar table").last.inner_text().count("skriv en tekst") == 1
        page.locator("button[value=indlaes]").click()
        page.wait_for_url("**/indlaesninger/*")
        page.locator("main .alert-warning").wait_for()
        page.go_back()
        assert page.locator("h1").is_visible()


def test_a_rule_is_tried_and_changed_by_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open("/administration/regler/starts_soon")
        tab_to(page, "input[name=aendring]")
        page.keyboard.press("ArrowDown")  # from the first choice, which Space would take, to the second
        assert page.locator("#aendring-set_figures").is_checked()
        tab_to(page, "#tal-horizon_weeks")
        page.keyboard.type("7")
        tab_to(page, "main form button")
        page.keyboard.press("Enter")
        page.locator("#begrundelse").wait_for(timeout=PLANNING_MS)
        tab_to(page, "#begrundelse", most=200)
        page.keyboard.type("Aftalt i ledelsen.")
        tab_to(page, "main form button")
        page.keyboard.press("Space")
        page.wait_for_url("**/regler/starts_soon?gemt=true")
        assert "inden for 7 uger" in page.locator("h1").inner_text()


def test_rules_are_asked_for_another_day_with_the_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open("/administration/regler")
        day = page.locator("#dag")
        tab_to(page, "#dag")
        page.keyboard.type("01012027")  # each digit makes another day of what stands there
        assert day.input_value() == "2027-01-01"
        assert page.url.endswith("/administration/regler")
        page.keyboard.press("Enter")
        page.wait_for_url("**dag=2027-01-01")
        expect(page.locator("main .lead")).to_contain_text("1. januar 2027")


def test_the_chain_is_checked_by_keyboard_alone(window: Open) -> None:
    with window(width=768) as visit:
        visit.enter(AUDITOR)
        page = visit.open("/administration/revision")
        tab_to(page, "form[action='/administration/revision/kontrol'] button")
        page.keyboard.press("Enter")
        page.locator("#kontrol .alert-success").wait_for()
        assert page.locator("#kontrol").get_attribute("role") == "status"
        _search(page)


def _search(page: Page) -> None:
    tab_to(page, "#om")
    page.keyboard.type("Anna Andersen")
    page.keyboard.press("Enter")
    page.get_by_text("Ingen handlinger passer.").wait_for()
    assert "Anna" not in page.url
