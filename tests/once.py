"""Building something costly once, however many processes of a test run ask for it."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


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
