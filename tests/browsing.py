"""The pages in a browser: the running service, people who sign in to it, and what no page may do.

A `Site` is the service on a free port of this machine, on a database of its own. A `Visit` is a browser window that
notes every error, every violation of the content security policy and every request that leaves the site.
"""

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from service.app import create_app
from service.db.session import create_database_engine, sessions_of
from service.settings import Settings
from service.web.session import COOKIE
from tests.serving import settings_for

CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
WINDOWLESS: Final = ("chromium-headless-shell", *CHROMIUM)
"""The same browser without the parts that a window has, which tests do without: a quarter less work. Else the whole."""
ARGUMENTS: Final = (
    "--no-sandbox", "--lang=da-DK", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
CITIZENS: Final = 200
"""Of the municipality that is looked at; benchmarks/pages.py and benchmarks/replan.py measure larger ones."""
WIDTHS: Final = {1280: 900, 768: 1024, 390: 844}
"""Width and height of the windows, in CSS pixels: a desk, a tablet, a phone."""
WCAG: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],  # what passes is not described: twice as fast
}
WCAG_CONTRAST: Final = WCAG | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
SLOWLY: Final = "MATCHER_TEST_SLOWLY"
"""Set, answers come slowly: a test that reads a page before it is there fails each time instead of now and then."""
NO_WORKER: Final = "Service Worker registration blocked by Playwright"
"""Said in windows that keep nothing of the service to themselves: all but those of the test of that."""
EVERY_PAIR: Final = (
    (1280, "da", "mouse"),
    (1280, "en", "keyboard"),
    (768, "en", "mouse"),
    (768, "da", "keyboard"),
    (390, "da", "mouse"),
    (390, "en", "keyboard"),
)
"""Widths, languages and hands such that every two of them occur together: half of all that could be tried."""
_AXE: Final = (
    AXE_SCRIPT
    + """
{
  // Contrast reads the colours of every element behind every text: each word for a colour is understood once.
  const { prototype } = axe.commons.color.Color, { parseString } = prototype, known = new Map();
  prototype.parseString = function (text) {
    const { r, g, b, alpha } = known.get(text) ?? parseString.call(this, text);
    known.set(text, { r, g, b, alpha });
    return Object.assign(this, { r, g, b, alpha });
  };
}
undefined
"""
)
_VIOLATIONS = """
window.cspViolations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.cspViolations.push(event.violatedDirective + " " + event.blockedURI);
});
"""


@dataclass(frozen=True)
class Site:
    """The running service."""

    address: str
    settings: Settings
    app: FastAPI
    contexts: list[BrowserContext] = field(default_factory=list)
    """What the browser keeps of the site; made by the first window."""

    def kept(self, browser: Browser) -> BrowserContext:
        """The context that windows on the site share."""
        if not self.contexts:
            self.contexts.append(_fresh(browser))
        return self.contexts[0]


class Slowly:
    """The service over a bad line: an answer comes late, and its end later than its beginning."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As an ASGI application."""

        async def late(message: Any) -> None:
            body = message.get("body", b"")
            if message["type"] == "http.response.start":
                await asyncio.sleep(0.15)
            elif message["type"] == "http.response.body" and len(body) > 2000:
                await send({"type": "http.response.body", "body": body[:1000], "more_body": True})
                await asyncio.sleep(0.15)
                message = {**message, "body": body[1000:]}
            await send(message)

        slow = scope["type"] == "http" and not scope["path"].startswith("/static/")
        await self.app(scope, receive, late if slow else send)


