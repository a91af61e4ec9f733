"""The bucket of requests, against a count of its own, on a clock that the test moves."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.problems import TooManyRequests
from service.rate_limits import MOST_BUCKETS, Limits, RateLimits, SharedLimits


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def _taken(limits: Limits, caller: str) -> bool:
    try:
        limits.take(("0760", caller))
    except TooManyRequests:
        return False
    return True


def test_a_burst_then_a_pause_that_is_named() -> None:
    clock = Clock()
    limits = RateLimits(per_second=0.5, burst=3, clock=clock)
    assert [_taken(limits, "a") for _ in range(4)] == [True, True, True, False]
    with pytest.raises(TooManyRequests) as refused:
        limits.take(("0760", "a"))
    assert refused.value.retry_after_seconds == 2
    clock.seconds += refused.value.retry_after_seconds
    assert [_taken(limits, "a") for _ in range(2)] == [True, False]


def test_each_caller_has_a_bucket() -> None:
    limits = RateLimits(per_second=1, burst=1, clock=Clock())
    assert [_taken(limits, caller) for caller in "abab"] == [True, True, False, False]


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60), st.integers(1, 5), st.floats(0.1, 3))
def test_no_window_takes_more_than_burst_and_rate(pauses: list[float], burst: int, per_second: float) -> None:
    clock = Clock()
    limits = RateLimits(per_second, burst, clock)
    taken = []
    for pause in pauses:
        clock.seconds += pause
        if _taken(limits, "a"):
            taken.append(clock.seconds)
    for first, start in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + per_second * (taken[last] - start) + 1e-6


def test_only_so_many_callers_are_remembered() -> None:
    limits = RateLimits(per_second=1, burst=1, clock=Clock())
    names = [str(number) for number in range(MOST_BUCKETS + 1)]
    assert all(_taken(limits, name) for name in names)
    assert not _taken(limits, names[-1])
    assert _taken(limits, names[0]), "forgotten, so that its bucket is full again"


@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 5)), min_size=1, max_size=80),
    st.integers(1, 12),
    st.integers(1, 4),
    st.floats(0.1, 3),
)
def test_processes_that_share_take_no_more_than_the_bucket_lends(
    asked: list[tuple[int, float]], burst: int, at_a_time: int, per_second: float
) -> None:
    """Requests are taken out of one bucket: what a process has left over it takes later, but nobody takes it twice."""
    clock = Clock()
    bucket = RateLimits(per_second, burst, clock)

    def lend(caller: tuple[str, str], most: int) -> tuple[int, float]:
        lent = 0
        try:
            while lent < most:
                bucket.take(caller)
                lent += 1
        except TooManyRequests as refused:
            return lent, float(refused.retry_after_seconds)
        return lent, 0.0

    processes = [SharedLimits(lend, at_a_time) for _ in range(3)]
    taken = 0
    for which, pause in asked:
        clock.seconds += pause
        taken += _taken(processes[which], "a")
        assert taken <= burst + per_second * clock.seconds + 1e-6
    assert taken >= 1
