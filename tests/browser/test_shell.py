"""The frame that all pages share: keyboard, focus, language, drafts, sessions that run out, no script, no network."""

import pytest
from playwright.sync_api import Page, expect
from starlette.responses import Response
from starlette.routing import Mount

from tests.browser.conftest import Open
from tests.browsing import Site
from tests.serving import AUDITOR, CONSULTANT, LEAD, OWN_CITIZENS

_CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
_LOOK = """element => {
  const of = one => { const s = getComputedStyle(one); return [s.outlineStyle, s.outlineWidth, s.outlineColor,
    s.boxShadow, s.borderColor, s.textDecorationLine, s.backgroundColor].join("|") };
  const label = element.labels && element.labels[0];
  return of(element) + (label ? of(label) + getComputedStyle(label, "::before").outline
    + getComputedStyle(label, "::before").boxShadow : "");
}"""


def focused(page: Page, what: str) -> str:
    """A property of the element that has the focus."""
    return str(page.evaluate(f"document.activeElement.{what} || ''"))


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {selector}")


def test_signing_in_and_out_by_keyboard(window: Open) -> None:
    with window() as open_window:
        open_window.expected_status.add(401)
        page = open_window.open("/log-ind")
        tab_to(page, "#token")
        page.keyboard.type("en forkert nøgle")
        page.keyboard.press("Enter")
        page.locator(".error-summary", has_text="Adgangsnøglen er ikke kendt.").wait_for()
        tab_to(page, "#token")
        page.keyboard.type(CONSULTANT)
        page.keyboard.press("Enter")
        page.wait_for_url("**/borgere")
        tab_to(page, "form[data-sign-out] button")
        page.keyboard.press("Space")
        page.wait_for_url("**/log-ind?ud=true")
        assert page.get_by_text("Du er logget ud.").is_visible()


def test_the_first_tab_leads_past_the_menu(window: Open) -> None:
    with window() as open_window:
        open_window.enter(CONSULTANT)
        page = open_window.open("/borgere")
        page.keyboard.press("Tab")
        assert page.locator("a.skipnav").evaluate("one => one === document.activeElement")
        assert page.locator("a.skipnav").bounding_box() is not None
        page.keyboard.press("Enter")
        assert focused(page, "id") == "indhold"
        page.keyboard.press("Tab")
        assert page.evaluate("document.getElementById('indhold').contains(document.activeElement)")


def test_the_focus_goes_to_the_summary_of_errors_and_from_there_to_the_field(window: Open) -> None:
    with window() as open_window:
        open_window.enter(LEAD)
        open_window.expected_status.add(422)
        page = open_window.open("/administration/regler/starts_soon")
        page.check("#aendring-set_figures")
        page.fill("#tal-horizon_weeks", "99")
        page.locator("main form button").last.click()
        page.locator(".error-summary").wait_for()
        assert "error-summary" in focused(page, "className")
        assert page.locator(".error-summary").get_attribute("role") == "alert"
        assert page.input_value("#tal-horizon_weeks") == "99"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert focused(page, "id") == "tal-horizon_weeks"
        described = page.locator("#tal-horizon_weeks").get_attribute("aria-describedby")
        assert described is not None
        assert any("2 til 52" in page.locator(f"[id='{one}']").inner_text() for one in described.split())


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (LEAD, "/administration/regler/starts_soon"),
        (AUDITOR, "/administration/revision"),
        (LEAD, "/adgang"),
        (OWN_CITIZENS, "/borgere"),
        (CONSULTANT, "/borgere/B0004/profil/skaanehensyn"),
        (CONSULTANT, "/borgere/B0004/andre-pladser?soeg=kantine"),
        (CONSULTANT, "/borgere/B0004/min-side"),
    ],
)
def test_every_control_shows_that_it_has_the_focus(window: Open, token: str, path: str) -> None:
    with window() as open_window:
        open_window.enter(token)
        page = open_window.open(path)
        seen = {}
        for control in page.locator(_CONTROLS).all():
            if not control.is_visible() and control.get_attribute("type") not in {"radio", "checkbox"}:
                continue
            name = control.evaluate("one => one.outerHTML.slice(0, 120)")
            page.evaluate("document.activeElement.blur()")
            before = control.evaluate(_LOOK)
            page.keyboard.press("Shift")  # the last input was the keyboard: focus-visible applies
            control.focus()
            seen[name] = control.evaluate(_LOOK) != before
        assert len(seen) > 5
        assert [name for name, changed in seen.items() if not changed] == []


