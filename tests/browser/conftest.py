"""A municipality in the browser: one database built for all tests, a copy and a running service for each module."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from fixtures import REFERENCE_DATE
from service.use_cases.demo import build_demo
from tests.browsing import CITIZENS, WINDOWLESS, Site, Visit, launched, running, visit
from tests.databases import copy_file
from tests.once import built_once

Open = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture(scope="session")
def planned_municipality(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A municipality with more proposals than a page of them shows, imported and planned. Copy it."""

    def build(made: Path) -> None:
        file = tmp_path_factory.mktemp("built") / "demo.db"
        build_demo(file, lambda _phase, _done, _total: None, citizens=CITIZENS, time_limit_s=60)
        copy_file(file, made)  # with what stands in the log beside the file only

    return built_once(tmp_path_factory, "browser-demo.db", build)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        found = launched(playwright, WINDOWLESS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def site(planned_municipality: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service on a copy of the planned municipality."""
    database = tmp_path_factory.mktemp("site") / "site.db"
    shutil.copyfile(planned_municipality, database)
    with running(database, today=REFERENCE_DATE) as found:
        yield found


@pytest.fixture
def window(browser: Browser, site: Site) -> Open:
    """Opens a window on the site: `with window(width=390) as visit:`; its faults are checked when it closes."""

    def opened(width: int = 1280, **options: Any) -> AbstractContextManager[Visit]:
        return visit(browser, site, width, **options)

    return opened
