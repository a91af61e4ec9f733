"""What HiGHS leaves on standard output does not come out; what others write there does."""

import ctypes
import os
import threading

import pytest

from matcher.assignment.silence import DEBUG_LINE, without_debug_line


def test_only_the_debug_line_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    """Written through C's buffers as HiGHS does, between lines of others, in order."""
    libc = ctypes.CDLL(None)
    libc.printf(b"before\n")
    with without_debug_line():
        libc.printf(DEBUG_LINE)
        libc.printf(b"kept\n")
        libc.printf(DEBUG_LINE)
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "before\nkept\nafter\n"


def test_several_threads_inside_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output comes back when the last of them leaves, and every line of theirs comes out once."""
    together = threading.Barrier(4, timeout=30)

    def one(number: int) -> None:
        for turn in range(5):
            together.wait()
            with without_debug_line():
                os.write(1, f"{number}-{turn}\n".encode())
                os.write(1, DEBUG_LINE)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(1, b"after\n")
    lines = capfd.readouterr().out.splitlines()
    assert sorted(lines[:-1]) == sorted(f"{number}-{turn}" for number in range(4) for turn in range(5))
    assert lines[-1] == "after"


def test_an_error_inside_passes_and_output_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    """The solver's error is its own; standard output is restored in any case."""
    with pytest.raises(RuntimeError, match="out of tableau"), without_debug_line():
        raise RuntimeError("out of tableau")
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"


def test_without_room_the_solver_runs_all_the_same(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No temporary file to be had: nothing is diverted, nothing is lost."""

    def full(**_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with without_debug_line():
        os.write(1, b"kept\n")
    assert capfd.readouterr().out == "kept\n"
