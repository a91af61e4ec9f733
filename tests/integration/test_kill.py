"""`kill -9` in the middle of an import, a night, a decision or an import over HTTP: nothing is half there, and doing it
again comes to the same as if nothing had happened, in every table.

A few moments of each are tried here; `benchmarks/crash.py` tries many.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fixtures import municipality
from tests.crash_databases import IN_TURN, Databases, databases_of
from tests.crash_state import lies_between, state_of
from tests.databases import kind_in_use, server
from tests.killing import KILLED, STREAM, Killer, killer, points

CITIZENS = 12
MOMENTS = 3
"""Moments tried of each action."""


@pytest.fixture(scope="module")
def program() -> Iterator[Killer]:
    with killer() as program:
        yield program


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, program: Killer) -> Databases:
    invented = municipality(seed=7, citizens=CITIZENS)
    on = server() if kind_in_use() == "postgresql" else None
    return databases_of(tmp_path_factory.mktemp("kill"), invented, program, on)


@pytest.mark.parametrize("action", IN_TURN)
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


def test_a_server_that_is_killed_keeps_what_it_has_answered_and_the_same_rows_again_come_to_the_same(
    databases: Databases, program: Killer
) -> None:
    undisturbed = databases.job(STREAM)
    before = state_of(undisturbed.url)
    done = program.do(undisturbed)
    after = state_of(undisturbed.url)
    assert (done.exit, done.told[-1]["state"]) == (0, "finished")
    for moment in points(done.moments, MOMENTS, seed=2):
        job = databases.job(STREAM, moment)
        cut = program.do(job)
        left = state_of(job.url)
        assert cut.exit == KILLED, moment
        assert lies_between(left, before, after), moment
        assert cut.told == done.told[: len(cut.told)], moment
        again = program.do(replace(job, moment=0))
        assert (again.exit, again.told[-1]["state"]) == (0, "finished"), moment
        stored = [line["result"] for line in again.told[: len(cut.told)]]
        assert set(stored) <= {"unchanged"}, f"{moment}: what was answered was stored"
        assert state_of(job.url) == after, moment


def test_whoever_dies_at_the_first_moment_has_done_nothing(databases: Databases, program: Killer) -> None:
    job = databases.job("nightly", moment=1)
    before = state_of(job.url)
    assert program.do(job).exit == KILLED
    assert state_of(job.url) == before


def test_the_moments_always_hold_the_last_two() -> None:
    assert points(50, 4, seed=1)[-2:] == [49, 50]
    assert len(set(points(50, 30, seed=1))) == 30
