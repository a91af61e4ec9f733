"""Last night's plan: proposals, who has no place, how places are used, decided at once, planned again."""

import re
from itertools import count
from typing import Any

from tests.browsing import State
from tests.serving import CASEWORKER, CONSULTANT, CONSULTANT_ELSEWHERE

LONGEST_PLAN_MS = 90_000
_NUMBERS = count(20)
"""Numbers of places that nobody has stored: another each time."""


def first_proposal(visit: Any) -> str:
    """The address of the proposal that fits best."""
    page = visit.open("/forslag")
    found = re.search(r'href="(/forslag/[0-9a-f-]{36})"', page.content())
    assert found
    return found[1]


def without_a_choice(page: Any) -> None:
    """Send the form of one proposal with a reason alone."""
    page.fill("#begrundelse", "Aftalt på mødet.")
    page.evaluate("for (const one of document.querySelectorAll('input[name=afgoerelse]')) one.required = false")
    page.get_by_role("button", name=re.compile("Gem afgørelsen|Save the decision")).click()
    page.locator(".error-summary").wait_for()


def nobody_ticked(page: Any) -> None:
    """Press a button of the list with nothing ticked."""
    page.get_by_role("button", name=re.compile("Godkend de valgte|Approve the chosen")).click()
    page.locator(".error-summary").wait_for()


def one_held(page: Any) -> None:
    """Put the first on hold."""
    page.locator("input[name=forslag]").first.check()
    page.fill("#begrundelse", "Vi venter på svar fra virksomheden.")
    page.get_by_role("button", name=re.compile("Sæt de valgte på hold|Put the chosen on hold")).click()
    page.locator(".alert-success").wait_for()


def draft_of(page: Any) -> None:
    """Say that somebody must have the place that is proposed, and that the place has another number.

    It is the last of those that wait on the list: other states change the first, so that it can be kept no more.
    """
    site = page.url.split("/forslag")[0]
    page.goto(site + "/forslag?afgoerelse=venter")
    page.locator("tbody tr").last.locator("td a").first.click()
    link = page.locator("a[href^='/borgere/'][href*='/pladser/']").first.get_attribute("href")
    _, _, citizen, _, place = link.split("/")
    page.goto(site + "/forslag/laeg-om")
    changed(page, {"borger": citizen, "plads": place}, "held")
    changed(page, {"antal_plads": place, "antal": str(next(_NUMBERS))}, "places")


def changed(page: Any, typed: dict[str, str], button: str) -> None:
    """Add a change, in which ids are typed."""
    already = page.locator(".changes li").count()
    for field, text in typed.items():
        page.fill(f"#{field}", text)
    page.locator(f"button[value={button}]").click()
    page.locator(f".changes li:nth-child({already + 1})").wait_for()


def several(page: Any) -> None:
    """Type what means several."""
    page.fill("#borger", "Anna")
    page.fill("#plads", "Café")
    page.locator("button[value=held]").click()
    page.locator(".error-summary").wait_for()


def tried(page: Any) -> None:
    """Plan with a change, and wait until the plan is there."""
    draft_of(page)
    page.locator("#aendringer-nu button").click()
    page.locator("#forskel").wait_for(timeout=LONGEST_PLAN_MS)


def planning(page: Any) -> None:
    """Stay where the planning is under way: the page is kept from asking again.

    By a script, since a browser whose requests are held keeps nothing of the design system.
    """
    page.add_init_script(
        "const asked = window.fetch; window.fetch = (...all) => "
        "location.pathname.startsWith('/forslag/laeg-om/') ? new Promise(() => {}) : asked(...all);"
    )
    page.locator("#aendringer-nu button").click()
    page.locator(".progress").wait_for()


def published(page: Any) -> None:
    """Take a plan with a change into use."""
    tried(page)
    page.fill("#begrundelse", "Aftalt med virksomheden.")
    page.locator(".use-plan button").click()
    page.locator(".alert-success").wait_for(timeout=LONGEST_PLAN_MS)


def gone_back(page: Any) -> None:
    """Go back from a plan that was taken into use."""
    published(page)
    page.locator("form[action='/forslag/tilbage'] button").click()
    page.locator(".alert-success").wait_for()


def unfolded(page: Any) -> None:
    """See how good the plan is."""
    page.locator(".quality summary").click()


STATES = (
    State("nattens-plan", CONSULTANT, "/forslag"),
    State("nattens-plan-tom", CONSULTANT_ELSEWHERE, "/forslag"),
    State("nattens-plan-filter-tomt", CONSULTANT, "/forslag?konsulent=findes-ikke"),
    State("nattens-plan-sagsbehandler", CASEWORKER, "/forslag"),
    State("nattens-plan-intet-valgt", CONSULTANT, "/forslag", status=422, prepare=nobody_ticked),
    State("nattens-plan-afgjort", CONSULTANT, "/forslag", prepare=one_held),
    State("nattens-plan-uden-plads", CONSULTANT, "/forslag/uden-plads"),
    State("nattens-plan-brug", CONSULTANT, "/forslag/brug-af-pladser", prepare=unfolded),
    State("nattens-plan-laeg-om", CONSULTANT, "/forslag/laeg-om"),
    State("nattens-plan-laeg-om-aendringer", CONSULTANT, "/forslag/laeg-om", prepare=draft_of),
    State("nattens-plan-laeg-om-flere", CONSULTANT, "/forslag/laeg-om", status=422, prepare=several),
    State("nattens-plan-beregnes", CONSULTANT, "/forslag/laeg-om", prepare=planning),
    State("nattens-plan-proevet", CONSULTANT, "/forslag/laeg-om", prepare=tried),
    State("nattens-plan-i-brug", CONSULTANT, "/forslag/laeg-om", prepare=published),
    State("nattens-plan-taget-tilbage", CONSULTANT, "/forslag/laeg-om", prepare=gone_back),
    State("nattens-plan-forslag", CONSULTANT, first_proposal),
    State("nattens-plan-forslag-fejl", CONSULTANT, first_proposal, status=422, prepare=without_a_choice),
)