@contextmanager
def running(database: Path, **changes: Any) -> Iterator[Site]:
    """The service on a database, with invented people to sign in as."""
    settings = settings_for(database, development_sign_in=True, **changes)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = create_database_engine(settings.database_url)
    app = create_app(settings, sessions_of(engine))
    served = Slowly(app) if os.environ.get(SLOWLY) else app
    server = uvicorn.Server(uvicorn.Config(served, port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        assert time.monotonic() < until, "the service does not start"
        time.sleep(0.02)
    try:
        yield Site(f"http://127.0.0.1:{port}", settings, app)
    finally:
        server.should_exit = True
        thread.join(30)
        engine.dispose()  # what is written stands in the file alone, which may be copied


@dataclass
class Visit:
    """One window, signed in or not; `faults` is what must not have happened in it."""

    site: Site
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)
    expected_status: set[int] = field(default_factory=set)
    """Answers above 399 that the test asks for; a browser writes each to its console."""

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(self.site.address + path)
        return self.page

    def sign_in(self, token: str) -> Page:
        """Sign in with an access token, through the form."""
        self.open("/log-ind")
        self.page.fill("#token", token)
        self.page.locator("form[action='/log-ind'] button").click()
        self.page.wait_for_url(lambda url: "/log-ind" not in url)
        return self.page

    def enter(self, token: str) -> None:
        """Be signed in with an access token, without going through the form in the window."""
        answer = httpx.post(self.site.address + "/log-ind", data={"adgangsnoegle": token}, verify=False, timeout=60)
        assert answer.status_code == 303, answer.text
        for name, value in answer.cookies.items():
            self.context.add_cookies([{"name": name, "value": value, "url": self.site.address}])

    def run_out(self) -> None:
        """Let the session end as it does for want of use: the browser no longer has its cookie."""
        before = len(self.context.cookies())
        self.context.clear_cookies(name=COOKIE)
        assert len(self.context.cookies()) == before - 1

    def speak(self, language: str) -> None:
        """Ask for a language ("da" or "en") without going through the form."""
        self.context.add_cookies([{"name": "sprog", "value": language, "url": self.site.address}])

    def check(self) -> None:
        """Nothing that must not happen has happened."""
        found = [*self.faults, *self.page.evaluate("window.cspViolations || []")]
        assert not found, "\n".join(found)

    def axe(self, options: dict[str, Any] = WCAG) -> list[str]:
        """What axe finds against WCAG 2.1 A and AA, or what the options ask for: rule, and the first places."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE)
        found = self.page.evaluate("(options) => axe.run(options)", options)["violations"]
        return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def tab_to(page: Page, text: str, *, of: str = "document.activeElement.textContent", most: int = 80) -> int:
    """Press Tab until what has the focus begins with a text; it must then be seen to have the focus. How often.

    `of`: what is compared, in the page's script.
    """
    for pressed in range(1, most + 1):
        page.keyboard.press("Tab")
        said = page.evaluate(f"({of} ?? '').trim()")
        if said.startswith(text):
            assert _focus_is_seen(page), f"the focus on {said} is not seen"
            return pressed
    raise AssertionError(f"{text} is not reached by Tab")


def tab_on(page: Page, target: Locator, most: int = 120) -> None:
    """Press Tab until an element has the focus, which must then be seen."""
    target.wait_for(state="attached")
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            assert _focus_is_seen(page), f"the focus on {target} is not seen"
            return
    raise AssertionError(f"{target} is not reached by Tab")


def _focus_is_seen(page: Page) -> bool:
    return bool(
        page.evaluate(
            "[document.activeElement, ...(document.activeElement.labels ?? [])]"
            ".flatMap((one) => [getComputedStyle(one), getComputedStyle(one, '::before')])"
            ".some((style) => style.outlineStyle !== 'none' || style.boxShadow !== 'none')"
        )
    )


class Mouse:
    """Does things on a page with the mouse."""

    def press(self, page: Page, target: Locator) -> None:  # noqa: ARG002 - Keyboard needs the page
        """A link, a button."""
        target.click()

    def write(self, page: Page, target: Locator, text: str) -> None:  # noqa: ARG002 - as above
        """Into a field, in place of what stands there."""
        target.click()
        target.fill(text)

    def tick(self, page: Page, target: Locator) -> None:
        """A radio button or checkbox."""
        page.locator(f"label[for='{target.get_attribute('id')}']").click()


class Keyboard(Mouse):
    """Does the same with the keyboard alone: with Tab to where something is, and its own key there."""

    def press(self, page: Page, target: Locator) -> None:
        """Enter."""
        tab_on(page, target)
        page.keyboard.press("Enter")

    def write(self, page: Page, target: Locator, text: str) -> None:
        """Letter by letter."""
        tab_on(page, target)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)

    def tick(self, page: Page, target: Locator) -> None:
        """Space."""
        tab_on(page, target)
        page.keyboard.press("Space")


def launched(playwright: Playwright, names: tuple[str, ...] = CHROMIUM, **environment: str) -> Browser:
    """The first browser of these names, with more in its environment; raises AssertionError where there is none:
    nothing is left out."""
    found = next((path for name in names if (path := shutil.which(name)) is not None), None)
    assert found, "no Chromium on this machine: `make test` installs it, or `apt-get install chromium` does"
    return playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS), env={**os.environ, **environment})


@contextmanager
def visit(browser: Browser, site: Site, width: int = 1280, **options: Any) -> Iterator[Visit]:
    """A window of a width; its faults are checked at the end.

    Windows on one site share what the browser keeps of it (styles, scripts), and nothing else: no cookies, no drafts.
    With `options` (of Playwright's `new_context`) it is a browser that has seen nothing.
    """
    context = _fresh(browser, **options) if options else site.kept(browser)
    context.clear_cookies()
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 900)})
    page.set_default_timeout(20_000)
    found = Visit(site, context, page)

    def heard(message: Any) -> None:
        if message.text == NO_WORKER:
            return
        status = message.text.rpartition("status of ")[2][:3]
        if message.type in {"error", "warning"} and not (status.isdigit() and int(status) in found.expected_status):
            found.faults.append(f"console: {message.text} {message.location['url']}")

    def asked(request: Any) -> None:
        if not request.url.startswith((site.address, "data:")):
            found.faults.append(f"left: {request.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: found.faults.append(f"error: {error}"))
    page.on("request", asked)
    try:
        yield found
        found.check()
    finally:
        if options:
            context.close()
        else:
            page.close()


def _fresh(browser: Browser, **options: Any) -> BrowserContext:
    as_asked = {"locale": "da-DK", "reduced_motion": "reduce", "service_workers": "block", **options}
    context = browser.new_context(**as_asked)
    context.add_init_script(_VIOLATIONS)
    return context


def state_id(state: "State") -> str:
    """What a test of a state is called."""
    return state.name


@dataclass(frozen=True)
class State:
    """A page in a state: what accessibility tests and screenshots go through.

    Attributes
    ----------
    name : of the screenshot's file, so in letters, digits and hyphens
    token : of whoever looks; "" = nobody is signed in
    path : address, or a function of the open window that leads there
    status : what the page answers
    prepare : something to do on the page before it is looked at
    """

    name: str
    token: str
    path: Any
    status: int = 200
    prepare: Any = None

    def show(self, window: Visit) -> Page:
        """Bring a window into the state."""
        if self.status >= 400:
            window.expected_status.add(self.status)
        if self.token:
            window.enter(self.token)
        path = self.path(window) if callable(self.path) else self.path
        page = window.open(path)
        if self.prepare is not None:
            self.prepare(page)
            page.wait_for_load_state()
        return page
