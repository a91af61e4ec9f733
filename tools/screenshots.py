"""Pictures of the pages, in Danish, at the widths of a desk and a phone: `make screenshots`.

Writes docs/screenshots/<state>-<width>.jpg from the synthetic municipality for every page in every state, and removes
what no state has any more. A tall page as it is opened goes on in <state>-<width>-2.jpg and so on. Each part
of the pages has a database of its own, so that what one part writes down is on no picture of another.

Fields for dates and files are the browser's own: they are Danish where it has Danish (Debian: chromium-l10n).

With names: only states that hold one of them, and nothing is removed.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from fixtures import REFERENCE_DATE
from service.logs import configure_logging
from service.use_cases.demo import build_demo

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "screenshots"
WIDTHS = (1280, 390)
TALLEST = 2600
"""CSS pixels of one picture."""
MOST = 3
"""Pictures of a page as it is opened; one that something was done on is shown to where its first picture ends."""
QUALITY = 55


def main() -> None:
    """Take them all, or those that are named on the command line."""
    from tests.browser.states import states_by_part
    from tests.browsing import launched

    wanted = sys.argv[1:]
    configure_logging("error")
    FOLDER.mkdir(exist_ok=True)
    if not wanted:
        for picture in FOLDER.glob("*.*"):
            picture.unlink()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        built = Path(folder) / "demo.db"
        build_demo(built, lambda _phase, _done, _total: None)
        browser = launched(playwright, LANGUAGE="da")
        for number, states in enumerate(states_by_part()):
            named = [one for one in states if not wanted or any(name in one.name for name in wanted)]
            if named:
                own = Path(folder) / f"{number}.db"
                shutil.copyfile(built, own)
                take_part(browser, own, named)
        browser.close()


def take_part(browser: Browser, database: Path, states: list[Any]) -> None:
    """Pictures of some states, of a service on a database."""
    from tests.browsing import running, visit

    with running(database, today=REFERENCE_DATE) as site:
        for state in states:
            for width in WIDTHS:
                with visit(browser, site, width) as window:
                    taken = take(state.show(window), state.name, width, MOST if state.prepare is None else 1)
            print(state.name, taken)


def take(page: Page, name: str, width: int, most: int) -> int:
    """Pictures of a page from its top, one below the other, at most so many; how many."""
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    number = min(most, -(-height // TALLEST))
    for part in range(number):
        top = part * TALLEST
        page.screenshot(
            path=FOLDER / (f"{name}-{width}.jpg" if part == 0 else f"{name}-{width}-{part + 1}.jpg"),
            type="jpeg",
            quality=QUALITY,
            full_page=True,
            clip={"x": 0, "y": top, "width": width, "height": min(TALLEST, height - top)},
        )
    return number


if __name__ == "__main__":
    main()
