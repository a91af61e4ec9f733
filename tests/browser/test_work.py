"""A page that waits for work asks again until it is there, also after an answer that never came."""

from collections.abc import Callable, Iterator
from threading import Event

import pytest

from service.use_cases.fairness import FairnessReport
from service.web import overview, work
from tests.browser.conftest import Open
from tests.serving import LEAD

FAIRNESS = "/overblik/ligebehandling"
LOST = "Der er ingen forbindelse til tjenesten."


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Every municipality is a large one, and its report is found once this is set."""
    event, finder = Event(), overview._fairness_finder

    def waiting(*asked: object) -> Callable[[Callable[[], None]], FairnessReport]:
        find = finder(*asked)  # type: ignore[arg-type]  # what the page gives

        def found(step: Callable[[], None]) -> FairnessReport:
            assert event.wait(60)
            return find(step)

        return found

    monkeypatch.setattr(work, "MANY_CITIZENS", 1)
    monkeypatch.setattr(overview, "_fairness_finder", waiting)
    yield event
    event.set()


def test_a_page_goes_on_asking_after_an_answer_that_never_came(window: Open, done: Event) -> None:
    with window() as visit:
        visit.enter(LEAD)
        page = visit.open(FAIRNESS)
        assert page.get_by_role("heading", level=1).inner_text() == "Beregner"
        page.evaluate("htmx.config.defaultTimeout = 200")
        page.route(f"**{FAIRNESS}", lambda _route: None)  # never answered
        page.get_by_text(LOST).wait_for()
        assert page.locator("#arbejde").inner_text().count("Vi regner på det") == 1
        page.unroute(f"**{FAIRNESS}")
        page.evaluate("htmx.config.defaultTimeout = 30000")
        page.locator("#forbindelse:empty").wait_for(state="attached")
        assert visit.axe() == []
        done.set()
        page.get_by_role("heading", name="Lige behandling", level=1).wait_for()
        assert all("timeout" in fault for fault in visit.faults), visit.faults
        visit.faults.clear()


def test_without_scripts_there_is_a_link_to_the_same_page(window: Open, done: Event) -> None:
    with window(java_script_enabled=False) as visit:
        visit.enter(LEAD)
        page = visit.open(FAIRNESS)
        done.set()
        for _ in range(60):
            if page.locator("#arbejde").count() == 0:
                break
            with page.expect_navigation():
                page.get_by_role("link", name="Se, om det er færdigt").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Lige behandling"
