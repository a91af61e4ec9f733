"""Numbers, versions and days at the ends of what can be written are answered as described, never by an error."""

from datetime import date
from typing import Any

import pytest

from matcher.domain.rule_changes import ChangeKind, RuleChange
from matcher.domain.validation import InvalidValueError
from tests.deciding import API, Crowd, crowd_on
from tests.serving import AUDITOR, CONSULTANT, OPERATIONS, SYSTEM, Client

CITIZEN = f"{API}/citizens/citizen-0"
WANTED = {"citizen_id": "citizen-0", "slot_id": "slot-1", "reason": "Aftalt."}
LONG = "9" * 5000


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    return crowd_on(migrated_url, people=2, places=2)


@pytest.mark.parametrize("version", [f'"{LONG}"', LONG, f'"{"9" * 18}"', '"-1"', "*", "", '"', '"1', "²"])
def test_a_version_that_is_none_of_ours_is_a_conflict(crowd: Crowd, version: str) -> None:
    system, consultant = Client(crowd.app, token=SYSTEM), Client(crowd.app, token=CONSULTANT)
    document = system.get(CITIZEN).json() | {"hours_now": 4.5}
    placement = consultant.post(f"{API}/placements", json=WANTED).json()
    headers = {"If-Match": version.encode("latin-1")}
    assert system.put(CITIZEN, document, headers=headers).status_code == 412
    changed = {"reason": "Aftalt."}
    path = f"{API}/placements/{placement['id']}"
    assert consultant.request("PATCH", path, json=changed, headers=headers).status_code in {412, 422}
    assert system.delete(CITIZEN, headers=headers).status_code in {409, 412}


def test_a_weak_version_matches_nothing(crowd: Crowd) -> None:
    system = Client(crowd.app, token=SYSTEM)
    read = system.get(CITIZEN)
    weak, strong = f"W/{read.headers['ETag']}", read.headers["ETag"]
    assert system.put(CITIZEN, read.json(), headers={"If-Match": weak}).status_code == 412
    assert system.put(CITIZEN, read.json(), headers={"If-Match": strong}).status_code == 200


@pytest.mark.parametrize("after", [10**30, 2**63, 2**31])
def test_a_page_of_the_audit_chain_begins_at_a_number_that_can_be(crowd: Crowd, after: int) -> None:
    auditor = Client(crowd.app, token=AUDITOR)
    assert auditor.get(f"{API}/audit", params={"after": after}).status_code == 422
    assert auditor.get(f"{API}/audit", params={"after": 2**31 - 1}).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-01", "2101-01-01", "1899-12-31", "0001-01-01"])
def test_a_day_far_away_is_refused_by_name(crowd: Crowd, day: str) -> None:
    consultant, operations = Client(crowd.app, token=CONSULTANT), Client(crowd.app, token=OPERATIONS)
    placement = consultant.post(f"{API}/placements", json=WANTED | {"citizen_id": "citizen-1"})
    path, match = f"{API}/placements/{placement.json()['id']}", {"If-Match": placement.headers["ETag"]}
    contact = {"answer": "later", "reason": "Travlt.", "contacted_on": day, "next_contact_on": day}
    preview = {"changes": [{"kind": "restore", "rule_id": "former_employer", "valid_from": "2027-01-01"}], "on": day}
    for answer, fields in (
        (consultant.post(f"{API}/placements", json=WANTED | {"starts_on": day}), ["starts_on"]),
        (consultant.post(f"{API}/placements", json=WANTED | {"ends_on": day}), ["ends_on"]),
        (
            consultant.request("PATCH", path, json={"reason": "Aftalt.", "starts_on": day}, headers=match),
            ["starts_on"],
        ),
        (
            consultant.request("PATCH", path, json={"reason": "Aftalt.", "statement_confirmed_on": day}, headers=match),
            ["statement_confirmed_on"],
        ),
        (operations.post(f"{API}/runs", json={"planned_on": day}), ["planned_on"]),
        (consultant.post(f"{API}/companies/company-1/contacts", json=contact), ["contacted_on", "next_contact_on"]),
        (consultant.post(f"{API}/rules/preview", json=preview), ["on"]),
        (consultant.get(f"{API}/rules", params={"on": day}), ["on"]),
    ):
        assert answer.status_code == 422, answer.request.url
        assert [error["field"] for error in answer.json()["errors"]] == fields


def test_a_day_at_the_ends_of_what_is_taken_is_no_error(crowd: Crowd) -> None:
    consultant = Client(crowd.app, token=CONSULTANT)
    for day in ("1900-01-01", "2100-12-31"):
        assert consultant.post(f"{API}/placements", json=WANTED | {"starts_on": day}).status_code < 500
        assert consultant.get(f"{API}/rules", params={"on": day}).status_code == 200


@pytest.mark.parametrize("ends", [{"valid_from": date.min}, {"valid_to": date.max}])
def test_a_change_of_a_rule_ends_before_the_calendar_does(crowd: Crowd, ends: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        RuleChange(ChangeKind.SWITCH_OFF, "former_employer", **({"valid_from": date(2027, 1, 1)} | ends))
    change = {"kind": "switch_off", "rule_id": "former_employer", "valid_from": "2027-01-01"}
    sent = change | {name: day.isoformat() for name, day in ends.items()}
    answer = Client(crowd.app, token=CONSULTANT).post(
        f"{API}/rules/changes", json={"changes": [sent], "reason": "Aftalt."}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [b'{"a":"\xff"}', b"[" * 100_000, b'{"a":' * 50_000])
def test_a_body_that_cannot_be_read_is_no_json(crowd: Crowd, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "If-Match": '"1"'}
    answer = Client(crowd.app, token=SYSTEM).request("PUT", CITIZEN, content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-input")
    assert answer.json()["errors"][0]["field"] == "body"
