"""A night of 547 citizens is reviewed: found by name, approved, one pinned, planned again, used, gone back from.

By mouse and by keyboard alone, at the three widths, in both languages.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fixtures import REFERENCE_DATE
from tests.browser.conftest import Open
from tests.browsing import EVERY_PAIR, WIDTHS, Site, Visit, running, tab_to, visit
from tests.serving import CONSULTANT

LONGEST_PLAN_MS = 90_000
"""A machine that does other things as well; benchmarks/replan.py says what it takes."""
WORDS = {
    "da": {
        "choose": "Vælg forslaget til",
        "approve": "Godkend de valgte",
        "approved": "Et forslag er godkendt med dit navn.",
        "decide": "Gå til afgørelsen",
        "first": "Gå til det første forslag, der venter",
        "to compute": "Gå til beregningen",
        "pin": "Skal have pladsen",
        "compute": "Beregn en ny plan",
        "ready": "Den nye plan er klar",
        "use": "Tag planen i brug",
        "in use": "Planen er gemt med dit navn.",
        "back": "Gå tilbage til planen før",
        "gone back": "gælder igen",
    },
    "en": {
        "choose": "Choose the proposal for",
        "approve": "Approve the chosen",
        "approved": "One proposal is approved in your name.",
        "decide": "Go to the decision",
        "first": "Go to the first proposal that waits",
        "to compute": "Go to making the plan",
        "pin": "Must have the place",
        "compute": "Make a new plan",
        "ready": "The new plan is ready",
        "use": "Take the plan into use",
        "in use": "The plan is saved in your name.",
        "back": "Go back to the plan before",
        "gone back": "holds again",
    },
}


@pytest.fixture
def fresh(planned_municipality: Path, tmp_path: Path) -> Iterator[Site]:
    """The planned municipality, for one test."""
    shutil.copyfile(planned_municipality, tmp_path / "night.db")
    with running(tmp_path / "night.db", today=REFERENCE_DATE) as found:
        yield found


def said(page: Page, text: str, timeout: float = 20_000) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible(timeout=timeout)


def first_that_waits(page: Page) -> tuple[str, str, str]:
    """Id of the citizen, the citizen's name and the place of the first proposal that waits."""
    page.goto(page.url.split("/forslag")[0] + "/forslag?afgoerelse=venter")
    row = page.locator(".plan-form tbody tr").first
    citizen = row.locator("th a")
    address = citizen.get_attribute("href") or ""
    return address.rpartition("/")[2], citizen.inner_text(), row.locator("td a").first.inner_text()


@pytest.mark.parametrize(("width", "language", "hands"), EVERY_PAIR)
def test_a_night_is_reviewed_with_one_pin_and_one_plan_again(
    browser: Browser, fresh: Site, hands: str, width: int, language: str
) -> None:
    words = WORDS[language]
    with visit(browser, fresh, width) as window:
        window.enter(CONSULTANT)
        window.speak(language)
        page = window.open("/forslag")
        hand = _Mouse(window, words) if hands == "mouse" else _Keyboard(window, words)
        citizen, name, _place = first_that_waits(page)
        hand.approve_first()
        said(page, words["approved"])
        pinned, pinned_name, place = first_that_waits(page)
        assert pinned != citizen
        page.goto(fresh.address + "/forslag/laeg-om")
        hand.pin(pinned, place)
        expect(page.locator(".changes")).to_contain_text(pinned_name)
        hand.compute()
        expect(page.locator("h2", has_text=words["ready"])).to_be_visible(timeout=LONGEST_PLAN_MS)
        hand.use("Aftalt med virksomheden.")
        said(page, words["in use"], LONGEST_PLAN_MS)
        page.goto(fresh.address + "/forslag")
        assert page.locator(f"tbody th a[href='/borgere/{citizen}']").count() == 0, f"{name} has a placement"
        hand.find(pinned)
        expect(page.locator(".plan-form tbody tr")).to_have_count(1)  # waits; what follows fails on many
        expect(page.locator(".plan-form tbody tr")).to_contain_text(place)
        hand.press(words["back"])
        said(page, words["gone back"])


_LABEL = "document.activeElement.labels[0].textContent.trim()"
_BOX = "[...document.querySelectorAll('input[name=forslag]')].indexOf(document.activeElement)"
_IN_SIGHT = "(row) => row.getBoundingClientRect().top >= 0 && row.getBoundingClientRect().bottom <= innerHeight"
_TICKED = "document.querySelectorAll('input[name=forslag]:checked').length"


