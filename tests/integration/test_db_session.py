"""Reading and writing behave alike on SQLite and PostgreSQL: one moment when reading, waiting in turn when writing."""

from contextlib import suppress

import pytest
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session

from service.db import session as database
from service.db.repositories import Consultants
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from tests.builders import MUNICIPALITY, a_consultant
from tests.databases import held


def _add(sessions: SessionFactory, id_: str) -> None:
    with unit_of_work(sessions) as session:
        Consultants(session, MUNICIPALITY).put(a_consultant(id=id_))


def _ids(session: Session) -> list[str]:
    return [one.id for one in Consultants(session, MUNICIPALITY).all()]


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(sessions: SessionFactory) -> None:
    _add(sessions, "first")
    with read_only(sessions) as session:
        assert _ids(session) == ["first"]
        _add(sessions, "second")
        assert _ids(session) == ["first"]
    with read_only(sessions) as session:
        assert _ids(session) == ["first", "second"]


def test_what_a_reader_does_is_not_kept(sessions: SessionFactory) -> None:
    with suppress(InternalError), read_only(sessions) as session:  # PostgreSQL refuses it at once
        Consultants(session, MUNICIPALITY).put(a_consultant(id="never"))
    with read_only(sessions) as session:
        assert _ids(session) == []


def test_a_writer_that_waits_too_long_for_another_gives_up(
    migrated_url: str, sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    impatient = create_database_engine(migrated_url)
    with held(migrated_url, "consultants"), pytest.raises(OperationalError):
        _add(sessions_of(impatient), "late")
    _add(sessions_of(impatient), "in-time")
    impatient.dispose()
    with read_only(sessions) as session:
        assert _ids(session) == ["in-time"]
