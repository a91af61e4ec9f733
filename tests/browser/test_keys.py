"""What shows only to those who use the pages by keyboard, by ear or impatiently: where the focus is, what is said."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.states.administration import GOOD
from tests.browsing import Keyboard, tab_on
from tests.serving import CONSULTANT, LEAD, OPERATIONS_WITH_NEEDS

WIDER_TEXT: Final = """
const wider = new CSSStyleSheet();
wider.replaceSync(
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
);
document.adoptedStyleSheets = [wider];
"""
"""Text as wide as WCAG 1.4.12 lets readers make it."""


def test_a_part_that_is_refused_leaves_the_page_with_what_is_typed_and_says_why(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(403)
        visit.enter(CONSULTANT)
        page = visit.open("/borgere/B0004")
        keys = Keyboard()
        keys.press(page, page.locator("#profil-timer a"))
        page.fill("#timer_nu", "7,5")
        page.locator("#profil-timer input[name=csrf]").evaluate("one => { one.value = 'x'; }")
        keys.press(page, page.locator("#profil-timer button[type=submit]"))
        why = page.locator("#besked .problem")
        expect(why).to_contain_text("Ingen adgang")
        expect(why).to_be_focused()
        expect(why).to_be_in_viewport()
        assert page.input_value("#timer_nu") == "7,5"
        assert visit.axe() == []
        page.reload()
        keys.press(page, page.locator("#profil-timer a"))
        expect(page.locator("#timer_nu")).to_have_value("7,5")
        keys.press(page, page.locator("#profil-timer button[type=submit]"))
        expect(page.locator("#rettet")).to_be_focused()
        expect(why).to_have_count(0)


def test_what_is_found_too_late_does_not_open_over_what_has_the_focus(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/borgere/B0004/profil/jobmaal")
        field, found = page.locator("#maal-1"), page.locator("#forslag-1")
        for leave in ("Tab", "Escape"):
            tab_on(page, field)
            page.keyboard.press("Control+A")
            with page.expect_response("**/stillinger"):
                page.keyboard.type("tømr")
                page.wait_for_timeout(200)  # asked, and not answered: the answer waits for the next line
                page.keyboard.press(leave)
            page.wait_for_timeout(300)
            expect(found).to_be_hidden()
            expect(field).to_have_attribute("aria-expanded", "false")


def test_after_more_is_typed_no_earlier_job_is_said_to_be_marked(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/borgere/B0004/profil/jobmaal")
        field, found = page.locator("#maal-1"), page.locator("#forslag-1")
        tab_on(page, field)
        page.keyboard.press("Control+A")
        page.keyboard.type("tømr")
        expect(found).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", "forslag-1-0")
        with page.expect_response("**/stillinger"):
            page.keyboard.type("e")
        expect(field).not_to_have_attribute("aria-activedescendant", "forslag-1-0")
        expect(found.locator("[aria-selected=true]")).to_have_count(0)


def test_after_a_file_is_tried_the_focus_is_on_what_is_said_of_it(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(422)
        visit.enter(OPERATIONS_WITH_NEEDS)
        page = visit.open("/administration/indlaesninger")
        try_it = page.get_by_role("button", name="Prøv filen")
        file = page.locator("#fil")
        Keyboard().press(page, try_it)
        expect(page.locator(".error-summary")).to_be_focused()
        expect(file).to_have_accessible_description(re.compile("Vælg en fil, der ikke er tom."))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(file).to_be_focused()
        page.set_input_files("#fil", {"name": "nye.ndjson", "mimeType": "text/plain", "buffer": GOOD.encode()})
        Keyboard().press(page, try_it)
        expect(page.get_by_role("heading", name="Prøvet: nye.ndjson")).to_be_focused()
        expect(file).not_to_have_accessible_description(re.compile("Vælg en fil, der ikke er tom."))
        assert visit.axe() == []


@pytest.mark.parametrize("again", ["mouse", "keyboard"])
def test_an_impatient_hand_sends_a_form_once(window: Open, again: str) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/borgere/B0004/min-side")
        before = page.locator("li.request").count()
        page.locator("label[for=slags-option1]").click()
        page.fill("#tekst", f"Jeg kan køre bil, {again}.")
        send = page.get_by_role("button", name="Skriv ønsket ned")
        send.focus()
        sent: list[str] = []

        def late(route: Route) -> None:
            sent.append(route.request.method)
            page.wait_for_timeout(300)
            route.continue_()

        page.route("**/min-side", late)
        place = send.bounding_box()
        assert place
        for _ in range(2):
            if again == "mouse":
                page.mouse.click(place["x"] + 5, place["y"] + 5)
            else:
                page.keyboard.press("Enter")
            page.wait_for_timeout(100)
        page.wait_for_url("**gemt=oenske**")
        expect(page.locator("li.request")).to_have_count(before + 1)
        assert sent == ["POST"]
        page.unroute("**/min-side")
        page.go_back()
        page.wait_for_url("**/min-side")
        page.locator("label[for=slags-option1]").click()
        page.fill("#tekst", f"Jeg kan også køre truck, {again}.")
        send.click()
        page.wait_for_url("**gemt=oenske**")
        expect(page.locator("li.request")).to_have_count(before + 2)


def test_a_token_that_is_not_known_is_told_at_the_field_and_in_the_title(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(401)
        page = visit.open("/log-ind")
        assert page.title() == "Log ind – Matcher"
        Keyboard().write(page, page.locator("#token"), "forkert")
        page.keyboard.press("Enter")
        expect(page.locator(".error-summary")).to_be_focused()
        expect(page).to_have_title("Fejl: Log ind – Matcher")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#token")).to_be_focused()
        expect(page.locator("#token")).to_have_accessible_description(re.compile("Adgangsnøglen er ikke kendt."))
        assert visit.axe() == []


def test_without_scripts_what_is_wrong_has_the_focus_and_stands_in_the_title(window: Open) -> None:
    with window(java_script_enabled=False) as visit:
        visit.expected_status.add(422)
        visit.enter(CONSULTANT)
        page = visit.open("/borgere/B0004/profil/timer")
        page.fill("#timer_nu", "mange")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        expect(page.locator(".error-summary:focus")).to_have_count(1)
        assert page.title() == "Fejl: En borgers liste – Matcher"


def test_the_focus_is_on_jobs_that_a_goal_can_mean(window: Open) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/borgere/B0004")
        keys = Keyboard()
        keys.press(page, page.locator("#profil-jobmaal a"))
        keys.write(page, page.locator("#maal-1"), "noget med dyr")
        keys.press(page, page.get_by_role("button", name="Find stillinger, der ligner"))
        expect(page.get_by_role("group", name="Stillinger, som »noget med dyr« kan betyde")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("#stilling-1-1")).to_be_focused()


@pytest.mark.parametrize("path", ["/borgere", "/forslag"])
def test_back_at_a_list_its_filters_say_what_it_shows(window: Open, path: str) -> None:
    with window() as visit:
        visit.enter(CONSULTANT)
        page = visit.open(path)
        kind = page.locator("#gruppe")
        tab_on(page, kind)
        page.keyboard.press("ArrowDown")
        chosen = kind.input_value()
        assert chosen
        Keyboard().press(page, page.get_by_role("button", name="Vis", exact=True))
        page.wait_for_url(f"**gruppe={chosen}**")
        expect(kind).to_have_value(chosen)
        page.go_back()
        page.wait_for_url(lambda url: url.endswith(path))
        expect(kind).to_have_value("")


def test_the_board_fits_in_320_pixels_with_wider_text(window: Open) -> None:
    with window(width=320) as visit:
        visit.enter(CONSULTANT)
        page = visit.open("/tavle")
        page.locator(".board").wait_for()
        page.evaluate(WIDER_TEXT)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_in_english_the_sources_of_rules_are_english(window: Open) -> None:
    with window() as visit:
        visit.speak("en")
        visit.enter(LEAD)
        page = visit.open("/administration/regler")
        rules = page.locator("main")
        expect(rules).to_contain_text("The referral from the coordinating caseworker")
        expect(rules).not_to_contain_text("Henvisningen fra")


def test_nothing_ticked_is_told_at_the_proposals_and_no_reason_at_the_reason(window: Open) -> None:
    with window() as visit:
        visit.expected_status.add(422)
        visit.enter(LEAD)
        page = visit.open("/forslag")
        tab_on(page, page.get_by_role("button", name="Sæt de valgte på hold"), most=300)
        page.keyboard.press("Enter")
        expect(page.locator(".error-summary")).to_be_focused()
        reason, proposals = page.locator("#begrundelse"), page.get_by_role("region", name="Forslag")
        expect(reason).to_have_accessible_description(re.compile("Skriv en begrundelse."))
        expect(reason).not_to_have_accessible_description(re.compile("Sæt kryds"))
        expect(proposals).to_have_accessible_description(re.compile("Sæt kryds ved mindst ét forslag."))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(proposals).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("input[name=forslag]").first).to_be_focused()
        assert visit.axe() == []


def test_all_that_are_ticked_at_once_are_kept_as_a_draft(window: Open) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open("/forslag")
        tab_on(page, page.locator("#vaelg-alle"), most=300)
        page.keyboard.press("Space")
        said = page.locator("[data-ticked]")
        expect(said).to_have_text("50 valgt")
        page.reload()
        expect(said).to_have_text("50 valgt")


def hold_the_last(page: Page) -> None:
    """Put the last of the proposals on hold."""
    page.locator("input[name=forslag]").last.check()
    page.fill("#begrundelse", "Vi venter på svar fra virksomheden.")
    page.get_by_role("button", name="Sæt de valgte på hold").click()


def test_titles_say_what_became_of_what_was_asked_for(window: Open) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open("/forslag?afgoerelse=venter")
        hold_the_last(page)
        expect(page).to_have_title("Afgørelserne er gemt – Matcher")
        page.get_by_role("button", name="Fortryd").click()
        expect(page).to_have_title("Taget tilbage – Matcher")
        visit.open("/administration/vaegte")
        page.get_by_role("button", name="Lær af de afsluttede forløb").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Det lykkedes ikke", timeout=60_000)
        expect(page).to_have_title("Det lykkedes ikke – Matcher")


def test_back_at_what_was_decided_is_the_plan_and_nothing_is_sent_again(window: Open) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open("/forslag?afgoerelse=venter")
        hold_the_last(page)
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_text("Afgørelserne er gemt")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        page.locator("main a[href^='/forslag/']").first.click()
        page.wait_for_url(re.compile("/forslag/[0-9a-f-]{36}$"))
        page.go_back()
        expect(title).to_have_text("Nattens plan")
        page.go_back()
        page.go_forward()
        page.reload()
        expect(title).to_have_text("Nattens plan")
        expect(page.locator("#afgoerelse")).to_have_value("venter")
        assert set(sent) == {"GET"}
