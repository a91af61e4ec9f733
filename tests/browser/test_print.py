"""On paper: what a page is for is there, and nothing that can only be pressed or typed in."""

from typing import Final

import pytest

from tests.browser.conftest import Open
from tests.serving import CONSULTANT, LEAD

PAGES: Final = [
    (CONSULTANT, "/borgere", "tbody tr", 50),
    (CONSULTANT, "/borgere/B0004", "article.box", 9),
    (CONSULTANT, "/borgere/B0004/min-side", ".kept > div", 15),
    (CONSULTANT, "/borgere/B0004/min-side/pladser/A008-1", "main p", 5),
    (CONSULTANT, "/forslag", "tbody tr", 50),
    (CONSULTANT, "/forslag/uden-plads", "tbody tr", 20),
    (CONSULTANT, "/pladser", "tbody tr", 50),
    (CONSULTANT, "/virksomheder?konsulent=K05", ".call", 1),
    (CONSULTANT, "/tavle", ".board > li", 10),
    (LEAD, "/overblik", "tbody tr", 10),
    (LEAD, "/administration/regler", ".rules > li", 10),
]
_SEEN: Final = "(all) => all.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height > 1).length"


@pytest.mark.parametrize(("token", "path", "what", "least"), PAGES, ids=[one[1] for one in PAGES])
def test_what_is_printed_can_be_read_and_nothing_pressed(
    window: Open, token: str, path: str, what: str, least: int
) -> None:
    with window() as visit:
        visit.enter(token)
        page = visit.open(path)
        page.emulate_media(media="print")
        assert page.locator(what).evaluate_all(_SEEN) >= least
        pressed = "button, input, select, textarea, nav, a.button, .skipnav"
        assert page.locator(pressed).evaluate_all(_SEEN) == 0
        page.emulate_media(media="screen")
        assert page.locator("nav").first.is_visible()
