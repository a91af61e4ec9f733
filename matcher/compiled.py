"""How compiled code is declared: `entry` for functions called from Python, `inner` for those called by compiled code.

An entry is cached on disk beside its module (or in the user's cache directory when that cannot be written), so only the
first call ever made waits for the compiler. An inner function has no way in from Python, which halves what is compiled.
Set ``NUMBA_DISABLE_JIT=1`` to run all of it as plain Python.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_njit: Any = njit  # its type stubs leave out the two options that `inner` needs
_F = TypeVar("_F", bound=Callable[..., Any])


def entry(function: _F) -> _F:
    """Compile on first call, cached; runs without the interpreter lock."""
    try:
        compiled: _F = _njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no directory it may write its cache to
        compiled = _njit(nogil=True)(function)
    return compiled


def inner(function: _F) -> _F:
    """Compile for callers that are compiled themselves."""
    compiled: _F = _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return compiled
