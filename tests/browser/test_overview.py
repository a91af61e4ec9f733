"""A team lead reads the overview: drawings with names and numbers, by mouse and by keyboard."""

from typing import Final

import pytest
from playwright.sync_api import expect

from fixtures import municipality
from tests.browser.conftest import Open
from tests.browsing import CITIZENS
from tests.serving import LEAD

AIMED_AT: Final = sum(one.target_group == "activity_ready" for one in municipality(citizens=CITIZENS).citizens)
"""Citizens of the group that the first drawing is about."""


@pytest.mark.parametrize(("width", "language"), [(1280, "da"), (768, "da"), (390, "en")])
def test_a_lead_reads_the_share_and_the_numbers_behind_it(window: Open, width: int, language: str) -> None:
    with window(width=width) as visit:
        visit.speak(language)
        visit.enter(LEAD)
        page = visit.open("/")
        page.get_by_role("link", name="Overblik" if language == "da" else "Overview", exact=True).click()
        expect(page.locator("svg.chart")).not_to_have_count(0)
        chart = page.locator("svg.chart").first
        named = "Aktivitetsparat kontanthjælpsmodtager: andel i forløb, måned for måned"
        assert chart.get_by_text(named).count() == (1 if language == "da" else 0)
        assert chart.locator("polyline").count() >= 3
        dashes = {one.get_attribute("stroke-dasharray") for one in chart.locator("polyline").all()}
        assert len(dashes) == 3, "the three series are told apart without colour"
        details = page.locator("details.numbers").first
        assert not details.locator("table").is_visible()
        details.locator("summary").click()
        rows = details.locator("tbody tr")
        assert rows.count() == 12
        assert int(rows.first.locator("td").nth(1).inner_text()) == AIMED_AT
        places = page.locator("section[aria-labelledby=pladser]")
        assert places.locator("svg .whole").count() == places.locator("tbody tr").count() - 2, "two kinds have no whole"


def test_the_numbers_open_with_the_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open("/overblik")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Enter")
        assert page.locator("details.numbers[open] table").is_visible()
        link = page.get_by_role("link", name="Se tallene for grupper")
        for _ in range(60):
            page.keyboard.press("Tab")
            if link.evaluate("one => one === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/ligebehandling")
        assert page.get_by_role("heading", level=1).inner_text() == "Lige behandling"


def test_a_printed_overview_has_drawings_and_no_controls(window: Open) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open("/overblik")
        page.emulate_media(media="print")
        assert page.locator("svg.chart").first.is_visible()
        assert not page.locator(".site-nav").is_visible()
        assert not page.locator("[data-print]").is_visible()
