"""A case system's whole day with the service: what changed, the night, what is told, a decision, and how it ended.

Each step is a function; `tests/integration/test_client.py` runs the day against the application.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from matcher_client import (
    ApiProblem,
    Citizen,
    Client,
    DecisionOut,
    Outcome,
    PlacementOut,
    ProposalOut,
    RunOut,
    SlotAgreement,
    WebhookCreated,
)
from standardwebhooks import Webhook


def keep_citizen(system: Client, citizen: Citizen) -> str | None:
    """Add a citizen, or change the one that is there; gives its version."""
    try:
        return system.write_citizen(citizen["id"], citizen).etag
    except ApiProblem as problem:
        if problem.type != "/problems/version-required":
            raise
    version = system.read_citizen(citizen["id"]).etag
    return system.write_citizen(citizen["id"], citizen, if_match=version).etag


def keep_agreement(system: Client, agreement: SlotAgreement) -> str | None:
    """Add an agreement with its slots, or change the one that is there; gives its version."""
    try:
        return system.write_agreement(agreement["id"], agreement).etag
    except ApiProblem as problem:
        if problem.type != "/problems/version-required":
            raise
    version = system.read_agreement(agreement["id"]).etag
    return system.write_agreement(agreement["id"], agreement, if_match=version).etag


def send_all(system: Client, rows: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """Send many rows; gives the refused ones, and whether all the others are stored. Otherwise: send them again."""
    *lines, last = system.import_rows(rows).value
    return [line for line in lines if line["result"] == "refused"], last["state"] == "finished"


def listen(system: Client, url: str) -> WebhookCreated:
    """Be told when a plan is published; its `secret` is shown this once."""
    return system.create_webhook({"url": url, "event_types": ["run.published", "placement.created"]}).value


def published_run(secret: str, body: bytes, headers: Mapping[str, str]) -> str | None:
    """The run that a message tells of; raises where the message is not the service's."""
    event = Webhook(secret).verify(body, dict(headers))
    return str(event["data"]["run_id"]) if event["type"] == "run.published" else None


def plan_now(operations: Client, key: str, wait_seconds: float = 1.0) -> RunOut:
    """Ask for a plan and wait for it; the same key asks for the same plan. Otherwise the night makes it by itself."""
    run = operations.start_run({}, idempotency_key=key).value
    while run["state"] in ("queued", "running"):
        time.sleep(wait_seconds)
        run = operations.read_run(run["id"]).value
    return run


def all_proposals(caller: Client, run_id: str) -> list[ProposalOut]:
    """Every proposal of a run, page by page."""
    page = caller.list_proposals(run_id).value
    found = list(page["items"])
    while page["next"] is not None:
        page = caller.list_proposals(run_id, after=page["next"]).value
        found += page["items"]
    return found


def approve(consultant: Client, proposal: ProposalOut, reason: str) -> DecisionOut:
    """A named person approves, with that person's own token: the placement is agreed in the same moment."""
    decided = consultant.decide_proposal(
        proposal["id"], {"verdict": "approved", "reason": reason}, idempotency_key=f"approve-{proposal['id']}"
    )
    return decided.value


def carry_on(consultant: Client, placement_id: str, today: str) -> PlacementOut:
    """The placement begins, once employer and employees' representative have confirmed the limits in writing."""
    version = consultant.read_placement(placement_id).etag
    begun = consultant.patch_placement(
        placement_id,
        {"status": "running", "statement_confirmed_on": today, "reason": "Erklæringen er underskrevet."},
        if_match=version,
    )
    return begun.value


def end(consultant: Client, placement_id: str, outcome: Outcome, reason: str) -> PlacementOut:
    """How it ended."""
    version = consultant.read_placement(placement_id).etag
    return consultant.patch_placement(
        placement_id, {"status": "ended", "outcome": outcome, "reason": reason}, if_match=version
    ).value
