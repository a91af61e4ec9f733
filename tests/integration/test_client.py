"""The published client: of one piece with the description, and good for a case system's whole day."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from service.app import create_app
from service.codec import AGREEMENT, CITIZEN, COMPANY, CONSULTANT
from service.settings import Role
from tests.access_world import TOKENS, World, plan_world, token_of, world_of
from tests.serving import Client as Caller
from tests.serving import settings_for

FOLDER = Path(__file__).parents[2] / "docs" / "client"


class InProcess(httpx.BaseTransport):
    """Hands the client's requests to the application, in the test's process."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        answer = Caller(self.app).request(
            request.method, str(request.url.raw_path, "ascii"), content=request.read(), headers=dict(request.headers)
        )
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        return httpx.Response(answer.status_code, headers=headers, content=answer.content)


@pytest.fixture
def modules() -> Iterator[dict[str, ModuleType]]:
    """The files of the client, imported as a case system would."""
    sys.path.insert(0, str(FOLDER))
    names = ("generate", "matcher_client", "day")
    yield {name: import_module(name) for name in names}
    sys.path.remove(str(FOLDER))
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return world_of(plan_world(tmp_path / "planned.db"), tmp_path)


def test_the_client_is_made_from_the_description(modules: dict[str, ModuleType]) -> None:
    document = json.loads((FOLDER.parent / "openapi.json").read_text("utf-8"))
    made = modules["generate"].client_of(document)
    assert (FOLDER / "matcher_client.py").read_text("utf-8") == made, "run docs/client/generate.py"
    operations = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    assert operations <= set(dir(modules["matcher_client"].Client))


def test_a_whole_day(modules: dict[str, ModuleType], world: World) -> None:
    day, client = modules["day"], modules["matcher_client"]
    http = httpx.Client(transport=InProcess(world.app), base_url="http://service")
    system, consultant, operations = (
        client.Client(http, token_of(role)) for role in (Role.CASE_SYSTEM, Role.JOB_CONSULTANT, Role.OPERATIONS)
    )
    invented = world.invented
    rows = [
        *({"type": "consultant", **CONSULTANT.encode(one)} for one in invented.consultants),
        *({"type": "company", **COMPANY.encode(one)} for one in invented.companies),
        {"type": "citizen", "id": "without-anything"},
    ]
    refused, whole = day.send_all(system, rows)
    assert [line["row"] for line in refused] == [len(rows)]
    assert whole
    citizen = CITIZEN.encode(invented.citizens[-1]) | {"hours_target": 23.5}
    assert day.keep_citizen(system, citizen) == '"2"'
    assert day.keep_citizen(system, citizen) == '"2"', "the same again is no change"
    assert day.keep_citizen(system, CITIZEN.encode(invented.citizens[-1]) | {"id": "ny"}) == '"1"'
    assert day.keep_agreement(system, AGREEMENT.encode(invented.agreements[0]))

    hook = day.listen(system, "https://case.example.dk/hooks/matcher")
    run = day.plan_now(operations, "night-1", wait_seconds=0.05)
    assert run["state"] == "published"
    body = json.dumps({"type": "run.published", "data": {"run_id": run["id"]}}).encode()
    at = datetime.now(UTC)
    signed = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(hook["secret"]).sign("m1", at, body.decode()),
    }
    assert day.published_run(hook["secret"], body, signed) == run["id"]

    proposals = day.all_proposals(consultant, run["id"])
    assert len(proposals) == run["counts"]["placed"]
    decided = day.approve(consultant, proposals[0], "Aftalt med borgeren.")
    placement = consultant.read_placement(decided["placement_id"]).value
    assert placement["citizen_id"] == proposals[0]["citizen_id"]
    http.close()
    _later(modules, world, placement["id"], date.fromisoformat(placement["starts_on"]))


def _later(modules: dict[str, ModuleType], world: World, placement_id: str, on: date) -> None:
    """From the first day on: it begins, and it ends."""
    app = create_app(settings_for(world.database, tokens=TOKENS, today=on))
    with httpx.Client(transport=InProcess(app), base_url="http://service") as http:
        consultant = modules["matcher_client"].Client(http, token_of(Role.JOB_CONSULTANT))
        begun = modules["day"].carry_on(consultant, placement_id, on.isoformat())
        assert begun["status"] == "running"
        ended = modules["day"].end(consultant, placement_id, "ordinary_job", "Ansat i ordinære timer.")
        assert (ended["status"], ended["outcome"]) == ("ended", "ordinary_job")
        with pytest.raises(modules["matcher_client"].ApiProblem) as refused:
            modules["day"].end(consultant, placement_id, "completed", "En gang til.")
        assert refused.value.status in {409, 422}
        assert refused.value.type.startswith("/problems/")
