"""`kill -9` in the middle of an import, a night or a decision: nothing is half there, and doing it again ends it well.

A few moments of each are tried here, on both databases; `benchmarks/crash.py` tries many.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fixtures import municipality
from tests.crash_databases import ACTIONS, Databases, databases_of
from tests.killing import KILLED, Killer, killer, points, state_of

CITIZENS = 12
MOMENTS = 3
"""Moments tried of each action on each database."""


@pytest.fixture(scope="module")
def program() -> Iterator[Killer]:
    with killer() as program:
        yield program


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, program: Killer) -> Databases:
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    invented = municipality(seed=7, citizens=CITIZENS)
    return databases_of(tmp_path_factory.mktemp("kill"), invented, program, server)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_killed_program_leaves_all_or_nothing_and_doing_it_again_ends_it_well(
    databases: Databases, program: Killer, action: str
) -> None:
    undisturbed = databases.job(action)
    before = state_of(undisturbed.url)
    done = program.do(undisturbed)
    after = state_of(undisturbed.url)
    assert (done.exit, before == after) == (0, False)
    for moment in points(done.moments, MOMENTS, seed=len(action)):
        job = databases.job(action, moment)
        assert program.do(job).exit == KILLED, moment
        assert state_of(job.url) in (before, after), moment
        assert program.do(replace(job, moment=0)).exit == 0, moment
        assert state_of(job.url) == after, moment


def test_whoever_dies_at_the_first_moment_has_done_nothing(databases: Databases, program: Killer) -> None:
    job = databases.job("nightly", moment=1)
    before = state_of(job.url)
    assert program.do(job).exit == KILLED
    assert state_of(job.url) == before


def test_the_moments_always_hold_the_last_two() -> None:
    assert points(50, 4, seed=1)[-2:] == [49, 50]
    assert len(set(points(50, 30, seed=1))) == 30
