"""Where the engine asks solvers that others wrote: whatever happens to them, the plan so far stands.

An answer that breaks a limit is refused where it is used; one that does not come at all is refused here.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def answer_of(solver: str, ask: Callable[[], _T]) -> _T | None:
    """What the solver answers, or None when it fails or the machine has no memory for it; the failure is logged.

    Every kind of error counts, since the libraries document none, and a failed solver must not cost the night its plan.
    """
    try:
        return ask()
    except Exception as error:
        _log.warning("%s gave no answer: %s: %s", solver, type(error).__name__, error)
        return None