def test_the_list_is_gone_through_with_the_arrows_and_nothing_is_sent_by_mistake(window: Open) -> None:
    with window() as visit_:
        visit_.enter(CONSULTANT)
        page = visit_.open("/forslag?afgoerelse=venter")
        keys = page.locator("#taster")
        assert "pil op og ned" in keys.inner_text()
        first = page.locator("input[name=forslag]").first
        assert first.get_attribute("aria-describedby") == keys.get_attribute("id")
        page.keyboard.press("ArrowDown")
        assert page.evaluate(_BOX) == -1, "the arrows belong to the list only while it has the focus"
        tab_to(page, "Gå til det første forslag, der venter")
        page.keyboard.press("Enter")
        for key, box in (("ArrowUp", 0), ("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
            page.keyboard.press(key)
            assert page.evaluate(_BOX) == box
            assert page.locator(".plan-form tbody tr").nth(box).evaluate(_IN_SIGHT)
        assert page.evaluate(_TICKED) == 0
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('th') !== null"), "Tab goes on through the row"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "begrundelse"
        assert page.evaluate(_TICKED) == 1
        assert page.url.endswith("?afgoerelse=venter#" + (first.get_attribute("id") or ""))
        assert page.locator(".error-summary").count() == 0


class _Mouse:
    """Clicks and typing."""

    def __init__(self, window: Visit, words: dict[str, str]) -> None:
        self.page, self.words = window.page, words

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def approve_first(self) -> None:
        self.page.locator("input[name=forslag]").first.check()
        self.page.fill("#begrundelse", "Aftalt med borgeren.")
        self.press(self.words["approve"])

    def pin(self, citizen: str, place: str) -> None:
        self.page.fill("#borger", citizen)
        self.page.fill("#plads", place)
        self.press(self.words["pin"])
        self.page.locator(".changes, select#plads").first.wait_for()
        for choice in self.page.locator("select#plads").all():  # the company has several places of that name
            choice.select_option(index=1)
            self.press(self.words["pin"])

    def compute(self) -> None:
        self.press(self.words["compute"])

    def use(self, reason: str) -> None:
        self.page.fill("#begrundelse", reason)
        self.press(self.words["use"])

    def find(self, name: str) -> None:
        self.page.fill("#navn", name)
        self.page.locator("form.find button").click()


class _Keyboard(_Mouse):
    """Tab, Enter, Space and typing."""

    def press(self, button: str) -> None:
        tab_to(self.page, button, most=120)
        self.page.keyboard.press("Enter")

    def type_in(self, field: str, text: str) -> None:
        tab_to(self.page, field, of="document.activeElement.id", most=120)
        self.page.keyboard.type(text)

    def approve_first(self) -> None:
        assert tab_to(self.page, self.words["first"]) == 2, "the second thing on the page"
        self.page.keyboard.press("Enter")
        assert self.page.evaluate(_LABEL).startswith(self.words["choose"])
        self.page.keyboard.press("Space")
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "begrundelse"
        self.page.keyboard.type("Aftalt med borgeren.")
        assert tab_to(self.page, self.words["approve"]) == 1
        self.page.keyboard.press("Enter")

    def pin(self, citizen: str, place: str) -> None:
        self.type_in("borger", citizen)
        self.type_in("plads", place)
        self.press(self.words["pin"])
        self.page.locator(".changes, select#plads").first.wait_for()
        if self.page.locator("select#plads").count():
            tab_to(self.page, "plads", of="document.activeElement.id", most=120)
            self.page.keyboard.press("ArrowDown")
            self.press(self.words["pin"])

    def compute(self) -> None:
        tab_to(self.page, self.words["to compute"], most=120)
        self.page.keyboard.press("Enter")
        assert tab_to(self.page, self.words["compute"]) <= 4
        self.page.keyboard.press("Enter")

    def use(self, reason: str) -> None:
        self.type_in("begrundelse", reason)
        self.press(self.words["use"])

    def find(self, name: str) -> None:
        self.type_in("navn", name)
        self.page.keyboard.press("Enter")


def test_all_on_a_page_are_chosen_at_once_and_undone(browser: Browser, fresh: Site) -> None:
    with visit(browser, fresh) as window:
        window.enter(CONSULTANT)
        page = window.open("/forslag")
        boxes = page.locator("input[name=forslag]")
        page.get_by_label("Vælg alle på siden").check()
        assert page.locator("input[name=forslag]:checked").count() == boxes.count() == 50
        expect(page.locator("[data-ticked]")).to_have_text("50 valgt")
        boxes.first.uncheck()
        expect(page.locator("[data-ticked]")).to_have_text("49 valgt")
        page.get_by_label("Vælg alle på siden").check()
        page.get_by_label("Vælg alle på siden").uncheck()
        boxes.first.check()
        page.fill("#begrundelse", "Vi venter på svar.")
        page.get_by_role("button", name="Sæt de valgte på hold").click()
        said(page, "Et forslag er sat på hold med dit navn.")
        page.get_by_role("button", name="Fortryd").click()
        said(page, "En afgørelse er taget tilbage.")
        page.goto(fresh.address + "/forslag?afgoerelse=paa-hold")
        assert page.locator(".plan-form tbody tr").count() == 0


def test_the_decision_stays_in_sight_and_hides_nothing_that_has_the_focus(window: Open) -> None:
    with window() as visit_:
        visit_.enter(CONSULTANT)
        page = visit_.open("/forslag")
        page.locator(".plan-form tbody tr").nth(20).scroll_into_view_if_needed()
        seen = page.locator(".decide").bounding_box()
        assert seen is not None
        assert 0 < seen["y"] <= seen["y"] + seen["height"] <= WIDTHS[1280] + 1
        for number in range(12, 24):
            box = page.locator("input[name=forslag]").nth(number)
            box.focus()
            assert box.evaluate(
                "(one) => one.getBoundingClientRect().bottom"
                " <= document.querySelector('.decide').getBoundingClientRect().top"
            ), "the bar lies over what has the focus"