def test_another_language_keeps_the_page(window: Open) -> None:
    with window() as open_window:
        open_window.enter(AUDITOR)
        page = open_window.open("/administration/koersler")
        page.get_by_role("button", name="English").click()
        page.locator("html[lang=en]").wait_for()
        assert page.url.endswith("/administration/koersler")
        assert page.locator("h1").inner_text() == "Runs"
        page.get_by_role("button", name="Dansk").click()
        page.locator("html[lang=da]").wait_for()
        assert page.locator("h1").inner_text() == "Kørsler"


def test_a_session_that_runs_out_keeps_what_was_written(window: Open, site: Site) -> None:
    with window() as open_window:
        open_window.enter(LEAD)
        page = open_window.open("/adgang")
        page.fill("#borger", "B0001")
        page.fill("#begrundelse", "Vikar for en syg kollega, aftalt i dag.")
        open_window.run_out()
        page.locator("form[action='/adgang'] button").click()
        page.wait_for_url("**/log-ind")
        page.goto(site.address + "/adgang")
        assert "Log ind igen for at fortsætte." in page.locator("main").inner_text()
        page.fill("#token", LEAD)
        page.locator("form[action='/log-ind'] button").click()
        page.wait_for_url("**/adgang")
        assert page.input_value("#begrundelse") == "Vikar for en syg kollega, aftalt i dag."


def test_a_session_that_runs_out_while_a_profile_is_corrected_leads_back_to_it(window: Open) -> None:
    with window() as open_window:
        open_window.expected_status.add(401)
        open_window.enter(CONSULTANT)
        page = open_window.open("/borgere/B0004")
        page.locator("#profil-timer a").click()
        page.fill("#timer_nu", "7,5")
        page.locator("label[for=dage-option5]").click()
        open_window.run_out()
        page.locator("#profil-timer button[type=submit]").click()
        page.wait_for_url("**/log-ind")
        page.fill("#token", CONSULTANT)
        page.locator("form[action='/log-ind'] button").click()
        page.wait_for_url("**/borgere/B0004/profil/timer")
        assert page.input_value("#timer_nu") == "7,5"
        assert not page.locator("#dage-option5").is_checked()
        page.locator("#profil-timer button[type=submit]").click()
        page.locator("#rettet").wait_for()
        assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft:'))") == []


def test_leaving_a_form_forgets_what_was_typed_in_it(window: Open) -> None:
    with window() as open_window:
        open_window.enter(CONSULTANT)
        page = open_window.open("/borgere/B0004")
        for leave in (True, False):
            page.locator("#profil-timer a").click()
            hours = page.input_value("#timer_nu")
            assert hours != "1,5"
            page.fill("#timer_nu", "1,5")
            if leave:
                page.locator("#profil-timer [data-cancel]").click()
                page.locator("#timer_nu").wait_for(state="detached")
        page.reload()
        page.locator("#profil-timer a").click()
        expect(page.locator("#timer_nu")).to_have_value("1,5")


def test_somebody_else_does_not_find_the_draft(window: Open) -> None:
    with window() as open_window:
        open_window.enter(LEAD)
        page = open_window.open("/adgang")
        page.fill("#begrundelse", "Noget, kun jeg skal se.")
        page.reload()
        assert page.input_value("#begrundelse") == "Noget, kun jeg skal se."
        open_window.enter(CONSULTANT)
        page.goto(open_window.site.address + "/adgang")
        assert page.input_value("#begrundelse") == ""


def test_signing_out_clears_drafts(window: Open) -> None:
    with window() as open_window:
        open_window.enter(LEAD)
        page = open_window.open("/adgang")
        page.fill("#begrundelse", "Noget, kun jeg skal se.")
        page.locator("form[data-sign-out] button").click()
        page.wait_for_url("**/log-ind?ud=true")
        assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft:'))") == []


def test_back_leads_back(window: Open) -> None:
    with window() as open_window:
        open_window.enter(AUDITOR)
        page = open_window.open("/administration")
        page.locator(".sections a").first.click()
        page.wait_for_url("**/administration/regler")
        page.locator(".rules a").first.click()
        page.wait_for_url("**/administration/regler/*")
        page.go_back()
        page.wait_for_url("**/administration/regler")
        assert page.locator("h1").inner_text() == "Regler"
        page.go_back()
        assert page.locator("h1").inner_text() == "Administration"


