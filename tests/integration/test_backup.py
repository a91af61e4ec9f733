"""A backup holds every row, whichever database it comes from and goes to; what is damaged or not empty is refused."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert

from service.db.metadata import Base
from service.db.migrate import migrate
from service.db.session import SessionFactory, create_database_engine, sessions_of, unit_of_work
from service.problems import BackupRefused, SchemaOutdated
from service.use_cases.backup import Backup, contents, restore_backup, write_backup
from tests.databases import address_of, migrated, migrated_file
from tests.integration.conftest import PlannedDemo
from tests.replaying import Recorded
from tests.tables import filled


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Runs, lists and snapshots that build on one another."""
    place = Recorded.create(tmp_path_factory.mktemp("backup") / "recorded.db", seed=31, citizens=25)
    place.plan()
    for number in range(4):
        place.show(number)
        place.change(number)
    place.plan(days=1)
    return place


def _lines(file: Path) -> list[bytes]:
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def _empty(tmp_path: Path, name: str) -> SessionFactory:
    return sessions_of(create_database_engine(migrated(tmp_path / name)))


@pytest.mark.databases("sqlite", "postgresql")
def test_from_one_database_to_the_other_and_back_everything_is_the_same(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_bytes(migrated_file())
    there = sessions_of(create_database_engine(f"sqlite:///{tmp_path / 'there.db'}"))
    back = _empty(tmp_path, "back.db")
    first = write_backup(recorded.sessions, tmp_path / "first")
    assert restore_backup(there, tmp_path / "first") == first
    second = write_backup(there, tmp_path / "second")
    assert restore_backup(back, tmp_path / "second") == second
    assert first == second == contents(back)
    assert _lines(tmp_path / "first")[1:] == _lines(tmp_path / "second")[1:]
    assert first.tables["snapshots"].rows >= 3
    assert first.tables["shown_lists"].rows == 4


def test_every_table_and_every_type_comes_through(migrated_url: str, tmp_path: Path) -> None:
    sessions = sessions_of(create_database_engine(migrated_url))
    with unit_of_work(sessions) as session:
        for table, values in filled():
            session.execute(insert(table), values)
    made = write_backup(sessions, tmp_path / "all")
    assert set(made.tables) == set(Base.metadata.tables)
    assert all(one.rows for one in made.tables.values())
    assert restore_backup(_empty(tmp_path, "there.db"), tmp_path / "all") == made


def test_a_backup_is_never_written_over_a_file_and_is_its_owners_alone(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "once"
    write_backup(recorded.sessions, file)
    assert file.stat().st_mode & 0o077 == 0
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        write_backup(recorded.sessions, file)
    assert file.read_bytes() == before


def _cut_off(lines: list[bytes]) -> list[bytes]:
    return lines[: len(lines) // 2]


def _without_a_row(lines: list[bytes]) -> list[bytes]:
    row = next(number for number, line in enumerate(lines) if line.startswith(b"["))
    return lines[:row] + lines[row + 1 :]


def _with_a_changed_row(lines: list[bytes]) -> list[bytes]:
    row = next(number for number, line in enumerate(lines) if b'"hours_now":' in line)
    return [*lines[:row], lines[row].replace(b'"hours_now":', b'"hours_now":1'), *lines[row + 1 :]]


def _of_another_revision(lines: list[bytes]) -> list[bytes]:
    return [json.dumps(json.loads(lines[0]) | {"revision": "0001"}).encode() + b"\n", *lines[1:]]


def _no_backup(_lines: list[bytes]) -> list[bytes]:
    return [b'{"type": "citizen"}\n']


@pytest.mark.parametrize("harm", [_cut_off, _without_a_row, _with_a_changed_row, _of_another_revision, _no_backup])
def test_a_harmed_file_restores_nothing(
    harm: Callable[[list[bytes]], list[bytes]], recorded: Recorded, tmp_path: Path
) -> None:
    write_backup(recorded.sessions, tmp_path / "good")
    bad = tmp_path / "bad"
    bad.write_bytes(gzip.compress(b"".join(harm(_lines(tmp_path / "good")))))
    target = _empty(tmp_path, "there.db")
    with pytest.raises(BackupRefused):
        restore_backup(target, bad)
    assert contents(target).rows == 0


@pytest.mark.parametrize("content", [b"", b"no gzip at all", gzip.compress(b"\x00\xff no text", mtime=0)[:-3]])
def test_a_file_that_is_no_backup_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(BackupRefused):
        restore_backup(_empty(tmp_path, "there.db"), tmp_path / "bad")


def test_only_an_empty_database_is_restored_into(recorded: Recorded, tmp_path: Path) -> None:
    write_backup(recorded.sessions, tmp_path / "good")
    before = contents(recorded.sessions)
    with pytest.raises(BackupRefused, match="not empty"):
        restore_backup(recorded.sessions, tmp_path / "good")
    assert contents(recorded.sessions) == before


def test_a_database_of_an_older_revision_is_not_backed_up_and_leaves_no_file(tmp_path: Path) -> None:
    url = address_of(tmp_path / "old.db")
    migrate(url, "0001")
    with pytest.raises(SchemaOutdated):
        write_backup(sessions_of(create_database_engine(url)), tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_the_demonstration_comes_back_the_same(planned: PlannedDemo, tmp_path: Path) -> None:
    source = sessions_of(create_database_engine(address_of(planned.database)))
    made: Backup = write_backup(source, tmp_path / "demo")
    target = _empty(tmp_path, "there.db")
    assert restore_backup(target, tmp_path / "demo").sha256 == made.sha256 == contents(target).sha256
