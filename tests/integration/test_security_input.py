"""What is sent to do harm: odd ids and texts, bodies made to hurt, unknown fields, ids of another municipality."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from service.api.limits import LARGEST_BODY_BYTES
from service.codec import AGREEMENT, CITIZEN, COMPANY
from service.identity.access import ACCESS, API, Address
from service.settings import DEVELOPMENT_ISSUER, Role
from tests.access_world import PlannedWorld, World, request_of, token_of, world_of
from tests.builders import MUNICIPALITY
from tests.serving import ELSEWHERE, Client

ODD_IDS = ("%00", "a%00b", "%ED%A0%80", "'%20OR%201=1--", "..%2F..%2Fetc", "%0d%0aSet-Cookie:%20a=b", "x" * 300)
MADE_TO_HURT = (
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"reason": ' + b"9" * 6000 + b"}",
    b"\xff\xfe",
    b"null",
    b"NaN",
    b"1e999",
    b"",
)


@pytest.fixture(scope="module")
def world(planned_world: PlannedWorld, tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_of(planned_world, tmp_path_factory.mktemp("input"))


def _name(address: Address) -> str:
    return f"{address.method} {address.path}"


WITH_IDS = [one for one in ACCESS if "{" in one.path and not one.path.startswith(DEVELOPMENT_ISSUER)]
WITH_BODIES = [one for one in ACCESS if one.method in {"POST", "PUT", "PATCH"} and not one.page]


def _allowed(address: Address) -> str:
    return token_of(min(address.roles))


def _ask(world: World, address: Address, path: str) -> Any:
    if not address.page:
        body = {} if address.method in {"GET", "DELETE"} else {"json": {"reason": "x"}, "headers": {"If-Match": '"1"'}}
        return world.caller(_allowed(address)).request(address.method, path, **body)
    person, csrf = world.person(_allowed(address))
    return person.request(address.method, path, **({"data": {"csrf": csrf}} if address.method == "POST" else {}))


@pytest.mark.parametrize("address", WITH_IDS, ids=_name)
def test_ids_that_no_id_looks_like_are_never_an_error_of_the_service(world: World, address: Address) -> None:
    for odd in ODD_IDS:
        answer = _ask(world, address, re.sub(r"\{\w+\}", lambda _, odd=odd: odd, address.path))  # type: ignore[misc]
        assert answer.status_code in {404, 405, 409, 412, 422, 428}, odd
        assert "a=b" not in answer.headers.get("set-cookie", "")


def test_cursors_and_filters_that_no_id_looks_like_are_never_an_error_of_the_service(world: World) -> None:
    for path, name in (
        ("/runs", "after"),
        ("/lists", "after"),
        ("/lists", "citizen_id"),
        ("/placements", "after"),
        ("/placements", "slot_id"),
        ("/occupations", "q"),
        ("/outreach", "consultant_id"),
    ):
        for odd in ("%00", "%01", "%ED%A0%80", "'--"):
            answer = world.caller(token_of(Role.TEAM_LEAD)).get(f"{API}{path}?{name}={odd}")
            assert answer.status_code in {200, 404, 409, 422}, (path, name, odd)


@pytest.mark.parametrize("address", WITH_BODIES, ids=_name)
def test_bodies_that_are_made_to_hurt_are_refused(world: World, address: Address) -> None:
    path, sent = request_of(world, address)
    headers = {"Content-Type": "application/json"} | sent.get("headers", {})
    for body in MADE_TO_HURT:
        answer = world.caller(_allowed(address)).request(address.method, path, content=body, headers=headers)
        assert answer.status_code < 500
        if not address.path.endswith("/imports"):  # which reports line by line
            assert answer.status_code == 422, body[:10]
            assert answer.json()["type"] == "/problems/invalid-input"


@pytest.mark.parametrize("address", [one for one in WITH_BODIES if not one.path.endswith("/imports")], ids=_name)
def test_a_field_that_is_not_known_is_refused_everywhere(world: World, address: Address) -> None:
    path, sent = request_of(world, address)
    body = sent.get("json", {}) | {"municipality_id": ELSEWHERE, "decided_by_name": "Somebody"}
    answer = world.caller(_allowed(address)).request(address.method, path, json=body, headers=sent.get("headers", {}))
    if address.path.endswith("/replay"):  # takes no body
        assert answer.status_code < 500
        return
    assert answer.status_code == 422
    assert "Somebody" not in answer.text


@pytest.mark.parametrize("text", ["\ud800", "a\x00b"], ids=["surrogate", "null"])
def test_a_text_that_cannot_be_stored_is_refused(world: World, text: str) -> None:
    ids, person = world.ids, world.caller(token_of(Role.TEAM_LEAD))
    for path, body in (
        (f"/proposals/{ids['proposal_id']}/decision", {"verdict": "held", "reason": text}),
        ("/placements", {"citizen_id": ids["citizen_id"], "slot_id": ids["slot_id"], "reason": text}),
        ("/placements", {"citizen_id": text, "slot_id": ids["slot_id"], "reason": "Aftalt."}),
        ("/placements", {"citizen_id": ids["citizen_id"], "slot_id": text, "reason": "Aftalt."}),
        (f"/companies/{ids['company_id']}/contacts", {"answer": "no", "reason": text}),
        (f"/companies/{ids['company_id']}/contacts", {"answer": "not_reached", "agreement_id": text}),
    ):
        sent = json.dumps(body).encode()  # as escapes: the only way that such a text can be sent
        answer = person.post(f"{API}{path}", content=sent, headers={"Content-Type": "application/json"})
        assert answer.status_code in {404, 409, 422}, (path, body)


def test_only_imports_are_read_piece_by_piece(world: World) -> None:
    large = b" " * (LARGEST_BODY_BYTES + 1)
    for path in ("/citizens/imports", "/companies/imports", "/proposals/imports/decision"):
        method = "POST" if path.endswith("decision") else "PUT"
        assert Client(world.app).request(method, API + path, content=large).status_code == 413
    assert Client(world.app).post("/forslag/imports", content=large).status_code == 413
    assert Client(world.app).post(f"{API}/imports", content=large).status_code == 401


def test_what_is_sent_reaches_nothing_of_another_municipality(world: World) -> None:
    lead, system = (world.caller(token_of(role, ELSEWHERE)) for role in (Role.TEAM_LEAD, Role.CASE_SYSTEM))
    ids, asked = world.ids, world.invented.agreements[0]
    wanted = {"citizen_id": ids["citizen_id"], "slot_id": ids["slot_id"], "reason": "Aftalt."}
    assert lead.post(f"{API}/placements", json=wanted).status_code in {404, 422}

    company = COMPANY.encode(replace(world.invented.companies[0], id="own", municipality=ELSEWHERE))
    assert system.put(f"{API}/companies/own", company).status_code == 201
    answer = lead.post(f"{API}/companies/own/contacts", json={"answer": "not_reached", "agreement_id": asked.id})
    assert answer.status_code == 422
    agreement = AGREEMENT.encode(replace(asked, municipality=ELSEWHERE))
    refused = system.put(f"{API}/agreements/{asked.id}", agreement)
    assert refused.status_code == 422
    assert {one["field"] for one in refused.json()["errors"]} >= {"company_ids[0]"}

    citizen = {"type": "citizen", **CITIZEN.encode(replace(world.invented.citizens[0], id="smuglet"))}
    answer = system.post(f"{API}/imports", content=json.dumps(citizen).encode())
    assert '"municipality"' in answer.text
    for place in (MUNICIPALITY, ELSEWHERE):
        assert world.caller(token_of(Role.CASE_SYSTEM, place)).get(f"{API}/citizens/smuglet").status_code == 404


def test_a_page_cannot_begin_at_another_municipalitys_row(world: World) -> None:
    ids, lead = world.ids, world.caller(token_of(Role.TEAM_LEAD, ELSEWHERE))
    for path, row in (("/runs", "run_id"), ("/lists", "list_id")):
        assert lead.get(f"{API}{path}?after={ids[row]}").status_code == 404, path
    for query in (f"after={ids['placement_id']}", f"citizen_id={ids['citizen_id']}", f"slot_id={ids['slot_id']}"):
        assert lead.get(f"{API}/placements?{query}").json()["items"] == []
    assert lead.get(f"{API}/lists?citizen_id={ids['citizen_id']}").json()["items"] == []
