"""Requests that callers may send, counted in the database for all processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from service.clock import now
from service.db import shared_repositories
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.db.shared_repositories import Rates
from service.db.shared_tables import RateRow
from service.use_cases.shared_rates import lender
from tests.builders import MUNICIPALITY

CALLER = (MUNICIPALITY, "karen")


def test_processes_that_ask_at_once_are_lent_no_more_than_there_is(migrated_url: str) -> None:
    lenders = [lender(sessions_of(create_database_engine(migrated_url)), 0.001, 30) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        lent = list(pool.map(lambda k: lenders[k % 4](CALLER, 4), range(16)))
    assert sum(taken for taken, _ in lent) == 30
    assert all(wait_s > 0 for taken, wait_s in lent if taken == 0)
    assert lenders[0]((MUNICIPALITY, "anders"), 4)[0] == 4


def test_requests_come_back_as_time_goes_by(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, start = sessions_of(create_database_engine(migrated_url)), now()

    def taken_at(moment: datetime, most: int) -> tuple[int, float]:
        monkeypatch.setattr(shared_repositories, "now", lambda: moment)
        with unit_of_work(sessions) as session:
            return Rates(session, MUNICIPALITY, per_second=2.0, burst=10).take("karen", most)

    assert taken_at(start, 20) == (10, 0.5)
    assert taken_at(start - timedelta(seconds=60), 1)[0] == 0, "a clock that is behind gives nothing"
    assert taken_at(start + timedelta(seconds=2), 20)[0] == 4
    assert taken_at(start + timedelta(hours=1), 20)[0] == 10


def test_buckets_that_have_filled_up_are_forgotten(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, start = sessions_of(create_database_engine(migrated_url)), now()

    def takes(caller: str, after_s: float) -> list[str]:
        monkeypatch.setattr(shared_repositories, "now", lambda: start + timedelta(seconds=after_s))
        with unit_of_work(sessions) as session:
            Rates(session, MUNICIPALITY, per_second=1.0, burst=10).take(caller, 1)
        with read_only(sessions) as session:
            return sorted(session.scalars(select(RateRow.caller)))

    assert takes("karen", 0) == ["karen"]
    assert takes("anders", 9) == ["anders", "karen"]
    assert takes("sofie", 11) == ["anders", "sofie"]