@pytest.mark.parametrize(
    ("path", "field", "text"),
    [
        ("/adgang", "#begrundelse", "Det her må ikke gå tabt."),
        ("/borgere/B0004", "#begrundelse", "Det her må ikke gå tabt."),
        ("/borgere/B0004/profil/timer", "#timer_nu", "7,5"),
    ],
)
def test_without_a_connection_a_page_says_so_and_stays(window: Open, path: str, field: str, text: str) -> None:
    with window() as open_window:
        open_window.enter(CONSULTANT)
        page = open_window.open(path)
        page.fill(field, text)
        said = page.locator("#forbindelse")
        assert (said.get_attribute("role"), said.inner_text()) == ("status", "")
        open_window.context.set_offline(True)
        try:
            page.get_by_text("Der er ingen forbindelse til tjenesten.").wait_for()
            assert open_window.axe() == []
            page.locator(".brand").click()
            page.locator(f"form:has({field}) [type=submit]").last.click()
            page.keyboard.press("Enter")
        finally:
            open_window.context.set_offline(False)
        page.locator("#forbindelse:empty").wait_for(state="attached")
        assert page.url.endswith(path)
        assert page.input_value(field) == text


def test_where_the_service_does_not_answer_there_is_a_page_that_tells_of_nobody(window: Open) -> None:
    with window(service_workers="allow") as open_window:
        open_window.enter(CONSULTANT)
        page = open_window.open("/borgere/B0004")
        page.evaluate("navigator.serviceWorker.ready")
        kept = "caches.keys().then(async (names) => (await (await caches.open(names[0])).keys()).map((one) => one.url))"
        files = [f"{open_window.site.address}/static/{name}" for name in ("offline.html", "offline.css", "icon.svg")]
        assert page.evaluate(kept) == files
        open_window.context.set_offline(True)
        page.reload()
        assert page.get_by_role("heading", level=1).inner_text() == "Der er ingen forbindelse til tjenesten"
        assert page.locator("[lang=en] h2").inner_text() == "There is no connection to the service"
        assert page.evaluate("getComputedStyle(document.querySelector('main')).paddingTop") != "0px"
        assert open_window.axe() == []
        open_window.context.set_offline(False)
        page.get_by_role("link", name="Prøv igen").click()
        page.locator("#profil").wait_for()
        pages = next(one.app for one in open_window.site.app.routes if isinstance(one, Mount) and one.path == "")
        pages.add_api_route("/uden-tjeneste", lambda: Response(status_code=502))  # type: ignore[attr-defined]  # a FastAPI
        open_window.expected_status.add(502)
        open_window.open("/uden-tjeneste").get_by_text("Der er ingen forbindelse til tjenesten").wait_for()
        assert page.evaluate(kept) == files


def test_a_part_that_cannot_be_fetched_leaves_the_page_and_says_so(window: Open) -> None:
    with window() as open_window:
        open_window.enter(CONSULTANT)
        page = open_window.open("/borgere/B0004")
        page.locator("#profil-timer a").click()
        page.fill("#timer_nu", "7,5")
        page.route("**/profil/timer", lambda route: route.abort("connectionrefused"))
        page.locator("#profil-timer button[type=submit]").click()
        page.get_by_text("Der er ingen forbindelse til tjenesten.").wait_for()
        assert page.input_value("#timer_nu") == "7,5"
        refused = ("ERR_CONNECTION_REFUSED", "Failed to fetch")
        assert all(any(one in fault for one in refused) for fault in open_window.faults), open_window.faults
        open_window.faults.clear()
        page.unroute("**/profil/timer")
        page.locator("#profil-timer button[type=submit]").click()
        page.locator("#rettet").wait_for()
        assert page.locator("#forbindelse").inner_text() == ""


def test_without_scripts_one_signs_in_reads_and_decides(window: Open) -> None:
    with window(java_script_enabled=False) as open_window:
        page = open_window.open("/log-ind")
        page.fill("#token", CONSULTANT)
        page.locator("form[action='/log-ind'] button").click()
        page.wait_for_url("**/borgere")
        open_window.open("/forslag")
        proposal = page.locator("a[href^='/forslag/']:not([href*='uden']):not([href*='brug'])").evaluate_all(
            "links => links.map(one => one.getAttribute('href')).filter(one => /^.forslag.[0-9a-f-]{36}$/.test(one))"
        )[0]
        open_window.open(proposal)
        page.locator("input[name=afgoerelse][value=held]").check(force=True)
        page.fill("textarea[name=begrundelse]", "Vi venter på svar fra virksomheden.")
        page.locator("form:has(textarea[name=begrundelse]) button[type=submit]").last.click()
        assert "Vi venter på svar fra virksomheden." in page.locator("main").inner_text()
