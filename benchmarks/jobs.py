"""Presses and seconds of the user's three jobs, in Chromium, by mouse and by keyboard alone; prints JSON lines.

    python benchmarks/jobs.py                    547 citizens
    python benchmarks/jobs.py --citizens 60      a small one
    python benchmarks/jobs.py --write            also puts the table into docs/benchmarks.md

The jobs: find a citizen and propose a place; review a night (one approved, one put on hold, which pins it, planned
again, taken into use); log a call. `clicks` and `keys` are what a hand does; a Tab is a key, and so is each letter that
is typed. The keyboard uses the links that leave out the menu, and the keys that the page names. `machine_s` is what the
browser and the service took, with nobody thinking in between. `hand_s` adds what a practised hand takes for it by the
keystroke-level model (Card, Moran and Newell 1980): 0.28 s a key, 1.3 s to point and click, 0.4 s to change between
keyboard and mouse; reading and thinking are in neither.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.pages import DOCUMENT, prepare, put_into
from fixtures import REFERENCE_DATE
from service.db.repositories import Citizens, MatchRuns
from service.db.run_repositories import Proposals
from service.db.session import read_only, session_factory
from service.logs import configure_logging
from tests.browsing import launched, running, visit
from tests.serving import CONSULTANT, settings_for

HEADING: Final = "## The three jobs"
CODE: Final = "0760"
KEY_S, CLICK_S, CHANGE_S = 0.28, 1.3, 0.4
PLANNING_MS: Final = 300_000
REASON: Final = "Aftalt."


@dataclass
class Hand:
    """A hand on a page, by mouse or by keyboard alone; it counts what it does."""

    page: Page
    mouse: bool
    clicks: int = 0
    keys: int = 0
    changes: int = field(default=0)

    def press(self, what: Locator) -> None:
        """Press a button, a link or a box."""
        if self.mouse:
            self.clicks += 1
            what.click()
        else:
            self._reach(what)
            self.keys += 1
            ticked = what.evaluate("one => one.matches('input')")
            self.page.keyboard.press("Space" if ticked else "Enter")

    def write(self, what: Locator, text: str) -> None:
        """Write into a field."""
        if self.mouse:
            self.clicks += 1
            self.changes += 2
            what.click()
        else:
            self._reach(what)
        self.keys += len(text)
        self.page.keyboard.type(text)

    def skip(self, link: str) -> None:
        """Leave out what stands before by the link for it, which a mouse has no need of."""
        if not self.mouse:
            self.press(self.page.get_by_role("link", name=link, exact=True))

    def go_on(self) -> None:
        """From a ticked box to what is to be filled in for it."""
        if not self.mouse:
            self.enter()

    def enter(self) -> None:
        """Send the form that is being written in."""
        self.keys += 1
        self.page.keyboard.press("Enter")

    def _reach(self, what: Locator) -> None:
        for _ in range(500):
            if what.evaluate("one => one === document.activeElement"):
                return
            self.keys += 1
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{what} is not reached by Tab")

    @property
    def seconds(self) -> float:
        """What a practised hand takes."""
        return self.keys * KEY_S + self.clicks * CLICK_S + self.changes * CHANGE_S


def propose(hand: Hand, name: str) -> None:
    """Find a citizen by name, and agree a placement at the first place of the list."""
    page = hand.page
    hand.skip("Gå til indholdet")
    hand.write(page.locator("#navn"), name)
    hand.enter()
    page.wait_for_url(re.compile("/borgere"))
    hand.skip("Gå til indholdet")
    hand.press(page.locator("tbody th a").first)
    page.wait_for_url(re.compile("/borgere/[^/?]+$"))
    hand.skip("Gå til indholdet")
    hand.skip("Pladser, der passer")
    hand.press(page.locator("main article h3 a").first)
    page.wait_for_url(re.compile("/pladser/"))
    hand.skip("Gå til indholdet")
    hand.write(page.locator("#begrundelse"), REASON)
    hand.press(page.get_by_role("button", name="Aftal forløbet"))
    page.wait_for_url("**gemt=aftalt*")


def review(hand: Hand, _name: str) -> None:
    """Approve one proposal, put one on hold, plan again with it pinned, take the plan into use."""
    page, waits = hand.page, hand.page.locator("tbody tr", has_text="Venter").locator("input[name=forslag]").first
    for button in ("Godkend de valgte", "Sæt de valgte på hold"):
        hand.skip("Gå til det første forslag, der venter")
        hand.press(waits)
        hand.go_on()
        hand.write(page.locator("#begrundelse"), REASON)
        hand.press(page.get_by_role("button", name=button))
        page.locator("#besked .alert, main .alert-success").first.wait_for()
        page.goto(re.sub("/forslag.*", "/forslag", page.url))
    hand.skip("Gå til indholdet")
    hand.press(page.get_by_role("link", name="Læg planen om").first)
    hand.skip("Gå til beregningen")
    hand.press(page.get_by_role("button", name="Beregn en ny plan"))
    expect(page.locator("h2", has_text="Den nye plan er klar")).to_be_visible(timeout=PLANNING_MS)
    hand.skip("Gå til den nye plan")
    hand.press(page.get_by_role("button", name="Tag planen i brug"))
    page.get_by_role("status").filter(has_text="Planen er gemt med dit navn").wait_for(timeout=PLANNING_MS)


def log_call(hand: Hand, _name: str) -> None:
    """Write down that the first company has no tasks now."""
    hand.press(hand.page.locator("summary", has_text="Nej …").first)
    hand.press(hand.page.get_by_role("button", name="Ingen opgaver lige nu").first)
    hand.page.locator(".said").wait_for()


JOBS: Final[tuple[tuple[str, str, Callable[[Hand, str], None]], ...]] = (
    ("find a citizen and propose a place", "/borgere", propose),
    ("log a call", "/virksomheder?konsulent={consultant}", log_call),
    ("review a night with one pin and one re-plan", "/forslag", review),
)


def rows(browser: Browser, database: Path, citizens: int) -> Iterator[dict[str, Any]]:
    """Each job by mouse and by keyboard, one after the other on one municipality."""
    names, consultant = people(database)
    with running(database, today=REFERENCE_DATE) as site:
        for job, path, do in JOBS:
            for mouse in (True, False):
                with visit(browser, site) as window:
                    window.enter(CONSULTANT)
                    page = window.open(path.format(consultant=consultant))
                    page.set_default_timeout(PLANNING_MS)
                    hand = Hand(page, mouse)
                    begun = time.perf_counter()
                    do(hand, names.pop())
                    taken = time.perf_counter() - begun
                yield {
                    "job": job,
                    "by": "mouse" if mouse else "keyboard alone",
                    "citizens": citizens,
                    "clicks": hand.clicks,
                    "keys": hand.keys,
                    "machine_s": round(taken, 1),
                    "hand_s": round(hand.seconds + taken, 1),
                    "load": round(os.getloadavg()[0], 1),
                }


def people(database: Path) -> tuple[list[str], str]:
    """Ids of citizens with a proposal, and a consultant of theirs."""
    with read_only(session_factory(settings_for(database))) as session:
        run = MatchRuns(session, CODE).latest()
        assert run is not None
        proposed = {one.citizen_id for one in Proposals(session, CODE).of_run(run.id)}
        found = [one for one in Citizens(session, CODE).all() if one.id in proposed]
    return [one.id for one in found], found[0].consultant_id


def write(found: list[dict[str, Any]]) -> None:
    """Put the table into the document."""
    lines = [
        HEADING,
        f"`python benchmarks/jobs.py`, {found[0]['citizens']:,} citizens, Chromium without a window, 1280 pixels. Keys",
        "count each Tab and each letter; the second column of seconds adds a practised hand by the keystroke-level",
        "model (0.28 s a key, 1.3 s a click, 0.4 s between keyboard and mouse), and no thinking.",
        "",
        "| job | by | clicks | keys | browser and service s | with the hand s | load |",
        "|---|---|--:|--:|--:|--:|--:|",
        *(
            f"| {row['job']} | {row['by']} | {row['clicks']} | {row['keys']} | {row['machine_s']} | {row['hand_s']} "
            f"| {row['load']} |"
            for row in found
        ),
    ]
    put_into(DOCUMENT, HEADING, lines)


def main() -> None:
    """Do all jobs and print a JSON line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citizens", type=int, default=547)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    configure_logging("error")
    found = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = Path(folder) / "jobs.db"
        prepare(settings_for(database, today=REFERENCE_DATE), arguments.citizens)
        browser = launched(playwright)
        for row in rows(browser, database, arguments.citizens):
            print(json.dumps(row), flush=True)
            found.append(row)
        browser.close()
    if arguments.write:
        write(found)


if __name__ == "__main__":
    main()
