"""One night at a time, continued where it broke off, published whole or not at all, on both databases."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from matcher.assignment import AssignmentProblem, Plan, solve
from service.clock import now
from service.db.night_repositories import NightAttempts, NightLocks
from service.db.nights import Lock, NightAttempt, RunState
from service.db.purpose import OPERATIONS
from service.db.repositories import Citizens, MatchRuns
from service.db.retry import again_if_cut
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.problems import AlreadyRunning, NightTakenOver, NothingToPlan, PlanRefused
from service.use_cases.night_changes import changes_since
from service.use_cases.night_lock import SILENCE_S, has_given_up, this_process
from service.use_cases.night_plan import packed, unpacked
from service.use_cases.night_run import INTERRUPTED, Order, carry_out, take_up
from service.use_cases.nightly import Night
from service.use_cases.runs import run_or_attempt
from tests.builders import MUNICIPALITY, ON, a_citizen
from tests.databases import migrated
from tests.nights import fill
from tests.postgres import PostgresServer

ORDER = Order(ON, OPERATIONS)


@pytest.fixture
def sessions(migrated_url: str) -> Iterator[SessionFactory]:
    engine = create_database_engine(migrated_url)
    sessions = sessions_of(engine)
    fill(sessions)
    yield sessions
    engine.dispose()


def _night(sessions: SessionFactory, order: Order = ORDER, **options: Any) -> Night:
    return carry_out(sessions, MUNICIPALITY, take_up(sessions, MUNICIPALITY, order), again=order.again, **options)


def _attempts(sessions: SessionFactory) -> tuple[NightAttempt, ...]:
    with read_only(sessions) as session:
        return NightAttempts(session, MUNICIPALITY).page()


def _published(sessions: SessionFactory) -> list[str]:
    with read_only(sessions) as session:
        return [run.id for run in MatchRuns(session, MUNICIPALITY).page()]


def _holder(sessions: SessionFactory) -> Lock | None:
    with read_only(sessions) as session:
        return NightLocks(session, MUNICIPALITY).holder()


def _silence(sessions: SessionFactory, holder: str, seconds: float) -> None:
    """As if another machine's program had been silent for so long."""
    with unit_of_work(sessions) as session:
        session.execute(
            text("UPDATE night_locks SET holder = :holder, beat_at = :at"),
            {"holder": holder, "at": (now() - timedelta(seconds=seconds)).replace(tzinfo=None)}
            if session.get_bind().dialect.name == "sqlite"
            else {"holder": holder, "at": now() - timedelta(seconds=seconds)},
        )


def _unused(_: AssignmentProblem, **__: Any) -> Plan:
    raise AssertionError("planned again")


def test_a_published_run_frees_the_lock_and_keeps_no_plan(sessions: SessionFactory) -> None:
    night = _night(sessions)
    (attempt,) = _attempts(sessions)
    assert (attempt.id, attempt.state, attempt.phases_done) == (night.run.id, RunState.PUBLISHED, 8)
    assert _holder(sessions) is None
    with read_only(sessions) as session:
        assert session.scalar(text("SELECT count(*) FROM night_checkpoints")) == 0


def test_the_same_input_is_not_planned_twice_unless_asked(sessions: SessionFactory) -> None:
    first = _night(sessions)
    second = _night(sessions, solver=_unused)
    assert (second.run.id, second.unchanged, second.plan_digest()) == (first.run.id, True, first.plan_digest())
    assert second.counts == first.counts
    assert _attempts(sessions)[0].same_as == first.run.id
    forced = _night(sessions, replace(ORDER, again=True))
    assert not forced.unchanged
    assert _published(sessions) == [forced.run.id, first.run.id]


@pytest.mark.parametrize("changed", [{"seed": 5}, {"on": ON + timedelta(days=1)}])
def test_another_day_or_seed_is_planned(sessions: SessionFactory, changed: dict[str, Any]) -> None:
    first = _night(sessions)
    assert _night(sessions, replace(ORDER, **changed)).run.id != first.run.id


def test_another_citizen_is_planned_and_told_as_a_change(sessions: SessionFactory) -> None:
    first = _night(sessions)
    assert changes_since(sessions, MUNICIPALITY, first) is None
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-4"))
    second = _night(sessions)
    changes = changes_since(sessions, MUNICIPALITY, second)
    assert changes is not None
    assert changes.run_id == first.run.id
    assert (changes.placed, changes.unplaced, changes.in_placement) == (0, 1, 0)
    assert changes.same + changes.moved + changes.new == second.counts.placed
    assert changes.same + changes.moved + changes.gone == first.counts.placed


def test_a_second_run_is_refused_while_one_is_under_way(sessions: SessionFactory) -> None:
    attempt = take_up(sessions, MUNICIPALITY, ORDER)
    with pytest.raises(AlreadyRunning):
        take_up(sessions, MUNICIPALITY, ORDER)
    assert [one.id for one in _attempts(sessions)] == [attempt.id]
    carry_out(sessions, MUNICIPALITY, attempt)
    take_up(sessions, MUNICIPALITY, ORDER)


