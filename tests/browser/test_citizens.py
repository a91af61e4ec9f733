"""Find a citizen, correct the profile, and decide: by mouse and by keyboard alone."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from fixtures import REFERENCE_DATE, staff
from tests.browser.conftest import Open
from tests.browsing import EVERY_PAIR, Keyboard, Mouse, Site, Visit, tab_on
from tests.serving import CONSULTANT, OWN_CITIZENS

CITIZEN = "/borgere/B0004"
LISTED = 8
"""Places that the page of a citizen shows."""
APPROVED = {"da": "Forslaget er godkendt, og forløbet er aftalt.", "en": "The proposal is approved"}
AGREED = {"da": "Forløbet er aftalt.", "en": "The placement is agreed."}


@pytest.mark.parametrize(("width", "language", "by"), EVERY_PAIR)
def test_a_citizen_is_found_and_a_place_proposed(window: Open, site: Site, width: int, language: str, by: str) -> None:
    """The job from "My citizens" to a placement agreed: the night's, taken back, and then one outside the list."""
    citizen, name, other = _undecided(site)
    hands = Mouse() if by == "mouse" else Keyboard()
    with window(width) as visit:
        visit.enter(OWN_CITIZENS)
        visit.speak(language)
        page = visit.open("/borgere")
        if (search := page.locator("form.searched button")).count():
            hands.press(page, search)
            search.wait_for(state="detached")
        assert page.locator("h1").inner_text() == {"da": "Mine borgere", "en": "My citizens"}[language]
        _find(page, hands, name, citizen)
        _approve(page, hands, APPROVED[language])
        _choose_outside_the_list(visit, hands, citizen, other, AGREED[language])


def _undecided(site: Site) -> tuple[str, str, dict[str, Any]]:
    """A citizen of the consultant's with a proposal, and a fixed or agreed place that fits but is not on the page.

    Both can be taken back: they do not begin today.
    """
    headers = {"Authorization": f"Bearer {CONSULTANT}"}
    with httpx.Client(base_url=f"{site.address}/api/v1", headers=headers, timeout=30) as api:
        runs = api.get("/runs").json()["items"]
        proposals = api.get(f"/runs/{runs[0]['id']}/proposals", params={"limit": 200}).json()["items"]
        for proposal in proposals:
            citizen = proposal["citizen_id"]
            found = api.get(f"/citizens/{citizen}/suggestions", params={"places": 30}).json()
            later = [one for one in found["places"] if one["explanation"]["starts_on"] > REFERENCE_DATE.isoformat()]
            beside = [one for one in later if one in found["places"][LISTED:] and "opsøges" not in one["agreement"]]
            of_consultant = found["citizen"]["consultant"] == staff()[0].name
            if of_consultant and beside and any(one["proposed"] for one in later):
                return citizen, found["citizen"]["name"], beside[0]
    raise AssertionError("no citizen of the consultant's has a proposal and a place beside the list")


def _find(page: Page, hands: Mouse, name: str, citizen: str) -> None:
    hands.write(page, page.locator("#navn"), name)
    hands.press(page, page.locator("form[role=search] button"))
    hands.press(page, page.locator(f"tbody th a[href='/borgere/{citizen}']"))
    page.wait_for_url(f"**/borgere/{citizen}")
    assert name not in page.title()


def _approve(page: Page, hands: Mouse, said: str) -> None:
    if (again := page.locator("details:has(form.decide) > summary")).count():
        hands.press(page, again)
    hands.tick(page, page.locator("#afgoerelse-option1"))
    hands.write(page, page.locator("#begrundelse"), "Aftalt med borgeren og virksomheden.")
    hands.press(page, page.locator("form.decide button"))
    page.wait_for_url("**/*gemt=godkendt")
    assert said in page.locator("#besked").inner_text()
    hands.press(page, page.locator("#besked button"))
    page.wait_for_url("**/*gemt=fortrudt")


