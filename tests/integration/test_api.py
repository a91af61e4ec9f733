"""The API: lists, versions, problems that echo nothing, one request one transaction. Who may: `test_access.py`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from service.app import create_app
from service.codec import AGREEMENT, CITIZEN, COMPANY
from service.identity.callers import token_digest
from tests.builders import a_citizen, a_company, an_agreement
from tests.databases import copied
from tests.integration.conftest import PlannedDemo
from tests.nights import finished
from tests.serving import CONSULTANT, OPERATIONS, SYSTEM, Client, settings_for

API = "/api/v1"
SECRET = "hemmelig-tekst-0101901234"
"""Must never come back."""


@pytest.fixture(scope="module")
def planned_app(planned: PlannedDemo, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    database = tmp_path_factory.mktemp("api") / "api.db"
    copied(planned.database, database)
    return create_app(settings_for(database))


@pytest.fixture
def as_caller(planned_app: FastAPI) -> Callable[[str | None], Client]:
    return lambda token: Client(planned_app, token=token)


@pytest.fixture
def known(planned: PlannedDemo) -> dict[str, str]:
    """Ids that exist in the municipality."""
    proposal = planned.demo.night.proposals[0]
    return {
        "citizen": proposal.citizen_id,
        "slot": proposal.slot_id,
        "proposal": proposal.id,
        "run": planned.demo.night.run.id,
    }


def test_a_list_explains_its_places(as_caller: Callable[[str | None], Client], known: dict[str, str]) -> None:
    found = as_caller(CONSULTANT).get(f"{API}/citizens/{known['citizen']}/suggestions?places=3").json()
    assert len(found["places"]) == 3
    assert found["run_id"] == known["run"]
    for place in found["places"]:
        explanation = place["explanation"]
        assert explanation["eligible"]
        assert sum(term["contribution"] for term in explanation["terms"]) == pytest.approx(explanation["value"])
        assert explanation["reasons_for"]
    for place in found["near_misses"]:
        assert place["explanation"]["failed_rules"]


def test_an_explanation_of_the_proposed_place(as_caller: Callable[[str | None], Client], known: dict[str, str]) -> None:
    found = as_caller(CONSULTANT).get(f"{API}/citizens/{known['citizen']}/suggestions/{known['slot']}").json()
    assert found["place"]["proposed"]
    assert all(rule["passed"] for rule in found["place"]["explanation"]["rules"])


def test_candidates_of_a_slot_have_no_placement(
    as_caller: Callable[[str | None], Client], known: dict[str, str], planned: PlannedDemo
) -> None:
    found = as_caller(CONSULTANT).get(f"{API}/slots/{known['slot']}/candidates").json()
    busy = {placement.citizen_id for placement in planned.demo.municipality.placements}
    assert found["candidates"]
    assert not busy & {candidate["citizen"]["id"] for candidate in found["candidates"]}


def test_proposals_are_read_page_by_page(as_caller: Callable[[str | None], Client], known: dict[str, str]) -> None:
    client, seen, after = as_caller(CONSULTANT), list[dict[str, Any]](), ""
    while True:
        page = client.get(f"{API}/runs/{known['run']}/proposals?limit=50{after}").json()
        seen += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    whole = client.get(f"{API}/runs/{known['run']}/proposals?limit=500").json()["items"]
    assert [one["id"] for one in seen] == [one["id"] for one in whole]
    assert [one["value"] for one in seen] == sorted((one["value"] for one in seen), reverse=True)


def test_a_decision_carries_name_and_reason(as_caller: Callable[[str | None], Client], known: dict[str, str]) -> None:
    client = as_caller(CONSULTANT)
    address = f"{API}/proposals/{known['proposal']}/decision"
    answer = client.post(address, json={"verdict": "approved", "reason": "Aftalt med borgeren."})
    assert answer.status_code == 201
    assert answer.json()["decided_by"] == "karen"
    shown = client.get(f"{API}/runs/{known['run']}/proposals?limit=500").json()["items"]
    decision = next(one["decision"] for one in shown if one["id"] == known["proposal"])
    assert decision["reason"] == "Aftalt med borgeren."
    for reason in ("", "   "):
        assert client.post(address, json={"verdict": "approved", "reason": reason}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "token", "options"),
    [
        ("POST", "/proposals/{proposal}/decision", CONSULTANT, {"json": {"verdict": SECRET, "reason": "x"}}),
        ("POST", "/proposals/{proposal}/decision", CONSULTANT, {"json": {"verdict": "held", SECRET: "x"}}),
        ("POST", "/proposals/{proposal}/decision", CONSULTANT, {"content": f'{{"reason": "{SECRET}'}),
        ("PUT", "/citizens/B0001", SYSTEM, {"json": {"id": "B0001", "name": SECRET, "hours_now": SECRET}}),
        ("PUT", "/citizens/B0001", SYSTEM, {"json": [SECRET]}),
        ("PUT", "/citizens/B0001", SYSTEM, {"json": {"id": "B0001", SECRET: 1}}),
        ("GET", "/runs?limit=" + SECRET, CONSULTANT, {}),
        ("GET", "/citizens/B0001/suggestions?places=" + SECRET, CONSULTANT, {}),
        ("POST", "/runs", OPERATIONS, {"json": {"planned_on": SECRET}}),
    ],
)
def test_errors_never_echo_what_was_sent(
    as_caller: Callable[[str | None], Client],
    known: dict[str, str],
    method: str,
    path: str,
    token: str,
    options: dict[str, Any],
) -> None:
    answer = as_caller(token).request(method, API + path.format(**known), **options)
    assert SECRET not in answer.text
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]


def test_an_import_never_echoes_what_was_sent(as_caller: Callable[[str | None], Client]) -> None:
    row = json.dumps({"type": "citizen", "id": SECRET}) + "\n"
    answer = as_caller(SYSTEM).post(f"{API}/imports", content=row)
    assert SECRET not in answer.text
    assert json.loads(answer.text.splitlines()[0])["errors"]


def test_an_unknown_address_is_a_problem_too(as_caller: Callable[[str | None], Client]) -> None:
    answer = as_caller(CONSULTANT).get(f"{API}/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_ids_that_look_like_a_cpr_number_are_refused(as_caller: Callable[[str | None], Client]) -> None:
    answer = as_caller(SYSTEM).get(f"{API}/citizens/010190-1234")
    assert answer.status_code == 422
    assert "010190" not in answer.text


@pytest.fixture
def empty(tmp_path: Path, planned: PlannedDemo) -> FastAPI:
    """An application on a copy that a test may change."""
    database = tmp_path / "own.db"
    copied(planned.database, database)
    return create_app(settings_for(database))


def test_writing_follows_versions(empty: FastAPI) -> None:
    client = Client(empty, token=SYSTEM)
    consultant = client.get(f"{API}/citizens/B0001").json()["consultant_id"]
    document = CITIZEN.encode(a_citizen(id="new-1", consultant_id=consultant))
    address = f"{API}/citizens/new-1"
    created = client.put(address, document)
    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    assert client.get(address).json() == document

    changed = document | {"hours_target": 25.0}
    assert client.put(address, changed).status_code == 428
    assert client.put(address, changed, headers={"If-Match": '"7"'}).status_code == 412
    assert client.put(address, changed, headers={"If-Match": "words"}).status_code == 412
    updated = client.put(address, changed, headers={"If-Match": '"1"'})
    assert (updated.status_code, updated.headers["etag"]) == (200, '"2"')

    for lost in ({"If-Match": '"1"'}, {}):  # the answer was lost, so the same is sent again
        again = client.put(address, changed, headers=lost)
        assert (again.status_code, again.headers["etag"], again.json()) == (200, '"2"', changed)
    assert client.put(address, document, headers={"If-Match": '"1"'}).status_code == 412

    assert client.delete(address, headers={"If-Match": '"1"'}).status_code == 412
    assert client.delete(address).status_code == 428
    assert client.get(address).status_code == 200
    assert client.delete(address, headers={"If-Match": '"2"'}).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).status_code == 404


def test_companies_and_agreements_are_written_the_same_way(empty: FastAPI) -> None:
    client = Client(empty, token=SYSTEM)
    consultant = client.get(f"{API}/citizens/B0001").json()["consultant_id"]
    company = COMPANY.encode(a_company(id="company-1"))
    agreement = AGREEMENT.encode(an_agreement(consultant_id=consultant))
    refused = client.put(f"{API}/agreements/agreement-1", agreement)
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} >= {"company_ids[0]"}
    assert client.put(f"{API}/companies/company-1", company).status_code == 201
    assert client.put(f"{API}/agreements/agreement-1", agreement).status_code == 201
    assert client.get(f"{API}/agreements/agreement-1").json()["slots"][0]["id"] == "slot-1"


def test_the_address_and_the_document_name_the_same_id(empty: FastAPI) -> None:
    answer = Client(empty, token=SYSTEM).put(f"{API}/citizens/other", CITIZEN.encode(a_citizen(id="new-1")))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "id"


def test_a_changed_profile_changes_the_list_at_once(
    empty: FastAPI, known: dict[str, str], planned: PlannedDemo
) -> None:
    system, consultant = Client(empty, token=SYSTEM), Client(empty, token=CONSULTANT)
    address = f"{API}/citizens/{known['citizen']}"
    before = consultant.get(f"{address}/suggestions/{known['slot']}").json()["place"]["explanation"]
    read = system.get(address)
    company = next(
        agreement.company_ids[0]
        for agreement in planned.demo.municipality.agreements
        if known["slot"] in {slot.id for slot in agreement.slots}
    )
    document = read.json() | {"wishes_against": [company], "wishes_for": []}
    assert system.put(address, document, headers={"If-Match": read.headers["etag"]}).status_code == 200
    after = consultant.get(f"{address}/suggestions/{known['slot']}").json()["place"]["explanation"]
    assert before["eligible"]
    assert "wishes_against" in after["failed_rules"]


def test_a_run_is_planned_and_listed(empty: FastAPI) -> None:
    operations = Client(empty, token=OPERATIONS)
    answer = operations.post(f"{API}/runs", json={"planned_on": "2026-10-02", "time_limit_s": 5})
    run = finished(operations, answer)
    assert (run["state"], run["planned_on"]) == ("published", "2026-10-02")
    listed = operations.get(f"{API}/runs?limit=1").json()
    assert [one["id"] for one in listed["items"]] == [run["id"]]
    older = operations.get(f"{API}/runs?limit=1&after={listed['next']}").json()
    assert older["items"][0]["planned_on"] == "2026-10-01"


def test_the_description_is_openapi_3_1_and_whole(as_caller: Callable[[str | None], Client]) -> None:
    description = as_caller(None).get(f"{API}/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    schemas = description["components"]["schemas"]
    missing = {name for name in _references(description) if name not in schemas}
    assert missing == set()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert {"401"} <= set(operation["responses"]), (method, path)
            assert operation["summary"], (method, path)


def _references(part: object) -> set[str]:
    if isinstance(part, dict):
        own = {str(part["$ref"]).rpartition("/")[2]} if "$ref" in part else set[str]()
        return own.union(*(_references(value) for value in part.values()))
    return set[str]().union(*(_references(value) for value in part)) if isinstance(part, list) else set()


def test_health(tmp_path: Path, planned_app: FastAPI) -> None:
    assert Client(planned_app).get("/livez").status_code == 200
    assert Client(planned_app).get("/readyz").json()["status"] == "ok"
    unready = Client(create_app(settings_for(tmp_path / "empty.db"))).get("/readyz")
    assert unready.status_code == 503


def test_each_answer_has_an_id_and_may_be_kept_nowhere(as_caller: Callable[[str | None], Client]) -> None:
    answer = as_caller(CONSULTANT).get(f"{API}/runs", headers={"X-Request-Id": SECRET})
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_tokens_are_kept_as_digests_only() -> None:
    text = settings_for(Path("unused.db")).model_dump_json()
    assert CONSULTANT not in text
    assert token_digest(CONSULTANT) in text
