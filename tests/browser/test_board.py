"""A citizen and a consultant look for a place at the board, by mouse and by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.serving import CONSULTANT


@pytest.mark.parametrize(("width", "language"), [(1280, "da"), (390, "da"), (768, "en")])
def test_an_interest_and_a_town_narrow_the_board(window: Open, width: int, language: str) -> None:
    with window(width=width) as visit:
        visit.speak(language)
        visit.enter(CONSULTANT)
        page = visit.open("/tavle")
        assert page.locator(".board > li").count() == 24
        page.get_by_role("link", name="Næste" if language == "da" else "Next").click()
        page.wait_for_url("**side=2")
        page.select_option("#omraade", "6950")
        page.wait_for_url("**omraade=6950**")
        towns = page.locator(".board .where").all_inner_texts()
        assert set(towns) == {"6950 Ringkøbing"}
        area = page.locator("#interesse option").nth(1).get_attribute("value")
        assert area
        page.select_option("#interesse", area)
        page.wait_for_url(f"**interesse={area}**")
        assert page.locator("#interesse").input_value() == area
        assert page.locator(".board > li").count() <= len(towns)
        page.go_back()
        assert page.locator(".board .where").all_inner_texts() == towns


def test_the_board_is_filtered_with_the_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/tavle")
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "omraade":
                break
        before = page.locator("[role=status]").last.inner_text()
        page.keyboard.type("6900")
        page.wait_for_url("**omraade=6900**")
        expect(page.locator("main [role=status]")).not_to_have_text(before)
        assert set(page.locator(".board .where").all_inner_texts()) == {"6900 Skjern"}


def test_the_board_works_without_scripts_and_is_read_from_afar(window: Open) -> None:
    with window(java_script_enabled=False) as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/tavle")
        page.select_option("#omraade", "6900")
        with page.expect_navigation():
            page.get_by_role("button", name="Vis", exact=True).click()
        assert set(page.locator(".board .where").all_inner_texts()) == {"6900 Skjern"}
