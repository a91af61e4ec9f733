"""A whole municipality leaves the database and comes back the same, by NDJSON and by workbook."""

from pathlib import Path
from typing import Any

import pytest

from fixtures import Municipality, municipality
from service.db.repositories import REPOSITORIES
from service.db.session import unit_of_work
from service.use_cases.export import export_ndjson, export_xlsx
from tests.builders import MUNICIPALITY
from tests.stores import Store


@pytest.fixture(scope="module")
def town() -> Municipality:
    return municipality(citizens=120)


@pytest.fixture
def full(tmp_path: Path, town: Municipality) -> Store:
    """A database that holds the municipality."""
    store = Store.create_in(tmp_path / "full")
    values: dict[str, tuple[Any, ...]] = {
        "consultant": town.consultants,
        "company": town.companies,
        "citizen": town.citizens,
        "agreement": town.agreements,
        "placement": town.placements,
    }
    with unit_of_work(store.sessions) as session:
        for kind, found in values.items():
            repository = REPOSITORIES[kind](session, MUNICIPALITY)
            assert not any(repository.problems_of(found))
            repository.put_many(found)
            assert repository.all() == tuple(sorted(found, key=lambda value: value.id))
    return store


def test_ndjson_out_in_and_out_again_is_the_same_file(full: Store, tmp_path: Path, town: Municipality) -> None:
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    count = export_ndjson(full.sessions, MUNICIPALITY, first)
    other = Store.create_in(tmp_path / "other")
    report = other.bring_files(first, on=town.on, all_or_nothing=True)
    assert (report.errors, report.good) == ((), count)
    export_ndjson(other.sessions, MUNICIPALITY, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_workbook_holds_the_same_but_for_work_agreements(full: Store, tmp_path: Path, town: Municipality) -> None:
    book = tmp_path / "kommune.xlsx"
    export_xlsx(full.sessions, MUNICIPALITY, book)
    before = full.dump()
    again = full.bring_files(book, on=town.on)
    assert again.errors == ()
    assert sum(count.unchanged for count in again.rows.values()) == again.good
    assert full.dump() == before
    other = Store.create_in(tmp_path / "other")
    report = other.bring_files(book, on=town.on)
    assert (report.errors, report.good) == ((), again.good)
