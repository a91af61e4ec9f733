"""The audit chain in the database: written with what it tells of, under many writers; what is tampered with shows."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from service.app import create_app
from service.audit_chain import NO_ENTRIES, Action, Fault, Head
from service.db.audit_repositories import AuditEntries, audited
from service.db.grants import REPORT_ROLE, SERVICE_ROLE
from service.db.purpose import Channel, Viewer
from service.db.session import SessionFactory, create_database_engine, read_only, sessions_of, unit_of_work
from service.settings import Role
from service.use_cases.audit import audit_access, verified, verified_part
from service.use_cases.backup import write_backup
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.integration.test_cli import Run, run  # noqa: F401 - a fixture
from tests.postgres import PostgresServer, as_user, grant
from tests.routes import endpoints_of
from tests.serving import (
    AUDITOR,
    CONSULTANT,
    ELSEWHERE,
    LEAD,
    OPERATIONS,
    SYSTEM,
    Client,
    access_token,
    settings_for,
)
from tests.stores import Store

KAREN = Viewer("karen", Role.JOB_CONSULTANT, Channel.PAGE)
DROP_TRIGGERS = {
    "sqlite": ("DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"),
    "postgresql": ("DROP TRIGGER audit_entries_unchanged ON audit_entries",),
}


def note(sessions: SessionFactory, object_id: str, municipality: str = MUNICIPALITY, actor: Viewer = KAREN) -> None:
    with unit_of_work(sessions) as session:
        audited(session, municipality, Action.PROPOSAL_DECIDED, "proposal", object_id, {"verdict": "held"}, actor=actor)


def check(sessions: SessionFactory, kept: Head | None = None, municipality: str = MUNICIPALITY) -> tuple[object, ...]:
    with read_only(sessions) as session:
        found = verified(session, municipality, kept)
    return found.entries, found.broken, found.fault


def tamper(sessions: SessionFactory, *statements: str) -> None:
    """What somebody who owns the database can do."""
    with sessions() as session:
        for statement in (*DROP_TRIGGERS[session.get_bind().dialect.name], *statements):
            session.execute(text(statement))
        session.commit()


def test_each_municipality_has_a_chain_of_its_own(sessions: SessionFactory) -> None:
    for object_id in ("a", "b"):
        note(sessions, object_id)
    note(sessions, "c", ELSEWHERE)
    with read_only(sessions) as session:
        here, there = AuditEntries(session, MUNICIPALITY), AuditEntries(session, ELSEWHERE)
        entries = list(here.iterate())
        assert [(one.n, one.object_id, one.actor_id, one.actor_role) for one in entries] == [
            (1, "a", "karen", "job_consultant"),
            (2, "b", "karen", "job_consultant"),
        ]
        assert here.head() == Head(2, entries[-1].hash)
        assert [one.n for one in there.iterate()] == [1]
        assert AuditEntries(session, "0999").head() == NO_ENTRIES
    assert check(sessions) == (2, None, None)
    assert check(sessions, municipality=ELSEWHERE) == (1, None, None)


def test_what_is_taken_back_leaves_no_entry(sessions: SessionFactory) -> None:
    def fails() -> None:
        with unit_of_work(sessions) as session:
            audited(session, MUNICIPALITY, Action.RULES_CHANGED, "rules", "1")
            raise RuntimeError("before the commit")

    with pytest.raises(RuntimeError, match="before the commit"):
        fails()
    note(sessions, "a")
    assert check(sessions) == (1, None, None)


def test_a_session_that_only_reads_writes_no_entry(sessions: SessionFactory) -> None:
    with read_only(sessions) as session, pytest.raises(LookupError, match="unit of work"):
        audited(session, MUNICIPALITY, Action.RULES_CHANGED, "rules", "1")


def test_writers_at_the_same_time_make_one_chain(sessions: SessionFactory) -> None:
    def write(writer: int) -> None:
        for k in range(10):
            note(sessions, f"{writer}.{k}", MUNICIPALITY if k % 2 else ELSEWHERE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    for municipality in (MUNICIPALITY, ELSEWHERE):
        assert check(sessions, municipality=municipality) == (40, None, None)
    with read_only(sessions) as session:
        entries = list(AuditEntries(session, MUNICIPALITY).iterate())
    assert {one.object_id for one in entries} == {f"{writer}.{k}" for writer in range(8) for k in (1, 3, 5, 7, 9)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor_id = 'anders' WHERE n = 2",
        "DELETE FROM audit_entries WHERE n = 3",
        "DELETE FROM audit_entries",
    ],
)
def test_the_database_refuses_changes(sessions: SessionFactory, statement: str) -> None:
    for object_id in "abc":
        note(sessions, object_id)
    with sessions() as session, pytest.raises(DBAPIError, match="neither changed nor removed"):
        session.execute(text(statement))
    assert check(sessions) == (3, None, None)


@pytest.mark.databases("postgresql")
def test_postgresql_refuses_to_empty_the_table(postgres: PostgresServer) -> None:
    engine = create_database_engine(postgres.migrated())
    sessions = sessions_of(engine)
    note(sessions, "a")
    with sessions() as session, pytest.raises(DBAPIError, match="neither changed nor removed"):
        session.execute(text("TRUNCATE audit_entries"))
    assert check(sessions) == (1, None, None)
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "broken", "fault"),
    [
        ("UPDATE audit_entries SET actor_id = 'anders' WHERE n = 2", 2, Fault.ALTERED),
        ('UPDATE audit_entries SET details = \'{"verdict": "approved"}\' WHERE n = 3', 3, Fault.ALTERED),
        ("UPDATE audit_entries SET at = '2020-01-01 00:00:00' WHERE n = 1", 1, Fault.ALTERED),
        ("UPDATE audit_entries SET municipality = '0671' WHERE n = 2", 2, Fault.MISSING),
        ("DELETE FROM audit_entries WHERE n = 2", 2, Fault.MISSING),
        ("DELETE FROM audit_entries WHERE n = 1", 1, Fault.MISSING),
    ],
)
def test_tampering_behind_the_triggers_is_found(
    sessions: SessionFactory, statement: str, broken: int, fault: Fault
) -> None:
    for object_id in "abcd":
        note(sessions, object_id)
    tamper(sessions, statement)
    assert check(sessions) == (broken - 1, broken, fault)


def test_a_chain_that_was_cut_off_is_found_by_the_head_that_was_kept(sessions: SessionFactory) -> None:
    for object_id in "abcd":
        note(sessions, object_id)
    with read_only(sessions) as session:
        kept = AuditEntries(session, MUNICIPALITY).head()
    tamper(sessions, "DELETE FROM audit_entries WHERE n > 2")
    assert check(sessions) == (2, None, None)
    assert check(sessions, kept) == (2, 3, Fault.MISSING)
    for object_id in "xyz":
        note(sessions, object_id)
    assert check(sessions) == (5, None, None)
    assert check(sessions, kept) == (3, 4, Fault.NOT_AS_KEPT)


@pytest.mark.databases("postgresql")
def test_the_roles_of_the_database_may_add_but_not_change(postgres: PostgresServer) -> None:
    url = postgres.migrated()
    grant(url)
    engine = create_database_engine(as_user(url, f"{SERVICE_ROLE}_user"))
    service = sessions_of(engine)
    note(service, "a")
    assert check(service) == (1, None, None)
    for statement in (
        "UPDATE audit_entries SET actor_id = 'x'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entries_unchanged ON audit_entries",
    ):
        with service() as session, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            session.execute(text(statement))
    report = create_database_engine(as_user(url, f"{REPORT_ROLE}_user"))
    with sessions_of(report)() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM audit_entries"))
    for one in (engine, report):
        one.dispose()


# The API.


def test_auditors_read_the_chain_page_by_page(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    for object_id in "abcde":
        note(store.sessions, object_id)
    note(store.sessions, "elsewhere", ELSEWHERE)
    limited = access_token("limited", "lena", "Lena", MUNICIPALITY, Role.AUDITOR, teams=("nord",))
    settings = settings_for(tmp_path / "store.db")
    app = create_app(settings.model_copy(update={"tokens": (*settings.tokens, limited)}), store.sessions)
    path = "/api/v1/audit"
    assert Client(app).get(path).status_code == 401
    for token in (CONSULTANT, SYSTEM, OPERATIONS, LEAD, "limited"):
        assert Client(app, token=token).get(path).status_code == 403
    auditor = Client(app, token=AUDITOR)
    first = auditor.get(path, params={"limit": 2}).json()
    assert [one["object_id"] for one in first["items"]] == ["e", "d"]
    assert first["next"] == "4"
    rest = auditor.get(path, params={"limit": 10, "after": first["next"]}).json()
    assert [one["object_id"] for one in rest["items"]] == ["c", "b", "a"]
    assert rest["next"] is None
    assert rest["items"][0]["hash"] == first["items"][1]["previous"]
    about = auditor.get(path, params={"object_id": "b", "action": "proposal.decided", "actor_id": "karen"}).json()
    assert [one["n"] for one in about["items"]] == [2]
    assert auditor.get(path, params={"actor_id": "anders"}).json()["items"] == []
    assert auditor.get(path, params={"action": "unknown"}).status_code == 422


def test_whoever_calls_is_known_before_a_transaction_that_writes_begins(tmp_path: Path) -> None:
    """Opening a citizen is written down in a transaction of its own: another one before it would lock it out."""
    app = create_app(settings_for(tmp_path / "store.db"), Store.create(tmp_path).sessions)
    found = 0
    for route in endpoints_of(app):
        if not hasattr(route, "dependant"):
            continue
        names = [getattr(one.call, "__name__", "") for one in route.dependant.dependencies]
        if "_session" in names:
            found += 1
            who = {"check", "_caller", "own_form", "deciding", "signed_in"}
            assert who & set(names[: names.index("_session")]), route.path
    assert found > 5


# Access tokens.


def test_a_change_of_the_access_tokens_is_written_down_once(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    settings = settings_for(tmp_path / "store.db")
    for _ in range(2):
        audit_access(store.sessions, settings)
    fewer = settings.model_copy(update={"tokens": settings.tokens[1:]})
    audit_access(store.sessions, fewer)
    with read_only(store.sessions) as session:
        here = list(AuditEntries(session, MUNICIPALITY).iterate())
        there = list(AuditEntries(session, ELSEWHERE).iterate())
    assert [one.action for one in here] == ["access.changed"] * 2
    assert [one["id"] for one in here[0].details["callers"]] == [
        "K01", "drift", "fagsystem", "ida", "karen", "rita", "sofie", "tove",
    ]  # fmt: skip
    assert "karen" not in [one["id"] for one in here[1].details["callers"]]
    assert len(there) == 1
    assert settings.tokens[0].token_sha256 not in str(here)
    assert check(store.sessions) == (2, None, None)


# The command line.


def test_the_terminal_verifies_shows_and_gives_the_head(run: Run, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    assert run("migrate").code == 0
    sessions = sessions_of(create_database_engine(address_of(tmp_path / "matcher.db")))
    assert "Der er ingen poster." in run("audit", "show").out
    for object_id in "abc":
        note(sessions, object_id)
    found = run("audit", "verify")
    assert found.code == 0
    assert "Kæden holder. Antal poster: 3." in found.out
    head = run("audit", "head").out.strip()
    assert head in found.out
    assert run("audit", "verify", "--head", head).code == 0
    assert run("audit", "verify", "--head", "nonsense").code == 2
    shown = run("audit", "show", "--limit", "2")
    assert shown.code == 0
    assert "forslag afgjort" in shown.out
    assert "karen" in shown.out
    tamper(sessions, "DELETE FROM audit_entries WHERE n = 3")
    assert run("audit", "verify").code == 0
    found = run("audit", "verify", "--head", head)
    assert found.code == 1
    assert "Kæden er brudt ved post 3: den findes ikke." in found.out
    with sessions() as session:
        session.execute(text("UPDATE audit_entries SET object_id = 'x' WHERE n = 1"))
        session.commit()
    found = run("audit", "verify", "--json")
    assert found.code == 1
    assert (found.record["broken"], found.record["fault"]) == (1, "altered")


def test_a_restored_database_has_its_chains_recomputed(
    sessions: SessionFactory,
    tmp_path: Path,
    run: Run,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        note(sessions, str(number))
    note(sessions, "0", ELSEWHERE)
    write_backup(sessions, tmp_path / "whole")
    tamper(sessions, f"UPDATE audit_entries SET actor_id = 'anders' WHERE n = 2 AND municipality = '{MUNICIPALITY}'")
    write_backup(sessions, tmp_path / "harmed")
    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(tmp_path / "back.db"))
    done = run("restore", str(tmp_path / "whole"))
    assert done.code == 0
    assert f"Kommune {MUNICIPALITY}: sporet holder. Antal poster: 3." in done.out
    assert f"Kommune {ELSEWHERE}: sporet holder. Antal poster: 1." in done.out
    monkeypatch.setenv("MATCHER_DATABASE_URL", address_of(tmp_path / "again.db"))
    done = run("restore", str(tmp_path / "harmed"), "--json")
    assert done.code == 1
    assert done.record["audit"] == {
        ELSEWHERE: {"entries": 1, "broken": None},
        MUNICIPALITY: {"entries": 1, "broken": 2},
    }


@pytest.mark.parametrize("most", [1, 3, 100])
def test_parts_of_a_check_find_what_the_whole_finds(sessions: SessionFactory, most: int) -> None:
    for object_id in "abcdefg":
        note(sessions, object_id)

    def broken() -> int | None:
        begun = NO_ENTRIES
        with read_only(sessions) as session:
            while not (part := verified_part(session, MUNICIPALITY, begun=begun, most=most)).ended:
                assert part.verdict.head.n > begun.n
                begun = part.verdict.head
        return part.verdict.broken

    assert broken() is None
    with read_only(sessions) as session:
        longer = replace(AuditEntries(session, MUNICIPALITY).head(), n=9)
        assert verified_part(session, MUNICIPALITY, most=10, kept=longer).verdict.broken == 8
    tamper(sessions, "UPDATE audit_entries SET object_id = 'another' WHERE n = 5")
    assert broken() == 5
