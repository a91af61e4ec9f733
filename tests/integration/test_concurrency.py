"""Many people write at the same moment: a place is given once, no change is lost, no place is given twice."""

from collections import Counter

import pytest

from benchmarks.concurrency import NO_LIMIT, PEOPLE, PLACES, all_at_once, faults, fresh_round, mixed, planned
from tests.deciding import Crowd, crowd_on

WRITERS = 12
SECONDS = 4.0


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    """Fifty people whom the same slot, with one place, is proposed to; on each database."""
    return crowd_on(migrated_url, people=PEOPLE, **NO_LIMIT)


@pytest.fixture
def busy_crowd(migrated_url: str) -> Crowd:
    """The same with ten places."""
    return crowd_on(migrated_url, people=PEOPLE, places=PLACES, **NO_LIMIT)


def test_of_fifty_who_approve_at_once_exactly_one_gets_the_last_place(crowd: Crowd) -> None:
    answers = all_at_once(crowd, fresh_round(crowd, "round"))
    assert answers == Counter({201: 1, 409: PEOPLE - 1})
    assert planned(crowd) == 1


def test_mixed_writers_lose_nothing_and_give_no_place_twice(busy_crowd: Crowd) -> None:
    tally = mixed(busy_crowd, WRITERS, SECONDS)
    assert faults(busy_crowd, tally) == []
    done = {kind for (kind, status), count in tally.answers.items() if status < 300 and count}
    assert {"decide", "citizen", "agreement"} <= done
