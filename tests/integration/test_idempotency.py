"""A request that is sent again: its answer is for whoever may do the same, and counts as a request and a read."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from service.app import create_app
from service.db.personal_tables import ReadCitizenRow
from service.db.session import read_only
from service.identity.identity import Identity
from service.settings import Right, Role
from tests.builders import MUNICIPALITY
from tests.deciding import API, Crowd, crowd_on
from tests.issuers import AUDIENCE, Issuer, claims, rsa_key, signed
from tests.routes import endpoints_of
from tests.serving import Client, access_token

PLACEMENTS = f"{API}/placements"
WANTED = {"citizen_id": "citizen-0", "slot_id": "slot-1", "reason": "Borgeren ønsker selv stedet."}
KEY = {"Idempotency-Key": "en-plads"}
SAME, TOKEN = "same", "a-token"
ISSUER_KEY = rsa_key()


@pytest.fixture
def crowd(migrated_url: str) -> Crowd:
    """Three citizens and a slot with two places."""
    return crowd_on(migrated_url, people=3, places=2)


def caller(crowd: Crowd, role: Role = Role.JOB_CONSULTANT, **more: Any) -> Client:
    """Whoever has the token, which names the same id whatever role, rights and limits come with it."""
    known = access_token(TOKEN, SAME, "Samme", MUNICIPALITY, role, **more)
    return Client(create_app(crowd.settings.model_copy(update={"tokens": (known,)}), crowd.sessions), token=TOKEN)


def agreed(client: Client, **headers: str) -> httpx.Response:
    return client.post(PLACEMENTS, json=WANTED, headers=KEY | headers)


def test_whoever_may_not_do_it_is_given_no_answer_of_somebody_of_the_same_id(crowd: Crowd) -> None:
    assert agreed(caller(crowd)).status_code == 201
    again = agreed(caller(crowd))
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    for role in (Role.AUDITOR, Role.CASEWORKER, Role.OPERATIONS):
        refused = agreed(caller(crowd, role))
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")


@pytest.mark.parametrize("more", [{"teams": ("nord",)}, {"target_groups": ()}, {"rights": (Right.NEEDS,)}])
def test_whoever_may_something_else_by_now_is_not_given_the_answer(crowd: Crowd, more: dict[str, Any]) -> None:
    assert agreed(caller(crowd)).status_code == 201
    refused = agreed(caller(crowd, **more))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/key-reused")
    assert "citizen-0" not in refused.text


def test_somebody_of_the_issuer_is_another_person_than_the_token_of_the_same_id(crowd: Crowd) -> None:
    assert agreed(caller(crowd)).status_code == 201
    identity = Identity(AUDIENCE, frozenset((MUNICIPALITY,)), Issuer(ISSUER_KEY).keys)
    bearer = signed(ISSUER_KEY, claims(sub=SAME))
    client = Client(create_app(crowd.settings, crowd.sessions, identity), token=bearer)
    assert client.get(PLACEMENTS).status_code == 200
    assert agreed(client).status_code == 422


def test_answers_that_are_given_again_count_as_requests(crowd: Crowd) -> None:
    few = crowd.settings.model_copy(
        update={
            "tokens": (access_token(TOKEN, SAME, "Samme", MUNICIPALITY, Role.JOB_CONSULTANT),),
            "requests_per_second": 0.01,
            "requests_at_once": 2,
        }
    )
    client = Client(create_app(few, crowd.sessions), token=TOKEN)
    assert [agreed(client).status_code for _ in range(4)] == [201, 201, 429, 429]


def test_an_answer_that_is_given_again_is_a_read_of_the_citizen(crowd: Crowd) -> None:
    def reads() -> list[str]:
        with read_only(crowd.sessions) as session:
            return list(session.scalars(select(ReadCitizenRow.citizen_id)))

    client = caller(crowd)
    agreed(client)
    assert reads() == []
    agreed(client)
    assert reads() == ["citizen-0"]


def test_a_key_that_is_too_long_is_named(crowd: Crowd) -> None:
    refused = agreed(caller(crowd), **{"Idempotency-Key": "k" * 256})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["Idempotency-Key"]


def test_every_repeatable_endpoint_looks_for_an_answer_after_it_knows_who_may(crowd: Crowd) -> None:
    found = []
    for route in (one for one in endpoints_of(crowd.app) if hasattr(one, "dependant")):
        names = [getattr(one.call, "__name__", "") for one in route.dependant.dependencies]
        if "_look_up" in names:
            found.append(route.name)
            assert names.index("check") < names.index("_look_up") == len(names) - 1
    assert sorted(found) == [
        "add_contact", "agree_placement", "change_rules", "decide_proposal", "start_run",
    ]  # fmt: skip
