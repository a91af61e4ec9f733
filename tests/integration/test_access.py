"""Every address and every role: the table of access, walked against the running application."""

from pathlib import Path
from typing import Any

import pytest

from service.identity.access import ACCESS, API, KEEPS, ON_PAGES, PUBLIC, Address, page
from service.settings import DEVELOPMENT_ISSUER, Role
from tests.access_world import PlannedWorld, World, may_sign_in, request_of, token_of, world_of
from tests.routes import addresses_of
from tests.serving import ELSEWHERE, Client

WORKS = {200, 201, 202, 204, 303}
ASKS = [one for one in ACCESS if one.roles != PUBLIC]


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("access"))


def _name(address: Address) -> str:
    return f"{address.method} {address.path}"


def _ask(world: World, address: Address, token: str) -> Any:
    """The answer to somebody with a token, on the API or signed in to the pages."""
    path, sent = request_of(world, address)
    if not address.page:
        if (address.method, token) == ("POST", token_of(Role.CASE_SYSTEM)) and path == f"{API}/placements":
            sent["json"]["decided_by"] = "karen"  # a program says who decided
        answer = world.caller(token).request(address.method, path, **sent)
        if answer.status_code == 201 and address.path == f"{API}/placements":
            world.unused.pop()
        return answer
    person, csrf = world.person(token)
    if address.method == "POST":
        sent = {**sent, "data": {**sent.get("data", {}), "csrf": csrf}}
    answer = person.request(address.method, path, **sent)
    if path == "/log-ud":
        world.forget(token)
    return answer


def test_the_table_has_every_address_once(world: World) -> None:
    rows = [(one.method, one.path) for one in ACCESS]
    assert set(rows) == addresses_of(world.app)
    assert len(rows) == len(set(rows))


def test_the_description_has_every_address_of_the_api(world: World) -> None:
    paths = Client(world.app).get(f"{API}/openapi.json").json()["paths"]
    described = {(method.upper(), API + path) for path, methods in paths.items() for method in methods}
    assert described == {(one.method, one.path) for one in ACCESS if not one.page and one.roles != PUBLIC}


def test_the_printed_table_is_this_table() -> None:
    assert (Path(__file__).parents[2] / "docs/access.md").read_text("utf-8") == page()


@pytest.mark.parametrize("address", ASKS, ids=_name)
def test_whoever_is_unknown_is_turned_away(world: World, address: Address) -> None:
    path, sent = request_of(world, address)
    answer = Client(world.app).request(address.method, path, **sent)
    if address.page:
        assert (answer.status_code, answer.headers["location"]) == (303, "/log-ind")
    else:
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert world.caller("no-token-of-anybody").request(address.method, path, **sent).status_code == 401


@pytest.mark.parametrize("address", ASKS, ids=_name)
def test_each_role_may_what_the_table_says_and_no_more(world: World, address: Address) -> None:
    for role in Role:
        if address.page and not may_sign_in(role):
            continue
        answer = _ask(world, address, token_of(role))
        if role in address.roles:
            assert answer.status_code in WORKS, (role, answer.text)
        else:
            assert answer.status_code == 403, (role, answer.text)


@pytest.mark.parametrize("role", [role for role in Role if not may_sign_in(role)])
def test_other_roles_cannot_sign_in_to_the_pages(world: World, role: Role) -> None:
    client = Client(world.app)
    answer = client.post("/log-ind", data={"adgangsnoegle": token_of(role)})
    assert answer.status_code == 401
    assert "Adgangsnøglen er et fagsystems" in answer.text
    assert client.get("/borgere").status_code == 303


@pytest.mark.parametrize("address", [one for one in ASKS if one.shares], ids=_name)
def test_another_municipality_is_never_found(world: World, address: Address) -> None:
    for role in address.roles:
        answer = _ask(world, address, token_of(role, ELSEWHERE))
        assert answer.status_code == 404, role
        if not address.page:
            assert answer.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("address", [one for one in ASKS if not one.shares and one.method == "GET"], ids=_name)
def test_what_names_nothing_holds_nothing_of_another_municipality(world: World, address: Address) -> None:
    names = [one.name for one in world.invented.citizens] + [one.id for one in world.invented.citizens]
    for role in address.roles:
        answer = _ask(world, address, token_of(role, ELSEWHERE))
        assert answer.status_code in {200, 409}
        assert [name for name in names if f'"{name}"' in answer.text or f">{name}<" in answer.text] == []


def test_an_address_that_names_something_is_tested_as_such() -> None:
    for address in ASKS:
        named = "{" in address.path and address.method != "PUT"
        assert address.shares == named, _name(address)


def test_writing_the_id_of_another_municipality_writes_ones_own(world: World) -> None:
    """An id belongs to its municipality: the same id elsewhere is somebody else."""
    citizen = world.invented.citizens[0]
    elsewhere = world.caller(token_of(Role.CASE_SYSTEM, ELSEWHERE))
    document = world.caller(token_of(Role.CASE_SYSTEM)).get(f"{API}/citizens/{citizen.id}").json()
    assert elsewhere.put(f"{API}/citizens/{citizen.id}", document).status_code == 422
    assert elsewhere.put(f"{API}/citizens/{citizen.id}", document | {"municipality": ELSEWHERE}).status_code == 422
    assert elsewhere.get(f"{API}/citizens/{citizen.id}").status_code == 404


@pytest.mark.parametrize("address", [one for one in ACCESS if one.roles == PUBLIC], ids=_name)
def test_what_is_for_anybody_asks_nobody(world: World, address: Address) -> None:
    answer = Client(world.app).request(address.method, address.path)
    only_in_development = address.path.startswith(DEVELOPMENT_ISSUER) or address.path in {
        "/log-ind/udvikling",
        "/log-ind/kommune",
    }
    expected = {404} if only_in_development else {200, 303, 401}
    assert answer.status_code in expected
    assert [one.name for one in world.invented.citizens if one.name in answer.text] == []


def test_the_pages_are_for_those_who_work_with_citizens() -> None:
    assert all(one.roles <= ON_PAGES for one in ASKS if one.page)
    assert all(Role.CASE_SYSTEM in one.roles for one in ASKS if one.roles == KEEPS)
