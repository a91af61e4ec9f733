"""Options and profiles that all tests share."""

import gc
import os
import sys
from collections.abc import Iterator
from itertools import islice

import pytest
import structlog

gc.set_threshold(100_000, 20, 50)  # a fifth of the tests' time went into looking through what stays


def _log_plainly() -> None:
    """Log as structlog does of itself, but without the values of variables: seconds for each error of the service."""
    structlog.reset_defaults()
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


_log_plainly()


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """No test leaves the level that its program logs from to the next."""
    yield
    _log_plainly()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first in the share of each process: nobody waits for the last of it at the end."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [one for one in items if one.get_closest_marker("slow")]
    others = iter([one for one in items if not one.get_closest_marker("slow")])
    ordered: list[pytest.Item] = []
    for process in range(processes):
        own = slow[process::processes]
        share = (len(items) - len(ordered)) // (processes - process)  # as xdist deals them out
        ordered += [*own, *islice(others, max(0, share - len(own)))]
    items[:] = ordered


def pytest_collection_finish() -> None:
    """Whoever uses Hypothesis has loaded what all tests use it with."""
    if "hypothesis" in sys.modules:
        assert "tests.hypotheses" in sys.modules, "import tests.hypotheses before the tests are read"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-golden`` writes the golden texts anew instead of comparing; read the difference before committing."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew, then read them")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--update-golden"))
