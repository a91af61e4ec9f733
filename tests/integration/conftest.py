"""A planned night of the synthetic municipality, made once for all tests that only read it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from service.use_cases.demo import Demo, build_demo


@dataclass(frozen=True)
class PlannedDemo:
    """The demonstration's database and what was made of it. Read it; to write, copy the file."""

    database: Path
    demo: Demo


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> PlannedDemo:
    """547 citizens, imported and planned."""
    database = tmp_path_factory.mktemp("planned") / "demo.db"
    return PlannedDemo(database, build_demo(database, lambda _phase, _done, _total: None, time_limit_s=60))
