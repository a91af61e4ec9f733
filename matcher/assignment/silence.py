"""Keep a debug line that HiGHS leaves on standard output out of it.

HiGHS 1.12 prints one line with C's printf when it repairs a rounded plan, whatever its options say, and a program that
prints JSON must not have it in between. While HiGHS runs, standard output is a temporary file; what others wrote there
meanwhile comes out afterwards, and only that line is dropped. Where standard output is closed or there is no room for
the file, HiGHS runs as it is.
"""

import contextlib
import ctypes
import os
import tempfile
import threading
from collections.abc import Iterator
from typing import BinaryIO, cast

DEBUG_LINE = b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();\n"
_STANDARD_OUTPUT = 1
_lock = threading.Lock()


class _Kept:
    """Where standard output went while the last caller is still inside."""

    callers = 0
    output = -1
    file: BinaryIO | None = None


@contextlib.contextmanager
def without_debug_line() -> Iterator[None]:
    """Standard output of the process without `DEBUG_LINE`; several threads may be inside at once."""
    with _lock:
        _Kept.callers += 1
        if _Kept.callers == 1:
            _divert()
    try:
        yield
    finally:
        with _lock:
            _Kept.callers -= 1
            if _Kept.callers == 0 and _Kept.file is not None:
                _restore(_Kept.file)


def _divert() -> None:
    with contextlib.suppress(OSError):
        _flush()
        file = cast(BinaryIO, tempfile.TemporaryFile(buffering=0))  # noqa: SIM115  # `_restore` closes it
        _Kept.output = os.dup(_STANDARD_OUTPUT)
        os.dup2(file.fileno(), _STANDARD_OUTPUT)
        _Kept.file = file


def _restore(file: BinaryIO) -> None:
    _flush()
    os.dup2(_Kept.output, _STANDARD_OUTPUT)
    os.close(_Kept.output)
    _Kept.file = None
    with file:
        file.seek(0)
        rest = file.read().replace(DEBUG_LINE, b"")
    while rest:
        rest = rest[os.write(_STANDARD_OUTPUT, rest) :]


def _flush() -> None:
    """C's buffers, where printf leaves what it has not written yet."""
    ctypes.CDLL(None).fflush(None)