def test_two_who_look_at_once_cannot_both_take_it(sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = Lock("a", this_process(), now())
    with unit_of_work(sessions) as session:
        NightLocks(session, MUNICIPALITY).take(lock, has_given_up)
    monkeypatch.setattr(NightLocks, "holder", lambda _: None)  # looked before the other one had taken it
    with pytest.raises(AlreadyRunning):
        take_up(sessions, MUNICIPALITY, ORDER)
    monkeypatch.undo()
    assert _holder(sessions) == lock


def test_a_program_that_is_silent_for_too_long_is_taken_over(sessions: SessionFactory) -> None:
    lost = take_up(sessions, MUNICIPALITY, ORDER)
    _silence(sessions, "elsewhere/1/x", SILENCE_S - 30)
    with pytest.raises(AlreadyRunning):
        take_up(sessions, MUNICIPALITY, ORDER)
    _silence(sessions, "elsewhere/1/x", SILENCE_S + 1)
    mine = take_up(sessions, MUNICIPALITY, ORDER)
    before = next(one for one in _attempts(sessions) if one.id == lost.id)
    assert (before.state, before.problem) == (RunState.FAILED, INTERRUPTED)
    with pytest.raises(NightTakenOver):  # it wakes up again, and publishes nothing
        carry_out(sessions, MUNICIPALITY, lost)
    assert _published(sessions) == []
    assert carry_out(sessions, MUNICIPALITY, mine).run.id == mine.id


def test_whoever_loses_the_lock_while_planning_publishes_nothing(sessions: SessionFactory) -> None:
    def solve_and_lose(problem: AssignmentProblem, **options: Any) -> Plan:
        with unit_of_work(sessions) as session:
            session.execute(text("UPDATE night_locks SET run_id = 'of-somebody-else'"))
        return solve(problem, **options)

    with pytest.raises(NightTakenOver):
        _night(sessions, solver=solve_and_lose)
    assert _published(sessions) == []
    holder = _holder(sessions)
    assert holder is not None
    assert holder.run_id == "of-somebody-else"


def test_a_process_of_this_machine_that_is_gone_has_given_up_at_once() -> None:
    machine = this_process().split("/")[0]
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert has_given_up(Lock("a", f"{machine}/{gone.pid}/x", now()))
    assert has_given_up(Lock("a", f"{machine}/{os.getpid()}/x", now()))
    assert not has_given_up(Lock("a", this_process(), now()))
    assert not has_given_up(Lock("a", f"{machine}/{os.getppid()}/x", now()))
    assert not has_given_up(Lock("a", "elsewhere/1/x", now()))


def test_an_attempt_whose_program_is_gone_is_shown_as_failed(sessions: SessionFactory) -> None:
    attempt = take_up(sessions, MUNICIPALITY, ORDER)

    def shown() -> NightAttempt:
        with read_only(sessions) as session:
            found = run_or_attempt(session, MUNICIPALITY, attempt.id)
        assert isinstance(found, NightAttempt)
        return found

    assert shown().state is RunState.QUEUED
    _silence(sessions, "elsewhere/1/x", SILENCE_S + 1)
    assert (shown().state, shown().problem) == (RunState.FAILED, INTERRUPTED)


def test_a_night_that_broke_off_after_planning_goes_on_from_its_plan(sessions: SessionFactory) -> None:
    class Killed(BaseException):
        """What ends a program where it stands."""

    def killed(phase: str, _done: int, _total: int) -> None:
        if phase == "reasons":
            raise Killed

    with pytest.raises(Killed):
        _night(sessions, step=killed)
    assert (_attempts(sessions)[0].state, _published(sessions)) == (RunState.FAILED, [])
    resumed = _night(sessions, solver=_unused)
    assert resumed.counts.placed == 1
    undisturbed = _night(sessions, replace(ORDER, again=True))
    assert undisturbed.plan_digest() == resumed.plan_digest()
    assert undisturbed.run.value == resumed.run.value


def test_a_kept_plan_is_of_its_own_input_only(sessions: SessionFactory) -> None:
    def broken_off(phase: str, _done: int, _total: int) -> None:
        if phase == "reasons":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _night(sessions, step=broken_off)
    with unit_of_work(sessions) as session:
        Citizens(session, MUNICIPALITY).put(a_citizen(id="citizen-0"))
    night = _night(sessions)
    assert night.counts.citizens == 4


def test_a_kept_plan_comes_back_to_the_last_bit(sessions: SessionFactory) -> None:
    kept: list[Plan] = []

    def remembered(problem: AssignmentProblem, **options: Any) -> Plan:
        kept.append(solve(problem, **options))
        return kept[0]

    _night(sessions, solver=remembered)
    plan, back = kept[0], unpacked(packed(kept[0]))
    assert back is not None
    for name in ("slot_of_citizen", "slot_price", "resource_price", "citizen_price"):
        assert getattr(back, name).tobytes() == getattr(plan, name).tobytes()
        assert getattr(back, name).dtype == getattr(plan, name).dtype
    for name in ("objective", "upper_bound", "gap", "status", "conflict", "released", "refuted", "stopped_by"):
        assert getattr(back, name) == getattr(plan, name)
    assert unpacked(packed(plan)[:-40]) is None
    assert unpacked(b"") is None


def test_a_failed_run_says_why_and_frees_the_lock(sessions: SessionFactory) -> None:
    def broken(problem: AssignmentProblem, **options: Any) -> Plan:
        plan = solve(problem, **options)
        return replace(plan, objective=plan.objective + 1, upper_bound=plan.upper_bound + 1)

    with pytest.raises(PlanRefused):
        _night(sessions, solver=broken)
    (attempt,) = _attempts(sessions)
    assert (attempt.state, attempt.problem) == (RunState.FAILED, PlanRefused.type)
    assert "violations" in (attempt.detail or "")
    assert (_holder(sessions), _published(sessions)) == (None, [])


def test_there_must_be_something_to_plan_before_anything_is_locked(sessions: SessionFactory) -> None:
    with pytest.raises(NothingToPlan):
        take_up(sessions, "0671", ORDER)
    with read_only(sessions) as session:
        assert NightLocks(session, "0671").holder() is None


def test_each_municipality_has_a_lock_of_its_own(sessions: SessionFactory) -> None:
    fill(sessions, municipality="0671")
    take_up(sessions, MUNICIPALITY, ORDER)
    elsewhere = take_up(sessions, "0671", ORDER)
    assert carry_out(sessions, "0671", elsewhere).counts.citizens == 3


def _cut_all(server: PostgresServer, url: str) -> None:
    """Break every connection to a database but those that do it."""
    name = url.rsplit("/", 1)[1].split("?")[0]
    with server.admin.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("phase", ["features", "plan", "check", "reasons", "store"])
def test_connections_that_break_in_mid_run_lose_nothing(postgres: PostgresServer, phase: str) -> None:
    url = postgres.migrated()
    sessions = sessions_of(create_database_engine(url))
    fill(sessions)

    def cut(beginning: str, _done: int, _total: int) -> None:
        if beginning == phase:
            _cut_all(postgres, url)

    night = _night(sessions, step=cut)
    assert _published(sessions) == [night.run.id]
    assert night.counts.placed == 1
    assert _holder(sessions) is None


def test_a_connection_that_breaks_after_the_night_is_stored_stores_it_once(
    sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[int] = []

    @contextmanager
    def lost_in_commit(factory: SessionFactory) -> Iterator[Session]:
        with unit_of_work(factory) as session:
            yield session
        if not lost:
            lost.append(1)
            raise OperationalError("COMMIT", {}, ConnectionError(), connection_invalidated=True)

    monkeypatch.setattr("service.use_cases.nightly.unit_of_work", lost_in_commit)
    night = _night(sessions)
    assert (lost, _published(sessions)) == ([1], [night.run.id])


def test_an_error_that_is_no_broken_connection_is_not_tried_again(sessions: SessionFactory) -> None:
    tries: list[int] = []

    def wrong() -> None:
        tries.append(1)
        with read_only(sessions) as session:
            session.execute(text("SELECT no_such_column FROM citizens"))

    with pytest.raises(DBAPIError):
        again_if_cut(wrong, pauses_s=(0.0,))
    assert tries == [1]


def test_the_program_says_that_it_is_alive_while_it_plans(
    sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.use_cases.night_run.BEAT_S", 0.01)
    seen: list[Any] = []

    def slow(problem: AssignmentProblem, **options: Any) -> Plan:
        before = _holder(sessions)
        assert before is not None
        until = time.monotonic() + 60
        while time.monotonic() < until:
            held = _holder(sessions)
            assert held is not None
            if held.beat_at > before.beat_at:
                seen.append(held)
                break
        return solve(problem, **options)

    _night(sessions, solver=slow)
    assert len(seen) == 1


def test_the_command_line_says_with_its_exit_code_what_came_of_it(tmp_path: Path) -> None:
    url = migrated(tmp_path / "cli.db")
    engine = create_database_engine(url)
    sessions = sessions_of(engine)
    fill(sessions)
    take_up(sessions, MUNICIPALITY, ORDER)
    environment = {**os.environ, "MATCHER_DATABASE_URL": url, "MATCHER_MUNICIPALITY": MUNICIPALITY}
    done = subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", "nightly", "--date", ON.isoformat(), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "bliver lagt lige nu" in done.stderr
    assert done.stdout == ""
    engine.dispose()
