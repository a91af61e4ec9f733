"""Every page in every state that users meet, by part of the pages: `STATES` of each module here."""

import importlib
import pkgutil
from collections.abc import Iterator

from tests.browsing import State


def every_state() -> Iterator[State]:
    """All states, part by part."""
    for states in states_by_part():
        yield from states


def first_states() -> Iterator[State]:
    """The first three states of each part."""
    for states in states_by_part():
        yield from states[:3]


def states_by_part() -> Iterator[tuple[State, ...]]:
    """The states of each part."""
    for module in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{module.name}").STATES
