"""CPR numbers, the log of reads and corrections, through the API and the pages."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.app import create_app
from service.codec import CITIZEN
from service.crypto import new_key
from service.db.personal import ReadPurpose
from service.db.personal_repositories import Corrections
from service.db.session import create_database_engine, read_only, sessions_of, unit_of_work
from service.identity.access import ACCESS, API, PUBLIC, Address
from service.settings import Role
from service.use_cases.access_log import access_log_of
from tests.access_world import PlannedWorld, World, request_of, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.databases import address_of
from tests.serving import AUDITOR, SYSTEM, SYSTEM_ELSEWHERE, Client, settings_for
from tests.stores import Store, all_kinds

CITIZEN_ID = "citizen-1"
PATH = f"{API}/citizens/{CITIZEN_ID}"
CPR = "010190-0004"
WITHOUT_CHECK_DIGIT = "0101900005"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(tmp_path)
    assert not store.bring(all_kinds()).errors
    return store


def client(store: Store, token: str | None, **changes: object) -> Client:
    """A client of the application on a store, which is made once."""
    key = (store.folder, *changes)
    if key not in _APPS:
        _APPS.clear()
        _APPS[key] = create_app(settings_for(store.folder / "store.db", **changes), store.sessions)
    return Client(_APPS[key], token=token)


_APPS: dict[tuple[object, ...], FastAPI] = {}


def test_nobody_writes_or_searches_cpr_numbers_without_signing_in(store: Store) -> None:
    anonymous = client(store, None)
    assert anonymous.put(f"{PATH}/cpr", {"cpr": CPR}).status_code == 401
    assert anonymous.post(f"{API}/citizens/by-cpr", json={"cpr": CPR}).status_code == 401
    assert anonymous.get(f"{PATH}/access-log").status_code == 401


def test_another_municipality_finds_neither_citizen_nor_number(store: Store) -> None:
    own, elsewhere = client(store, SYSTEM), client(store, SYSTEM_ELSEWHERE)
    assert own.put(f"{PATH}/cpr", {"cpr": CPR}).status_code == 204
    assert elsewhere.put(f"{PATH}/cpr", {"cpr": CPR}).status_code == 404
    assert elsewhere.delete(f"{PATH}/cpr").status_code == 404
    assert elsewhere.post(f"{API}/citizens/by-cpr", json={"cpr": CPR}).status_code == 404


@pytest.mark.parametrize("number", [CPR, CPR.replace("-", ""), WITHOUT_CHECK_DIGIT])
def test_a_citizen_is_found_by_the_number_however_it_is_written(store: Store, number: str) -> None:
    system = client(store, SYSTEM)
    assert system.put(f"{PATH}/cpr", {"cpr": number}).status_code == 204
    for written in (number.replace("-", ""), f"{number[:6]}-{number[-4:]}", f" {number} "):
        found = system.post(f"{API}/citizens/by-cpr", json={"cpr": written})
        assert (found.status_code, found.json()) == (200, {"citizen_id": CITIZEN_ID})
    assert system.delete(f"{PATH}/cpr").status_code == 204
    assert system.post(f"{API}/citizens/by-cpr", json={"cpr": number}).status_code == 404


@pytest.mark.parametrize("wrong", ["320190-0004", "010190-000", "abc", "010157-5004", ""])
def test_what_is_no_cpr_number_is_refused_without_repeating_it(store: Store, wrong: str) -> None:
    answer = client(store, SYSTEM).put(f"{PATH}/cpr", {"cpr": wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cpr"
    assert not wrong or wrong not in answer.text


def test_a_number_belongs_to_one_citizen(store: Store) -> None:
    system = client(store, SYSTEM)
    other = CITIZEN.encode(replace(CITIZEN.decode(system.get(PATH).json()), id="citizen-2"))
    assert system.put(f"{API}/citizens/citizen-2", other).status_code == 201
    assert system.put(f"{PATH}/cpr", {"cpr": CPR}).status_code == 204
    assert system.put(f"{PATH}/cpr", {"cpr": CPR}).status_code == 204
    refused = system.put(f"{API}/citizens/citizen-2/cpr", {"cpr": CPR})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/cpr-taken")


def test_without_keys_numbers_are_not_taken_in(store: Store) -> None:
    system = client(store, SYSTEM, cpr_keys=(), cpr_search_keys=())
    for answer in (
        system.put(f"{PATH}/cpr", {"cpr": CPR}),
        system.post(f"{API}/citizens/by-cpr", json={"cpr": CPR}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/cpr-not-configured")


def test_the_database_holds_the_number_sealed_and_each_time_otherwise(store: Store) -> None:
    system, sealed = client(store, SYSTEM), set()
    for _ in range(2):
        assert system.put(f"{PATH}/cpr", {"cpr": CPR}).status_code == 204
        with read_only(store.sessions) as session:
            sealed.add(bytes(session.scalars(text("SELECT sealed FROM cpr_numbers")).one()))
    assert len(sealed) == 2
    held = ["\n".join(store.dump()).encode(), *(file.read_bytes() for file in store.folder.iterdir())]
    assert [one for one in held if CPR.encode() in one or CPR.replace("-", "").encode() in one] == []


def test_a_change_says_which_fields_were_corrected_and_by_whom_and_keeps_no_old_value(store: Store) -> None:
    system = client(store, SYSTEM)
    read = system.get(PATH)
    changed = read.json() | {"hours_now": 7.5, "name": "Nyt Navn"}
    for document in (changed, changed):  # the second time nothing changes, and nothing is noted
        version = system.get(PATH).headers["ETag"]
        assert system.put(PATH, document, headers={"If-Match": version}).status_code == 200
    with read_only(store.sessions) as session:
        [correction] = Corrections(session, MUNICIPALITY).of_citizen(CITIZEN_ID)
    assert (correction.fields, correction.corrected_by, correction.role) == (
        ("hours_now", "name"),
        "fagsystem",
        Role.CASE_SYSTEM,
    )


def test_a_read_is_written_down_with_its_case_and_the_auditor_finds_it(store: Store) -> None:
    system, auditor = client(store, SYSTEM), client(store, AUDITOR)
    assert system.get(PATH, headers={"X-Case": "15.20.00-P35-12-26"}).status_code == 200
    system.put(f"{PATH}/cpr", {"cpr": CPR})
    system.post(f"{API}/citizens/by-cpr", json={"cpr": CPR})
    entries = auditor.get(f"{PATH}/access-log").json()["items"]
    assert [(one["viewer_id"], one["viewer_role"], one["channel"]) for one in entries] == [
        ("fagsystem", "case_system", "api")
    ] * 2
    assert [(one["purpose"], one["case"]) for one in entries] == [
        ("cpr_search", None),
        ("profile", "15.20.00-P35-12-26"),
    ]
    first = auditor.get(f"{PATH}/access-log", params={"limit": 1}).json()
    rest = auditor.get(f"{PATH}/access-log", params={"limit": 1, "after": first["next"]}).json()
    assert [*first["items"], *rest["items"]] == entries
    assert rest["next"] is None


@pytest.mark.parametrize("case", [CPR, CPR.replace("-", ""), "en sag", "x" * 65])
def test_a_case_that_is_none_or_a_cpr_number_is_refused_and_nothing_is_shown(store: Store, case: str) -> None:
    answer = client(store, SYSTEM).get(PATH, headers={"X-Case": case})
    assert answer.status_code == 422
    assert case not in answer.text
    with read_only(store.sessions) as session:
        assert access_log_of(session, MUNICIPALITY, CITIZEN_ID) == ()


def test_what_cannot_be_written_down_is_not_shown(store: Store) -> None:
    with unit_of_work(store.sessions) as session:
        name = session.scalars(text("SELECT name FROM citizens")).one()
        session.execute(text("ALTER TABLE citizen_read_citizens RENAME TO gone"))
    answer = client(store, SYSTEM).get(PATH)
    assert answer.status_code in {500, 503}
    assert name not in answer.text


def test_reads_cannot_be_changed_or_removed_in_the_database(store: Store) -> None:
    assert client(store, SYSTEM).get(PATH).status_code == 200
    for statement in (
        "DELETE FROM citizen_reads",
        "DELETE FROM citizen_read_citizens",
        "UPDATE citizen_reads SET viewer_id = 'nobody'",
        "UPDATE citizen_read_citizens SET citizen_id = 'citizen-2'",
    ):
        with store.sessions() as session, pytest.raises(DBAPIError, match="only added to"):
            session.execute(text(statement))
    with read_only(store.sessions) as session:
        assert [one.purpose for one in access_log_of(session, MUNICIPALITY, CITIZEN_ID)] == [ReadPurpose.PROFILE]


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("reads"))


def _reads_of(world: World) -> Counter[str]:
    """How often each citizen stands in the log."""
    engine = create_database_engine(address_of(world.database))
    with read_only(sessions_of(engine)) as session:
        found = Counter(
            citizen_id
            for table in ("citizen_read_citizens", "shown_list_citizens")
            for citizen_id in session.scalars(text(f"SELECT citizen_id FROM {table}"))
        )
    engine.dispose()
    return found


def _named(world: World, said: str) -> set[str]:
    """Citizens whom an answer names, by id or by a name that nobody else has."""
    once = {name for name, count in Counter(one.name for one in world.invented.citizens).items() if count == 1}
    return {
        one.id
        for one in world.invented.citizens
        if re.search(rf"(?<![\w-]){re.escape(one.id)}(?![\w-])", said) or (one.name in once and one.name in said)
    }


def _answer(world: World, address: Address) -> httpx.Response:
    """The answer to somebody who may ask."""
    role = Role.TEAM_LEAD if Role.TEAM_LEAD in address.roles else sorted(address.roles)[0]
    path, sent = request_of(world, address)
    caller = world.person(token_of(role))[0] if address.page else world.caller(token_of(role))
    return caller.request(address.method, path, **sent)


AUDIT = {f"{API}/audit", "/administration/revision"}
"""The chain of who did what: its entries name what was decided about, and are read by auditors only."""
NAMES_NOBODY = {
    f"{API}/companies/{{id}}",
    f"{API}/agreements/{{id}}",
    f"{API}/occupations",
    f"{API}/runs",
    f"{API}/runs/{{run_id}}",
    f"{API}/rules",
}
"""Some that name no citizen: should that change, the walk below would have to be told."""


def test_whoever_is_named_in_an_answer_stands_in_the_log(world: World) -> None:
    """Walks every address that is read: one that names citizens and forgets the log fails here."""
    forgotten, naming = {}, set()
    for address in ACCESS:
        if address.method != "GET" or address.roles == PUBLIC or address.path in AUDIT:
            continue
        request_of(world, address)  # what it reads to know what to send is no part of the answer
        before = _reads_of(world)
        answer = _answer(world, address)
        assert answer.status_code == 200, address.path
        named, after = _named(world, answer.text), _reads_of(world)
        if named:
            naming.add(address.path)
        if missing := {id_ for id_ in named if after[id_] <= before[id_]}:
            forgotten[address.path] = missing
    assert forgotten == {}
    assert not naming & NAMES_NOBODY
    assert {f"{API}/citizens/{{id}}", f"{API}/runs/{{run_id}}/proposals", "/borgere", "/forslag/uden-plads"} <= naming


def test_new_keys_are_random() -> None:
    assert len({new_key() for _ in range(10)}) == 10