def _choose_outside_the_list(visit: Visit, hands: Mouse, citizen: str, other: dict[str, Any], said: str) -> None:
    page, slot = visit.page, other["slot_id"]
    assert page.locator(f"article a[href='/borgere/{citizen}/pladser/{slot}']").count() == 0
    hands.press(page, page.locator(f".ways a[href$='{citizen}/andre-pladser']"))
    page.wait_for_url("**/andre-pladser")
    title, _, company = other["explanation"]["heading"].partition(" – ")
    hands.write(page, page.locator("#soeg"), f"{title} {company.split(',')[0]}")
    hands.press(page, page.locator("form[role=search] button"))
    hands.press(page, page.locator(f"a.button[href$='/pladser/{slot}#vaelg']"))
    page.wait_for_url(f"**/pladser/{slot}#vaelg")
    hands.write(page, page.locator("#begrundelse"), "Borgeren kender stedet og vil gerne derhen.")
    hands.press(page, page.locator("form[data-draft^=plads] button"))
    page.wait_for_url("**/*gemt=aftalt")
    assert said in page.locator("#besked").inner_text()
    hands.press(page, page.locator("#besked button"))
    page.wait_for_url("**/*gemt=fortrudt")


@pytest.mark.parametrize(("width", "language"), [(1280, "da"), (768, "da"), (390, "da"), (1280, "en")])
def test_a_correction_ranks_anew_says_why_and_is_undone(window: Open, width: int, language: str) -> None:
    with window(width) as visit:
        visit.speak(language)
        visit.enter(CONSULTANT)
        page = visit.open(CITIZEN)
        before = _headings(page)
        page.evaluate("window.stayed = true")
        page.locator("#profil-timer a").click()
        expect(page.locator("#timer_nu")).to_be_focused()
        hours = page.input_value("#timer_nu")
        page.fill("#timer_nu", "3")
        page.locator("#profil-timer button[type=submit]").click()
        expect(page.locator("#rettet")).to_be_focused()
        assert page.evaluate("window.stayed"), "the whole page was loaded"
        after, moves = _headings(page), page.locator("#rettet .moves li")
        assert after != before
        assert moves.count() > 0
        for move in moves.all():
            text = move.inner_text()
            assert any(heading in text for heading in {*before, *after})
            assert len(move.locator(".muted").inner_text()) > 10, "no reason"
        page.locator("#rettet button").click()
        page.wait_for_url("**/*rettelse-fortrudt")
        assert _headings(page) == before
        page.locator("#profil-timer a").click()
        expect(page.locator("#timer_nu")).to_have_value(hours)


def _headings(page: Page) -> list[str]:
    return page.locator("article[aria-labelledby^=plads-] h3 a").all_inner_texts()


def test_leaving_a_part_of_the_profile_keeps_the_focus_there(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open(CITIZEN)
        tab_on(page, page.locator("#profil-skaanehensyn a"), most=200)
        page.keyboard.press("Enter")
        expect(page.locator("#profil-skaanehensyn form select").first).to_be_focused()
        tab_on(page, page.locator("#profil-skaanehensyn [data-cancel]"))
        page.keyboard.press("Enter")
        expect(page.locator("#profil-skaanehensyn a")).to_be_focused()


def test_a_place_is_held_by_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open(CITIZEN)
        tab_on(page, page.locator("#afgoerelse-option1"))
        page.keyboard.press("ArrowDown")
        assert page.locator("#afgoerelse-option2").is_checked()
        tab_on(page, page.locator("#begrundelse"))
        page.keyboard.type("Vi venter på virksomheden.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/*gemt=hold")
        assert "Vi venter på virksomheden." in page.locator("section[aria-labelledby=forslag]").inner_text()


def test_a_goal_is_found_while_it_is_typed_by_keyboard_alone(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open(CITIZEN)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        tab_on(page, page.locator("#profil-jobmaal a"), most=200)
        page.keyboard.press("Enter")
        field = page.locator("#maal-1")
        expect(field).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type("tømr")
        expect(field).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("ArrowDown")
        marked = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
        expect(marked).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        assert field.input_value().casefold() == marked.get_attribute("data-value")
        page.keyboard.press("Escape")
        assert visit.axe() == []
        assert any(url.endswith("/stillinger") for url in asked)
        assert not any("?" in url and "/static/" not in url for url in asked), "what is typed stands in an address"


def test_the_first_wrong_field_is_reached_from_the_summary(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(422)
        visit.enter(CONSULTANT)
        page = visit.open(f"{CITIZEN}/profil/timer")
        page.fill("#timer_nu", "mange")
        page.keyboard.press("Enter")
        expect(page.locator(".error-summary")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#timer_nu")).to_be_focused()
        assert page.input_value("#timer_nu") == "mange"
