"""Building something costly once, however many processes of a test run ask for it."""

import fcntl
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Found = TypeVar("Found")


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """A file that `build` writes where it is told, in a folder that all processes of this run share.

    Whoever comes first builds, the others wait. Read it; to write, copy it.
    """
    own = factory.getbasetemp()
    folder = own.parent if own.name.startswith("popen-") else own
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            partial = folder / f"{name}.part"
            build(partial)
            partial.rename(made)
    return made


def found_once(factory: pytest.TempPathFactory, name: str, find: Callable[[], Found]) -> Found:
    """What one process of this run works out for all; it can be pickled."""
    made = built_once(factory, name, lambda made: _keep(made, find()))
    found: Found = pickle.loads(made.read_bytes())
    return found


def _keep(made: Path, found: object) -> None:
    made.write_bytes(pickle.dumps(found))
